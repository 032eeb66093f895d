"""Metrics of ranks: worked by hand, against naive versions, and what must hold whatever the data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, ndcg_score

from lib.retrieval.grades import Grades
from lib.retrieval.metrics import RANK_METRICS, ndcg, precision_at, recall_at, share_with_value
from lib.retrieval.ranks import RelevantRanks
from tests.retrieval import naive_metrics

#: Rankings of up to 40 items with at least one hit.
rankings = st.lists(st.booleans(), min_size=1, max_size=40).filter(any)


def ranks_of(hit: list[bool]) -> list[int]:
    return [rank for rank, right in enumerate(hit, start=1) if right]


def values(*hits: list[bool]) -> dict[str, np.ndarray]:
    found = RelevantRanks.of([ranks_of(hit) for hit in hits])
    return {name: metric.compute(found) for name, metric in RANK_METRICS.items()}


def test_worked_by_hand() -> None:
    """Hits at 1, 2 and 6 of seven; R = 3."""
    got = {name: float(column[0]) for name, column in values([True, True, False, False, False, True, False]).items()}

    assert got == pytest.approx(
        {
            "recall@1": 1,
            "recall@5": 1,
            "recall@10": 1,
            "recall@20": 1,
            "precision@5": 2 / 5,
            "precision@10": 3 / 10,
            "map": (1 / 1 + 2 / 2 + 3 / 6) / 3,
            "map_at_r": (1 / 1 + 2 / 2) / 3,
            "r_precision": 2 / 3,
            "mrr": 1,
            "hits_before_miss": 2,
        }
    )


@given(st.lists(rankings, min_size=1, max_size=6))
def test_every_metric_is_the_naive_one(hits: list[list[bool]]) -> None:
    fast = values(*hits)
    for row, hit in enumerate(hits):
        slow = naive_metrics.all_of(hit)
        assert slow.keys() == fast.keys()
        assert {name: column[row] for name, column in fast.items()} == pytest.approx(slow)


@given(rankings)
def test_average_precision_is_scikit_learns(hit: list[bool]) -> None:
    scores = -np.arange(len(hit))
    assert values(hit)["map"][0] == pytest.approx(average_precision_score(hit, scores))


@given(rankings)
def test_ranges_and_order(hit: list[bool]) -> None:
    got = {name: column[0] for name, column in values(hit).items()}
    shares = {name: value for name, value in got.items() if name != "hits_before_miss"}
    assert all(0 <= value <= 1 for value in shares.values())
    assert 0 <= got["hits_before_miss"] <= sum(hit)
    assert got["map_at_r"] <= got["map"] + 1e-12
    assert got["map_at_r"] <= got["r_precision"] + 1e-12
    assert got["recall@1"] <= got["recall@5"] <= got["recall@10"] <= got["recall@20"]


@given(rankings, st.integers(1, 40))
def test_recall_and_the_number_of_hits_grow_with_k(hit: list[bool], k: int) -> None:
    found = RelevantRanks.of([ranks_of(hit)])
    assert recall_at(found, k) <= recall_at(found, k + 1)
    assert precision_at(found, k) * k <= precision_at(found, k + 1) * (k + 1) + 1e-9


def test_a_perfect_ranking_is_1_everywhere_it_can_be() -> None:
    got = values([True] * 20 + [False] * 5)
    assert got.pop("hits_before_miss")[0] == 20
    assert all(column[0] == 1 for column in got.values())


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_1_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match="Expected k to be at least 1"):
        recall_at(RelevantRanks.of([[1]]), k)


@pytest.mark.parametrize(
    ("ranks", "counts"), [([1, 1], [2]), ([2, 1], [2]), ([0, 1], [2]), ([1, 2], [3]), ([1], [1, 0])]
)
def test_ranks_that_cannot_be_are_refused(ranks: list[int], counts: list[int]) -> None:
    with pytest.raises(ValueError, match="Expected"):
        RelevantRanks(np.array(ranks), np.array(counts))


def test_no_query_has_no_value() -> None:
    assert all(len(column) == 0 for column in values().values())


def test_ndcg_worked_by_hand_and_as_scikit_learn_has_it() -> None:
    gains, ideal = np.array([[1.0, 3.0, 0.0]]), np.array([[3.0, 2.0, 1.0]])
    by_hand = (1 / 1 + 3 / np.log2(3)) / (3 / 1 + 2 / np.log2(3) + 1 / 2)
    assert ndcg(gains, ideal)[0] == pytest.approx(by_hand)
    everything = np.array([[1.0, 3.0, 0.0, 2.0, 0.0]])
    theirs = ndcg_score(everything, -np.arange(5.0)[None, :], k=3)
    assert ndcg(everything[:, :3], -np.sort(-everything)[:, :3])[0] == pytest.approx(theirs)


def test_ndcg_without_any_gain_is_not_defined_and_shapes_must_agree() -> None:
    assert np.isnan(ndcg(np.zeros((1, 3)), np.zeros((1, 3)))).all()
    with pytest.raises(ValueError, match="one shape"):
        ndcg(np.zeros((1, 3)), np.zeros((1, 4)))


@given(st.integers(0, 10_000), st.integers(2, 30), st.integers(1, 3))
def test_graded_gains_and_their_ideal_are_the_naive_ones(seed: int, n: int, n_levels: int) -> None:
    """Levels need not nest, and values may be missing."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(-1, 3, (n_levels, n))
    levels = [[None if code < 0 else code for code in row] for row in codes.tolist()]
    grades = Grades(tuple("abc"[:n_levels]), codes)
    orders = np.stack([rng.permutation(np.delete(np.arange(n), query)) for query in range(n)])
    nearest = np.full((n, 10), -1)
    nearest[:, : min(10, n - 1)] = orders[:, :10]
    queries = np.arange(n)
    fast = ndcg(grades.gains(queries, nearest), grades.ideal(queries, 10))
    slow = [naive_metrics.ndcg(levels, orders[query].tolist(), query) for query in range(n)]
    assert fast == pytest.approx(slow, nan_ok=True)


def test_the_share_of_a_value_leaves_out_queries_without_one() -> None:
    got = share_with_value(np.array([[1, 1, 2, -1], [0, 0, 0, 0], [-1, -1, 1, 1]]), np.array([1, 0, -1]))
    assert got == pytest.approx([0.5, 1.0, np.nan], nan_ok=True)
