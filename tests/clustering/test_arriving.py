"""Products that come one by one: against the plain rule, by hand, in batches, and ids that last."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.clustering.arriving import arrive, nobody
from lib.clustering.identity import pass_on
from lib.clustering.tree import LINKAGES, tree_of
from lib.errors import ClusteringError
from lib.retrieval.distances import DISTANCE_METRICS
from tests.clustering.data import blobs

CELLS = [(metric, linkage) for linkage in LINKAGES for metric in LINKAGES[linkage].metrics]


def names(n: int, *, start: int = 0) -> tuple[str, ...]:
    return tuple(f"p{i}" for i in range(start, start + n))


def plain(vectors: np.ndarray, metric: str, linkage: str, threshold: float) -> list[int]:
    """One by one, each height that of the tree of a group and the item, its last merge being theirs."""
    groups: list[list[int]] = []
    for row, vector in enumerate(vectors):
        heights = []
        for group in groups:
            distances = np.array([DISTANCE_METRICS[metric].exact(vector[None], vectors[other])[0] for other in group])
            middle = vectors[group].mean(axis=0)
            heights.append(
                {
                    "single": distances.min(),
                    "complete": distances.max(),
                    "average": distances.mean(),
                    "ward": np.sqrt(2 * len(group) / (len(group) + 1)) * np.linalg.norm(vector - middle),
                }[linkage]
            )
        if heights and min(heights) <= threshold:
            groups[int(np.argmin(heights))].append(row)
        else:
            groups.append([row])
    return [next(g for g, members in enumerate(groups) if row in members) for row in range(len(vectors))]


@pytest.mark.parametrize(("metric", "linkage"), CELLS)
def test_they_join_as_the_rule_says(metric: str, linkage: str) -> None:
    vectors, _ = blobs(60, spread=1.2)
    vectors = vectors.astype(np.float64)
    threshold = float(np.quantile(tree_of(vectors, metric=metric, linkage=linkage).heights, 0.8))
    found = arrive(nobody(6), names(60), vectors, metric=metric, linkage=linkage, threshold=threshold)
    assert found.groups.tolist() == plain(vectors, metric, linkage, threshold)
    assert 1 < found.next_group < 60


@pytest.mark.parametrize(("metric", "linkage"), CELLS)
def test_batches_make_no_difference(metric: str, linkage: str) -> None:
    vectors, _ = blobs(50, spread=1.0)
    options = {"metric": metric, "linkage": linkage, "threshold": 1.5}
    whole = arrive(nobody(6), names(50), vectors, **options)
    parts = nobody(6)
    for start in range(0, 50, 20):
        part = vectors[start : start + 20]
        parts = arrive(parts, names(len(part), start=start), part, **options)
    assert parts.groups.tolist() == whole.groups.tolist()
    assert parts.ids == whole.ids


def test_ward_s_height_is_the_tree_s() -> None:
    """Of a group of identical items and another, the tree's last merge is at the height by which the other joins."""
    vectors = np.array([[0.0, 0.0]] * 3 + [[3.0, 4.0]])
    height = tree_of(vectors, metric="euclidean", linkage="ward").heights[-1]
    for threshold, groups in ((height + 1e-9, [0, 0, 0, 0]), (height - 1e-9, [0, 0, 0, 1])):
        options = {"metric": "euclidean", "linkage": "ward", "threshold": threshold}
        assert arrive(nobody(2), names(4), vectors, **options).groups.tolist() == groups


def test_an_id_is_never_given_twice() -> None:
    options = {"metric": "euclidean", "linkage": "average", "threshold": 1.0}
    there = arrive(nobody(1), names(3), np.array([[0.0], [10.0], [20.0]]), **options)
    left = there.without({"p2"})
    again = arrive(left, ("q",), np.array([[20.0]]), **options)
    assert again.groups.tolist() == [0, 1, 3]
    assert again.ids == ("p0", "p1", "q")


def test_a_batch_that_is_there_already_is_refused() -> None:
    options = {"metric": "cosine", "linkage": "single", "threshold": 0.1}
    there = arrive(nobody(2), names(2), np.eye(2), **options)
    with pytest.raises(ClusteringError, match="'p1' is in a group already"):
        arrive(there, ("p1",), np.eye(2)[:1], **options)
    with pytest.raises(ClusteringError, match="'q' is in a group already"):
        arrive(there, ("q", "q"), np.eye(2), **options)


def test_vectors_of_another_model_are_refused() -> None:
    options = {"metric": "cosine", "linkage": "single", "threshold": 0.1}
    there = arrive(nobody(2), names(2), np.eye(2), **options)
    with pytest.raises(ClusteringError, match="vectors of 3 numbers, the groups of 2"):
        arrive(there, ("q",), np.eye(3)[:1], **options)
    with pytest.raises(ClusteringError, match="is none"):
        arrive(there, ("q",), np.array([[np.nan, 1.0]]), **options)


def test_nobody_comes() -> None:
    options = {"metric": "cosine", "linkage": "complete", "threshold": 0.1}
    assert arrive(nobody(2), (), np.empty((0, 2)), **options).next_group == 0


GROUPS = st.lists(st.tuples(st.integers(-1, 4), st.integers(0, 4)), min_size=1, max_size=30)


@given(GROUPS)
def test_ids_pass_on_one_to_one(pairs: list[tuple[int, int]]) -> None:
    before, after = (np.array(column) for column in zip(*pairs, strict=True))
    found = pass_on(before, after)
    assert len(set(zip(after.tolist(), found.groups.tolist(), strict=True))) == len(set(after.tolist()))
    assert len(set(found.groups.tolist())) == len(set(after.tolist()))
    assert found.next_group > max(found.groups.max(), before.max())
    assert pass_on(found.groups, after).groups.tolist() == found.groups.tolist()


def test_merges_and_splits_are_recorded() -> None:
    before = np.array([0, 0, 0, 1, 1, 2, 2, -1, 3])
    after = np.array([7, 7, 7, 7, 7, 4, 5, 6, 4])
    found = pass_on(before, after)
    assert found.groups.tolist() == [0, 0, 0, 0, 0, 2, 4, 5, 2]
    assert found.events.to_dict("records") == [
        {"event": "merged", "group": 0, "others": (0, 1), "n_items": 5},
        {"event": "merged", "group": 2, "others": (2, 3), "n_items": 2},
        {"event": "split", "group": 2, "others": (2, 4), "n_items": 2},
        {"event": "founded", "group": 4, "others": (), "n_items": 1},
        {"event": "founded", "group": 5, "others": (), "n_items": 1},
        {"event": "gone", "group": 1, "others": (), "n_items": 2},
        {"event": "gone", "group": 3, "others": (), "n_items": 1},
    ]
    assert found.next_group == 6
