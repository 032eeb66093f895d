"""The distances of all pairs, which every linkage of a metric shares."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from lib.errors import ClusteringError
from lib.progress import Report, silent
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.ranks import Floats

_BLOCK_ROWS = 512
#: Numbers that are held at once where differences are taken.
_BLOCK_NUMBERS = 4_000_000
#: Decimals kept of a cosine distance, as in a search: vectors that differ by a factor tie.
_COSINE_DECIMALS = 12
#: Below this share of both lengths' squares, a squared distance is what rounding left: it is computed anew.
_CANCELLED = 1e-8


def pair_distances(vectors: npt.NDArray[np.floating], metric: str, *, report: Report = silent) -> Floats:
    """Return the distance of every pair.

    Parameters
    ----------
    vectors : ndarray of shape (n, dim)
    metric : str
        A key of ``DISTANCE_METRICS``. Under cosine a zero vector has distance 1 to everything.
    report : callable, optional
        Told the number of vectors whose distances are there, and of all.

    Returns
    -------
    ndarray of shape (n * (n - 1) / 2,), float64
        Condensed, as SciPy has it: (0, 1), (0, 2) ... (1, 2) ...

    Raises
    ------
    ClusteringError
        If a vector has a number that is none, or the metric is unknown.

    Examples
    --------
    >>> pair_distances(np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]), "euclidean").round(3)
    array([5.   , 1.   , 4.243])
    """
    _check(vectors, metric)
    prepare, block_distances = _METRICS[metric]
    rows, n = prepare(vectors), len(vectors)
    condensed = np.empty(n * (n - 1) // 2)
    place = 0
    for start in range(0, n - 1, _BLOCK_ROWS):
        block = block_distances(rows[start : start + _BLOCK_ROWS], rows[start:])
        for row, distances in enumerate(block):
            right = distances[row + 1 :]
            condensed[place : place + len(right)] = right
            place += len(right)
        report(min(start + _BLOCK_ROWS, n), n, 0)
    return condensed


def distances_between(some: npt.NDArray[np.floating], others: npt.NDArray[np.floating], metric: str) -> Floats:
    """Return the distances of some vectors from others.

    Parameters
    ----------
    some : ndarray of shape (m, dim)
    others : ndarray of shape (n, dim)
    metric : str
        A key of ``DISTANCE_METRICS``.

    Returns
    -------
    ndarray of shape (m, n), float64

    Raises
    ------
    ClusteringError
        If a vector has a number that is none, or the metric is unknown.
    """
    _check(some, metric)
    _check(others, metric)
    prepare, block_distances = _METRICS[metric]
    return np.asarray(block_distances(prepare(some), prepare(others)), dtype=np.float64)


def _check(vectors: npt.NDArray[np.floating], metric: str) -> None:
    """Refuse an unknown metric, and what is no number."""
    if metric not in DISTANCE_METRICS:
        raise ClusteringError(f"Expected metric to be one of {tuple(DISTANCE_METRICS)}. Received: {metric!r:.60}")
    if not np.isfinite(vectors).all():
        raise ClusteringError("A vector has a number that is none (NaN or infinite).", hint="Embed the pictures again.")


def unit_rows(rows: npt.NDArray[np.floating]) -> Floats:
    """Return vectors at length 1; zero ones stay zero.

    Parameters
    ----------
    rows : ndarray of shape (n, dim)

    Returns
    -------
    ndarray of shape (n, dim), float64
    """
    rows = np.asarray(rows, dtype=np.float64)
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    return np.asarray(np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0))


def place_of(n: int, i: npt.NDArray[np.intp], j: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return where pairs stand among condensed distances.

    Parameters
    ----------
    n : int
        Number of items.
    i, j : ndarray of int
        Rows, each `i` other than its `j`.

    Returns
    -------
    ndarray of int

    Examples
    --------
    >>> place_of(4, np.array([0, 3]), np.array([3, 1]))
    array([2, 4])
    """
    low, high = np.minimum(i, j), np.maximum(i, j)
    return np.asarray(n * low - low * (low + 1) // 2 + high - low - 1)


def _cosine(block: Floats, rows: Floats) -> Floats:
    return np.asarray(np.clip(np.round(1.0 - block @ rows.T, _COSINE_DECIMALS), 0.0, 2.0) + 0.0)


def _euclidean(block: Floats, rows: Floats) -> Floats:
    """Return lengths of differences by one product; where that cancels, by the differences themselves."""
    own, others = np.einsum("ij,ij->i", block, block), np.einsum("ij,ij->i", rows, rows)
    both = own[:, None] + others[None, :]
    squared = both - 2.0 * (block @ rows.T)
    i, j = np.nonzero(squared <= _CANCELLED * both)
    step = max(1, _BLOCK_NUMBERS // rows.shape[1])
    for start in range(0, len(i), step):
        part = slice(start, start + step)
        differences = block[i[part]] - rows[j[part]]
        squared[i[part], j[part]] = np.einsum("ij,ij->i", differences, differences)
    return np.asarray(np.sqrt(squared))


def _manhattan(block: npt.NDArray[np.float32], rows: npt.NDArray[np.float32]) -> Floats:
    try:
        import faiss
    except ImportError:
        from scipy.spatial.distance import cdist

        return np.asarray(cdist(block, rows, "cityblock"))
    return np.asarray(faiss.pairwise_distances(block, rows, metric=faiss.METRIC_L1))


def _as_double(vectors: npt.NDArray[np.floating]) -> Floats:
    return np.ascontiguousarray(vectors, dtype=np.float64)


def _as_single(vectors: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    return np.ascontiguousarray(vectors, dtype=np.float32)


#: How a metric's vectors are prepared, and the distances (m, n) of some of them (m, dim) from others (n, dim).
_METRICS: dict[str, tuple[Callable[..., Any], Callable[..., Floats]]] = {
    "cosine": (unit_rows, _cosine),
    "euclidean": (_as_double, _euclidean),
    "manhattan": (_as_single, _manhattan),
}
