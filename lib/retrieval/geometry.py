"""How labels lie in the space of the vectors: silhouette, Calinski-Harabasz, distances within and between, hubness.

The mean cosine distance of a vector to a whole label follows from the sum of the label's unit vectors, so nothing here
needs the n x n distances: ``mean_j (1 - u . u_j) = 1 - u . S / n``.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.retrieval.ranks import Floats, Integers

Vectors = npt.NDArray[np.floating]
_BLOCK_ROWS = 4096


@dataclass(frozen=True)
class Distances:
    """Mean cosine distances within and between labels.

    Parameters
    ----------
    intra : float
        Mean over all pairs of different items with one label; NaN without such a pair.
    inter : float
        Mean over all pairs of items with different labels; NaN without such a pair.
    intra_of_label : ndarray of shape (n_labels,), float64
        The mean within each label; NaN for a label with one item.
    """

    intra: float
    inter: float
    intra_of_label: Floats

    @property
    def ratio(self) -> float:
        """Separation ratio, inter / intra: above 1 where labels hold together; NaN where intra is 0."""
        return self.inter / self.intra if self.intra > 0 else float("nan")


def label_sums(vectors: Vectors, codes: Integers, n_labels: int) -> Floats:
    """Return the sum of the vectors of each label.

    Parameters
    ----------
    vectors : ndarray of shape (n, dim)
    codes : ndarray of shape (n,), int
        Label of each vector, 0 to n_labels - 1.
    n_labels : int

    Returns
    -------
    ndarray of shape (n_labels, dim), float64

    Examples
    --------
    >>> label_sums(np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 5.0]]), np.array([0, 0, 1]), 2)
    array([[3., 0.],
           [0., 5.]])
    """
    sums = np.zeros((n_labels, vectors.shape[1]))
    order = np.argsort(codes, kind="stable")
    for start in range(0, len(order), _BLOCK_ROWS):
        rows = order[start : start + _BLOCK_ROWS]
        first = np.flatnonzero(np.diff(codes[rows], prepend=-1))
        sums[codes[rows[first]]] += np.add.reduceat(vectors[rows].astype(np.float64), first, axis=0)
    return sums


def silhouette_values(unit: Vectors, codes: Integers) -> Floats:
    """Silhouette of each item on cosine distance.

    ``s = (b - a) / max(a, b)``: a is the mean distance to the other items of the label, b the smallest mean distance to
    the items of another label (Rousseeuw 1987). An item alone in its label has 0, as in scikit-learn.

    Parameters
    ----------
    unit : ndarray of shape (n, dim)
        Vectors of length 1; an all-zero row has distance 1 to every other.
    codes : ndarray of shape (n,), int
        Labels, 0 to n_labels - 1, each with at least one item.

    Returns
    -------
    ndarray of shape (n,), float64
        -1 to 1; NaN for all where there are fewer than two labels.

    Examples
    --------
    a is 0 for the first two, b is 1; the third is alone:

    >>> silhouette_values(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.array([0, 0, 1]))
    array([1., 1., 0.])
    """
    counts = np.bincount(codes)
    if len(counts) < 2:
        return np.full(len(codes), np.nan)
    sums, values = label_sums(unit, codes, len(counts)), np.empty(len(codes))
    for start in range(0, len(codes), _BLOCK_ROWS):
        block = unit[start : start + _BLOCK_ROWS].astype(np.float64)
        values[start : start + len(block)] = _silhouettes(block, codes[start : start + len(block)], sums, counts)
    return values


def _silhouettes(block: Floats, codes: Integers, sums: Floats, counts: Integers) -> Floats:
    """Return the silhouettes of some rows."""
    own = (np.arange(len(codes)), codes)
    totals = counts - block @ sums.T  # sum of distances to every label, the row itself counted in its own
    to_self = 1.0 - (block * block).sum(axis=1)
    means = totals / counts
    within = np.divide(totals[own] - to_self, counts[codes] - 1, out=np.zeros(len(codes)), where=counts[codes] > 1)
    means[own] = np.inf
    nearest = means.min(axis=1)
    larger = np.maximum(within, nearest)
    values = np.divide(nearest - within, larger, out=np.zeros(len(codes)), where=larger > 0)
    return np.asarray(np.where(counts[codes] > 1, np.clip(values, -1.0, 1.0), 0.0))


def mean_distances(unit: Vectors, codes: Integers) -> Distances:
    """Return the mean cosine distance within and between labels, over all pairs of different items.

    ``sum over pairs (i, j) of u_i . u_j = |S|^2``, so both means follow from the labels' sums.

    Parameters
    ----------
    unit : ndarray of shape (n, dim)
        Vectors of length 1; an all-zero row has distance 1 to every other.
    codes : ndarray of shape (n,), int
        Labels, 0 to n_labels - 1, each with at least one item.

    Returns
    -------
    Distances

    Examples
    --------
    Within: one pair, at 0. Between: two pairs, at 1.

    >>> found = mean_distances(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.array([0, 0, 1]))
    >>> found.intra, found.inter, found.intra_of_label
    (0.0, 1.0, array([ 0., nan]))
    """
    counts = np.bincount(codes).astype(np.float64)
    sums = label_sums(unit, codes, len(counts))
    squares = np.bincount(codes, weights=np.einsum("ij,ij->i", unit, unit, dtype=np.float64), minlength=len(counts))
    similar = np.einsum("ij,ij->i", sums, sums) - squares  # over ordered pairs within a label
    pairs = counts * (counts - 1)
    everything = sums.sum(axis=0)
    pairs_between = counts.sum() ** 2 - (counts**2).sum()
    similar_between = everything @ everything - np.einsum("ij,ij->", sums, sums)
    return Distances(
        intra=_one_minus_ratio(similar.sum(), pairs.sum()),
        inter=_one_minus_ratio(similar_between, pairs_between),
        intra_of_label=np.array([_one_minus_ratio(a, b) for a, b in zip(similar, pairs, strict=True)]),
    )


def _one_minus_ratio(similar: float, pairs: float) -> float:
    """Return a mean distance from a sum of similarities, NaN over no pairs."""
    return float(np.clip(1.0 - similar / pairs, 0.0, 2.0)) if pairs > 0 else float("nan")


def calinski_harabasz(vectors: Vectors, codes: Integers) -> float:
    """Calinski-Harabasz index: variance between labels over variance within, each by its degrees of freedom.

    ``CH = (B / (k - 1)) / (W / (n - k))`` on squared Euclidean distances to the means (Calinski and Harabasz 1974). It
    has no upper end and depends on n, so it compares models on the same items only.

    Parameters
    ----------
    vectors : ndarray of shape (n, dim)
    codes : ndarray of shape (n,), int
        Labels, 0 to n_labels - 1, each with at least one item.

    Returns
    -------
    float
        From 0; NaN with fewer than two labels, no more items than labels, or nothing varying within labels.

    Examples
    --------
    Means 1 and 5 around 3: B = 2 * 4 + 2 * 4 = 16, W = 4, (16 / 1) / (4 / 2):

    >>> calinski_harabasz(np.array([[0.0], [2.0], [4.0], [6.0]]), np.array([0, 0, 1, 1]))
    8.0
    """
    counts = np.bincount(codes)
    n, k = len(codes), len(counts)
    if k < 2 or n <= k:
        return float("nan")
    means = label_sums(vectors, codes, k) / counts[:, None]
    centre = (means * counts[:, None]).sum(axis=0) / n
    between = float((counts * ((means - centre) ** 2).sum(axis=1)).sum())
    within = 0.0
    for start in range(0, n, _BLOCK_ROWS):
        block = vectors[start : start + _BLOCK_ROWS].astype(np.float64)
        within += float(((block - means[codes[start : start + len(block)]]) ** 2).sum())
    return (between / (k - 1)) / (within / (n - k)) if within > 0 else float("nan")


def skewness(occurrences: Integers) -> float:
    """Skewness of the k-occurrence, the number of queries that have an item among their k nearest: hubness.

    ``E[(N - mean)^3] / sd^3`` (Radovanović, Nanopoulos, Ivanović: Hubs in space, JMLR 11, 2010).

    Parameters
    ----------
    occurrences : ndarray of shape (n_gallery,), int

    Returns
    -------
    float
        About 0 where every item is found equally often, large where a few hubs are found by everybody; NaN where all
        are equal.

    Examples
    --------
    >>> round(skewness(np.array([0, 0, 0, 4])), 4)
    1.1547
    """
    centred = occurrences - occurrences.mean() if len(occurrences) else np.zeros(1)
    spread = float(np.sqrt((centred**2).mean()))
    return float((centred**3).mean() / spread**3) if spread > 0 else float("nan")


def top_share(occurrences: Integers, part: float = 0.01) -> float:
    """Share of all occurrences among the k nearest that the most frequent items hold.

    Parameters
    ----------
    occurrences : ndarray of shape (n_gallery,), int
    part : float, default=0.01
        Which part of the items counts as most frequent; at least one item.

    Returns
    -------
    float
        `part` where all are found equally often, 1 where only those are found; NaN where nothing was found.

    Examples
    --------
    >>> top_share(np.array([1, 1, 2, 4]), 0.25)
    0.5
    """
    n_top = max(1, round(part * len(occurrences)))
    total = int(occurrences.sum())
    return float(np.sort(occurrences)[-n_top:].sum() / total) if total else float("nan")
