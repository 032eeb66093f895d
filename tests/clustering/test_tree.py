"""Trees: SciPy's clusters at every height, by threshold and by number; linkages that are not defined."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster import hierarchy

from lib.clustering.pairs import pair_distances
from lib.clustering.tree import LINKAGES, Tree, build_tree, in_order, tree_of
from lib.errors import ClusteringError
from lib.retrieval.distances import DISTANCE_METRICS
from tests.clustering.data import blobs

CELLS = [(metric, linkage) for linkage in LINKAGES for metric in LINKAGES[linkage].metrics]


@pytest.mark.parametrize(("metric", "linkage"), CELLS)
def test_a_cut_is_scipys(metric: str, linkage: str) -> None:
    vectors, _ = blobs(60)
    distances = pair_distances(vectors, metric)
    tree = build_tree(distances, linkage, metric=metric)
    rows = np.column_stack([tree.merges, tree.heights, tree.sizes]).astype(float)
    for threshold in [0.0, *np.quantile(tree.heights, [0.1, 0.5, 0.9]), tree.heights[-1]]:
        assert tree.cut(threshold).tolist() == in_order(hierarchy.fcluster(rows, threshold, "distance")).tolist()
    for n_clusters in (1, 2, 17, 60):
        assert tree.cut_into(n_clusters).max() + 1 == n_clusters


def test_ten_cells_are_defined_and_ward_says_what_it_needs() -> None:
    assert len(CELLS) == 10
    with pytest.raises(ClusteringError, match="Ward linkage is not defined for cosine distances: it needs euclidean"):
        tree_of(np.eye(3), metric="cosine", linkage="ward")


def test_ward_s_height_is_that_of_the_spread_it_adds() -> None:
    vectors = np.array([[0.0], [2.0], [10.0]])
    tree = tree_of(vectors, metric="euclidean", linkage="ward")
    assert tree.heights == pytest.approx([2.0, np.sqrt(2 * 2 / 3) * 9])


@given(st.integers(1, 12), st.integers(0, 3))
def test_cuts_only_ever_join(n: int, seed: int) -> None:
    tree = tree_of(
        np.random.default_rng(seed).integers(0, 3, (n, 2)).astype(float), metric="manhattan", linkage="average"
    )
    before = tree.after(0)
    assert before.tolist() == list(range(n))
    for k in range(1, n):
        now = tree.after(k)
        assert now.max() + 1 == n - k
        pairs = np.unique(np.column_stack([before, now]), axis=0)
        assert len(pairs) == before.max() + 1  # each old cluster lies in one new one
        before = now


@pytest.mark.parametrize("metric", DISTANCE_METRICS)
def test_one_item_and_identical_items_make_trees(metric: str) -> None:
    assert tree_of(np.ones((1, 3)), metric=metric, linkage="single").cut(0.0).tolist() == [0]
    tree = tree_of(np.ones((4, 3)), metric=metric, linkage="complete")
    assert tree.heights.tolist() == [0.0, 0.0, 0.0]
    assert tree.cut(0.0).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("n_clusters", [0, 4, -1])
def test_more_clusters_than_items_are_refused(n_clusters: int) -> None:
    with pytest.raises(ClusteringError, match="3 items cannot make"):
        tree_of(np.eye(3), metric="cosine", linkage="single").cut_into(n_clusters)


@pytest.mark.parametrize(
    ("merges", "heights", "said"),
    [
        ([[0, 1], [2, 4]], [1.0, 2.0], "what is there already"),
        ([[0, 1], [0, 3]], [1.0, 2.0], "everything once"),
        ([[0, 1], [2, 3]], [2.0, 1.0], "never fall"),
    ],
)
def test_what_is_no_tree_is_refused(merges: list, heights: list, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Tree(np.array(merges), np.array(heights))


def test_an_unknown_linkage_is_refused() -> None:
    with pytest.raises(ClusteringError, match="Expected linkage to be one of"):
        tree_of(np.eye(3), metric="cosine", linkage="centroid")
