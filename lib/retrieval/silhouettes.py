"""Silhouettes: whether items are nearer to their own label than to the nearest other one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.retrieval.label_sums import BLOCK_ROWS, LabelSums, Vectors
from lib.retrieval.ranks import Floats, Integers

#: Mean distances that are held at once.
_BLOCK_NUMBERS = 4_000_000


@dataclass(frozen=True, eq=False)
class Silhouettes:
    """The silhouette of each item, and what it would be if the nearest other label were not there.

    Parameters
    ----------
    values : ndarray of shape (n,), float64
        -1 to 1; NaN for all where there are fewer than two labels.
    nearest : ndarray of shape (n,), int
        The other label that is nearest to each item.
    without_nearest : ndarray of shape (n,), float64
        NaN where there is no third label.
    """

    values: Floats
    nearest: Integers
    without_nearest: Floats


def silhouettes(unit: Vectors, codes: Integers, *, known: LabelSums | None = None) -> Silhouettes:
    """Silhouette of each item on cosine distance.

    ``s = (b - a) / max(a, b)``: a is the mean distance to the other items of the label, b the smallest mean distance to
    the items of another label (Rousseeuw 1987). An item alone in its label has 0, as in scikit-learn.

    Parameters
    ----------
    unit : ndarray of shape (n, dim)
        Vectors of length 1; an all-zero row has distance 1 to every other.
    codes : ndarray of shape (n,), int
        Labels, 0 to n_labels - 1, each with at least one item.
    known : LabelSums, optional
        Of the same items, if they are at hand.

    Returns
    -------
    Silhouettes

    Examples
    --------
    a is 0 for the first two, b is 1; the third is alone:

    >>> silhouettes(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.array([0, 0, 1])).values
    array([1., 1., 0.])
    """
    totals, n = known or LabelSums.of(unit, codes), len(codes)
    if len(totals.counts) < 2:
        return Silhouettes(np.full(n, np.nan), np.full(n, -1, np.int64), np.full(n, np.nan))
    found = Silhouettes(np.empty(n), np.empty(n, np.int64), np.empty(n))
    n_rows = max(1, min(BLOCK_ROWS, _BLOCK_NUMBERS // len(totals.counts)))
    for start in range(0, n, n_rows):
        part = slice(start, start + n_rows)
        block = unit[part].astype(np.float64)
        within, means = _mean_distances_to_labels(block, codes[part], totals)
        found.nearest[part] = means.argmin(axis=1)
        nearest = np.partition(means, 1, axis=1)[:, :2]
        alone = totals.counts[codes[part]] == 1
        found.values[part] = _silhouette(within, nearest[:, 0], alone)
        found.without_nearest[part] = _silhouette(within, nearest[:, 1], alone)
    return found


def _mean_distances_to_labels(block: Floats, codes: Integers, known: LabelSums) -> tuple[Floats, Floats]:
    """Return the mean distance of some rows to the others of their label, and to every other label."""
    own, counts = (np.arange(len(codes)), codes), known.counts
    totals = counts - block @ known.sums.T  # sum of distances to every label, the row itself counted in its own
    to_self = 1.0 - (block * block).sum(axis=1)
    means = totals / counts
    within = np.divide(totals[own] - to_self, counts[codes] - 1, out=np.zeros(len(codes)), where=counts[codes] > 1)
    means[own] = np.inf
    return within, means


def _silhouette(within: Floats, nearest: Floats, alone: npt.NDArray[np.bool_]) -> Floats:
    """Return silhouettes from both mean distances; NaN where there is no other label."""
    larger = np.maximum(within, nearest)
    apart = np.where(np.isfinite(nearest), nearest, np.nan) - within
    values = np.divide(apart, larger, out=np.where(np.isnan(apart), np.nan, 0.0), where=(larger > 0) & ~np.isnan(apart))
    return np.asarray(np.where(alone & ~np.isnan(apart), 0.0, np.clip(values, -1.0, 1.0)))
