"""What queries show within a distance, counted exactly for hundreds of distances at once.

Each query's distances to the whole gallery are sorted once, and once more those of the items that have its label; what
lies within a distance is then a place in a sorted row. Nothing but these counts is kept of a query.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.progress import Report, silent
from lib.retrieval.distances import Floats, Vectors32, n_cores
from lib.retrieval.metric_spaces import Space
from lib.retrieval.ranks import Integers

#: Distances that are tried, at most: each shows about 3 % more than the one before.
N_TRIED = 512
#: What a search shows at first: the nearest so many.
N_NEAREST = 12
#: Distances held at once, at most, and in the pilot that decides which are tried.
_HELD = 20_000_000
_PILOT = 8_000_000
#: Queries whose distances are computed at once, at most.
_BLOCK_QUERIES = 512

Counts = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Shown:
    """What some queries show within each of some distances; the query itself is never shown.

    Parameters
    ----------
    n_shown, n_right : ndarray of shape (n_queries, n_tried), int32
        Items within the distance, and those of them that have the query's label.
    n_nearest, n_nearest_right : ndarray of shape (n_queries, n_tried), int32
        The same of the ``N_NEAREST`` nearest items alone.
    n_relevant : ndarray of shape (n_queries,), int64
        Items that have the query's label, at whatever distance.
    """

    n_shown: Counts
    n_right: Counts
    n_nearest: Counts
    n_nearest_right: Counts
    n_relevant: Integers

    def of(self, queries: slice) -> "Shown":
        """Return a part of the queries.

        Parameters
        ----------
        queries : slice

        Returns
        -------
        Shown
        """
        return Shown(
            n_shown=self.n_shown[queries],
            n_right=self.n_right[queries],
            n_nearest=self.n_nearest[queries],
            n_nearest_right=self.n_nearest_right[queries],
            n_relevant=self.n_relevant[queries],
        )


def tried_distances(space: Space, queries: Integers) -> Floats:
    """Return the distances worth trying: from where hardly anything is shown to where nearly everything is.

    They are quantiles of the distances of the first queries, evenly spaced in the logarithm of how much is shown, and
    rounded up to a step of about a thousandth of the usual distance, so that a person can read and type them.

    Parameters
    ----------
    space : Space
    queries : ndarray of shape (n_queries,), int
        Rows of the gallery.

    Returns
    -------
    ndarray of shape (n_tried,), float64
        Ascending, at most ``N_TRIED``.
    """
    first = queries[: max(1, min(_BLOCK_QUERIES, _PILOT // space.n))]
    rows = [_finish(space, row, query) for block in _blocks(space, first) for _, query, row in block]
    pilot = np.sort(np.concatenate(rows))[: -len(first)].astype(np.float64)
    if not len(pilot):
        return np.zeros(1)
    places = np.geomspace(1, len(pilot), N_TRIED).astype(np.int64) - 1
    usual = float(pilot[len(pilot) // 2]) or float(pilot[-1])
    decimals = int(3 - np.floor(np.log10(usual))) if usual > 0 else 0
    steps = np.ceil(np.round(pilot[places] * 10.0**decimals, 3))  # what float32 adds to a whole step is no step more
    return np.unique(np.round(steps / 10.0**decimals, max(decimals, 0)))


def count_shown(
    space: Space, codes: Integers, queries: Integers, distances: Floats, *, report: Report = silent
) -> Shown:
    """Count what each query shows within each distance.

    Parameters
    ----------
    space : Space
        The gallery, in the order that breaks ties.
    codes : ndarray of shape (n_gallery,), int
        Label of each item; -1 for none, which is wrong for every query.
    queries : ndarray of shape (n_queries,), int
        Rows of the gallery that have a label.
    distances : ndarray of shape (n_tried,), float64
        Ascending.
    report : callable, optional
        Told the number of finished queries, of all, and 0.

    Returns
    -------
    Shown
    """
    counts = np.empty((4, len(queries), len(distances)), np.int32)
    small = codes.astype(np.int32)

    def count(position: int, query: int, row: Vectors32) -> None:
        counts[:, position] = _count(_finish(space, row, query), small == small[query], distances)

    report(0, len(queries), 0)
    with ThreadPoolExecutor(n_cores()) as pool:
        for block in _blocks(space, queries):
            for done in [pool.submit(count, *each) for each in block]:
                done.result()
            report(block[-1][0] + 1, len(queries), 0)
    every, right, nearest, nearest_right = counts
    relevant = np.bincount(codes[codes >= 0])[codes[queries]] - 1
    return Shown(every, right, nearest, nearest_right, np.asarray(relevant, np.int64))


def _blocks(space: Space, queries: Integers) -> Iterator[list[tuple[int, int, Vectors32]]]:
    """Yield some queries at a time: the position and the row of each, and what is not yet its distances."""
    size = max(1, min(_BLOCK_QUERIES, len(queries), _HELD // space.n))
    held = np.empty((size, space.n), np.float32)
    for start in range(0, len(queries), size):
        block = queries[start : start + size]
        space.products(block, held[: len(block)])
        yield [(start + i, query, held[i]) for i, query in enumerate(block.tolist())]


def _finish(space: Space, row: Vectors32, query: int) -> Vectors32:
    """Return the distances of one query, its own infinite."""
    space.finish(row, query)
    distances = space.distances(row)
    distances[query] = np.inf
    return distances


def _count(row: Vectors32, right: npt.NDArray[np.bool_], distances: Floats) -> Counts:
    """Count, for one query, what is within each distance: all, right ones, and both among the nearest."""
    ordered = np.sort(row)
    reach = ordered[min(N_NEAREST, len(row) - 1) - 1] if len(row) > 1 else -np.inf
    near = np.flatnonzero(row <= reach)
    near = near[np.argsort(row[near], kind="stable")][:N_NEAREST]
    values = (ordered, np.sort(row[right]), row[near], row[near][right[near]])
    return np.stack([np.searchsorted(each, distances, side="right") for each in values]).astype(np.int32)
