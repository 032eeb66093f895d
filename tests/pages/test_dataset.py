"""The Dataset page: each section draws what the catalogue holds, for catalogues of any shape."""

import json
from pathlib import Path

import pandas as pd
import pytest

from lib.artifacts import Store
from lib.catalog import load_catalog
from lib.publish import write_manifest
from tests.factories import make_catalog
from tests.pages.conftest import Open, texts

SECTIONS = ("Attributes", "Pairs", "Balance", "Hierarchy", "Pictures", "Columns", "Left out", "Browse")


def figures(app) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def grid(app, i: int = 0) -> list[dict]:
    return json.loads(app.get("bidi_component")[i].proto.json)["items"]


@pytest.fixture
def bare_catalog(store: Store) -> Store:
    """A catalogue with a single attribute, and pictures of which some are without it."""
    catalog = make_catalog(store, "bare", 12)
    frame = catalog.frame[["product_id", "group_id", "image", "title", "split"]].assign(brand=["Ö & <b>", None] * 6)
    frame.to_parquet(catalog.folder / "catalog.parquet", index=False)
    details = {**catalog.manifest.details, "label": "brand", "hierarchy": []}
    import dataclasses

    write_manifest(catalog.folder, dataclasses.replace(catalog.manifest, details=details, synthetic=False))
    return store


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens_by_its_address(section: str, tiny: Store, open_page: Open) -> None:
    app = open_page("dataset", section=section)
    assert not app.exception
    assert not app.error
    assert app.get("segmented_control") or app.get("button_group")


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_suits_a_catalogue_with_one_attribute(section: str, bare_catalog: Store, open_page: Open) -> None:
    app = open_page("dataset", section=section)
    assert not app.exception
    assert not app.error


def test_every_attribute_has_its_chart_in_the_source_s_order(tiny: Store, open_page: Open) -> None:
    drawn = {figure["layout"]["title"]["text"]: figure for figure in figures(open_page("dataset"))}
    assert set(drawn) == {
        "gender",
        "masterCategory",
        "subCategory",
        "articleType",
        "baseColour",
        "season",
        "year",
        "usage",
    }
    assert drawn["baseColour"]["data"][0]["marker"]["color"][0] == "#16181a"
    assert drawn["gender"]["data"][0]["x"] == [12, 12]
    assert drawn["year"]["data"][0]["x"] == ["2011", "2012", "2013"]


def test_the_usual_pairs_come_first(tiny: Store, open_page: Open) -> None:
    titles = [figure["layout"]["title"]["text"] for figure in figures(open_page("dataset", section="Pairs"))]
    assert titles == ["gender × masterCategory", "season × masterCategory"]


def test_any_other_pair_can_be_chosen(tiny: Store, open_page: Open) -> None:
    app = open_page("dataset", section="Pairs")
    app.selectbox(key="rows0").select("baseColour").run()
    app.selectbox(key="columns0").select("articleType").run()
    assert not app.exception
    assert figures(app)[0]["layout"]["title"]["text"] == "baseColour × articleType"


def test_a_column_crossed_with_itself_is_explained(tiny: Store, open_page: Open) -> None:
    app = open_page("dataset", section="Pairs")
    app.selectbox(key="columns0").select("gender").run()
    assert not app.exception
    assert "cannot be crossed with itself" in app.error[0].value
    assert len(figures(app)) == 1


def test_balance_of_another_label(tiny: Store, open_page: Open) -> None:
    app = open_page("dataset", section="Balance")
    app.selectbox(key="label").select("gender").run()
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Labels"] == "2"
    assert shown["Worth"] == "2.0 equal labels"
    assert shown["Largest / smallest"] == "12 / 12"


def test_missing_values_and_first_rows(tiny: Store, open_page: Open) -> None:
    app = open_page("dataset", section="Columns")
    summary: pd.DataFrame = app.dataframe[0].value.set_index("column")
    assert summary.loc["season", "n_missing"] == 8
    assert summary.loc["gender", "n_distinct"] == 2
    assert app.dataframe[1].value["product_id"].tolist() == [f"p{i:03d}" for i in range(10)]


def test_rows_left_out_are_listed_with_their_reasons(tiny: Store, open_page: Open) -> None:
    app = open_page("dataset", section="Left out")
    assert app.dataframe[0].value.to_numpy().tolist() == [["picture missing", 1]]
    assert app.dataframe[1].value["product_id"].tolist() == ["p099"]
    assert "25 rows" in texts(app)


def test_browsing_by_words_and_filters(tiny: Store, open_page: Open) -> None:
    app = open_page("dataset", section="Browse")
    assert len(grid(app)) == 24
    app.multiselect(key="where.gender").select("Women").run()
    app.text_input(key="words").input("shirts").run()
    frame = load_catalog(tiny, "tiny").frame
    expected = frame[(frame["gender"] == "Women") & frame["title"].str.contains("Shirts")]
    assert [card["id"] for card in grid(app)] == expected["product_id"].tolist()


def test_nothing_found_is_said(tiny: Store, open_page: Open) -> None:
    app = open_page("dataset", section="Browse")
    app.text_input(key="words").input("spaceship").run()
    assert not app.exception
    assert "Nothing meets all of these" in app.info[0].value


def test_pages_of_pictures(store: Store, open_page: Open) -> None:
    make_catalog(store, n=60)
    app = open_page("dataset", section="Browse", page="2")
    assert [card["id"] for card in grid(app)] == [f"p{i:03d}" for i in range(48, 60)]
    app.multiselect(key="where.gender").select("Women").run()
    assert not app.exception
    assert len(grid(app)) == 30


def test_a_catalogue_s_own_mark_up_stays_text(bare_catalog: Store, open_page: Open) -> None:
    app = open_page("dataset", section="Browse")
    assert "Ö & <b>" in grid(app)[0]["chips"]
    assert "innerHTML" not in (Path(__file__).parents[2] / "pages" / "assets" / "grid.js").read_text()
