"""How far a map can be trusted: whose neighbours it invents, whose it tears apart, and where."""

import numpy as np
import numpy.typing as npt

from lib.clustering.pairs import distances_between
from lib.projection.graph import Graph
from lib.retrieval.distances import Floats

#: Neighbours that are looked at, and pictures that the two scores are measured on.
K, SAMPLE = 15, 5_000
_BLOCK_ROWS = 512


def trustworthiness(near: Floats, far: Floats, *, k: int = K) -> float:
    """Return how true the nearest neighbours of one space are in another (Venna and Kaski 2001).

    ``1 - 2 / (n k (2n - 3k - 1)) * sum_i sum_j (r(i, j) - k)`` over the k nearest j of i in the one space that are not
    among its k nearest in the other, where they have rank r.

    Parameters
    ----------
    near : ndarray of shape (n, n), float64
        Distances in the space whose neighbours are looked at.
    far : ndarray of shape (n, n), float64
        Distances in the space that says how near they are.
    k : int, default=15
        Below n / 2.

    Returns
    -------
    float
        0 to 1; 1 where all neighbours are neighbours there.
    """
    n = len(near)
    lost = 0.0
    for start in range(0, n, _BLOCK_ROWS):
        rows = np.arange(start, min(start + _BLOCK_ROWS, n))
        neighbors = _nearest(near[rows], rows, k)
        ranks = _ranks(far[rows], rows)
        lost += np.maximum(np.take_along_axis(ranks, neighbors, axis=1) - k, 0).sum()
    return float(1.0 - 2.0 * lost / (n * k * (2 * n - 3 * k - 1)))


def map_quality(
    vectors: npt.NDArray[np.floating], points: Floats, *, metric: str, seed: int
) -> dict[str, float | int | None]:
    """Return how far a map can be trusted, measured on a sample, against the vectors themselves.

    Parameters
    ----------
    vectors : ndarray of shape (n, dim)
    points : ndarray of shape (n, dimensions)
    metric : str
        A key of ``DISTANCE_METRICS``: what near means among the vectors.
    seed : int
        Of the sample.

    Returns
    -------
    dict
        ``trustworthiness`` (neighbours on the map that are neighbours), ``continuity`` (neighbours that are neighbours
        on the map), ``k`` and ``n_quality``, the pictures that they were measured on; None for both where there are too
        few pictures.
    """
    n = min(len(vectors), SAMPLE)
    rows = np.sort(np.random.default_rng(seed).permutation(len(vectors))[:n])
    k = min(K, (n - 1) // 2)
    if k < 1:
        return {"trustworthiness": None, "continuity": None, "k": 0, "n_quality": n}
    true, shown = vectors[rows], points[rows]
    far = distances_between(true, true, metric)
    near = distances_between(shown, shown, "euclidean")
    return {
        "trustworthiness": trustworthiness(near, far, k=k),
        "continuity": trustworthiness(far, near, k=k),
        "k": k,
        "n_quality": n,
    }


def distortions(graph: Graph, points: Floats) -> npt.NDArray[np.float32]:
    """Return for each picture the share of its nearest neighbours that are not among its nearest on the map.

    Parameters
    ----------
    graph : Graph
        Its first 15 neighbours, or all where it has fewer.
    points : ndarray of shape (n, dimensions)

    Returns
    -------
    ndarray of shape (n,), float32
        0 where the map keeps them all, 1 where it keeps none.
    """
    from scipy.spatial import cKDTree

    k = min(K, graph.k)
    found = cKDTree(points).query(points, k=k + 1, workers=-1)[1]
    true = graph.neighbors[:, :k]
    kept = (true[:, :, None] == found[:, None, :]).sum(axis=(1, 2))
    return np.asarray(1.0 - np.minimum(kept, k) / k, dtype=np.float32)


def _nearest(distances: Floats, rows: npt.NDArray[np.integer], k: int) -> npt.NDArray[np.intp]:
    """Return the k nearest of some rows, themselves left out."""
    apart = distances.copy()
    apart[np.arange(len(rows)), rows] = -np.inf
    return np.argsort(apart, axis=1, kind="stable")[:, 1 : k + 1]


def _ranks(distances: Floats, rows: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """Return the rank of each other from some rows: 0 for themselves, 1 for the nearest."""
    apart = distances.copy()
    apart[np.arange(len(rows)), rows] = -np.inf
    order = np.argsort(apart, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.broadcast_to(np.arange(order.shape[1]), order.shape), axis=1)
    return np.asarray(ranks, dtype=np.int64)
