"""k-medoids: each cluster has one of its own items in its middle. FasterPAM (Schubert and Rousseeuw 2021)."""

import numpy as np
import numpy.typing as npt

from lib.errors import ClusteringError
from lib.retrieval.ranks import Floats, Integers

#: Passes over all items, at most; a handful is usual.
_MOST_PASSES = 100


def medoids_of(distances: Floats, n_clusters: int, *, seed: int = 0) -> tuple[Integers, Integers]:
    """Choose items so that the sum of everybody's distance to the nearest of them is small.

    It begins with items drawn as k-means++ draws them. Then item after item takes the place of that medoid whose loss
    costs least, wherever this makes the sum smaller, until nobody's does.

    Parameters
    ----------
    distances : ndarray of shape (n, n), float64
        Symmetric; 0 from each to itself.
    n_clusters : int
        From 1 to n.
    seed : int, default=0

    Returns
    -------
    medoids : ndarray of shape (n_clusters,), int64
        Rows.
    clusters : ndarray of shape (n,), int64
        For each item the place of its medoid.

    Raises
    ------
    ClusteringError
        If there are not so many items.

    Examples
    --------
    >>> medoids, clusters = medoids_of(np.abs(np.subtract.outer([0.0, 1, 2, 9, 10], [0.0, 1, 2, 9, 10])), 2)
    >>> sorted(medoids.tolist())[0], clusters[0] == clusters[2] != clusters[3]
    (1, np.True_)
    """
    n = len(distances)
    if not 1 <= n_clusters <= n:
        raise ClusteringError(f"{n:,} items cannot make {n_clusters:,} groups.", hint=f"Ask for 1 to {n:,}.")
    medoids = _drawn(distances, n_clusters, np.random.default_rng(seed))
    if n_clusters == 1:
        medoids = np.array([distances.sum(axis=0).argmin()])
    else:
        _improve(distances, medoids)
    return medoids, np.asarray(distances[:, medoids].argmin(axis=1), dtype=np.int64)


def _drawn(distances: Floats, k: int, rng: np.random.Generator) -> Integers:
    """Draw medoids far from each other: each with a chance as its distance from those before."""
    chosen = [int(rng.integers(len(distances)))]
    nearest = distances[chosen[0]].copy()
    while len(chosen) < k:
        nearest[chosen] = 0.0
        free = np.ones(len(distances))
        free[chosen] = 0.0
        chance = nearest if nearest.sum() > 0 else free  # all that is left is identical to a medoid
        chosen.append(int(rng.choice(len(distances), p=chance / chance.sum())))
        nearest = np.minimum(nearest, distances[chosen[-1]])
    return np.array(chosen, np.int64)


def _improve(distances: Floats, medoids: Integers) -> None:
    """Swap medoids, in place, until no swap helps."""
    n, k = len(distances), len(medoids)
    state = _nearest_two(distances, medoids)
    last_swap, candidate = 0, 0
    for step in range(_MOST_PASSES * n):
        if step - last_swap >= n:
            return
        candidate = (candidate + 1) % n
        if candidate in medoids:
            continue
        owner, first, second = state
        here = distances[candidate]
        # What everybody gains who would move to the candidate, and what a medoid's own lose or gain if it goes too.
        gained = np.minimum(here - first, 0.0).sum()
        own = np.where(here < first, first, np.minimum(here, second)) - first
        change = gained + np.bincount(owner, own, minlength=k)
        place = int(change.argmin())
        if change[place] < -1e-12 * max(1.0, float(first.sum())):
            medoids[place] = candidate
            state, last_swap = _nearest_two(distances, medoids), step


def _nearest_two(distances: Floats, medoids: Integers) -> tuple[npt.NDArray[np.intp], Floats, Floats]:
    """Return each item's medoid, and its distances from the nearest and the second nearest one."""
    to_medoids = distances[:, medoids]
    owner = to_medoids.argmin(axis=1)
    nearest = np.partition(to_medoids, 1, axis=1)[:, :2]
    return owner, nearest[:, 0], nearest[:, 1]
