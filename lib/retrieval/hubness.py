"""Hubness: how unevenly the items of a gallery are found, and how sure that is."""

import numpy as np
import numpy.typing as npt

from lib.retrieval.bootstrap import Estimate
from lib.retrieval.geometry import skewness, top_share
from lib.retrieval.jackknife import jackknife
from lib.retrieval.ranks import Integers

#: Parts of the queries that are left out one after the other.
N_PARTS = 100


def count_occurrences(nearest: npt.NDArray[np.integer], n_gallery: int) -> Integers:
    """Return how many queries have each item among their nearest.

    Parameters
    ----------
    nearest : ndarray of shape (n_queries, k), int
        Rows of the gallery; -1 for none.
    n_gallery : int

    Returns
    -------
    ndarray of shape (n_gallery,), int

    Examples
    --------
    >>> count_occurrences(np.array([[1, 2], [2, -1]]), 4).tolist()
    [0, 1, 2, 0]
    """
    return np.bincount(nearest[nearest >= 0].astype(np.int64), minlength=n_gallery)


def measure_hubness(nearest: npt.NDArray[np.integer], n_gallery: int, *, seed: int) -> dict[str, Estimate]:
    """Return both numbers of hubness, each with its interval over queries.

    The queries are parted at random, and each part is left out once. Queries drawn with replacement would count twice
    here and there, which makes every gallery look as if it had more hubs.

    Parameters
    ----------
    nearest : ndarray of shape (n_queries, k), int
        Rows of the gallery; -1 for none.
    n_gallery : int
    seed : int
        Of the parts.

    Returns
    -------
    dict of str to Estimate
    """
    whole = count_occurrences(nearest, n_gallery)
    order = np.random.default_rng(seed).permutation(len(nearest))
    parts = np.array_split(order, min(N_PARTS, max(len(nearest), 1)))
    without = np.array([_both(whole - count_occurrences(nearest[part], n_gallery)) for part in parts])
    skewed, share = _both(whole)
    return {
        "hubness_skewness": jackknife(skewed, without[:, 0]),
        "hubness_top1_share": jackknife(share, without[:, 1], low=0.0, high=1.0),
    }


def _both(occurrence: Integers) -> tuple[float, float]:
    return skewness(occurrence), top_share(occurrence)
