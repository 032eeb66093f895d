"""How sure the numbers of a whole gallery are: by what they would be if one part after the other were left out.

These numbers are no means over queries: they come from pairs of items, and an item that a bootstrap draws twice is its
own nearest neighbour, at distance 0. So nothing is drawn twice: each label is left out once (the numbers of geometry),
or each hundredth of the queries (hubness), and how far the numbers move says how sure they are (Efron and Stein 1981).
"""

import numpy as np

from lib.retrieval.bootstrap import LEVEL, Estimate
from lib.retrieval.geometry import Distances, one_minus_ratio
from lib.retrieval.label_sums import LabelSums
from lib.retrieval.ranks import Floats, Integers
from lib.retrieval.silhouettes import Silhouettes

#: Fewer parts say nothing of how much they differ.
_FEWEST = 3


def jackknife(value: float, without: Floats, *, low: float = -np.inf, high: float = np.inf) -> Estimate:
    """Return a value with its interval: Student's t times the standard error of the delete-one jackknife.

    ``SE^2 = (g - 1) / g * sum_j (v_j - mean)^2`` over the g values that each part's absence leaves; there are g - 1
    degrees of freedom.

    Parameters
    ----------
    value : float
    without : ndarray of shape (g,), float64
        The value with each part left out.
    low, high : float
        What the value cannot be beyond.

    Returns
    -------
    Estimate
        Without an interval where a value is not defined or there are fewer than three parts.

    Examples
    --------
    The mean of 1, 2 and 6, whose standard error is s / sqrt(3) = 1.5275:

    >>> found = jackknife(3.0, np.array([4.0, 3.5, 1.5]))
    >>> round((found.high - found.value) / 4.3027, 4)
    1.5275
    """
    from scipy.special import stdtrit

    g = len(without)
    if g < _FEWEST or not np.isfinite([value, *without]).all():
        return Estimate(value, float("nan"), float("nan"))
    error = float(np.sqrt((g - 1) / g * ((without - without.mean()) ** 2).sum()))
    reach = float(stdtrit(g - 1, (1 + LEVEL) / 2)) * error
    return Estimate(value, max(value - reach, min(low, value)), min(value + reach, max(high, value)))


def distance_estimates(found: Distances, labels: LabelSums) -> dict[str, Estimate]:
    """Return the mean distances within and between labels and their ratio, each with its interval over labels.

    Parameters
    ----------
    found : Distances
    labels : LabelSums
        What they follow from.

    Returns
    -------
    dict of str to Estimate
    """
    intra, inter = _distances_without(labels)
    ratio = np.divide(inter, intra, out=np.full(len(intra), np.nan), where=intra > 0)
    return {
        "intra_distance": jackknife(found.intra, intra, low=0.0, high=2.0),
        "inter_distance": jackknife(found.inter, inter, low=0.0, high=2.0),
        "separation_ratio": jackknife(found.ratio, ratio, low=0.0),
    }


def _distances_without(labels: LabelSums) -> tuple[Floats, Floats]:
    """Return both mean distances with each label left out."""
    similar, pairs, counts = labels.similar, labels.pairs, labels.counts
    within = [one_minus_ratio(a, b) for a, b in zip(similar.sum() - similar, pairs.sum() - pairs, strict=True)]
    own = np.einsum("ij,ij->i", labels.sums, labels.sums)
    everything = labels.sums.sum(axis=0)
    # |E - S|^2 = |E|^2 - 2 E.S + |S|^2: the cosines of all that is left; less those within each label that is left.
    left = everything @ everything - 2 * (labels.sums @ everything) + own - (own.sum() - own)
    n_left = (counts.sum() - counts) ** 2 - ((counts**2).sum() - counts**2)
    between = [one_minus_ratio(a, b) for a, b in zip(left, n_left, strict=True)]
    return np.array(within), np.array(between)


def silhouette_estimate(found: Silhouettes, codes: Integers) -> Estimate:
    """Return the mean silhouette with its interval over labels.

    Where a label is left out, its items are, and items that it was nearest to have the next nearest instead.

    Parameters
    ----------
    found : Silhouettes
    codes : ndarray of shape (n,), int
        Labels, 0 to n_labels - 1, each with at least one item.

    Returns
    -------
    Estimate
    """
    counts = np.bincount(codes)
    lost = np.bincount(codes, found.values, minlength=len(counts))
    change, known = found.values - found.without_nearest, found.nearest >= 0
    moved = np.bincount(found.nearest[known], change[known], minlength=len(counts))
    left = len(codes) - counts
    without = np.divide(found.values.sum() - lost - moved, left, out=np.full(len(counts), np.nan), where=left > 0)
    return jackknife(float(found.values.mean()), without, low=-1.0, high=1.0)
