"""Groups without a tree, and pairs without groups: medoids against every choice, matching against the plain rule."""

import itertools

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from lib.clustering.flat import METHODS, flat_clusters
from lib.clustering.matching import match_curve
from lib.clustering.medoids import medoids_of
from lib.clustering.pairs import distances_between
from lib.errors import ClusteringError
from tests.clustering.data import blobs

CELLS = [(name, metric) for name, method in METHODS.items() for metric in method.metrics]


@pytest.mark.parametrize(("method", "metric"), CELLS)
def test_each_method_finds_clear_groups(method: str, metric: str) -> None:
    vectors, labels = blobs(150, n_labels=5, dim=12, spread=0.05)
    found = flat_clusters(vectors, method, metric=metric, n_clusters=5)
    assert adjusted_rand_score(labels, found) > 0.95
    assert (flat_clusters(vectors, method, metric=metric, n_clusters=5) == found).all()


@pytest.mark.parametrize(("method", "metric"), CELLS)
@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
def test_one_item_and_identical_ones_are_groups(method: str, metric: str) -> None:
    assert flat_clusters(np.ones((1, 3)), method, metric=metric, n_clusters=1).tolist() == [0]
    found = flat_clusters(np.ones((5, 3)), method, metric=metric, n_clusters=2)
    assert len(found) == 5
    assert set(found.tolist()) == set(range(found.max() + 1))


def test_what_is_dense_nowhere_is_a_group_of_its_own() -> None:
    vectors = np.concatenate([np.zeros((5, 2)), np.full((5, 2), 1.0), [[50.0, 0.0], [0.0, 80.0]]])
    found = flat_clusters(vectors, "hdbscan", metric="euclidean")
    assert len(set(found[-2:].tolist())) == 2
    assert not set(found[-2:].tolist()) & set(found[:-2].tolist())


@pytest.mark.parametrize("seed", range(5))
def test_medoids_are_nearly_the_best_there_are(seed: int) -> None:
    vectors, _ = blobs(14, n_labels=3, spread=1.0, seed=seed)
    distances = distances_between(vectors, vectors, "euclidean")
    medoids, clusters = medoids_of(distances, 3, seed=seed)
    total = distances[:, medoids].min(axis=1).sum()
    every = [distances[:, list(rows)].min(axis=1).sum() for rows in itertools.combinations(range(14), 3)]
    assert total <= np.quantile(every, 0.02)
    assert (distances[:, medoids].argmin(axis=1) == clusters).all()
    for place, candidate in itertools.product(range(3), range(14)):  # no single swap is better
        swapped = medoids.copy()
        swapped[place] = candidate
        assert distances[:, swapped].min(axis=1).sum() >= total - 1e-9


def test_as_many_medoids_as_items_are_all_of_them() -> None:
    distances = distances_between(np.eye(4), np.eye(4), "euclidean")
    assert sorted(medoids_of(distances, 4)[0].tolist()) == [0, 1, 2, 3]
    assert len(set(medoids_of(np.zeros((4, 4)), 3)[0].tolist())) == 3


@pytest.mark.parametrize(
    ("method", "metric", "n_clusters", "said"),
    [
        ("kmeans", "manhattan", 2, "k-means is not defined for manhattan distances"),
        ("kmeans", "cosine", 4, "3 items cannot make 4 groups"),
        ("kmedoids", "cosine", 0, "3 items cannot make 0 groups"),
        ("spectral", "cosine", 2, "Expected method to be one of"),
    ],
)
def test_what_a_method_cannot_do_is_refused(method: str, metric: str, n_clusters: int, said: str) -> None:
    with pytest.raises(ClusteringError, match=said):
        flat_clusters(np.eye(3), method, metric=metric, n_clusters=n_clusters)


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ClusteringError, match="is none"):
        flat_clusters(np.full((3, 2), np.nan), "kmeans", metric="cosine", n_clusters=1)


def plain_f1(distances: np.ndarray, labels: np.ndarray, threshold: float) -> float:
    """The mean over items of the F1 of the set within the threshold, itself in it."""
    found = []
    for row in range(len(labels)):
        matched = set(np.flatnonzero(distances[row] <= threshold).tolist()) | {row}
        true = set(np.flatnonzero(labels == labels[row]).tolist())
        found.append(2 * len(matched & true) / (len(matched) + len(true)))
    return float(np.mean(found))


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "manhattan"])
def test_pairs_match_as_the_rule_says(metric: str) -> None:
    vectors, labels = blobs(60, n_labels=9, spread=0.8)
    distances = distances_between(vectors, vectors, metric)
    thresholds = np.quantile(distances, [0.0, 0.05, 0.2, 1.0]) + 1e-6
    curve = match_curve(vectors, labels, metric=metric, thresholds=thresholds)
    upper = np.triu_indices(60, 1)
    same = labels[upper[0]] == labels[upper[1]]
    for row in curve.itertuples():
        near = distances[upper] <= row.threshold
        assert row.n_pairs == near.sum()
        assert row.recall == pytest.approx((near & same).sum() / same.sum())
        assert row.precision == pytest.approx((near & same).sum() / near.sum() if near.any() else np.nan, nan_ok=True)
        assert row.mean_f1 == pytest.approx(plain_f1(distances, labels, row.threshold))


def test_mutual_pairs_are_each_among_the_other_s_nearest() -> None:
    vectors, labels = np.array([[0.0], [1.0], [1.8], [9.0]]), np.array([0, 0, 1, 1])
    curve = match_curve(vectors, labels, metric="euclidean", thresholds=np.array([20.0]), mutual=1)
    assert curve["n_pairs"].tolist() == [1]  # 1 and 1.8; 0's nearest is 1, but not the other way round
    every = match_curve(vectors, labels, metric="euclidean", thresholds=np.array([20.0]), mutual=3)
    assert every["n_pairs"].tolist() == [6]


def test_where_nothing_matches_precision_is_unknown() -> None:
    curve = match_curve(np.eye(3), np.arange(3), metric="cosine", thresholds=np.array([0.1, 1.0]))
    assert curve["n_pairs"].tolist() == [0, 3]
    assert np.isnan(curve["precision"][0])
    assert curve["recall"].isna().all()
    assert curve["mean_f1"].tolist() == pytest.approx([1.0, 0.5])
