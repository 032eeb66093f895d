import builtins
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lib.retrieval import distances
from lib.retrieval.distances import DISTANCE_METRICS, distance_metric
from tests.retrieval import naive

numbers = st.floats(-1e6, 1e6, width=32)
matrices = st.integers(1, 6).flatmap(
    lambda dim: st.tuples(
        hnp.arrays(np.float32, st.tuples(st.integers(1, 8), st.just(dim)), elements=numbers),
        hnp.arrays(np.float32, dim, elements=numbers),
    )
)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [("cosine", [0.0, 1 - 1 / math.sqrt(2), 1.0, 2.0, 1.0]), ("euclidean", [1.0, 1.0, 2.0, 3.0, 1.0])]
    + [("manhattan", [1.0, 1.0, 2.0, 3.0, 1.0])],
)
def test_hand_computed(metric, expected):
    rows = np.array([[2, 0], [1, 1], [1, -2], [-2, 0], [0, 0]], np.float32)
    if metric == "cosine":
        rows[2] = [0, 3]
    found = DISTANCE_METRICS[metric].exact(rows, np.array([1, 0], np.float32))
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("metric", DISTANCE_METRICS)
@given(pair=matrices)
@settings(max_examples=60, deadline=None)
def test_exact_agrees_with_fractions(metric, pair):
    rows, query = pair
    expected = [naive.distance(metric, row.tolist(), query.tolist()) for row in rows]
    np.testing.assert_allclose(DISTANCE_METRICS[metric].exact(rows, query), expected, rtol=1e-9, atol=2e-12)


@pytest.mark.parametrize("metric", DISTANCE_METRICS)
@given(pair=matrices)
@settings(max_examples=60, deadline=None)
def test_bounds_hold_the_exact_distance(metric, pair):
    rows, query = pair
    chosen = DISTANCE_METRICS[metric]
    norms = np.linalg.norm(rows.astype(np.float64), axis=1)
    length = float(np.linalg.norm(query.astype(np.float64)))
    tiny = (norms > 0) & (norms < 1e-15)
    if tiny.any() or 0 < length < 1e-15:
        return
    low, high = chosen.bounds(chosen.kernel(rows, query), norms, length, len(query))
    exact = chosen.exact(rows, query)
    assert (low <= exact).all()
    assert (exact <= high).all()


def test_a_zero_vector_is_as_far_from_everything_as_what_has_nothing_in_common():
    rows = np.array([[0, 0], [1, 0]], np.float32)
    assert DISTANCE_METRICS["cosine"].exact(rows, np.zeros(2, np.float32)).tolist() == [1.0, 1.0]
    assert DISTANCE_METRICS["cosine"].exact(rows, np.array([1, 0], np.float32)).tolist() == [1.0, 0.0]


def test_euclidean_does_not_cancel():
    rows = np.array([[10_000.0, 1.0], [10_000.0, 0.999]], np.float32)
    found = DISTANCE_METRICS["euclidean"].exact(rows, rows[0])
    assert found[0] == 0.0
    assert found[1] == pytest.approx(0.001, rel=1e-4)


def test_score_is_the_cosine_or_minus_the_distance():
    given = np.array([0.0, 0.25, 2.0])
    assert DISTANCE_METRICS["cosine"].score(given).tolist() == [1.0, 0.75, -1.0]
    for name in ("euclidean", "manhattan"):
        scores = DISTANCE_METRICS[name].score(given)
        assert scores.tolist() == [0.0, -0.25, -2.0]
        assert not np.signbit(scores[0])


@pytest.mark.parametrize("metric", DISTANCE_METRICS)
@pytest.mark.parametrize("n_cores", [1, 7])
def test_threads_compute_what_one_computes(monkeypatch, metric, n_cores):
    rng = np.random.default_rng(0)
    rows, query = rng.normal(size=(1001, 16)).astype(np.float32), rng.normal(size=16).astype(np.float32)
    alone = DISTANCE_METRICS[metric].kernel(rows, query)
    monkeypatch.setattr(distances, "_BYTES_A_THREAD", 1_000)
    monkeypatch.setattr(distances, "n_cores", lambda: n_cores)
    np.testing.assert_allclose(DISTANCE_METRICS[metric].kernel(rows, query), alone, rtol=1e-5, atol=1e-6)


def test_manhattan_without_faiss_is_the_same(monkeypatch):
    rng = np.random.default_rng(0)
    rows, query = rng.normal(size=(700, 33)).astype(np.float32), rng.normal(size=33).astype(np.float32)
    with_faiss = DISTANCE_METRICS["manhattan"].kernel(rows, query)
    usual = builtins.__import__

    def without_faiss(name, *args, **kwargs):
        if name == "faiss":
            raise ImportError(name)
        return usual(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_faiss)
    np.testing.assert_allclose(DISTANCE_METRICS["manhattan"].kernel(rows, query), with_faiss, rtol=1e-5)


def test_unknown_metric_names_those_there_are():
    with pytest.raises(ValueError, match=r"one of \['cosine', 'euclidean', 'manhattan'\]. Received: metric='hamming'"):
        distance_metric("hamming")
