"""Clusterings as a table, and groups against labels, by hand."""

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import Store
from lib.clustering.board import BOARD_COLUMNS, clustering_board, how_it_is_cut, how_it_was_made
from lib.clustering.cluster import cluster
from lib.clustering.request import GroupingRequest
from lib.clustering.scores import SCORES
from lib.clustering.taxonomy import group_table, merged_labels, misplaced, split_labels
from tests.factories import encoded, make_catalog, make_embedding, picture, replace_pictures

ASKED = (
    {"metric": "euclidean", "linkage": "ward"},
    {"threshold": 0.5},
    {"n_clusters": 3},
    {"method": "hdbscan", "metric": "euclidean"},
)


def groups(rows: list[tuple[str | None, int]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["label", "group"])
    return table.assign(product_id=[f"p{i:02d}" for i in range(len(rows))], part="scored")


def test_each_clustering_is_a_row(tmp_path) -> None:
    store = Store(tmp_path)
    catalog = make_catalog(store, n=30)
    model = make_embedding(store, catalog)
    made = [cluster(store, "tiny", model.id, GroupingRequest(**asked), command="c") for asked in ASKED]
    board = clustering_board(store, "tiny")
    assert list(board)[: len(BOARD_COLUMNS)] == list(BOARD_COLUMNS)
    board = board.set_index("clustering").loc[[each.id for each in made]]
    assert board["how"].tolist() == ["ward", "average", "average", "hdbscan"]
    assert board["cut"].tolist() == ["ami", "threshold", "n_clusters", "own"]
    assert board["n_clusters"].tolist() == [each.n_clusters for each in made]
    for name in SCORES:
        assert board[name].tolist() == pytest.approx([each.details["scores"][name]["value"] for each in made])
    assert not board["stale"].any()
    replace_pictures(store, catalog, {0: encoded(picture(99))})
    assert clustering_board(store, "tiny")["stale"].all()


def test_no_clustering_is_an_empty_table(tmp_path) -> None:
    store = Store(tmp_path)
    make_catalog(store)
    assert clustering_board(store, "tiny").empty


def test_what_was_asked_is_told_in_words() -> None:
    assert how_it_was_made("manhattan", "single") == "Manhattan + Single"
    assert how_it_was_made("cosine", "kmedoids") == "k-medoids, Cosine"
    assert [how_it_is_cut(cut) for cut in ("ami", "threshold", "n_clusters", "own")] == [
        "Best AMI",
        "Given threshold",
        "Given number",
        "Their own way",
    ]


def test_a_group_is_told_by_its_commonest_label() -> None:
    table = group_table(groups([("a", 0), ("a", 0), ("b", 0), (None, 0), ("b", 1), (None, 2)]))
    assert table["group"].tolist() == [0, 1, 2]
    assert table["n"].tolist() == [4, 1, 1]
    assert table["label"].tolist()[:2] == ["a", "b"]
    assert table["n_labels"].tolist() == [2, 1, 0]
    assert table["purity"].tolist()[:2] == pytest.approx([2 / 3, 1.0])
    assert np.isnan(table["purity"][2])


def test_labels_that_share_a_group_are_merged() -> None:
    rows = [("a", 0)] * 4 + [("b", 0)] * 2 + [("c", 0)] + [("b", 1)] * 2 + [("a", 2)]
    table = merged_labels(groups(rows))
    assert table.to_dict("records") == [{"label": "a", "other": "b", "n_together": 6, "share": 0.5, "group": 0}]
    assert merged_labels(groups([("a", 0), ("b", 1)])).empty


def test_a_label_in_several_groups_is_split() -> None:
    rows = [("a", 0)] * 5 + [("a", 1)] * 3 + [("a", 2)] + [("b", 2)] * 4
    assert split_labels(groups(rows)).to_dict("records") == [{"label": "a", "n": 9, "n_parts": 2, "groups": (0, 1)}]


def test_what_lies_among_another_label_s_is_misplaced_the_surest_first() -> None:
    rows = [("a", 0)] * 9 + [("b", 0)] + [("b", 1)] * 2 + [("a", 1)] + [("c", 2)] + [(None, 0)]
    table = misplaced(groups(rows))
    assert table["label"].tolist() == ["b", "a"]
    assert table["group_label"].tolist() == ["a", "b"]
    assert table["home"].tolist() == [1, 0]
    assert table["n_group"].tolist() == [11, 3]
    assert table["purity"].tolist() == pytest.approx([0.9, 2 / 3])
