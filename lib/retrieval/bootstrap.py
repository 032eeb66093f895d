"""How sure a mean over queries is: percentile bootstrap intervals, and paired differences."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.retrieval.ranks import Floats

N_RESAMPLES = 1000
LEVEL = 0.95
#: Numbers drawn at once, at most.
_DRAWN = 2_000_000


@dataclass(frozen=True)
class Estimate:
    """A mean and its 95 % bootstrap interval; NaN where there was nothing to average.

    Parameters
    ----------
    value, low, high : float
    """

    value: float
    low: float
    high: float

    def to_json(self) -> dict[str, float | None]:
        """Return the three numbers, None for one that is not defined.

        Returns
        -------
        dict of str to float or None
        """
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        return {name: float(number) if np.isfinite(number) else None for name, number in numbers.items()}


def estimate_means(values: Floats, *, seed: int, n_resamples: int = N_RESAMPLES) -> list[Estimate]:
    """Return the mean of each column, with its percentile bootstrap interval over rows (Efron 1979).

    Queries are drawn with replacement, as many as there are, `n_resamples` times; the interval runs from the 2.5th
    to the 97.5th percentile of the resampled means. Every column sees the same draws, so that differences are paired.

    Parameters
    ----------
    values : ndarray of shape (n_queries, n_columns), float64
        NaN where a query has no value: it is left out of that column's mean.
    seed : int
    n_resamples : int, default=1000

    Returns
    -------
    list of Estimate

    Examples
    --------
    >>> estimate_means(np.array([[1.0], [1.0], [1.0]]), seed=0)
    [Estimate(value=1.0, low=1.0, high=1.0)]
    """
    defined = np.isfinite(values)
    means = _ratio(np.where(defined, values, 0.0).sum(axis=0), defined.sum(axis=0).astype(np.float64))
    lows, highs = _percentiles(resampled_means(values, seed=seed, n_resamples=n_resamples))
    return [_estimate(float(m), float(a), float(b)) for m, a, b in zip(means, lows, highs, strict=True)]


def resampled_means(values: Floats, *, seed: int, n_resamples: int = N_RESAMPLES) -> Floats:
    """Return the mean of each column in each resample: what the interval of ``estimate_means`` is cut from.

    Parameters
    ----------
    values : ndarray of shape (n_queries, n_columns), float64
        NaN where a query has no value.
    seed : int
    n_resamples : int, default=1000

    Returns
    -------
    ndarray of shape (n_resamples, n_columns), float64
        NaN where a resample drew no query with a value.
    """
    defined = np.isfinite(values)
    filled = np.where(defined, values, 0.0)
    resampled = np.empty((n_resamples, values.shape[1]))
    start = 0
    for counts in _draws(len(values), n_resamples, seed):
        resampled[start : start + len(counts)] = _ratio(counts @ filled, counts @ defined.astype(np.float64))
        start += len(counts)
    return resampled


def estimate_ratios(parts: Floats, totals: Floats, *, seed: int, n_resamples: int = N_RESAMPLES) -> list[Estimate]:
    """Return the ratio of each column's sums, pooled over queries, with its percentile bootstrap interval over rows.

    A query with a larger total counts for more, and the interval knows that its parts come together: whole queries are
    drawn, not the items that they count.

    Parameters
    ----------
    parts, totals : ndarray of shape (n_queries, n_columns), float64
        Counts; each part at most its total.
    seed : int
    n_resamples : int, default=1000

    Returns
    -------
    list of Estimate
        NaN where all totals are 0; a resample of which that is so is passed over.

    Examples
    --------
    (1 + 8) of (2 + 8):

    >>> estimate_ratios(np.array([[1.0], [8.0]]), np.array([[2.0], [8.0]]), seed=0)[0].value
    0.9
    """
    resampled = np.empty((n_resamples, parts.shape[1]))
    start = 0
    for counts in _draws(len(parts), n_resamples, seed):
        resampled[start : start + len(counts)] = _ratio(counts @ parts, counts @ totals)
        start += len(counts)
    lows, highs = _percentiles(resampled)
    pooled = _ratio(parts.sum(axis=0), totals.sum(axis=0))
    return [_estimate(float(m), float(a), float(b)) for m, a, b in zip(pooled, lows, highs, strict=True)]


def _draws(n: int, n_resamples: int, seed: int) -> Iterator[Floats]:
    """Yield how often each of n rows is drawn in each resample, a block of resamples at a time."""
    rng = np.random.default_rng(seed)
    at_once = max(1, min(n_resamples, _DRAWN // max(n, 1)))
    for start in range(0, n_resamples, at_once):
        size = min(at_once, n_resamples - start)
        drawn = rng.integers(0, n, (size, n)) if n else np.empty((size, 0), np.int64)
        offsets = np.arange(size)[:, None] * n
        yield np.bincount((drawn + offsets).ravel(), minlength=size * n).reshape(size, n).astype(np.float64)


def _ratio(sums: Floats, counts: Floats) -> Floats:
    return np.asarray(np.divide(sums, counts, out=np.full(np.shape(sums), np.nan), where=counts > 0))


def _percentiles(resampled: Floats) -> tuple[list[float], list[float]]:
    """Return the ends of the interval of each column; a resample without a defined value is passed over."""
    ends = [50 * (1 - LEVEL), 50 * (1 + LEVEL)]
    if np.isfinite(resampled).all():
        low, high = np.percentile(resampled, ends, axis=0)
        return list(low), list(high)
    known = [column[np.isfinite(column)] for column in resampled.T]
    found = [np.percentile(column, ends) if len(column) else np.full(2, np.nan) for column in known]
    return [float(low) for low, _ in found], [float(high) for _, high in found]


def _estimate(mean: float, low: float, high: float) -> Estimate:
    """Return the estimate; its interval holds the mean also where rounding would put it just outside."""
    if not np.isfinite([mean, low, high]).all():
        return Estimate(mean, float("nan"), float("nan"))
    return Estimate(mean, min(low, mean), max(high, mean))


def macro_means(values: Floats, codes: npt.NDArray[np.int64]) -> Floats:
    """Return the mean over labels of each label's mean: every label counts the same, however frequent.

    Parameters
    ----------
    values : ndarray of shape (n_queries, n_columns), float64
        NaN where a query has no value.
    codes : ndarray of shape (n_queries,), int
        Label of each query, from 0.

    Returns
    -------
    ndarray of shape (n_columns,), float64

    Examples
    --------
    (1 + 0) / 2, where the mean over queries would be 2/3:

    >>> macro_means(np.array([[1.0], [1.0], [0.0]]), np.array([0, 0, 1]))
    array([0.5])
    """
    means = np.stack([label_means(column, codes) for column in values.T])
    known = np.isfinite(means)
    return _ratio(np.where(known, means, 0.0).sum(axis=1), known.sum(axis=1).astype(np.float64))


def label_means(values: Floats, codes: npt.NDArray[np.int64]) -> Floats:
    """Return the mean of each label's values, NaN for a label without one.

    Parameters
    ----------
    values : ndarray of shape (n_queries,), float64
    codes : ndarray of shape (n_queries,), int

    Returns
    -------
    ndarray of shape (n_labels,), float64
    """
    known = np.isfinite(values)
    n_labels = int(codes.max()) + 1 if len(codes) else 0
    sums = np.bincount(codes[known], weights=values[known], minlength=n_labels)
    counts = np.bincount(codes[known], minlength=n_labels)
    return _ratio(np.asarray(sums, np.float64), counts.astype(np.float64))


@dataclass(frozen=True)
class Difference:
    """The mean of ``a - b`` over the queries that both have answered.

    Parameters
    ----------
    estimate : Estimate
        Of the difference.
    n_queries : int
        Queries that both have a value for.
    n_only_a, n_only_b : int
        Queries of one alone, which are left out.
    """

    estimate: Estimate
    n_queries: int
    n_only_a: int
    n_only_b: int

    @property
    def verdict(self) -> str:
        """``"a is better"``, ``"b is better"``, or ``"no difference shown"`` where the interval covers zero."""
        if self.estimate.low > 0:
            return "a is better"
        return "b is better" if self.estimate.high < 0 else "no difference shown"


def paired_difference(
    a: Floats,
    b: Floats,
    *,
    ids_a: npt.NDArray[np.str_],
    ids_b: npt.NDArray[np.str_],
    seed: int,
    n_resamples: int = N_RESAMPLES,
) -> Difference:
    """Compare two evaluations query by query: the interval of the mean difference, not the difference of intervals.

    Parameters
    ----------
    a, b : ndarray of shape (n_a,) and (n_b,), float64
        One metric's values.
    ids_a, ids_b : ndarray of the same shapes, str
        Product ids of the queries, unique.
    seed : int
    n_resamples : int, default=1000

    Returns
    -------
    Difference

    Examples
    --------
    >>> ids = np.array(["p1", "p2"])
    >>> found = paired_difference(np.array([1.0, 1.0]), np.array([0.0, 0.0]), ids_a=ids, ids_b=ids, seed=0)
    >>> found.estimate.value, found.verdict
    (1.0, 'a is better')
    """
    in_a, in_b = np.isfinite(a), np.isfinite(b)
    ids_a, ids_b, a, b = ids_a[in_a], ids_b[in_b], a[in_a], b[in_b]
    _, rows_a, rows_b = np.intersect1d(ids_a, ids_b, assume_unique=True, return_indices=True)
    differences = (a[rows_a] - b[rows_b])[:, None]
    return Difference(
        estimate=estimate_means(differences, seed=seed, n_resamples=n_resamples)[0],
        n_queries=len(rows_a),
        n_only_a=len(ids_a) - len(rows_a),
        n_only_b=len(ids_b) - len(rows_b),
    )
