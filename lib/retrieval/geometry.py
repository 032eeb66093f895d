"""How labels lie in the space of the vectors: distances within and between, Calinski-Harabasz; and hubness."""

from dataclasses import dataclass

import numpy as np

from lib.retrieval.label_sums import BLOCK_ROWS, LabelSums, Vectors, label_sums
from lib.retrieval.ranks import Floats, Integers
from lib.retrieval.silhouettes import silhouettes


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


def silhouette_values(unit: Vectors, codes: Integers) -> Floats:
    """Return the silhouette of each item on cosine distance, as ``silhouettes`` does.

    Parameters
    ----------
    unit : ndarray of shape (n, dim)
        Vectors of length 1.
    codes : ndarray of shape (n,), int
        Labels, 0 to n_labels - 1, each with at least one item.

    Returns
    -------
    ndarray of shape (n,), float64
    """
    return silhouettes(unit, codes).values


def mean_distances(unit: Vectors, codes: Integers, *, known: LabelSums | None = None) -> Distances:
    """Return the mean cosine distance within and between labels, over all pairs of different items.

    ``sum over pairs (i, j) of u_i . u_j = |S|^2``, so both means follow from the labels' sums.

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
    Distances

    Examples
    --------
    Within: one pair, at 0. Between: two pairs, at 1.

    >>> found = mean_distances(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.array([0, 0, 1]))
    >>> found.intra, found.inter, found.intra_of_label
    (0.0, 1.0, array([ 0., nan]))
    """
    labels = known or LabelSums.of(unit, codes)
    similar, pairs, everything = labels.similar, labels.pairs, labels.sums.sum(axis=0)
    pairs_between = labels.counts.sum() ** 2 - (labels.counts**2).sum()
    similar_between = everything @ everything - np.einsum("ij,ij->", labels.sums, labels.sums)
    return Distances(
        intra=one_minus_ratio(similar.sum(), pairs.sum()),
        inter=one_minus_ratio(similar_between, pairs_between),
        intra_of_label=np.array([one_minus_ratio(a, b) for a, b in zip(similar, pairs, strict=True)]),
    )


def one_minus_ratio(similar: float, pairs: float) -> float:
    """Return a mean distance from a sum of similarities.

    Parameters
    ----------
    similar, pairs : float

    Returns
    -------
    float
        0 to 2; NaN over no pairs.
    """
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
    for start in range(0, n, BLOCK_ROWS):
        block = vectors[start : start + BLOCK_ROWS].astype(np.float64)
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
