"""The fast ranking against a sort of all exact distances, item by item."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lib.retrieval import ranking
from lib.retrieval.index import prepare_vectors
from lib.retrieval.metrics import RANK_METRICS
from lib.retrieval.ranking import N_NEIGHBORS, Ranked, Ranker, order_of, rank_all
from lib.retrieval.spaces import SPACES, make_space
from tests.retrieval import naive_metrics

METRICS = sorted(SPACES)


def made(seed: int, n: int = 70, dim: int = 6) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vectors on a grid, so that many distances tie; ids in gallery order; labels that all occur twice."""
    rng = np.random.default_rng(seed)
    vectors = rng.integers(-2, 3, (n, dim)).astype(np.float32)
    codes = np.concatenate([np.arange(4), np.arange(4), rng.integers(0, 4, n - 8)])
    return vectors, np.array([f"p{i:03d}" for i in range(n)]), codes


def ranked(vectors: np.ndarray, codes: np.ndarray, metric: str, **options: object) -> Ranked:
    ids = np.array([f"p{i:03d}" for i in range(len(vectors))])
    norms = prepare_vectors(vectors, ids).norms
    space = make_space(vectors, rows=np.arange(len(vectors)), norms=norms, metric=metric)
    return rank_all(Ranker(space, codes, **options), np.arange(len(vectors)))


def column(found: Ranked, name: str) -> np.ndarray:
    return found.values[:, list(RANK_METRICS).index(name)]


@given(arrays(np.float32, st.integers(1, 300), elements=st.floats(0, 3, width=32)))
def test_the_radix_order_is_the_stable_order(values: np.ndarray) -> None:
    values = np.abs(values)
    assert order_of(values).tolist() == np.argsort(values, kind="stable").tolist()


def test_the_radix_order_puts_infinity_last_and_keeps_ties_in_place() -> None:
    values = np.array([np.inf, 1, 0, 1, 1e-40, np.inf, 3.4e38], np.float32)
    assert order_of(values).tolist() == [2, 4, 1, 3, 6, 0, 5]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("seed", range(3))
def test_every_value_is_the_naive_one(metric: str, seed: int) -> None:
    vectors, ids, codes = made(seed)
    if metric == "cosine":  # directions on a grid differ by rounding where they tie: see the next test
        vectors = vectors + np.random.default_rng(seed).normal(0, 0.3, vectors.shape).astype(np.float32)
    found = ranked(vectors, codes, metric)
    for query in range(len(vectors)):
        order = naive_metrics.ranking(vectors, ids, query, metric)
        slow = naive_metrics.all_of(naive_metrics.hits(order, codes, query))
        assert dict(zip(RANK_METRICS, found.values[query], strict=True)) == pytest.approx(slow), (query, order[:5])
        assert found.neighbors[query].tolist() == order[:N_NEIGHBORS]


@pytest.mark.parametrize("metric", METRICS)
def test_equal_vectors_stand_in_the_order_of_their_ids(metric: str) -> None:
    vectors = np.repeat(np.array([[1, 2], [5, 1]], np.float32), 15, axis=0)[::-1]
    found = ranked(np.ascontiguousarray(vectors), np.arange(30) % 2, metric)
    assert found.neighbors[3].tolist() == [*(i for i in range(15) if i != 3), *range(15, 21)]


def test_all_zero_rows_are_ranked_last_under_cosine_even_behind_opposite_ones() -> None:
    vectors = np.array([[1, 0], [0, 0], [-1, 0], [1, 1]], np.float32)
    found = ranked(vectors, np.zeros(4, np.int64), "cosine")
    assert found.neighbors[0, :3].tolist() == [3, 2, 1]
    assert found.neighbors[1, :3].tolist() == [0, 2, 3]


@pytest.mark.parametrize("metric", METRICS)
def test_no_query_finds_itself_unless_it_is_counted(metric: str) -> None:
    vectors, _, codes = made(0)
    assert (ranked(vectors, codes, metric).neighbors != np.arange(70)[:, None]).all()
    distinct = vectors + np.arange(70, dtype=np.float32)[:, None] * np.array([3, 1, 4, 1, 5, 9], np.float32)
    counted = ranked(distinct, codes, metric, self_counted=True)
    assert (counted.neighbors[:, 0] == np.arange(70)).mean() > 0.95
    assert column(counted, "recall@1").mean() > column(ranked(distinct, codes, metric), "recall@1").mean()


def test_rows_taken_out_of_one_ranking_stay_in_the_others() -> None:
    vectors, _, codes = made(1)
    whole = ranked(vectors, codes, "euclidean")
    out = whole.neighbors[5, :2].astype(np.int64)
    found = ranked(vectors, codes, "euclidean", without={5: out})
    assert found.neighbors[5, :18].tolist() == whole.neighbors[5, 2:].tolist()
    others = np.delete(np.arange(70), 5)
    assert (found.values[others] == whole.values[others]).all()


@pytest.mark.parametrize("metric", METRICS)
def test_blocks_and_threads_change_nothing(metric: str, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, _, codes = made(2)
    whole = ranked(vectors, codes, metric)
    monkeypatch.setattr(ranking, "BLOCK_QUERIES", 9)
    monkeypatch.setattr(ranking, "n_cores", lambda: 3)
    assert ranked(vectors, codes, metric).values == pytest.approx(whole.values)


def test_names_of_labels_and_the_order_of_the_gallery_do_not_matter_without_ties() -> None:
    rng = np.random.default_rng(0)
    vectors, codes = rng.normal(size=(50, 5)).astype(np.float32), np.arange(50) % 3
    whole = ranked(vectors, codes, "cosine").values
    order = rng.permutation(50)
    assert ranked(vectors[order], (codes + 1)[order], "cosine").values == pytest.approx(whole[order])


def test_cosine_does_not_feel_the_length_of_a_row() -> None:
    rng = np.random.default_rng(0)
    vectors, codes = rng.normal(size=(50, 5)).astype(np.float32), np.arange(50) % 3
    lengths = 2.0 ** rng.integers(-60, 60, (50, 1)).astype(np.float32)
    assert (
        ranked(vectors * lengths, codes, "cosine").neighbors.tolist()
        == ranked(vectors, codes, "cosine").neighbors.tolist()
    )


@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
def test_other_metrics_rank_alike_however_large_the_unit(metric: str) -> None:
    vectors, _, codes = made(3)
    expected = ranked(vectors, codes, metric).neighbors.tolist()
    for factor in (2.0**-60, 2.0**60):
        assert ranked(vectors * np.float32(factor), codes, metric).neighbors.tolist() == expected


def test_euclidean_far_from_the_origin_is_not_lost_to_cancellation() -> None:
    vectors, _, codes = made(4)
    far = vectors + np.float32(4096)
    assert ranked(far, codes, "euclidean").neighbors.tolist() == ranked(vectors, codes, "euclidean").neighbors.tolist()


def test_fewer_items_than_neighbors_are_filled_up_with_minus_one() -> None:
    found = ranked(np.eye(3, dtype=np.float32), np.zeros(3, np.int64), "cosine")
    assert found.neighbors[0].tolist() == [1, 2] + [-1] * (N_NEIGHBORS - 2)


def test_an_unknown_metric_and_an_empty_gallery_are_refused() -> None:
    with pytest.raises(ValueError, match="Expected metric"):
        make_space(np.eye(2, dtype=np.float32), rows=np.arange(2), norms=np.ones(2), metric="hamming")
    with pytest.raises(ValueError, match="at least one item"):
        make_space(np.eye(2, dtype=np.float32), rows=np.arange(0), norms=np.ones(2), metric="cosine")


def test_progress_is_told_block_by_block() -> None:
    vectors, told = np.random.default_rng(0).normal(size=(600, 3)).astype(np.float32), list[tuple[int, int, int]]()
    space = make_space(vectors, rows=np.arange(600), norms=np.linalg.norm(vectors, axis=1), metric="euclidean")
    rank_all(Ranker(space, np.zeros(600, np.int64)), np.arange(600), report=lambda *counts: told.append(counts))
    assert told == [(512, 600, 0), (600, 600, 0)]
