"""Scores of clusters: scikit-learn's numbers, values by hand, the edges, and intervals that hold their values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from lib.clustering.chance import ChanceInformation
from lib.clustering.contingency import Contingency
from lib.clustering.scores import SCORES, estimate_scores, score_clusters

PARTITIONS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=40)


def scores(labels: list[int], clusters: list[int]) -> dict[str, float]:
    return score_clusters(Contingency.of(np.array(labels), np.array(clusters)))


@given(PARTITIONS)
def test_they_are_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    labels, clusters = zip(*pairs, strict=True)
    found = scores(list(labels), list(clusters))
    assert found["nmi"] == pytest.approx(metrics.normalized_mutual_info_score(labels, clusters), abs=1e-9)
    assert found["ari"] == pytest.approx(metrics.adjusted_rand_score(labels, clusters), abs=1e-9)
    assert found["homogeneity"] == pytest.approx(metrics.homogeneity_score(labels, clusters), abs=1e-9)
    assert found["completeness"] == pytest.approx(metrics.completeness_score(labels, clusters), abs=1e-9)
    assert found["v_measure"] == pytest.approx(metrics.v_measure_score(labels, clusters), abs=1e-9)
    assert found["fowlkes_mallows"] == pytest.approx(metrics.fowlkes_mallows_score(labels, clusters), abs=1e-9)


@given(PARTITIONS)
def test_ami_is_scikit_learns_where_chance_leaves_a_choice(pairs: list[tuple[int, int]]) -> None:
    table = Contingency.of(*(np.array(column) for column in zip(*pairs, strict=True)))
    expected = ChanceInformation(table.label_sizes).expected(table.cluster_sizes)
    wanted = metrics.cluster.expected_mutual_information(
        metrics.cluster.contingency_matrix(*zip(*pairs, strict=True), sparse=True), len(pairs)
    )
    assert expected == pytest.approx(wanted, abs=1e-9)
    if (table.label_entropy + table.cluster_entropy) / 2 - expected > 1e-9:
        found = score_clusters(table)["ami"]
        assert found == pytest.approx(metrics.adjusted_mutual_info_score(*zip(*pairs, strict=True)), abs=1e-7)


def test_the_chance_of_two_and_two_is_counted_by_hand() -> None:
    """Dealt at random, two labels and two clusters of two agree wholly in a third of the deals, else not at all."""
    assert ChanceInformation(np.array([2, 2])).expected(np.array([2, 2])) == pytest.approx(np.log(2) / 3)


def test_pairs_and_purity_by_hand() -> None:
    found = scores([0, 0, 0, 1, 1], [0, 0, 1, 1, 1])
    assert found["pair_precision"] == pytest.approx(2 / 4)
    assert found["pair_recall"] == pytest.approx(2 / 4)
    assert found["pair_f1"] == pytest.approx(2 / 4)
    assert found["purity"] == pytest.approx(4 / 5)


def test_each_item_its_own_group_scores_well_by_nmi_and_nothing_by_ami() -> None:
    found = scores(np.repeat(np.arange(121), 4).tolist(), list(range(484)))
    assert found["nmi"] > 0.85
    assert found["ami"] == pytest.approx(0.0, abs=1e-9)
    assert found["purity"] == 1.0


@pytest.mark.parametrize(
    ("labels", "clusters", "ami"),
    [
        ([0, 0, 0], [0, 0, 0], 1.0),
        ([0, 1, 2], [0, 1, 2], 1.0),
        ([0, 0, 0], [0, 1, 2], 0.0),
        ([0, 1, 2], [0, 0, 0], 0.0),
        ([0], [0], 1.0),
        ([0, 0, 1, 1], [1, 1, 0, 0], 1.0),
        ([0, 0, 1, 1], [0, 1, 0, 1], -0.5),
    ],
)
def test_the_edges(labels: list[int], clusters: list[int], ami: float) -> None:
    found = scores(labels, clusters)
    assert found["ami"] == pytest.approx(ami, abs=1e-9)
    assert all(np.isfinite(value) and value <= 1 for value in found.values())


@given(PARTITIONS)
def test_every_interval_holds_its_value(pairs: list[tuple[int, int]]) -> None:
    labels, clusters = (np.array(column) for column in zip(*pairs, strict=True))
    for name, found in estimate_scores(Contingency.of(labels, clusters)).items():
        if len(np.unique(labels)) < 3:
            assert np.isnan([found.low, found.high]).all()
        else:
            assert SCORES[name].low - 1e-9 <= found.low <= found.value <= found.high <= 1 + 1e-9


def test_an_interval_holds_what_more_labels_of_the_same_kind_give() -> None:
    """A label's items stay together with chance 0.7: of 200 sets of 40 labels, most intervals hold the long run."""
    rng = np.random.default_rng(0)

    def drawn(n_labels: int) -> Contingency:
        labels = np.repeat(np.arange(n_labels), 6)
        strays = rng.random(len(labels)) > 0.7
        return Contingency.of(labels, np.where(strays, n_labels + np.arange(len(labels)), labels))

    truth = score_clusters(drawn(20_000))["pair_recall"]
    found = [estimate_scores(drawn(40))["pair_recall"] for _ in range(200)]
    assert 0.9 <= np.mean([each.low <= truth <= each.high for each in found]) <= 0.99


def test_labels_and_clusters_of_other_items_are_refused() -> None:
    with pytest.raises(ValueError, match="a cluster for each label"):
        Contingency.of(np.array([0, 1]), np.array([0]))
