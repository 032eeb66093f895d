"""What every page must do: open quickly, say what it is for, and say how to mend what is missing or broken."""

import ast
from pathlib import Path

import pytest

from lib.artifacts import Store
from tests.factories import make_catalog
from tests.pages.conftest import APP, Open, texts

PAGES = {
    "overview": "Overview",
    "dataset": "Dataset",
    "search": "Search",
    "benchmark": "Benchmark",
    "compare": "Compare",
    "threshold": "Threshold",
    "groups": "Groups",
    "training": "Training",
    "runs": "Runs",
}

#: Pages that need no catalogue.
WITHOUT_CATALOGUE = {"learn": "Learn"}


def test_the_registry_holds_every_page_file() -> None:
    listed = {node.value for node in ast.walk(ast.parse(APP.read_text())) if isinstance(node, ast.Constant)}
    files = {f"pages/{path.name}" for path in (APP.parent / "pages").glob("*.py") if not path.name.startswith("_")}
    assert files == {f"pages/{name}.py" for name in PAGES | WITHOUT_CATALOGUE}
    assert files <= listed


@pytest.mark.parametrize("page", PAGES)
class TestEveryPage:
    def test_opens_under_its_title_with_a_sentence(self, page: str, tiny: Store, open_page: Open) -> None:
        app = open_page(page)
        assert not app.exception
        assert not app.error
        assert [title.value for title in app.title] == [PAGES[page]]
        assert app.markdown[0].value.endswith(".")

    def test_marks_made_up_data(self, page: str, tiny: Store, open_page: Open) -> None:
        assert "Made-up sample data" in texts(open_page(page))

    def test_does_not_mark_real_data(self, page: str, store: Store, open_page: Open) -> None:
        make_catalog(store, synthetic=False)
        assert "Made-up" not in texts(open_page(page))

    def test_without_a_catalogue_says_what_to_run(self, page: str, open_page: Open) -> None:
        app = open_page(page)
        assert not app.exception
        assert "python -m lib import sample --name sample" in app.code[0].value

    def test_a_damaged_table_is_named_with_its_mend(self, page: str, tiny: Store, open_page: Open) -> None:
        damaged = tiny.catalog_folder("tiny") / "catalog.parquet"
        damaged.write_bytes(b"no table")
        app = open_page(page)
        assert not app.exception
        assert str(damaged) in app.error[0].value.replace("\\", "")
        assert app.code[0].value == "python -m lib import folder --name tiny --path images"

    def test_a_manifest_of_another_version_is_named(self, page: str, tiny: Store, open_page: Open) -> None:
        manifest = tiny.catalog_folder("tiny") / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"schema_version": 1', '"schema_version": 99'))
        app = open_page(page)
        assert not app.exception
        assert "schema version 99" in app.error[0].value

    def test_a_change_of_catalogue_is_seen_without_a_restart(self, page: str, tiny: Store, open_page: Open) -> None:
        app = open_page(page)
        make_catalog(tiny, "other", 12, synthetic=False)
        app.run()
        app.selectbox(key="catalog").select("other").run()
        assert not app.exception
        assert "Made-up" not in texts(app)

    def test_names_a_catalogue_that_the_address_asks_for_in_vain(self, page: str, tiny: Store, open_page: Open) -> None:
        app = open_page(page, catalog="gone")
        assert not app.exception

    def test_keeps_the_choice_of_catalogue(self, page: str, tiny: Store, open_page: Open) -> None:
        make_catalog(tiny, "a-first", 12)
        assert open_page(page, catalog="tiny").selectbox(key="catalog").value == "tiny"


@pytest.mark.parametrize("page", WITHOUT_CATALOGUE)
class TestPagesWithoutCatalogue:
    def test_opens_under_its_title_with_or_without_one(self, page: str, store: Store, open_page: Open) -> None:
        for there_is_one in (False, True):
            if there_is_one:
                make_catalog(store)
            app = open_page(page)
            assert not app.exception
            assert not app.error
            assert [title.value for title in app.title] == [WITHOUT_CATALOGUE[page]]
            assert app.markdown[0].value.endswith(".")

    def test_a_damaged_catalogue_does_not_matter(self, page: str, tiny: Store, open_page: Open) -> None:
        (tiny.catalog_folder("tiny") / "catalog.parquet").write_bytes(b"no table")
        assert not open_page(page).error


def test_pages_catch_errors_in_one_place() -> None:
    catching = [path.name for path in sorted(Path(APP.parent / "pages").glob("*.py")) if "except " in path.read_text()]
    assert catching == ["_mend.py"]


def test_caches_are_bounded_and_never_keyed_by_arrays_or_tables() -> None:
    for path in sorted((APP.parent / "pages").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef):
                continue
            cached = [d for d in node.decorator_list if "cache_" in ast.unparse(d)]
            assert all("max_entries" in ast.unparse(d) for d in cached), f"{path.name}:{node.name}"
            if cached:
                kinds = {ast.unparse(argument.annotation) for argument in node.args.args if argument.annotation}
                assert kinds <= {"str", "int", "tuple[str, str]"}, f"{path.name}:{node.name}"
