"""Every cut of a tree, scored: each as if its clusters were counted anew; and where a criterion cuts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import squareform
from sklearn.metrics import silhouette_score

from lib.clustering.calibration import CRITERIA, calibrate
from lib.clustering.contingency import Contingency
from lib.clustering.cuts import CUT_SCORES, cuts_of, score_cuts
from lib.clustering.pairs import pair_distances
from lib.clustering.scores import score_clusters
from lib.clustering.silhouette import silhouettes_of_cuts
from lib.clustering.tree import LINKAGES, build_tree, tree_of
from lib.errors import ClusteringError
from tests.clustering.data import blobs


@pytest.mark.parametrize("linkage", LINKAGES)
def test_each_cut_scores_as_its_clusters_do(linkage: str) -> None:
    vectors, labels = blobs(90, spread=1.5)
    tree = tree_of(vectors, metric="euclidean", linkage=linkage)
    cuts = score_cuts(tree, labels)
    assert cuts["n_clusters"].tolist() == list(range(90, 0, -1))
    for cut in cuts.itertuples():
        clusters = tree.cut(cut.threshold)
        assert clusters.max() + 1 == cut.n_clusters
        counted = score_clusters(Contingency.of(labels, clusters))
        for name in CUT_SCORES:
            assert getattr(cut, name) == pytest.approx(counted[name], abs=1e-9)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=25), st.sampled_from(list(LINKAGES))
)
def test_so_do_cuts_where_many_are_at_one_height(items: list[tuple[int, int]], linkage: str) -> None:
    vectors, labels = np.array([[x] for x, _ in items], float), np.array([label for _, label in items])
    tree = tree_of(vectors, metric="euclidean", linkage=linkage)
    cuts = score_cuts(tree, labels)
    assert cuts["n_clusters"].is_monotonic_decreasing
    assert cuts["n_clusters"].iloc[-1] == 1
    for cut in cuts.itertuples():
        counted = score_clusters(Contingency.of(labels, tree.after(cut.n_merges)))
        assert [getattr(cut, name) for name in CUT_SCORES] == pytest.approx([counted[n] for n in CUT_SCORES], abs=1e-7)
        assert (tree.cut(cut.threshold) == tree.after(cut.n_merges)).all()


def test_items_without_a_label_shape_the_tree_and_not_the_scores() -> None:
    vectors, labels = blobs(60, spread=1.5)
    labels[::3] = -1
    tree = tree_of(vectors, metric="cosine", linkage="average")
    known = labels >= 0
    for cut in score_cuts(tree, labels).itertuples():
        counted = score_clusters(Contingency.of(labels[known], tree.after(cut.n_merges)[known]))
        assert [getattr(cut, name) for name in CUT_SCORES] == pytest.approx([counted[n] for n in CUT_SCORES], abs=1e-9)
    assert score_cuts(tree, np.full(60, -1))["ami"].isna().all()


@pytest.mark.parametrize("metric", ["cosine", "manhattan"])
def test_silhouettes_of_cuts_are_scikit_learns(metric: str) -> None:
    vectors, _ = blobs(70)
    distances = pair_distances(vectors, metric)
    tree = build_tree(distances, "average", metric=metric)
    after = np.array([1, 10, 40, 62, 68])
    wanted = [silhouette_score(squareform(distances), tree.after(k), metric="precomputed") for k in after]
    assert silhouettes_of_cuts(tree, distances, after) == pytest.approx(wanted)


def test_each_criterion_finds_clear_groups() -> None:
    vectors, labels = blobs(80, n_labels=5, spread=0.02)
    distances = pair_distances(vectors, "euclidean")
    tree = build_tree(distances, "complete")
    for name in CRITERIA:
        found = calibrate(tree, name, labels=labels, distances=distances)
        assert (found.criterion, found.n_clusters) == (name, 5)
        assert Contingency.of(labels, tree.cut(found.threshold)).pairs[0] == Contingency.of(labels, labels).pairs[0]


def test_nmi_cuts_into_more_groups_than_ami() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(60), 4)
    vectors = rng.normal(size=(60, 8))[labels] + rng.normal(size=(240, 8)) * 0.9
    tree = tree_of(vectors, metric="cosine", linkage="average")
    by_nmi, by_ami = (calibrate(tree, name, labels=labels) for name in ("nmi", "ami"))
    assert by_nmi.n_clusters > 1.2 * by_ami.n_clusters
    assert by_ami.value == pytest.approx(score_cuts(tree, labels)["ami"].max())


def test_a_threshold_stands_in_the_middle_of_its_gap() -> None:
    tree = build_tree(np.array([1.0, 9.0, 9.0, 9.0, 9.0, 2.0]), "average")
    assert cuts_of(tree)["threshold"].tolist() == [0.5, 1.5, 5.5, 12.5]
    assert calibrate(tree, "gap").threshold == 5.5
    assert calibrate(tree, "count", labels=np.array([0, 1, 2, 2])).n_clusters == 3


def test_a_cut_between_neighbouring_floats_is_where_it_says() -> None:
    tree = build_tree(np.array([1.0, 9.0, 9.0, 9.0, 9.0, np.nextafter(1.0, 2.0)]), "single")
    for cut in cuts_of(tree).itertuples():
        assert tree.cut(cut.threshold).max() + 1 == cut.n_clusters


@pytest.mark.parametrize("name", ["gap", "silhouette"])
def test_identical_items_have_no_gap(name: str) -> None:
    distances = np.zeros(6)
    with pytest.raises(ClusteringError, match="finds no cut"):
        calibrate(build_tree(distances, "single"), name, distances=distances)


def test_what_cannot_be_chosen_by_is_refused() -> None:
    tree = tree_of(np.eye(3), metric="cosine", linkage="single")
    with pytest.raises(ClusteringError, match=r"needs labels. Choose --label, or calibrate by silhouette or gap"):
        calibrate(tree, "ami")
    with pytest.raises(ClusteringError, match="Expected the criterion to be one of"):
        calibrate(tree, "best")
    with pytest.raises(ClusteringError, match="One item is one group"):
        calibrate(tree_of(np.eye(1), metric="cosine", linkage="single"), "gap")
