"""The rankings of a gallery as a variant makes it: exact ones of every item, or the lists of an approximate index."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from lib.progress import Report, silent
from lib.retrieval.approximate import ApproximateIndex, build_index, measure_recall, ranked_lists
from lib.retrieval.cost import N_TIMED, N_WARM, measure_cost
from lib.retrieval.distances import Vectors32
from lib.retrieval.expansion import Without, nearest_rows
from lib.retrieval.metric_spaces import Space
from lib.retrieval.prepared import Prepared
from lib.retrieval.ranking import N_NEIGHBORS, Ranked, Ranker
from lib.retrieval.ranks import Integers
from lib.retrieval.resuming import rank_resumably
from lib.shards import Shards


@dataclass(frozen=True, eq=False)
class Rankings:
    """What the queries of a task found.

    Parameters
    ----------
    prepared : Prepared
    space : Space
        What ranked the gallery.
    ranked : Ranked
    n_reused : int
        Queries that an earlier run had finished.
    index : ApproximateIndex, optional
        What was searched in place of all items.
    """

    prepared: Prepared
    space: Space
    ranked: Ranked
    n_reused: int = 0
    index: ApproximateIndex | None = None

    def spaces_without(self, without: Without, *, report: Report = silent) -> Callable[[Integers], Space]:
        """Return what ranks the gallery where some queries must not see some rows, in no average either.

        Parameters
        ----------
        without : dict of int to ndarray of int
            At most as many for a query as the gallery was prepared for.
        report : callable, optional
            Told how many queries have found what they are averaged with, and of how many.

        Returns
        -------
        callable
            Queries -> space.
        """
        variant = self.prepared.variant
        if not (variant.augment or variant.expand):
            return lambda _queries: self.space
        nearest = partial(nearest_rows, report=report)
        return lambda queries: self.prepared.space(queries, without=without, nearest=nearest)

    def index_said(self, *, seed: int) -> dict[str, Any]:
        """Return what an evaluation says of its index, its measured recall first of all.

        Parameters
        ----------
        seed : int

        Returns
        -------
        dict
            ``index``, or nothing where there is none.
        """
        if self.index is None:
            return {}
        return {"index": measure_recall(self.index, self.space, self.prepared.task.queries, seed=seed)}

    def cost(self, embeddings: Vectors32, *, images_per_second: float | None) -> dict[str, Any]:
        """Return what an evaluation says of the time and the bytes that the variant takes.

        Parameters
        ----------
        embeddings : ndarray of shape (n_queries, dim), float32
            The queries' vectors as they were embedded.
        images_per_second : float or None

        Returns
        -------
        dict
        """
        return measure_cost(self.prepared, embeddings, index=self.index, images_per_second=images_per_second)


def rank_task(prepared: Prepared, *, shards: Shards, seed: int, report: Report) -> Rankings:
    """Rank a prepared gallery for every query of its task.

    Parameters
    ----------
    prepared : Prepared
    shards : Shards
        Where finished pieces of exact rankings are kept.
    seed : int
        Of an index.
    report : callable
        Told the number of finished queries, of all, and of reused ones.

    Returns
    -------
    Rankings
    """
    if prepared.variant.index:
        return _rank_by_index(prepared, seed, report)
    task, parts, n_reused = prepared.task, list[Ranked](), 0
    space = prepared.space(task.queries, nearest=partial(nearest_rows, report=report))
    report(0, len(task.queries), 0)
    ranker = Ranker(space, task.codes, self_counted=task.self_counted)
    for ranked, reused in rank_resumably(ranker, task.queries, shards):
        parts.append(ranked)
        n_reused += len(ranked.values) if reused else 0
        report(sum(len(part.values) for part in parts), len(task.queries), n_reused)
    return Rankings(prepared, space, Ranked.joined(parts), n_reused)


def _rank_by_index(prepared: Prepared, seed: int, report: Report) -> Rankings:
    """Build the index, and take its lists."""
    task, variant = prepared.task, prepared.variant
    report(0, len(task.queries), 0)
    index = build_index(
        prepared.space(task.queries[:0]),
        kind=variant.index,
        effort=variant.effort or 0,
        metric=prepared.metric,
        seed=seed,
    )
    space = prepared.space(task.queries, nearest=index.nearest)
    neighbors = index.nearest(space, task.queries, N_NEIGHBORS, counted=task.self_counted)
    report(len(task.queries), len(task.queries), 0)
    return Rankings(prepared, space, ranked_lists(neighbors, task.codes, task.queries), index=index)


def timed_queries(n: int) -> Integers:
    """Return which of n queries are timed, spread over all.

    Parameters
    ----------
    n : int

    Returns
    -------
    ndarray of int
    """
    return np.linspace(0, n - 1, min(n, N_WARM + N_TIMED)).astype(np.int64)
