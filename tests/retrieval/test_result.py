import csv
import io
import json

import pandas as pd
import pytest

from lib.retrieval.result import SearchResult


def make_result(**columns) -> SearchResult:
    table = {
        "rank": [1, 2],
        "product_id": ["a", "b"],
        "score": [0.9, 0.5],
        "distance": [0.1, 0.5],
        "group_id": ["a", "b"],
        "n_pictures": [1, 1],
        "title": ["Ünïcode", None],
        "year": pd.array([2012, None], dtype="Int64"),
    } | columns
    return SearchResult(
        model="m",
        metric="cosine",
        per="product",
        table=pd.DataFrame(table),
        took_ms={"filter": 1.0, "search": 2.0, "total": 3.0},
        n_gallery=9,
        n_allowed=5,
        threshold=None,
        nearest_distance=0.1,
    )


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"rank": [0, 1]}, "ranks"),
        ({"rank": [2, 1]}, "ranks"),
        ({"distance": [0.5, 0.1]}, "ascending"),
        ({"distance": [0.1, float("nan")]}, "finite"),
        ({"product_id": ["a", "a"]}, "once"),
    ],
)
def test_a_table_that_is_no_ranking_is_refused(columns, message):
    with pytest.raises(ValueError, match=message):
        make_result(**columns)


def test_rows_are_plain_python():
    rows = make_result(
        score=pd.Series([0.9, 0.5], dtype="float32"), seen=pd.to_datetime(["2020-01-02", None])
    ).to_json_rows()
    assert json.loads(json.dumps(rows)) == rows
    assert rows[0] | {"score": 0.9} == {
        "rank": 1,
        "product_id": "a",
        "score": 0.9,
        "distance": 0.1,
        "group_id": "a",
        "n_pictures": 1,
        "title": "Ünïcode",
        "year": 2012,
        "seen": "2020-01-02 00:00:00",
    }
    assert (rows[1]["title"], rows[1]["year"], rows[1]["seen"]) == (None, None, None)


def test_csv_runs_no_formula_and_keeps_numbers():
    evil = ['=HYPERLINK("http://x")', "+1,\n2"]
    text = make_result(title=evil, score=[-0.5, -0.9]).to_csv().decode("utf-8")
    first, second = csv.DictReader(io.StringIO(text, newline=""))
    assert (first["title"], second["title"]) == ("'" + evil[0], "'" + evil[1])
    assert (first["score"], second["score"]) == ("-0.5", "-0.9")
    assert (first["year"], second["year"]) == ("2012", "")


def test_a_column_named_like_a_formula_is_made_safe():
    assert "'=cmd" in make_result(**{"=cmd": ["x", "y"]}).to_csv().decode().splitlines()[0].split(",")


def test_the_time_to_embed_is_added():
    timed = make_result().with_embed_time(4.0)
    assert timed.took_ms == {"embed": 4.0, "filter": 1.0, "search": 2.0, "total": 7.0}
    assert timed.ids == ["a", "b"]
    assert not timed.nothing_similar
