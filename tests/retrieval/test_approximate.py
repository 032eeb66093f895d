"""Approximate indexes: they agree with the exact ranking where they look everywhere, and say how right they are."""

import numpy as np
import pytest

from lib.errors import SearchError
from lib.retrieval import approximate
from lib.retrieval.approximate import LIST_METRICS, build_index, measure_recall, ranked_lists
from lib.retrieval.metrics import RANK_METRICS
from lib.retrieval.prepared import Prepared
from lib.retrieval.ranking import N_NEIGHBORS, Ranked, Ranker, rank_all
from tests.retrieval.made_up import clusters, prepared

KINDS = ["hnsw", "ivf"]
METRICS = ["cosine", "euclidean"]
EVERYTHING = 10_000


def exact(ready: Prepared, **options: object) -> Ranked:
    task = ready.task
    return rank_all(Ranker(ready.space(task.queries), task.codes, **options), task.queries)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("kind", KINDS)
def test_an_index_that_looks_everywhere_gives_the_exact_lists_and_their_metrics(kind: str, metric: str) -> None:
    ready = prepared(clusters(0, 300), "", metric)
    space, queries = ready.space(ready.task.queries), ready.task.queries
    index = build_index(space, kind=kind, effort=EVERYTHING, metric=metric)
    found = index.nearest(space, queries, N_NEIGHBORS)
    truth = exact(ready)
    assert (found == truth.neighbors).mean() > 0.999
    lists = ranked_lists(found, ready.task.codes, queries)
    for place, name in enumerate(RANK_METRICS):
        if name in LIST_METRICS:
            assert lists.values[:, place] == pytest.approx(truth.values[:, place]), name
        else:
            assert np.isnan(lists.values[:, place]).all(), name
    recall = measure_recall(index, space, queries, seed=0)
    assert recall["recall@10"] == pytest.approx(1, abs=1e-3)
    assert (recall["kind"], recall["n_queries"]) == (kind, 300)


@pytest.mark.parametrize("kind", KINDS)
def test_the_recall_is_the_share_of_the_ten_nearest(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approximate, "HNSW_LINKS", 2)
    ready = prepared(np.random.default_rng(0).normal(size=(600, 16)).astype(np.float32), "")
    space, queries = ready.space(ready.task.queries), ready.task.queries
    index = build_index(space, kind=kind, effort=1, metric="cosine")
    found, truth = index.nearest(space, queries, 10), exact(ready).neighbors[:, :10]
    shares = [len(set(a) & set(b)) / 10 for a, b in zip(found.tolist(), truth.tolist(), strict=True)]
    assert measure_recall(index, space, queries, seed=0)["recall@10"] == pytest.approx(np.mean(shares))
    assert 0.02 < np.mean(shares) < 0.8
    monkeypatch.setattr(approximate, "RECALL_QUERIES", 100)
    sampled = measure_recall(index, space, queries, seed=0)
    assert (sampled["n_queries"], sampled["recall@10"]) == (100, pytest.approx(np.mean(shares), abs=0.1))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_vectors_give_the_same_lists_and_what_is_hidden_is_not_found(kind: str) -> None:
    ready = prepared(clusters(1, 400), "")
    space, queries = ready.space(ready.task.queries), ready.task.queries
    indexes = [build_index(space, kind=kind, effort=8, metric="cosine", seed=3) for _ in range(2)]
    first, again = (index.nearest(space, queries, 12) for index in indexes)
    assert first.tolist() == again.tolist()
    assert (first != queries[:, None]).all()
    without = {5: first[5, :2]}
    found = indexes[0].nearest(space, np.array([5]), 10, without)
    assert found[0].tolist() == first[5, 2:12].tolist()
    assert (indexes[0].nearest(space, queries, 1, counted=True)[:, 0] == queries).mean() > 0.99


@pytest.mark.parametrize("kind", KINDS)
def test_zeros_are_not_indexed_and_missing_places_are_empty(kind: str) -> None:
    vectors = clusters(2, 30)
    vectors[[3, 9]] = 0
    ready = prepared(vectors, "")
    space, queries = ready.space(ready.task.queries), ready.task.queries
    index = build_index(space, kind=kind, effort=64, metric="cosine")
    assert len(index.rows) == 28
    found = index.nearest(space, queries, 40)
    assert not np.isin(found, [3, 9]).any()
    assert (found[0, 27:] == -1).all()
    zeros = prepared(np.zeros((6, 4), np.float32), "")
    assert len(build_index(zeros.space(zeros.task.queries), kind=kind, effort=4, metric="cosine").rows) == 6


def test_what_an_index_takes_beside_the_vectors() -> None:
    ready = prepared(clusters(0, 1000, dim=8), "")
    space = ready.space(ready.task.queries)
    graph, lists = (build_index(space, kind=kind, effort=4, metric="cosine") for kind in KINDS)
    assert graph.n_bytes == pytest.approx(2 * approximate.HNSW_LINKS * 4 + 8 + 4, rel=0.1)
    assert lists.n_bytes == 8
    assert lists.settings == {"clusters": 25, "probes": 4}
    assert lists.n_bytes_shared == 25 * 8 * 4


def test_a_metric_or_an_index_that_there_is_not() -> None:
    ready = prepared(clusters(), "", "manhattan")
    space = ready.space(ready.task.queries)
    with pytest.raises(SearchError, match="hnsw searches by cosine or euclidean distance, not by manhattan"):
        build_index(space, kind="hnsw", effort=4, metric="manhattan")
    with pytest.raises(ValueError, match="Expected kind to be one of"):
        build_index(space, kind="annoy", effort=4, metric="cosine")
