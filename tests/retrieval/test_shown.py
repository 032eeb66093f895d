"""What is shown within a distance, against counting pairs one at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.retrieval import shown
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.metric_spaces import Space
from lib.retrieval.shown import N_NEAREST, count_shown, tried_distances
from lib.retrieval.spaces import SPACES, make_space

METRICS = sorted(SPACES)


def made(seed: int, n: int, metric: str, *, zeros: int = 0) -> tuple[np.ndarray, np.ndarray, Space]:
    """Vectors on a grid, so that distances tie (off it for cosines, whose ties float32 breaks); some have no label."""
    rng = np.random.default_rng(seed)
    vectors = (rng.normal(size=(n, 5)) if metric == "cosine" else rng.integers(-2, 3, (n, 5))).astype(np.float32)
    vectors[:zeros] = 0
    norms = np.linalg.norm(vectors.astype(np.float64), axis=1)
    space = make_space(vectors, rows=np.arange(n), norms=norms, metric=metric)
    return vectors, rng.integers(-1, 4, n), space


def naive(
    vectors: np.ndarray, codes: np.ndarray, query: int, metric: str, threshold: float
) -> tuple[int, int, int, int]:
    """All, right, and both among the nearest: by a sort of the exact distances, ties in the order of the gallery."""
    distances = DISTANCE_METRICS[metric].exact(vectors, vectors[query])
    others = [i for i in np.argsort(distances, kind="stable") if i != query]
    within = [i for i in others if distances[i] <= threshold]
    nearest = [i for i in others[:N_NEAREST] if distances[i] <= threshold]
    right, nearest_right = (sum(codes[i] == codes[query] for i in found) for found in (within, nearest))
    return len(within), right, len(nearest), nearest_right


@pytest.mark.parametrize("metric", METRICS)
@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 40))
def test_every_count_is_the_naive_one(metric: str, seed: int, n: int) -> None:
    vectors, codes, space = made(seed, n, metric)
    codes[0] = 0
    queries = np.flatnonzero(codes >= 0)
    # Between the values that distances on a grid can have: at them, float32 and float64 may differ.
    thresholds = np.linspace(0.0137, 9.0137, 15)
    found = count_shown(space, codes, queries, thresholds)
    for place, query in enumerate(queries.tolist()):
        for column, threshold in enumerate(thresholds):
            counts = naive(vectors, codes, query, metric, threshold)
            every = (found.n_shown, found.n_right, found.n_nearest, found.n_nearest_right)
            assert tuple(int(each[place, column]) for each in every) == counts
        assert found.n_relevant[place] == (codes == codes[query]).sum() - 1


@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
def test_an_item_exactly_at_the_threshold_is_within_it(metric: str) -> None:
    vectors = np.array([[0, 0], [3, 0], [7, 0], [7, 0]], np.float32)
    space = make_space(vectors, rows=np.arange(4), norms=np.linalg.norm(vectors, axis=1), metric=metric)
    found = count_shown(space, np.zeros(4, np.int64), np.array([0]), np.array([2.99, 3.0, 6.99, 7.0]))
    assert found.n_shown.tolist() == [[0, 1, 1, 3]]


def test_a_query_never_shows_itself_and_a_twin_is_shown_at_once() -> None:
    vectors = np.ones((3, 4), np.float32)
    space = make_space(vectors, rows=np.arange(3), norms=np.full(3, 2.0), metric="euclidean")
    found = count_shown(space, np.array([0, 0, 1]), np.array([0, 2]), np.array([0.0]))
    assert (found.n_shown.tolist(), found.n_right.tolist()) == ([[2], [2]], [[1], [0]])
    assert found.n_relevant.tolist() == [1, 0]


def test_a_row_of_zeros_is_at_distance_1_as_in_a_search() -> None:
    _, codes, space = made(1, 12, "cosine", zeros=2)
    codes[:] = 0
    found = count_shown(space, codes, np.arange(12), np.array([0.999, 1.001, 3.5]))
    assert found.n_shown[0].tolist() == [0, 11, 11]
    assert found.n_shown[:, 2].tolist() == [11] * 12


@pytest.mark.parametrize("metric", METRICS)
def test_blocks_change_nothing(metric: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, codes, space = made(3, 60, metric)
    codes = np.abs(codes)
    queries, thresholds = np.arange(60)[::-1], np.linspace(0, 8, 9)
    whole = count_shown(space, codes, queries, thresholds)
    monkeypatch.setattr(shown, "_HELD", 60 * 7)
    told: list[tuple[int, int, int]] = []
    blocks = count_shown(space, codes, queries, thresholds, report=lambda *counts: told.append(counts))
    for name in ("n_shown", "n_right", "n_nearest", "n_nearest_right", "n_relevant"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(blocks, name))
    assert told[:3] == [(0, 60, 0), (7, 60, 0), (14, 60, 0)]
    assert told[-1] == (60, 60, 0)


class TestTried:
    @pytest.mark.parametrize("metric", METRICS)
    @pytest.mark.parametrize("unit", [1e-3, 1.0, 1e4])
    def test_they_run_from_hardly_anything_to_everything(self, metric: str, unit: float) -> None:
        vectors = (np.random.default_rng(0).normal(size=(300, 6)) * unit).astype(np.float32)
        norms = np.linalg.norm(vectors.astype(np.float64), axis=1)
        space = make_space(vectors, rows=np.arange(300), norms=norms, metric=metric)
        queries = np.arange(300)
        tried = tried_distances(space, queries)
        found = count_shown(space, np.zeros(300, np.int64), queries, tried).n_shown.sum(axis=0)
        assert (np.diff(tried) > 0).all()
        assert 100 < len(tried) <= shown.N_TRIED
        assert found[0] < 300
        assert found[-1] == 300 * 299
        assert (np.diff(found[found > 1000]) < 0.1 * found[found > 1000][1:]).all()

    def test_they_can_be_typed(self) -> None:
        vectors = np.random.default_rng(0).normal(size=(200, 6)).astype(np.float32)
        space = make_space(vectors, rows=np.arange(200), norms=np.linalg.norm(vectors, axis=1), metric="cosine")
        assert all(len(repr(float(each))) <= 6 for each in tried_distances(space, np.arange(200)))

    def test_whole_numbers_stay_whole(self) -> None:
        bits = np.random.default_rng(0).integers(0, 2, (80, 64)).astype(np.float32)
        space = make_space(bits, rows=np.arange(80), norms=np.linalg.norm(bits, axis=1), metric="manhattan")
        tried = tried_distances(space, np.arange(80))
        assert tried.tolist() == np.round(tried).tolist()

    @pytest.mark.parametrize("vectors", [np.ones((5, 3)), np.zeros((5, 3)), np.ones((1, 3))])
    @pytest.mark.parametrize("metric", METRICS)
    def test_where_nothing_is_apart_there_is_one(self, vectors: np.ndarray, metric: str) -> None:
        plain = vectors.astype(np.float32)
        n = len(plain)
        space = make_space(plain, rows=np.arange(n), norms=np.linalg.norm(plain, axis=1), metric=metric)
        tried = tried_distances(space, np.arange(n))
        found = count_shown(space, np.zeros(n, np.int64), np.arange(n), tried)
        assert len(tried) == 1
        assert found.n_shown[:, 0].tolist() == [n - 1] * n
