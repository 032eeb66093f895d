"""How apart groups lie, whatever the labels say."""

import numpy as np
import numpy.typing as npt

from lib.clustering.pairs import unit_rows
from lib.retrieval.geometry import calinski_harabasz
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
    if not 1 < int(codes.max(initial=-1)) + 1 < len(codes):
        return {"silhouette": None, "calinski_harabasz": None}
    ratio = calinski_harabasz(unit, codes)
    return {
        "silhouette": float(silhouettes(unit, codes).values.mean()),
        "calinski_harabasz": ratio if np.isfinite(ratio) else None,
    }
