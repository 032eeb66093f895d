"""Averages with the nearest, against a gallery made anew for every query without it."""

import numpy as np
import pytest

from lib.retrieval import expansion
from lib.retrieval.expansion import Augmented, nearest_rows
from lib.retrieval.prepared import Prepared
from lib.retrieval.ranking import N_NEIGHBORS, Ranker, rank_all
from lib.retrieval.spaces import SPACES
from lib.retrieval.variants import parse_variant
from tests.retrieval import naive_variants
from tests.retrieval.made_up import clusters, prepared

METRICS = sorted(SPACES)
VARIANTS = ["expand=1", "expand=4", "augment=1", "augment=3", "augment=3+expand=2"]


def check(nearest: np.ndarray, distances: np.ndarray) -> None:
    """Whether a list is as near as can be; items that are each other's nearest have one mean, and may change places."""
    n = min(np.isfinite(distances).sum(), N_NEIGHBORS)
    assert (nearest[n:] == -1).all()
    assert len(set(nearest[:n].tolist())) == n
    assert distances[nearest[:n]] == pytest.approx(np.sort(distances)[:n], abs=1e-5)


def ranked(ready: Prepared, queries: np.ndarray, without: dict[int, np.ndarray] | None = None) -> np.ndarray:
    task = ready.task
    ranker = Ranker(ready.space(queries, without=without), task.codes, self_counted=task.self_counted, without=without)
    return rank_all(ranker, queries).neighbors


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_ranking_is_that_of_a_gallery_the_query_was_never_in(variant: str, metric: str) -> None:
    vectors, steps = clusters(), parse_variant(variant)
    ready = prepared(vectors, variant, metric)
    found = ranked(ready, ready.task.queries)
    for query in range(len(vectors)):
        slow = naive_variants.distances(vectors, query, metric, augment=steps.augment, expand=steps.expand)
        check(found[query], slow)


@pytest.mark.parametrize("variant", VARIANTS)
def test_near_duplicates_take_part_in_no_average_of_a_query_that_must_not_see_them(variant: str) -> None:
    vectors, steps = clusters(1), parse_variant(variant)
    without = {3: np.array([8, 13, 18]), 8: np.array([3]), 20: np.array([0, 39])}
    ready = prepared(vectors, variant, "cosine", n_spared=3)
    found = ranked(ready, np.array(sorted(without)), without)
    for place, query in enumerate(sorted(without)):
        hidden = without[query].tolist()
        slow = naive_variants.distances(
            vectors, query, "cosine", augment=steps.augment, expand=steps.expand, hidden=hidden
        )
        check(found[place], slow)


@pytest.mark.parametrize("variant", VARIANTS)
def test_other_vectors_ask_in_the_place_of_the_items(variant: str) -> None:
    vectors, steps = clusters(2), parse_variant(variant)
    queries = np.array([2, 11, 30])
    asked = clusters(9, n=3)
    found = ranked(prepared(vectors, variant, "euclidean", queries=queries, asked=asked), queries)
    for place, query in enumerate(queries.tolist()):
        slow = naive_variants.distances(
            vectors, query, "euclidean", asked=asked[place], augment=steps.augment, expand=steps.expand
        )
        check(found[place], slow)


def test_a_query_that_counts_itself_is_in_the_gallery_that_it_asks() -> None:
    vectors = clusters(3)
    found = ranked(prepared(vectors, "augment=2", "euclidean", self_counted=True), np.arange(40))
    for query in range(40):
        slow = naive_variants.distances(vectors, query, "euclidean", augment=2, self_counted=True)
        check(found[query], slow)


@pytest.mark.parametrize("variant", VARIANTS)
def test_more_than_there_are_averages_all_and_zeros_stay_last(variant: str) -> None:
    vectors = clusters(4, n=6)
    vectors[2] = 0
    steps = parse_variant(variant.replace("=1", "=9").replace("=3", "=9"))
    ready = prepared(vectors, steps.text, "cosine")
    found = ranked(ready, np.array([0, 1, 3, 4, 5]))
    assert (found[:, 4] == 2).all()
    assert (found[:, 5:] == -1).all()
    for place, query in enumerate([0, 1, 3, 4, 5]):
        slow = naive_variants.distances(vectors, query, "cosine", augment=steps.augment, expand=steps.expand)
        check(found[place], slow)


@pytest.mark.parametrize("metric", METRICS)
def test_the_nearest_are_those_of_the_full_ranking(metric: str, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(0).integers(-1, 2, (50, 3)).astype(np.float32)
    ready = prepared(vectors, "", metric)
    space, queries = ready.space(ready.task.queries), np.arange(50)[::-1].copy()
    without = {7: np.array([1, 2])}
    full = rank_all(Ranker(space, ready.task.codes % 1, without=without), queries).neighbors
    monkeypatch.setattr(expansion, "BLOCK_QUERIES", 7)
    monkeypatch.setattr(expansion, "n_cores", lambda: 3)
    assert nearest_rows(space, queries, 11, without).tolist() == full[:, :11].tolist()
    assert (nearest_rows(space, queries[:3], 60)[:, 49:] == -1).all()


def test_the_means_worked_by_hand() -> None:
    plain = np.array([[0.0], [3.0], [6.0], [40.0]], np.float32)
    gallery = Augmented(plain, np.array([[1, 2], [0, 2], [1, 0], [2, 1]]), 1)
    assert gallery.vectors.ravel().tolist() == [1.5, 1.5, 4.5, 23.0]
    rows, vectors = gallery.seen_without(np.array([1]))
    assert (rows.tolist(), vectors.ravel().tolist()) == ([0, 2], [3.0, 3.0])
