"""Some rows of vectors, changed block by block on the way: what lies on disk is never in memory twice."""

from collections.abc import Callable

import numpy as np

from lib.retrieval.distances import Floats, Vectors32
from lib.retrieval.ranks import Integers

#: Rows that are changed at once.
BLOCK_ROWS = 2048


def unit_length(vectors: Vectors32) -> Vectors32:
    """Return vectors at length 1; all-zero ones stay so.

    Parameters
    ----------
    vectors : ndarray of shape (n, dim), float32

    Returns
    -------
    ndarray of shape (n, dim), float32
    """
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    return unit_vectors(vectors, np.arange(len(vectors)), lengths)


def unit_vectors(embeddings: Vectors32, rows: Integers, norms: Floats) -> Vectors32:
    """Return some rows at length 1; all-zero rows stay so.

    Parameters
    ----------
    embeddings : ndarray of shape (n_all, dim), float32
        May be mapped from disk; read block by block.
    rows : ndarray of shape (n,), int
    norms : ndarray of shape (n_all,), float64
        Lengths of all rows.

    Returns
    -------
    ndarray of shape (n, dim), float32

    Examples
    --------
    >>> unit_vectors(np.array([[0, 0], [3, 4]], np.float32), np.array([1, 0]), np.array([0.0, 5.0])).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    lengths = np.where(norms > 0, norms, 1.0)
    return gathered(embeddings, rows, lambda block, part: block / lengths[part][:, None])


def gathered(embeddings: Vectors32, rows: Integers, change: Callable[[Floats, Integers], Floats]) -> Vectors32:
    """Return rows of some vectors, each block changed in float64.

    Parameters
    ----------
    embeddings : ndarray of shape (n_all, dim), float32
        May be mapped from disk.
    rows : ndarray of shape (n,), int
    change : callable
        (block of vectors (m, dim), their rows (m,)) -> the same, changed.

    Returns
    -------
    ndarray of shape (n, dim), float32
    """
    out = np.empty((len(rows), embeddings.shape[1]), np.float32)
    for start in range(0, len(rows), BLOCK_ROWS):
        part = rows[start : start + BLOCK_ROWS]
        out[start : start + len(part)] = change(embeddings[part].astype(np.float64), part)
    return out
