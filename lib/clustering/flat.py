"""Clusterings without a tree, as rows of comparison: k-means, mini-batch k-means, k-medoids and HDBSCAN."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.clustering.medoids import medoids_of
from lib.clustering.pairs import distances_between, unit_rows
from lib.clustering.tree import in_order
from lib.errors import ClusteringError
from lib.retrieval.ranks import Integers

Vectors = npt.NDArray[np.floating]
#: Items that k-medoids and HDBSCAN take, at most: they hold the distances of all pairs.
MOST_ITEMS = 10_000
_BATCH = 1024
_STARTS = 4


@dataclass(frozen=True)
class Method:
    """A way to make groups without a tree.

    Parameters
    ----------
    name : str
        As on the command line.
    label : str
        As on screen.
    explanation : str
        One sentence for a person.
    metrics : tuple of str
        The distance metrics that it is defined for; under cosine, k-means works on vectors of length 1.
    needs_number : bool
        Whether it is told how many groups there are to be.
    of : callable
        (vectors, metric, n_clusters, seed) -> each item's group, -1 for one in none.
    """

    name: str
    label: str
    explanation: str
    metrics: tuple[str, ...]
    needs_number: bool
    of: Callable[[Vectors, str, int, int], npt.NDArray[np.integer]]


def _k_means(vectors: Vectors, metric: str, n_clusters: int, seed: int) -> npt.NDArray[np.integer]:
    from sklearn.cluster import KMeans

    model = KMeans(n_clusters, n_init=_STARTS, random_state=seed)
    return np.asarray(model.fit_predict(_seen(vectors, metric)))


def _mini_batch(vectors: Vectors, metric: str, n_clusters: int, seed: int) -> npt.NDArray[np.integer]:
    from sklearn.cluster import MiniBatchKMeans

    model = MiniBatchKMeans(n_clusters, n_init=_STARTS, random_state=seed, batch_size=_BATCH)
    return np.asarray(model.fit_predict(_seen(vectors, metric)))


def _k_medoids(vectors: Vectors, metric: str, n_clusters: int, seed: int) -> npt.NDArray[np.integer]:
    return medoids_of(distances_between(vectors, vectors, metric), n_clusters, seed=seed)[1]


def _hdbscan(vectors: Vectors, metric: str, n_clusters: int, seed: int) -> npt.NDArray[np.integer]:
    del n_clusters, seed  # it finds the number, and nothing is drawn
    from sklearn.cluster import HDBSCAN

    if len(vectors) < 2:
        return np.full(len(vectors), -1)
    model = HDBSCAN(min_cluster_size=2, min_samples=1, metric="precomputed", copy=True, allow_single_cluster=False)
    return np.asarray(model.fit_predict(distances_between(vectors, vectors, metric)))


def _seen(vectors: Vectors, metric: str) -> npt.NDArray[np.float32]:
    """Return vectors as k-means sees them."""
    return np.asarray(unit_rows(vectors) if metric == "cosine" else vectors, dtype=np.float32)


#: The choices of ``--method`` beside ``agglomerative``.
METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method(
            "kmeans", "k-means", "Each item goes to the nearest mean; how many there are is told.",
            ("euclidean", "cosine"), True, _k_means,
        ),
        Method(
            "minibatch-kmeans", "Mini-batch k-means", "k-means that looks at a part of the items at a time: quicker.",
            ("euclidean", "cosine"), True, _mini_batch,
        ),
        Method(
            "kmedoids", "k-medoids", "Each item goes to the nearest of a few chosen items; any distance.",
            ("cosine", "euclidean", "manhattan"), True, _k_medoids,
        ),
        Method(
            "hdbscan", "HDBSCAN", "Groups are where items are dense; it finds how many, and leaves odd ones alone.",
            ("cosine", "euclidean", "manhattan"), False, _hdbscan,
        ),
    )
}  # fmt: skip


def flat_clusters(vectors: Vectors, method: str, *, metric: str, n_clusters: int = 0, seed: int = 0) -> Integers:
    """Return groups made without a tree.

    Parameters
    ----------
    vectors : ndarray of shape (n, dim)
    method : str
        A key of ``METHODS``.
    metric : str
        A key of ``DISTANCE_METRICS`` that the method is defined for.
    n_clusters : int, default=0
        For a method that is told the number.
    seed : int, default=0

    Returns
    -------
    ndarray of shape (n,), int64
        0, 1 ... in the order of their first items; an item that HDBSCAN leaves alone is a group of its own.

    Raises
    ------
    ClusteringError
        If the method is unknown or not defined for the metric, or cannot be with so many items or groups.
    """
    _check(len(vectors), method, metric, n_clusters)
    if not np.isfinite(vectors).all():
        raise ClusteringError("A vector has a number that is none (NaN or infinite).", hint="Embed the pictures again.")
    found = METHODS[method].of(vectors, metric, n_clusters, seed).astype(np.int64)
    alone = np.flatnonzero(found < 0)
    found[alone] = found.max(initial=-1) + 1 + np.arange(len(alone))
    return in_order(found)


def _check(n: int, method: str, metric: str, n_clusters: int) -> None:
    """Refuse what a method cannot do."""
    if method not in METHODS:
        raise ClusteringError(f"Expected method to be one of {tuple(METHODS)}. Received: {method!r:.60}")
    how = METHODS[method]
    if metric not in how.metrics:
        raise ClusteringError(
            f"{how.label} is not defined for {metric} distances.", hint=f"Choose {' or '.join(how.metrics)}."
        )
    if how.needs_number and not 1 <= n_clusters <= n:
        raise ClusteringError(f"{n:,} items cannot make {n_clusters:,} groups.", hint=f"Ask for 1 to {n:,}.")
    if n > MOST_ITEMS and method in ("kmedoids", "hdbscan"):
        raise ClusteringError(
            f"{how.label} holds the distances of all pairs: {n:,} items are too many.",
            hint=f"Sample at most {MOST_ITEMS:,}.",
        )
