"""An exact index: the nearest rows of an embedding among those allowed, ties broken by product id."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.retrieval.distances import DistanceMetric, Floats, Vectors32

Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

_BLOCK_ROWS = 256
#: Below this share of allowed rows, gathering them was measured to cost less than passing over all (44,000 x 1,280).
GATHER_BELOW = 0.2
#: Norms for which float32 products neither overflow nor vanish; rows outside are computed in float64 outright.
_SAFE_NORMS = (1e-15, 1e15)


@dataclass(frozen=True, eq=False)
class Vectors:
    """What every metric's index shares: the vectors as they lie on disk, and two numbers a row.

    Parameters
    ----------
    embeddings : ndarray of shape (n, dim), float32
        Finite; not copied.
    norms : ndarray of shape (n,), float64
        Euclidean lengths.
    id_rank : ndarray of shape (n,), int
        Position of each row when sorted by product id: what breaks ties.
    """

    embeddings: Vectors32
    norms: Floats
    id_rank: Rows


def prepare_vectors(embeddings: Vectors32, ids: npt.NDArray[np.str_]) -> Vectors:
    """Measure the vectors once, block by block, for every index over them.

    Parameters
    ----------
    embeddings : ndarray of shape (n, dim), float32
        May be mapped from disk; it is not copied.
    ids : ndarray of shape (n,), str
        Unique product ids.

    Returns
    -------
    Vectors

    Raises
    ------
    ValueError
        If shapes differ or a value is not finite.
    """
    plain = np.asarray(embeddings)
    if plain.ndim != 2 or plain.dtype != np.float32 or len(plain) != len(ids):
        raise ValueError(f"Expected float32 vectors (n, dim) for {len(ids)} ids. Received: {plain.dtype} {plain.shape}")
    norms = np.empty(len(plain))
    for start in range(0, len(plain), _BLOCK_ROWS):
        block = plain[start : start + _BLOCK_ROWS].astype(np.float64)
        norms[start : start + len(block)] = np.sqrt(np.einsum("ij,ij->i", block, block))
    if not np.isfinite(norms).all():
        raise ValueError(f"Expected finite vectors. Received: {int((~np.isfinite(norms)).sum())} rows with NaN or inf")
    id_rank = np.empty(len(ids), np.intp)
    id_rank[np.argsort(ids, kind="stable")] = np.arange(len(ids))
    return Vectors(embeddings=plain, norms=norms, id_rank=id_rank)


@dataclass(frozen=True, eq=False)
class ExactIndex:
    """Exact nearest rows by one metric. Nothing in it changes, so threads can share it.

    Parameters
    ----------
    vectors : Vectors
    metric : DistanceMetric
    """

    vectors: Vectors
    metric: DistanceMetric

    def search(
        self,
        query: Vectors32,
        *,
        k: int,
        allowed: Mask | None = None,
        groups: Rows | None = None,
        reach: float = -np.inf,
    ) -> tuple[Rows, Floats]:
        """Return every allowed row that is no farther than the k-th nearest one.

        Parameters
        ----------
        query : ndarray of shape (dim,), float32
        k : int
            At least 1; larger than what is allowed returns all that is.
        allowed : ndarray of shape (n,), bool, optional
            Rows to rank; by default all.
        groups : ndarray of shape (n,), int, optional
            Group of each row; given, the k-th nearest is that of groups, each as near as its nearest row.
        reach : float, optional
            Also return rows up to this distance.

        Returns
        -------
        rows : ndarray of shape (m,), int
            Nearest first, ties by product id; more than k where rows tie, share a group, or lie within `reach`.
        distances : ndarray of shape (m,), float64, ascending

        Raises
        ------
        ValueError
            If k is below 1.
        """
        if k < 1:
            raise ValueError(f"Expected k to be at least 1. Received: k={k}")
        rows = None if allowed is None else np.flatnonzero(allowed)
        if not len(self.vectors.norms if rows is None else rows):
            return np.empty(0, np.intp), np.empty(0)
        lower, upper = self._bounds(query, rows)
        codes = groups if groups is None or rows is None else groups[rows]
        near = np.flatnonzero(lower <= max(_kth_smallest(upper, k, codes), reach))
        rows = near if rows is None else rows[near]
        distances = self._exact(query, rows)
        order = np.lexsort((self.vectors.id_rank[rows], distances))
        rows, distances = rows[order], distances[order]
        codes = None if groups is None else groups[rows]
        n_near = np.searchsorted(distances, max(_kth_smallest(distances, k, codes), reach), side="right")
        return rows[:n_near], distances[:n_near]

    def _bounds(self, query: Vectors32, rows: Rows | None) -> tuple[Floats, Floats]:
        """Return bounds of the distances of `rows` (None for all), infinitely wide where float32 cannot tell."""
        norms = self.vectors.norms if rows is None else self.vectors.norms[rows]
        query_norm = float(np.linalg.norm(query.astype(np.float64)))
        if not _safe(np.array([query_norm])).all():
            return np.full(len(norms), -np.inf), np.full(len(norms), np.inf)
        lower, upper = self.metric.bounds(self._estimate(query, rows), norms, query_norm, len(query))
        doubtful = ~_safe(norms)
        if doubtful.any():
            lower[doubtful], upper[doubtful] = -np.inf, np.inf
        return lower, upper

    def _estimate(self, query: Vectors32, rows: Rows | None) -> Vectors32:
        """Run the fast kernel over all rows, or gather the allowed ones block by block where they are few."""
        embeddings = self.vectors.embeddings
        if rows is None:
            return self.metric.kernel(embeddings, query)
        if len(rows) > GATHER_BELOW * len(embeddings):
            return self.metric.kernel(embeddings, query)[rows]
        blocks = (rows[start : start + _BLOCK_ROWS] for start in range(0, len(rows), _BLOCK_ROWS))
        return np.concatenate([self.metric.kernel(embeddings[block], query) for block in blocks])

    def _exact(self, query: Vectors32, rows: Rows) -> Floats:
        """Return the float64 distances of `rows`, block by block."""
        embeddings = self.vectors.embeddings
        blocks = (rows[start : start + _BLOCK_ROWS] for start in range(0, len(rows), _BLOCK_ROWS))
        return np.concatenate([self.metric.exact(embeddings[block], query) for block in blocks])


def _safe(norms: Floats) -> Mask:
    """Return where float32 products of vectors this long are as precise as their bounds say."""
    return np.asarray((norms == 0) | ((norms >= _SAFE_NORMS[0]) & (norms <= _SAFE_NORMS[1])))


def _kth_smallest(distances: Floats, k: int, groups: Rows | None) -> float:
    """Return the k-th smallest distance, of the groups' nearest rows where groups are given; inf if there are fewer."""
    if groups is not None:
        nearest = np.full(int(groups.max()) + 1, np.inf)
        np.minimum.at(nearest, groups, distances)
        distances = nearest
    if k >= len(distances):
        return float("inf") if k > len(distances) else float(distances.max())
    return float(np.partition(distances, k - 1)[k - 1])
