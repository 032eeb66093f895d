"""How apart groups lie, whatever the labels say."""

import numpy as np
import numpy.typing as npt

from lib.clustering.pairs import unit_rows
from lib.retrieval.label_sums import LabelSums
from lib.retrieval.silhouettes import silhouettes


def shape_of(vectors: npt.NDArray[np.floating], groups: npt.NDArray[np.integer]) -> dict[str, float | None]:
    """Return how apart groups lie, by the same measures for every way they were made.

    Parameters
    ----------
    vectors : ndarray of shape (n, dim)
    groups : ndarray of shape (n,), int
        0 to n_clusters - 1, each with at least one item.

    Returns
    -------
    dict of str to float or None
        ``silhouette``, the mean on cosine distance, and ``calinski_harabasz`` on the vectors at length 1; None where
        there is one group, or each item is its own.
    """
    unit, codes = unit_rows(vectors), np.asarray(groups, dtype=np.int64)
    n, k = len(codes), int(codes.max(initial=-1)) + 1
    if not 1 < k < n:
        return {"silhouette": None, "calinski_harabasz": None}
    sums = LabelSums.of(unit, codes)
    return {
        "silhouette": float(silhouettes(unit, codes, known=sums).values.mean()),
        "calinski_harabasz": _calinski_harabasz(unit, sums),
    }


def _calinski_harabasz(unit: npt.NDArray[np.float64], sums: LabelSums) -> float | None:
    """Return the spread between groups over that within (Calinski and Harabasz 1974); None where there is none within.

    ``(B / (k - 1)) / (W / (n - k))``; B and W are sums of squared distances from means.
    """
    n, k = len(unit), len(sums.counts)
    squares = float(np.einsum("ij,ij->", unit, unit))
    of_means = float((np.einsum("ij,ij->i", sums.sums, sums.sums) / sums.counts).sum())
    total = unit.sum(axis=0)
    within, between = squares - of_means, of_means - float(total @ total) / n
    return None if within <= 1e-12 * squares else between / (k - 1) / (within / (n - k))
