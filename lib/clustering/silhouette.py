"""The silhouettes of many cuts of one tree: distances to a merged cluster are those to both its parts."""

import numpy as np
import numpy.typing as npt

from lib.clustering.tree import Tree
from lib.retrieval.ranks import Floats


def silhouettes_of_cuts(tree: Tree, distances: Floats, n_merges: npt.NDArray[np.integer]) -> Floats:
    """Return the mean silhouette after some numbers of merges.

    ``s = (b - a) / max(a, b)``: a is the mean distance to the other items of the cluster, b the smallest mean distance
    to the items of another; an item alone has 0 (Rousseeuw 1987).

    Parameters
    ----------
    tree : Tree
    distances : ndarray of shape (n * (n - 1) / 2,), float64
        Of every pair, condensed.
    n_merges : ndarray of int
        Rising; each leaves at least two clusters.

    Returns
    -------
    ndarray of float64
    """
    from scipy.spatial.distance import squareform

    sums = np.asfortranarray(
        squareform(distances)
    )  # of each item's distances to each cluster: a column for each item to begin with
    column, sizes = list(range(2 * tree.n - 1)), np.ones(tree.n)
    place, live = np.arange(tree.n), np.ones(tree.n, bool)
    found, done = [], 0
    for wanted in n_merges.tolist():
        for k in range(done, wanted):
            kept, gone = (column[node] for node in tree.merges[k].tolist())
            sums[:, kept] += sums[:, gone]
            sizes[kept] += sizes[gone]
            place[place == gone], live[gone], column[tree.n + k] = kept, False, kept
        done = max(done, wanted)
        found.append(_mean(sums, sizes, place, live))
    return np.array(found)


def _mean(sums: Floats, sizes: Floats, place: npt.NDArray[np.integer], live: npt.NDArray[np.bool_]) -> float:
    """Return the mean silhouette of items whose clusters are columns."""
    columns = np.flatnonzero(live)
    number = np.cumsum(live) - 1
    own = (np.arange(len(place)), number[place])
    means = sums[:, columns] / sizes[columns]
    others = sizes[place] - 1
    within = np.divide(sums[np.arange(len(place)), place], others, out=np.zeros(len(place)), where=others > 0)
    means[own] = np.inf
    between = means.min(axis=1)
    larger = np.maximum(within, between)
    values = np.divide(between - within, larger, out=np.zeros(len(place)), where=(larger > 0) & (others > 0))
    return float(values.mean())
