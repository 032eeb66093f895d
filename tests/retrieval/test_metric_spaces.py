"""Queries that ask with other vectors than their items': the same distances as ever, from another point."""

import numpy as np
import pytest

from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.metric_spaces import Space
from lib.retrieval.ranking import N_NEIGHBORS, Ranker, rank_all
from lib.retrieval.spaces import SPACES, make_space

METRICS = sorted(SPACES)


def made(metric: str, seed: int = 0, n: int = 40) -> tuple[np.ndarray, Space]:
    """Vectors far from the origin, and their space."""
    vectors = (np.random.default_rng(seed).normal(size=(n, 5)) + 3).astype(np.float32)
    return vectors, make_space(vectors, rows=np.arange(n), norms=np.linalg.norm(vectors, axis=1), metric=metric)


@pytest.mark.parametrize("metric", METRICS)
def test_a_query_that_asks_with_its_own_vector_ranks_as_ever(metric: str) -> None:
    vectors, space = made(metric)
    queries = np.array([7, 3, 20])
    codes = np.zeros(40, np.int64)
    plain = rank_all(Ranker(space, codes), queries)
    asked = rank_all(Ranker(space.asked_with(vectors[queries], queries), codes), queries)
    assert asked.neighbors.tolist() == plain.neighbors.tolist()


@pytest.mark.parametrize("metric", METRICS)
def test_other_vectors_rank_by_their_own_distances_and_never_find_the_item_they_ask_for(metric: str) -> None:
    vectors, space = made(metric)
    queries, others = np.array([9, 0, 31]), (np.random.default_rng(1).normal(size=(3, 5)) + 2).astype(np.float32)
    found = rank_all(Ranker(space.asked_with(others, queries), np.zeros(40, np.int64)), queries[[2, 0]])
    for nearest, place in zip(found.neighbors, [2, 0], strict=True):
        distances = DISTANCE_METRICS[metric].exact(vectors, others[place])
        distances[queries[place]] = np.inf
        assert nearest.tolist() == np.argsort(distances, kind="stable")[:N_NEIGHBORS].tolist()


@pytest.mark.parametrize("metric", METRICS)
def test_the_values_of_further_vectors_are_those_of_a_finished_row(metric: str) -> None:
    vectors, space = made(metric)
    queries, others = np.array([4]), (np.random.default_rng(1).normal(size=(1, 5)) + 2).astype(np.float32)
    for each in (space, space.asked_with(others, queries)):
        row = np.empty((1, 40), np.float32)
        each.products(queries, row)
        each.finish(row[0], 4)
        assert each.between(vectors, 4) == pytest.approx(row[0], abs=1e-5)


def test_a_further_vector_of_zeros_is_ranked_last_under_cosine() -> None:
    _, space = made("cosine")
    assert space.between(np.zeros((1, 5), np.float32), 0).tolist() == [3.0]


def test_an_item_without_a_query_vector_cannot_ask() -> None:
    vectors, space = made("euclidean")
    with pytest.raises(ValueError, match="1 without"):
        rank_all(Ranker(space.asked_with(vectors[:2], np.array([0, 1])), np.zeros(40, np.int64)), np.array([1, 2]))
