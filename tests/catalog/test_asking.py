"""What a person asks for is refused in one line before anything is read or written."""

import os
from pathlib import Path
from typing import Any

import pytest

from lib.artifacts import Store
from lib.catalog.importing import import_catalog
from lib.cli import main
from lib.errors import CatalogError


@pytest.mark.parametrize("option", ["--path", "--id-column", "--label-column"])
@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_option_is_no_default(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    source = "folder" if option == "--path" else "csv"
    with pytest.raises(SystemExit) as caught:
        main(["import", source, "--name", "x", option, value, "--artifacts", str(tmp_path / "a")])
    assert caught.value.code == 2
    assert f"argument {option}: it is empty" in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("source", "options", "said"),
    [
        ("csv", {"id_column": "", "image_column": "file"}, "--id-column is empty"),
        ("csv", {"id_column": "a", "image_column": "b", "group_column": " "}, "--group-column is empty"),
        ("sample", {"seed": -1}, "The seed is -1; it must be a whole number from 0 on"),
        ("folder", {"path": Path("/dev/zero")}, "/dev/zero is neither a file nor a folder"),
        ("csv", {"path": Path("/dev/zero"), "id_column": "a", "image_column": "b"}, "neither a file nor a folder"),
        ("fashion-mnist", {"path": Path("/dev/null")}, "neither a file nor a folder"),
        ("folder", {"path": Path("x" * 300)}, "cannot be read"),
        ("folder", {"path": Path("x\udce9")}, "is not text"),
    ],
)
def test_bad_values(store: Store, source: str, options: dict[str, Any], said: str) -> None:
    with pytest.raises(CatalogError, match=said) as caught:
        import_catalog(store, source, name="f", command="c", **options)
    assert "\n" not in caught.value.message
    assert not store.root.exists()


def test_a_pipe_is_refused(store: Store, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "shop.zip")
    with pytest.raises(CatalogError, match="neither a file nor a folder"):
        import_catalog(store, "luma", name="f", path=tmp_path / "shop.zip", command="c")
