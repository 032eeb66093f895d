"""The nearest neighbours of every vector: found once, exactly, and shared by all maps of an embedding and a metric."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.clustering.pairs import distances_between, unit_rows
from lib.errors import ProjectionError
from lib.progress import Report, silent

Vectors = npt.NDArray[np.floating]
#: Vectors that ask at once.
_BLOCK_ROWS = 1024


@dataclass(frozen=True, eq=False)
class Graph:
    """The nearest neighbours of every vector, itself left out.

    Parameters
    ----------
    neighbors : ndarray of shape (n, k), int32
        Rows, nearest first.
    distances : ndarray of shape (n, k), float32
    """

    neighbors: npt.NDArray[np.int32]
    distances: npt.NDArray[np.float32]

    @property
    def n(self) -> int:
        """Number of vectors."""
        return len(self.neighbors)

    @property
    def k(self) -> int:
        """Neighbours that each has."""
        return int(self.neighbors.shape[1])

    def first(self, k: int) -> "Graph":
        """Return the nearest of the neighbours.

        Parameters
        ----------
        k : int
            At most as many as there are.

        Returns
        -------
        Graph
        """
        return Graph(self.neighbors[:, :k], self.distances[:, :k])


def nearest(vectors: Vectors, *, metric: str, k: int, report: Report = silent) -> Graph:
    """Find the nearest neighbours of every vector among the others.

    Parameters
    ----------
    vectors : ndarray of shape (n, dim)
        Finite.
    metric : str
        A key of ``DISTANCE_METRICS``.
    k : int
        From 1 to n - 1.
    report : callable, optional
        Told the number of vectors that have theirs, and of all.

    Returns
    -------
    Graph

    Raises
    ------
    ProjectionError
        If there are not so many others.

    Examples
    --------
    >>> nearest(np.array([[0.0], [1.0], [3.0]]), metric="euclidean", k=1).neighbors.ravel().tolist()
    [1, 0, 1]
    """
    n = len(vectors)
    if not 1 <= k < n:
        raise ProjectionError(f"{n:,} pictures have no {k:,} neighbours each.", hint="Ask for fewer, or embed more.")
    rows = np.ascontiguousarray(unit_rows(vectors) if metric == "cosine" else vectors, dtype=np.float32)
    neighbors, distances = np.empty((n, k), np.int32), np.empty((n, k), np.float32)
    for start in range(0, n, _BLOCK_ROWS):
        part = slice(start, min(start + _BLOCK_ROWS, n))
        found = _candidates(rows, part, metric, k + 1)
        own = np.arange(part.start, part.stop)[:, None]
        is_self = found == own
        is_self[~is_self.any(axis=1), -1] = True  # as many are as near as itself: the last one goes in its place
        kept = found[~is_self].reshape(-1, k)
        exact = _exact(rows, part, kept, metric)
        order = np.argsort(exact, axis=1, kind="stable")
        neighbors[part] = np.take_along_axis(kept, order, axis=1)
        distances[part] = np.take_along_axis(exact, order, axis=1)
        report(part.stop, n, 0)
    return Graph(neighbors, distances)


def _candidates(rows: npt.NDArray[np.float32], part: slice, metric: str, k: int) -> npt.NDArray[np.int64]:
    """Return the nearest rows of some, by FAISS, or by all distances and a partition."""
    try:
        import faiss
    except ImportError:
        distances = distances_between(rows[part], rows, metric)
        return np.argsort(distances, axis=1, kind="stable")[:, :k]
    measures = {"cosine": faiss.METRIC_INNER_PRODUCT, "euclidean": faiss.METRIC_L2, "manhattan": faiss.METRIC_L1}
    return np.asarray(faiss.knn(rows[part], rows, k, metric=measures[metric])[1])


def _exact(
    rows: npt.NDArray[np.float32], part: slice, found: npt.NDArray[np.integer], metric: str
) -> npt.NDArray[np.float64]:
    """Return the distances of some rows from those found for them, without what a difference of squares loses."""
    exact = np.empty(found.shape)
    for place, row in enumerate(range(part.start, part.stop)):
        others = rows[found[place]].astype(np.float64)
        if metric == "cosine":
            exact[place] = np.clip(1.0 - others @ rows[row].astype(np.float64), 0.0, 2.0)
        else:
            differences = np.abs(others - rows[row])
            exact[place] = differences.sum(axis=1) if metric == "manhattan" else np.sqrt((differences**2).sum(axis=1))
    return exact
