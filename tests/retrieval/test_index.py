import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lib.retrieval import index as index_module
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.index import ExactIndex, prepare_vectors
from tests.retrieval import naive

METRICS = list(DISTANCE_METRICS)


def make_index(vectors, *, ids=None, metric="cosine") -> ExactIndex:
    ids = np.array([f"p{i:04d}" for i in range(len(vectors))]) if ids is None else np.asarray(ids)
    return ExactIndex(prepare_vectors(np.asarray(vectors, np.float32), ids), DISTANCE_METRICS[metric])


def ids_found(index, ids, *args, k, **options) -> list[str]:
    rows, distances = index.search(*args, k=k, **options)
    assert (np.diff(distances) >= 0).all()
    return [str(name) for name in np.asarray(ids)[rows]][:k]


# few distinct values, so that ties and zero vectors are common
small = st.integers(-2, 2).map(np.float32)
galleries = st.tuples(st.integers(1, 14), st.integers(1, 4)).flatmap(
    lambda shape: st.tuples(
        hnp.arrays(np.float32, shape, elements=small),
        hnp.arrays(np.float32, shape[1], elements=small),
        hnp.arrays(bool, shape[0]),
        st.permutations([f"p{i:02d}" for i in range(shape[0])]),
        st.integers(1, 16),
    )
)


@pytest.mark.parametrize("metric", METRICS)
@given(case=galleries)
@settings(max_examples=80, deadline=None)
def test_equals_the_naive_search_ties_included(metric, case):
    vectors, query, allowed, ids, k = case
    index = make_index(vectors, ids=ids, metric=metric)
    assert ids_found(index, ids, query, k=k) == naive.nearest(metric, vectors, ids, query, k)
    assert ids_found(index, ids, query, k=k, allowed=allowed) == naive.nearest(metric, vectors, ids, query, k, allowed)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 1.0])
def test_equals_the_naive_order_on_clustered_vectors(metric, share):
    rng = np.random.default_rng(3)
    vectors = (rng.normal(size=(6, 40))[rng.integers(0, 6, 900)] + 1e-4 * rng.normal(size=(900, 40))).astype(np.float32)
    query, allowed = vectors[7], rng.random(900) < share
    exact = DISTANCE_METRICS[metric].exact(vectors, query)
    expected = np.lexsort((np.arange(900), np.where(allowed, exact, np.inf)))[:10]
    rows, distances = make_index(vectors, metric=metric).search(query, k=10, allowed=allowed)
    assert rows[:10].tolist() == expected.tolist()
    np.testing.assert_array_equal(distances[:10], exact[expected])


@pytest.mark.parametrize("metric", METRICS)
@given(case=galleries, seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_the_gallerys_order_does_not_matter(metric, case, seed):
    vectors, query, _, ids, k = case
    order = np.random.default_rng(seed).permutation(len(ids))
    here = ids_found(make_index(vectors, ids=ids, metric=metric), ids, query, k=k)
    shuffled = np.asarray(ids)[order]
    assert ids_found(make_index(vectors[order], ids=shuffled, metric=metric), shuffled, query, k=k) == here


@given(case=galleries, factors=st.lists(st.sampled_from([0.5, 1.0, 2.0, 1024.0]), min_size=15, max_size=15))
@settings(max_examples=40, deadline=None)
def test_a_rows_length_does_not_matter_to_cosine(case, factors):
    vectors, query, _, ids, k = case
    scaled = vectors * np.array(factors[: len(vectors)], np.float32)[:, None]
    assert ids_found(make_index(scaled, ids=ids), ids, query * np.float32(4), k=k) == ids_found(
        make_index(vectors, ids=ids), ids, query, k=k
    )


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_cosine_and_euclidean_agree_on_vectors_of_length_one(seed):
    vectors = np.random.default_rng(seed).normal(size=(60, 5))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    cosine, _ = make_index(vectors).search(vectors[0], k=60)
    euclidean, apart = make_index(vectors, metric="euclidean").search(vectors[0], k=60)
    assume((np.diff(apart) > 1e-5).all())  # float32 rounds the lengths, so closer pairs may change places
    assert cosine.tolist() == euclidean.tolist()


@pytest.mark.parametrize("metric", METRICS)
def test_a_tie_at_the_kth_place_goes_to_the_smaller_id(metric):
    index = make_index([[1, 0], [0, 1], [0, 1], [0, 1]], ids=["d", "c", "a", "b"], metric=metric)
    assert ids_found(index, ["d", "c", "a", "b"], np.array([1, 0], np.float32), k=2) == ["d", "a"]


@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
def test_what_float32_cannot_tell_apart_is_still_told_apart(metric):
    vectors = np.full((2_000, 32), 1000.5, np.float32)
    vectors[77, 3] += 0.001
    rows, distances = make_index(vectors, metric=metric).search(vectors[77], k=3)
    assert rows[:3].tolist() == [77, 0, 1]
    assert distances[:2].tolist() == pytest.approx([0.0, 0.001], abs=1e-4)
    assert len(rows) == 2_000  # all the others tie at the third place


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("scale", [1e-38, 1e-20, 1e18, 1e37])
def test_numbers_at_the_ends_of_float32(metric, scale):
    vectors = (np.array([[1, 2], [2, 1], [3, 3], [0, 0]]) * scale).astype(np.float32)
    query = vectors[1]
    expected = naive.nearest(metric, vectors, ["p0000", "p0001", "p0002", "p0003"], query, 4)
    rows, distances = make_index(vectors, metric=metric).search(query, k=4)
    assert [f"p{row:04d}" for row in rows] == expected
    assert np.isfinite(distances).all()


def test_groups_are_ranked_by_their_nearest_row():
    vectors = np.array([[0.0], [0.1], [0.2], [5.0], [0.3], [9.0]], np.float32)
    groups = np.array([0, 0, 0, 1, 2, 1])
    rows, distances = make_index(vectors, metric="euclidean").search(np.zeros(1, np.float32), k=2, groups=groups)
    assert rows.tolist() == [0, 1, 2, 4]
    np.testing.assert_allclose(distances, [0, 0.1, 0.2, 0.3], rtol=1e-6)


@given(seed=st.integers(0, 500), k=st.integers(1, 12))
@settings(max_examples=40, deadline=None)
def test_groups_equal_the_naive_grouping(seed, k):
    rng = np.random.default_rng(seed)
    vectors, groups, allowed = (
        rng.integers(0, 4, (40, 2)).astype(np.float32),
        rng.integers(0, 9, 40),
        rng.random(40) < 0.6,
    )
    rows, _ = make_index(vectors, metric="manhattan").search(vectors[0], k=k, allowed=allowed, groups=groups)
    nearest = {}
    for row in naive.nearest("manhattan", vectors, [f"p{i:04d}" for i in range(40)], vectors[0], 40, allowed):
        nearest.setdefault(int(groups[int(row[1:])]), row)
    firsts = list(dict.fromkeys(groups[rows].tolist()))[:k]
    assert firsts == list(nearest)[:k]


def test_reach_adds_everything_within_a_distance():
    index = make_index([[0.0], [1.0], [2.0], [3.0]], metric="euclidean")
    zero = np.zeros(1, np.float32)
    assert index.search(zero, k=1, reach=2.0)[0].tolist() == [0, 1, 2]
    assert index.search(zero, k=3, reach=0.5)[0].tolist() == [0, 1, 2]


def test_few_allowed_rows_are_gathered_and_many_are_not(monkeypatch):
    seen = []
    metric = DISTANCE_METRICS["cosine"]
    spy = index_module.DistanceMetric(
        **{**vars(metric), "kernel": lambda rows, query: seen.append(len(rows)) or metric.kernel(rows, query)}
    )
    vectors = prepare_vectors(
        np.random.default_rng(0).normal(size=(1000, 4)).astype(np.float32), np.arange(1000).astype(str)
    )
    index, allowed = ExactIndex(vectors, spy), np.zeros(1000, dtype=bool)
    allowed[:50] = True
    index.search(vectors.embeddings[0], k=3, allowed=allowed)
    allowed[:500] = True
    index.search(vectors.embeddings[0], k=3, allowed=allowed)
    assert seen == [50, 1000]


def test_nothing_allowed_is_nothing_found():
    rows, distances = make_index([[1.0]]).search(np.ones(1, np.float32), k=1, allowed=np.zeros(1, dtype=bool))
    assert len(rows) == len(distances) == 0


def test_the_vectors_are_not_copied(tmp_path):
    np.save(tmp_path / "v.npy", np.ones((9, 4), np.float32))
    mapped = np.load(tmp_path / "v.npy", mmap_mode="r")
    assert np.shares_memory(prepare_vectors(mapped, np.arange(9).astype(str)).embeddings, mapped)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_damaged_vectors_are_refused(value):
    with pytest.raises(ValueError, match="1 rows with NaN or inf"):
        make_index([[1.0, 2.0], [value, 0.0]])


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match=r"Received: float32 \(2, 1\)"):
        make_index([[1.0], [2.0]], ids=["a"])
    with pytest.raises(ValueError, match="k=0"):
        make_index([[1.0]]).search(np.ones(1, np.float32), k=0)
