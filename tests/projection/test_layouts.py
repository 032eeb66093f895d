"""Neighbours, layouts and how far they can be trusted: against plain versions and scikit-learn."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import manifold
from sklearn.decomposition import PCA as SklearnPCA

from lib.clustering.pairs import distances_between, unit_rows
from lib.errors import ProjectionError
from lib.projection.graph import Graph, nearest
from lib.projection.layouts import Material, lay_out, principal_components
from lib.projection.quality import distortions, map_quality, trustworthiness
from lib.projection.request import MapRequest
from lib.retrieval.distances import DISTANCE_METRICS
from tests.clustering.data import blobs

CELLS = [(method, metric) for method in ("pca", "tsne", "umap") for metric in DISTANCE_METRICS]
CELLS.remove(("pca", "manhattan"))


def laid_out(vectors: np.ndarray, report=lambda *_: None, **asked: object) -> np.ndarray:
    request = MapRequest(**asked)
    graph = nearest(vectors, metric=request.metric, k=min(90, len(vectors) - 1))
    return lay_out(Material(vectors, graph, 0), request, report=report)


@pytest.mark.parametrize("metric", DISTANCE_METRICS)
@pytest.mark.parametrize("n", [2, 30, 1100])
def test_neighbours_are_the_nearest(metric: str, n: int) -> None:
    vectors, _ = blobs(n)
    k = min(7, n - 1)
    found = nearest(vectors, metric=metric, k=k)
    distances = distances_between(vectors, vectors, metric)
    np.fill_diagonal(distances, np.inf)
    np.testing.assert_allclose(found.distances, np.sort(distances, axis=1)[:, :k], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(np.take_along_axis(distances, found.neighbors, axis=1), found.distances, atol=1e-4)
    assert (found.neighbors != np.arange(n)[:, None]).all()
    assert (np.sort(found.neighbors, axis=1)[:, 1:] != np.sort(found.neighbors, axis=1)[:, :-1]).all()


def test_of_identical_vectors_none_is_its_own_neighbour() -> None:
    found = nearest(np.ones((40, 4)), metric="euclidean", k=5)
    assert (found.neighbors != np.arange(40)[:, None]).all()
    assert (found.distances == 0).all()


def test_without_faiss_neighbours_are_the_same(monkeypatch) -> None:
    vectors, _ = blobs(80)
    found = nearest(vectors, metric="manhattan", k=4)
    monkeypatch.setitem(sys.modules, "faiss", None)
    assert nearest(vectors, metric="manhattan", k=4).neighbors.tolist() == found.neighbors.tolist()


@pytest.mark.parametrize("k", [0, 3])
def test_more_neighbours_than_others_are_refused(k: int) -> None:
    with pytest.raises(ProjectionError, match="3 pictures have no"):
        nearest(np.eye(3), metric="cosine", k=k)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_pca_is_scikit_learns_but_for_the_sign(metric: str) -> None:
    vectors, _ = blobs(50)
    seen = vectors if metric == "euclidean" else unit_rows(vectors)
    wanted = SklearnPCA(3).fit_transform(seen.astype(np.float64))
    found = principal_components(vectors, 3, metric=metric)
    np.testing.assert_allclose(np.abs(found), np.abs(wanted), atol=1e-5)


def test_vectors_of_one_number_have_a_flat_map() -> None:
    points = principal_components(np.array([[0.0], [1.0], [5.0]]), 2, metric="euclidean")
    assert points[:, 1].tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(("method", "metric"), CELLS)
def test_a_layout_keeps_groups_apart_and_is_the_same_again(method: str, metric: str) -> None:
    vectors, labels = blobs(120, n_labels=4, dim=10, spread=0.2)
    asked = {"method": method, "metric": metric, "perplexity": 10.0}
    points = laid_out(vectors, **asked)
    assert points.shape == (120, 2)
    assert np.isfinite(points).all()
    np.testing.assert_allclose(points.mean(axis=0), 0.0, atol=1e-6)
    np.testing.assert_array_equal(laid_out(vectors, **asked), points)
    nearest_on_map = nearest(points, metric="euclidean", k=1).neighbors.ravel()
    assert (labels[nearest_on_map] == labels).mean() > 0.9


@pytest.mark.parametrize("method", ["pca", "tsne", "umap"])
def test_a_layout_in_space_has_three_axes(method: str) -> None:
    vectors, _ = blobs(60)
    assert laid_out(vectors, method=method, dimensions=3, perplexity=5.0).shape == (60, 3)


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_progress_rises_to_the_end_and_nothing_is_printed(method: str, capfd) -> None:
    vectors, _ = blobs(60)
    told: list[tuple[int, int, int]] = []
    laid_out(vectors, report=lambda *numbers: told.append(numbers), method=method, perplexity=5.0)
    done = [done for done, _, _ in told]
    assert done == sorted(done)
    assert done[-1] == told[-1][1]
    assert done.count(done[-1]) == 1
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("method", ["tsne", "umap"])
@pytest.mark.filterwarnings("ignore")
def test_identical_pictures_can_be_laid_out(method: str) -> None:
    assert np.isfinite(laid_out(np.ones((40, 6)), method=method, perplexity=5.0)).all()


def test_zero_vectors_can_be_laid_out() -> None:
    vectors, _ = blobs(60)
    vectors[:5] = 0.0
    assert np.isfinite(laid_out(vectors)).all()


@given(st.integers(8, 40), st.integers(1, 3), st.integers(0, 5))
def test_trustworthiness_is_scikit_learns(n: int, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors, points = rng.normal(size=(n, 5)), rng.normal(size=(n, 2))
    far, near = (distances_between(each, each, "euclidean") for each in (vectors, points))
    assert trustworthiness(near, far, k=k) == pytest.approx(manifold.trustworthiness(vectors, points, n_neighbors=k))
    assert trustworthiness(far, near, k=k) == pytest.approx(manifold.trustworthiness(points, vectors, n_neighbors=k))


def test_the_plane_itself_is_a_perfect_map() -> None:
    points = np.random.default_rng(0).normal(size=(200, 2))
    found = map_quality(points, points, metric="euclidean", seed=0)
    assert (found["trustworthiness"], found["continuity"], found["n_quality"]) == (1.0, 1.0, 200)
    assert distortions(nearest(points, metric="euclidean", k=20), points).max() == 0.0


def test_a_map_of_nothing_is_not_trusted() -> None:
    rng = np.random.default_rng(0)
    vectors, points = rng.normal(size=(400, 30)), rng.normal(size=(400, 2))
    found = map_quality(vectors, points, metric="cosine", seed=0)
    assert found["trustworthiness"] == pytest.approx(0.5, abs=0.05)
    assert distortions(nearest(vectors, metric="cosine", k=15), points).mean() > 0.9


def test_too_few_pictures_have_no_quality() -> None:
    assert map_quality(np.eye(2), np.eye(2), metric="cosine", seed=0)["trustworthiness"] is None
    assert map_quality(np.eye(3), np.eye(3), metric="cosine", seed=0)["k"] == 1


def test_distortion_says_where_a_map_lies() -> None:
    line = np.linspace(0.0, 1.0, 50)[:, None]
    torn = np.column_stack([line[:, 0], np.zeros(50)])
    torn[:10] += 100.0
    found = distortions(nearest(line, metric="euclidean", k=4), torn)
    assert found[20:].max() == 0.0
    assert found[8:11].min() > 0.0


def test_a_graph_has_its_first_neighbours() -> None:
    graph = Graph(np.arange(6, dtype=np.int32).reshape(2, 3), np.zeros((2, 3), np.float32))
    assert (graph.n, graph.k, graph.first(2).neighbors.tolist()) == (2, 3, [[0, 1], [3, 4]])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"method": "mds"}, "Expected method to be one of"),
        ({"metric": "hamming"}, "Expected metric to be one of"),
        ({"method": "pca", "metric": "manhattan"}, "PCA is not defined for manhattan"),
        ({"dimensions": 4}, "A map has 2 or 3 dimensions"),
        ({"n_neighbors": 1}, "Expected n_neighbors to be a whole number from 2 to 200"),
        ({"n_neighbors": 2.5}, "Expected n_neighbors to be a whole number"),
        ({"min_dist": 1.5}, "Expected min_dist to be a number from 0.0 to 1.0"),
        ({"min_dist": float("nan")}, "Expected min_dist to be a number"),
        ({"perplexity": 1.0}, "Expected perplexity to be a number from 2 to 200"),
    ],
)
def test_what_cannot_be_is_refused(asked: dict, said: str) -> None:
    with pytest.raises(ProjectionError, match=said):
        MapRequest(**asked)


@pytest.mark.parametrize(
    ("asked", "n", "said"),
    [
        ({"method": "tsne"}, 90, "A perplexity of 30 is too much for 90 pictures. Ask for at most 29.67"),
        ({"method": "tsne"}, 5, "Choose another method"),
        ({"n_neighbors": 15}, 14, "14 pictures have no 15 neighbours. Ask for 14"),
        ({"method": "pca"}, 1, "A map needs at least 2 pictures; there is 1"),
        ({"method": "pca"}, 0, "there are none"),
    ],
)
def test_too_few_pictures_are_refused(asked: dict, n: int, said: str) -> None:
    with pytest.raises(ProjectionError, match=said):
        MapRequest(**asked).check_number(n)
    MapRequest(**asked).check_number(91)
