"""The distance metrics: what they mean, their exact values, and fast estimates that say how wrong they can be.

A search estimates every distance in float32 at the speed of the memory, keeps the rows that could be among the
nearest given the largest error the estimate can have, and computes those few again in float64. The answer is
therefore exact, also where float32 cancels.
"""

import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Vectors32 = npt.NDArray[np.float32]

_BLOCK_ROWS = 256
#: A thread takes a tenth of a millisecond to start: what it reads should take some milliseconds.
_BYTES_A_THREAD = 32_000_000
#: Decimals kept of a cosine distance: vectors that differ by a factor differ by less than that, and so tie.
_COSINE_DECIMALS = 12
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DistanceMetric:
    """One way to say how far two vectors are apart.

    Parameters
    ----------
    name : str
        As on the command line.
    label : str
        As on screen.
    explanation : str
        One sentence for a person.
    exact : callable
        (rows (n, dim), query (dim,)) -> distances (n,) float64. A row's value depends on that row alone, so equal rows
        have equal distances.
    kernel : callable
        (rows float32, query float32) -> (n,) float32: the fast pass over all rows.
    bounds : callable
        (kernel's result, norms (n,), query norm, dim) -> lower and upper bounds (n,) of the exact distances.
    score : callable
        Distance -> score: the cosine similarity, or minus the distance.
    averages_directions : bool
        Whether several pictures of one thing are scaled to length 1 before their mean is taken.
    """

    name: str
    label: str
    explanation: str
    exact: Callable[[npt.NDArray[np.floating], npt.NDArray[np.floating]], Floats]
    kernel: Callable[[Vectors32, Vectors32], Vectors32]
    bounds: Callable[[Vectors32, Floats, float, int], tuple[Floats, Floats]]
    score: Callable[[Floats], Floats]
    averages_directions: bool = False


def cosine_distances(rows: npt.NDArray[np.floating], query: npt.NDArray[np.floating]) -> Floats:
    """Return 1 - cos(row, query) for each row; a zero vector has distance 1 to everything, itself included.

    Parameters
    ----------
    rows : ndarray of shape (n, dim)
    query : ndarray of shape (dim,)

    Returns
    -------
    ndarray of shape (n,), float64 in [0, 2], rounded to 12 decimals

    Examples
    --------
    >>> cosine_distances(np.array([[2.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, 0.0]]), np.array([1.0, 0.0]))
    array([0., 1., 2., 1.])
    """
    rows, query = rows.astype(np.float64), query.astype(np.float64)
    lengths = np.sqrt((rows * rows).sum(axis=1)) * np.sqrt((query * query).sum())
    cosines = np.divide((rows * query).sum(axis=1), lengths, out=np.zeros(len(rows)), where=lengths > 0)
    return np.asarray(np.clip(np.round(1.0 - cosines, _COSINE_DECIMALS), 0.0, 2.0) + 0.0)


def euclidean_distances(rows: npt.NDArray[np.floating], query: npt.NDArray[np.floating]) -> Floats:
    """Return the length of row - query for each row.

    Parameters
    ----------
    rows : ndarray of shape (n, dim)
    query : ndarray of shape (dim,)

    Returns
    -------
    ndarray of shape (n,), float64

    Examples
    --------
    >>> euclidean_distances(np.array([[3.0, 4.0], [0.0, 0.0]]), np.array([0.0, 0.0]))
    array([5., 0.])
    """
    differences = rows.astype(np.float64) - query.astype(np.float64)
    return np.asarray(np.sqrt((differences * differences).sum(axis=1)))


def manhattan_distances(rows: npt.NDArray[np.floating], query: npt.NDArray[np.floating]) -> Floats:
    """Return the sum of absolute differences for each row.

    Parameters
    ----------
    rows : ndarray of shape (n, dim)
    query : ndarray of shape (dim,)

    Returns
    -------
    ndarray of shape (n,), float64

    Examples
    --------
    >>> manhattan_distances(np.array([[3.0, -4.0], [0.0, 0.0]]), np.array([0.0, 0.0]))
    array([7., 0.])
    """
    return np.asarray(np.abs(rows.astype(np.float64) - query.astype(np.float64)).sum(axis=1))


def _dots(rows: Vectors32, query: Vectors32) -> Vectors32:
    """Multiply row by row: as fast as the memory, which BLAS' own product is not on one core."""
    products = np.empty(len(rows), np.float32)

    def fill(part: slice) -> None:
        with np.errstate(over="ignore", invalid="ignore"):  # the index never trusts what could overflow
            np.vecdot(rows[part], query, out=products[part])

    _in_threads(rows, fill)
    return products


def _absolute_sums(rows: Vectors32, query: Vectors32) -> Vectors32:
    """Add absolute differences up by FAISS, or by NumPy in blocks that stay in the cache."""
    try:
        import faiss
    except ImportError:
        _log.info("faiss is not installed; Manhattan distances are computed by NumPy, several times slower")
        return _absolute_sums_numpy(rows, query)
    rows = np.ascontiguousarray(rows)
    if rows.nbytes < _BYTES_A_THREAD:
        return np.asarray(faiss.pairwise_distances(query[None, :], rows, metric=faiss.METRIC_L1)[0])
    sums = np.empty(len(rows), np.float32)

    def fill(part: slice) -> None:
        faiss.omp_set_num_threads(1)  # holds for this thread alone; FAISS' own threads wait for each other, spinning
        sums[part] = faiss.pairwise_distances(rows[part], query[None, :], metric=faiss.METRIC_L1)[:, 0]

    _in_threads(rows, fill)
    return sums


def _in_threads(rows: Vectors32, fill: Callable[[slice], None]) -> None:
    """Call `fill` with parts that make up all rows, each in a thread of its own; few rows are one part, right here."""
    if rows.nbytes < _BYTES_A_THREAD:
        return fill(slice(0, len(rows)))
    n_parts = min(n_cores(), rows.nbytes // _BYTES_A_THREAD)
    ends = [len(rows) * part // n_parts for part in range(n_parts + 1)]
    with ThreadPoolExecutor(n_parts) as pool:
        for part in [pool.submit(fill, slice(start, end)) for start, end in pairwise(ends)]:
            part.result()
    return None


def n_cores() -> int:
    """Return the number of cores this process may use.

    Returns
    -------
    int
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _absolute_sums_numpy(rows: Vectors32, query: Vectors32) -> Vectors32:
    sums = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), _BLOCK_ROWS):
        block = rows[start : start + _BLOCK_ROWS] - query
        np.abs(block, out=block).sum(axis=1, out=sums[start : start + _BLOCK_ROWS])
    return sums


def _relative_error(dim: int) -> float:
    """Twice the largest relative error of a float32 sum of `dim` products, whatever the order of adding."""
    return (dim + 8) * 2.0**-23


def _cosine_bounds(dots: Vectors32, norms: Floats, query_norm: float, dim: int) -> tuple[Floats, Floats]:
    lengths = norms * query_norm
    nonzero = lengths > 0
    distances = 1.0 - np.divide(dots, lengths, out=np.zeros(len(dots)), where=nonzero)
    error = np.where(nonzero, _relative_error(dim) + 10.0**-_COSINE_DECIMALS, 0.0)
    return distances - error, distances + error


def _euclidean_bounds(dots: Vectors32, norms: Floats, query_norm: float, dim: int) -> tuple[Floats, Floats]:
    squares = norms * norms + query_norm * query_norm
    squared = squares - 2.0 * dots
    error = 2.0 * _relative_error(dim) * norms * query_norm + 1e-12 * squares
    return np.sqrt(np.maximum(squared - error, 0.0)), np.sqrt(np.maximum(squared + error, 0.0))


def _manhattan_bounds(sums: Vectors32, norms: Floats, query_norm: float, dim: int) -> tuple[Floats, Floats]:
    distances = sums.astype(np.float64)
    error = _relative_error(dim) * distances + 1e-30
    return distances - error, distances + error


def _minus(distances: Floats) -> Floats:
    return 0.0 - distances


def _one_minus(distances: Floats) -> Floats:
    return 1.0 - distances


#: The choices of ``--metric``, of every metric widget and of the tests.
DISTANCE_METRICS: dict[str, DistanceMetric] = {
    metric.name: metric
    for metric in (
        DistanceMetric(
            name="cosine",
            label="Cosine",
            explanation="1 minus the cosine of their angle: 0 for the same direction, 2 for opposite.",
            exact=cosine_distances,
            kernel=_dots,
            bounds=_cosine_bounds,
            score=_one_minus,
            averages_directions=True,
        ),
        DistanceMetric(
            name="euclidean",
            label="Euclidean",
            explanation="The length of the straight line between two vectors; their own lengths count too.",
            exact=euclidean_distances,
            kernel=_dots,
            bounds=_euclidean_bounds,
            score=_minus,
        ),
        DistanceMetric(
            name="manhattan",
            label="Manhattan",
            explanation="The sum of the absolute differences of all components; one odd component counts less.",
            exact=manhattan_distances,
            kernel=_absolute_sums,
            bounds=_manhattan_bounds,
            score=_minus,
        ),
    )
}


def distance_metric(name: str) -> DistanceMetric:
    """Return a metric by its name.

    Parameters
    ----------
    name : str

    Returns
    -------
    DistanceMetric

    Raises
    ------
    ValueError
        Naming the metrics there are.
    """
    if name not in DISTANCE_METRICS:
        raise ValueError(f"Expected metric to be one of {sorted(DISTANCE_METRICS)}. Received: metric={name!r}")
    return DISTANCE_METRICS[name]
