"""Distances of all pairs: against SciPy's, where rounding bites, and what is no number."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist, pdist

from lib.clustering.pairs import distances_between, pair_distances, place_of, unit_rows
from lib.errors import ClusteringError
from lib.retrieval.distances import DISTANCE_METRICS
from tests.clustering.data import blobs

SCIPY = {"cosine": "cosine", "euclidean": "euclidean", "manhattan": "cityblock"}


@pytest.mark.parametrize("metric", DISTANCE_METRICS)
@pytest.mark.parametrize("n", [1, 2, 3, 700])
def test_they_are_scipys(metric: str, n: int) -> None:
    vectors, _ = blobs(n)
    np.testing.assert_allclose(pair_distances(vectors, metric), pdist(vectors.astype(float), SCIPY[metric]), atol=1e-5)
    found = distances_between(vectors[:2], vectors, metric)
    np.testing.assert_allclose(found, cdist(vectors[:2].astype(float), vectors.astype(float), SCIPY[metric]), atol=1e-5)


@pytest.mark.parametrize("metric", DISTANCE_METRICS)
def test_they_are_what_a_search_says(metric: str) -> None:
    vectors, _ = blobs(40)
    exact = np.array([DISTANCE_METRICS[metric].exact(vectors, query) for query in vectors])
    np.testing.assert_allclose(pair_distances(vectors, metric), exact[np.triu_indices(40, 1)], rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("metric", DISTANCE_METRICS)
def test_equal_vectors_are_at_no_distance_however_long(metric: str) -> None:
    vectors = np.repeat(np.random.default_rng(0).normal(size=(3, 1280)).astype(np.float32) * 1e3, 4, axis=0)
    distances = pair_distances(vectors, metric)
    same = np.equal.outer(np.arange(12) // 4, np.arange(12) // 4)[np.triu_indices(12, 1)]
    assert (distances[same] == 0).all()
    assert (distances[~same] > 0).all()


def test_nearly_equal_vectors_do_not_cancel() -> None:
    vectors = np.full((2, 4), 1000.0)
    vectors[1, 0] += 1e-5
    assert pair_distances(vectors, "euclidean")[0] == pytest.approx(1e-5, rel=1e-6)


def test_a_zero_vector_is_at_distance_1_from_everything_under_cosine() -> None:
    assert pair_distances(np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 0.0]]), "cosine").tolist() == [1.0, 1.0, 1.0]
    assert unit_rows(np.array([[0.0, 0.0], [0.0, 5.0]])).tolist() == [[0.0, 0.0], [0.0, 1.0]]


def test_places_are_those_of_a_triangle() -> None:
    n = 7
    i, j = np.triu_indices(n, 1)
    assert place_of(n, i, j).tolist() == place_of(n, j, i).tolist() == list(range(n * (n - 1) // 2))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    vectors = np.ones((3, 2))
    vectors[1, 1] = value
    with pytest.raises(ClusteringError, match="is none"):
        pair_distances(vectors, "cosine")


def test_an_unknown_metric_is_refused() -> None:
    with pytest.raises(ClusteringError, match="Expected metric to be one of"):
        pair_distances(np.ones((3, 2)), "hamming")
