"""The Overview page: its numbers are the catalogue's, and its models are those that are there."""

import json

import pandas as pd

from lib.artifacts import Store
from lib.catalog import load_catalog
from tests.factories import catalog_rows, encoded, make_catalog, make_embedding, picture, replace_pictures, tiny_model
from tests.pages.conftest import Open, texts


def test_numbers_are_the_catalogue_s(tiny: Store, open_page: Open) -> None:
    shown = {metric.label: metric.value for metric in open_page("overview").metric}
    frame = catalog_rows(24)
    assert shown["Pictures"] == "24"
    assert shown["Products"] == str(frame["group_id"].nunique())
    assert shown["Labels"] == "3"
    assert shown["Attributes"] == "8"
    assert shown["Left out"] == "1"
    counts = frame["split"].value_counts()
    assert shown["Train / val / test"] == f"{counts['train']} / {counts['val']} / {counts['test']}"


def test_a_ready_model_is_listed_with_its_size(tiny: Store, open_page: Open) -> None:
    table: pd.DataFrame = open_page("overview").dataframe[0].value
    row = table.iloc[0]
    assert (row["model"], row["state"], row["n"], row["dim"]) == (tiny_model(), "ready", 24, 8)
    assert row["age"] == "just now"


def test_without_a_model_says_what_to_run(store: Store, open_page: Open) -> None:
    make_catalog(store)
    assert "python -m lib embed tiny --backbone color_hog" in texts(open_page("overview"))


def test_a_stale_model_is_named_with_the_command_that_refreshes_it(tiny: Store, open_page: Open) -> None:
    replace_pictures(tiny, load_catalog(tiny, "tiny"), {0: encoded(picture(99))})
    app = open_page("overview")
    assert app.dataframe[0].value.iloc[0]["state"] == "stale"
    assert f"{tiny_model()} is stale" in app.warning[0].value
    assert "python -m lib embed tiny --backbone toy" in [code.value for code in app.code]


def test_a_damaged_model_is_named_and_the_others_stay(tiny: Store, open_page: Open) -> None:
    folder = tiny.result_folder("tiny", "embedding", "broken-000001")
    folder.mkdir()
    (folder / "manifest.json").write_text("{")
    app = open_page("overview")
    assert not app.exception
    assert "broken-000001" in app.error[0].value.replace("\\", "")
    assert len(app.dataframe[0].value) == 1


def test_a_model_without_measured_speed_is_listed(tiny: Store, open_page: Open) -> None:
    assert pd.isna(open_page("overview").dataframe[0].value.iloc[0]["speed"])


def test_the_mosaic_reads_its_pictures_out(tiny: Store, open_page: Open) -> None:
    grid = open_page("overview").get("bidi_component")[0].proto
    cards = json.loads(grid.json)["items"]
    assert len(cards) == 24
    assert all(card["label"] and card["src"].startswith("data:image/webp;base64,") for card in cards)


def test_a_clicked_picture_becomes_a_search(tiny: Store, open_page: Open) -> None:
    app = open_page("overview", session={})
    app.session_state["clicked_product"] = {"product": "p003"}
    app.run()
    assert not app.exception
    assert [title.value for title in app.title] == ["Search"]
    assert app.query_params["product"] in ("p003", ["p003"])


def test_another_model_appears_without_a_restart(tiny: Store, open_page: Open) -> None:
    app = open_page("overview")
    make_embedding(tiny, load_catalog(tiny, "tiny"), embedding_id="toy-8-pad-none-000001")
    assert len(app.run().dataframe[0].value) == 2
