"""Parts of an evaluation: what is read is what the whole holds, and only what is read has to be whole."""

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import Store
from lib.errors import InvalidArtifact, MissingArtifact
from lib.retrieval.evaluation import GALLERY, LABELS, NEIGHBORS, QUERIES, QUERY_COLUMNS, Evaluation, evaluation_folder
from lib.retrieval.reading import read_found, read_labels, read_scores
from tests.factories import make_catalog, make_embedding, make_evaluation


@pytest.fixture
def whole(store: Store) -> Evaluation:
    return make_evaluation(store, make_embedding(store, make_catalog(store)))


def damage(store: Store, whole: Evaluation, *files: str) -> None:
    for file in files:
        (evaluation_folder(store, "tiny", whole.id) / file).write_bytes(b"torn")


def test_scores_are_one_column_of_the_queries(store: Store, whole: Evaluation) -> None:
    found = read_scores(store, "tiny", whole.id, metric="map_at_r")
    pd.testing.assert_frame_equal(found.queries, whole.queries[[*QUERY_COLUMNS, "map_at_r"]])
    assert found.metric_names == ["map_at_r"]


def test_a_metric_without_values_a_query_is_left_out(store: Store, whole: Evaluation) -> None:
    assert read_scores(store, "tiny", whole.id, metric="silhouette").metric_names == []


def test_labels_and_neighbours_are_those_of_the_whole(store: Store, whole: Evaluation) -> None:
    pd.testing.assert_frame_equal(read_labels(store, "tiny", whole.id), whole.labels)
    gallery, neighbors = read_found(store, "tiny", whole.id)
    pd.testing.assert_frame_equal(gallery, whole.gallery[["product_id", "label"]])
    np.testing.assert_array_equal(neighbors, whole.neighbors)


def test_a_part_is_read_although_another_is_damaged(store: Store, whole: Evaluation) -> None:
    damage(store, whole, GALLERY, QUERIES)
    assert len(read_labels(store, "tiny", whole.id)) == len(whole.labels)


@pytest.mark.parametrize(
    ("file", "read"),
    [
        (QUERIES, lambda store, name: read_scores(store, "tiny", name, metric="map")),
        (LABELS, lambda store, name: read_labels(store, "tiny", name)),
        (GALLERY, lambda store, name: read_found(store, "tiny", name)),
        (NEIGHBORS, lambda store, name: read_found(store, "tiny", name)),
    ],
)
def test_what_is_damaged_is_named_with_its_mend(file: str, read, store: Store, whole: Evaluation) -> None:
    damage(store, whole, file)
    with pytest.raises(InvalidArtifact, match=file) as caught:
        read(store, whole.id)
    assert whole.manifest.command in caught.value.hint


def test_what_was_never_made_is_missing(store: Store, whole: Evaluation) -> None:
    with pytest.raises(MissingArtifact):
        read_labels(store, "tiny", "never-000000")
