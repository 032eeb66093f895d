"""Averages with the nearest: query expansion, and database-side augmentation of a gallery.

Neither knows a label. A query that is an item of the gallery must not be helped by its own vector: it is never among
its own nearest, and it is asked of a gallery that was augmented as if it were not there (see ``LeavingOut``).
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from lib.progress import Report, silent
from lib.retrieval.distances import Vectors32, n_cores
from lib.retrieval.gathering import BLOCK_ROWS
from lib.retrieval.metric_spaces import Space
from lib.retrieval.ranking import BLOCK_QUERIES, shared_out, taken_out
from lib.retrieval.ranks import Integers

#: For some rows of a gallery, further rows that they must not see.
Without = Mapping[int, Integers]


def nearest_rows(
    space: Space, queries: Integers, n_nearest: int, without: Without | None = None, *, report: Report = silent
) -> Integers:
    """Return the nearest items of each query, itself excluded.

    Parameters
    ----------
    space : Space
    queries : ndarray of shape (n_queries,), int
        Rows of the gallery.
    n_nearest : int
    without : dict of int to ndarray of int, optional
        Further rows that some queries must not find.
    report : callable, optional
        Told the number of finished queries, and of all.

    Returns
    -------
    ndarray of shape (n_queries, n_nearest), int
        Rows of the gallery, nearest first, ties by row; -1 where there are no more.
    """
    found = np.full((len(queries), n_nearest), -1, np.int64)
    values = np.empty((min(BLOCK_QUERIES, len(queries)), space.n), np.float32)

    def fill(rows: Vectors32, asked: Integers, out: Integers) -> None:
        for row, query, nearest in zip(rows, asked.tolist(), out, strict=True):
            space.finish(row, query)
            row[taken_out(query, without)] = np.inf
            order = _smallest(row, n_nearest)
            nearest[: len(order)] = order

    with ThreadPoolExecutor(n_cores()) as pool:
        for start in range(0, len(queries), BLOCK_QUERIES):
            block, out = queries[start : start + BLOCK_QUERIES], found[start : start + BLOCK_QUERIES]
            space.products(block, values[: len(block)])
            parts = shared_out(len(block))
            for part in [pool.submit(fill, values[part], block[part], out[part]) for part in parts]:
                part.result()
            report(start + len(block), len(queries), 0)
    return found


def _smallest(values: Vectors32, k: int) -> npt.NDArray[np.intp]:
    """Return where the k smallest finite values stand, ascending, ties in their order."""
    limit = np.partition(values, k - 1)[k - 1] if k < len(values) else np.float32(np.inf)
    near = np.flatnonzero((values <= limit) & (values < np.inf))
    return near[np.argsort(values[near], kind="stable")][:k]


@dataclass(frozen=True, eq=False)
class Augmented:
    """A gallery whose items are the means of themselves and their nearest (Arandjelović and Zisserman 2012).

    Parameters
    ----------
    plain : ndarray of shape (n, dim), float32
        The items before.
    lists : ndarray of shape (n, at least n_nearest), int
        Nearest rows of each item, itself excluded; -1 where there are no more. Longer ones can spare some.
    n_nearest : int
        How many of them take part in a mean.
    """

    plain: Vectors32
    lists: Integers
    n_nearest: int

    @cached_property
    def vectors(self) -> Vectors32:
        """The items after."""
        out = np.empty_like(self.plain)
        for start in range(0, len(out), BLOCK_ROWS):
            lists = self.lists[start : start + BLOCK_ROWS, : self.n_nearest]
            total = self.plain[start : start + BLOCK_ROWS].astype(np.float64)
            for column in lists.T:
                total[column >= 0] += self.plain[column[column >= 0]]
            out[start : start + BLOCK_ROWS] = total / (1 + (lists >= 0).sum(axis=1, keepdims=True))
        return out

    @cached_property
    def _holders(self) -> tuple[Integers, Integers]:
        """Items in the order of the rows that take part in their means, and where each row's begin."""
        flat = self.lists[:, : self.n_nearest].ravel()
        order = np.argsort(flat, kind="stable")
        starts = np.searchsorted(flat[order], np.arange(len(self.plain) + 1))
        return order // self.n_nearest, starts

    def seen_without(self, out: Integers) -> tuple[Integers, Vectors32]:
        """Return what the gallery would be if some items were not in it.

        Parameters
        ----------
        out : ndarray of int
            Rows of the gallery.

        Returns
        -------
        rows : ndarray of shape (m,), int
            Items whose mean would be another.
        vectors : ndarray of shape (m, dim), float32
            Those means: the next nearest take the place of the items that are left out.
        """
        holders, starts = self._holders
        parts = [holders[starts[row] : starts[row + 1]] for row in out.tolist()]
        rows = np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int64)
        vectors = np.empty((len(rows), self.plain.shape[1]), np.float32)
        for place, row in enumerate(rows.tolist()):
            nearest = self.lists[row]
            kept = nearest[(nearest >= 0) & ~np.isin(nearest, out)][: self.n_nearest]
            vectors[place] = mean_with(self.plain[row], self.plain[kept])
        return rows, vectors


def mean_with(vector: Vectors32, others: Vectors32) -> Vectors32:
    """Return the mean of one vector and others.

    Parameters
    ----------
    vector : ndarray of shape (dim,), float32
    others : ndarray of shape (n, dim), float32

    Returns
    -------
    ndarray of shape (dim,), float32
    """
    total = vector.astype(np.float64) + others.sum(axis=0, dtype=np.float64)
    return np.asarray((total / (len(others) + 1)).astype(np.float32))


@dataclass(frozen=True, eq=False)
class LeavingOut:
    """An augmented gallery that each query asks as if neither it nor what it must not see had ever been in it.

    Parameters
    ----------
    space : Space
        Of the augmented vectors.
    augmented : Augmented
    stored : callable
        What is left of vectors once they are stored.
    without : dict of int to ndarray of int, optional
        Further rows that some queries must not see.
    self_counted : bool, default=False
        Whether a query's own item stays in.
    """

    space: Space
    augmented: Augmented
    stored: Callable[[Vectors32], Vectors32]
    without: Without | None = None
    self_counted: bool = False

    @property
    def n(self) -> int:
        """Number of items."""
        return self.space.n

    @property
    def vectors(self) -> Vectors32:
        """The vectors of the gallery with every item in it."""
        return self.space.vectors

    def products(self, queries: Integers, out: Vectors32) -> None:
        """Fill `out` with the expensive part."""
        self.space.products(queries, out)

    def finish(self, row: Vectors32, query: int) -> None:
        """Turn products into values, those of changed items computed anew."""
        self.space.finish(row, query)
        rows, vectors = self.seen_by(query)
        if len(rows):
            row[rows] = self.space.between(vectors, query)

    def distances(self, row: Vectors32) -> Vectors32:
        """Return the distances that a finished row's values stand for."""
        return self.space.distances(row)

    def seen_by(self, query: int) -> tuple[Integers, Vectors32]:
        """Return the items that are others for a query, and their vectors.

        Parameters
        ----------
        query : int
            Row of the gallery.

        Returns
        -------
        rows : ndarray of shape (m,), int
        vectors : ndarray of shape (m, dim), float32
        """
        out = taken_out(query, self.without, self_counted=self.self_counted)
        rows, vectors = self.augmented.seen_without(out)
        return rows, self.stored(vectors) if len(rows) else vectors

    def query_vectors(self, queries: Integers) -> Vectors32:
        """Return the vectors of some queries."""
        return self.space.query_vectors(queries)

    def between(self, vectors: Vectors32, query: int) -> Vectors32:
        """Return the values of some other vectors."""
        return self.space.between(vectors, query)

    def asked_with(self, vectors: Vectors32, queries: Integers) -> "LeavingOut":
        """Return the space with other query vectors."""
        return replace(self, space=self.space.asked_with(vectors, queries))


def expanded(
    asked: Vectors32,
    gallery: Callable[[Integers, int], Vectors32],
    *,
    queries: Integers,
    neighbors: Integers,
) -> Vectors32:
    """Return the mean of each query and its nearest (Chum et al. 2007, average query expansion).

    Parameters
    ----------
    asked : ndarray of shape (n_queries, dim), float32
    gallery : callable
        (rows, query) -> the vectors of those items as the query sees them.
    queries : ndarray of shape (n_queries,), int
        Rows of the gallery.
    neighbors : ndarray of shape (n_queries, n_nearest), int
        Rows of the gallery; -1 for none.

    Returns
    -------
    ndarray of shape (n_queries, dim), float32
    """
    out = np.empty_like(asked)
    for place, (query, nearest) in enumerate(zip(queries.tolist(), neighbors, strict=True)):
        out[place] = mean_with(asked[place], gallery(nearest[nearest >= 0], query))
    return out
