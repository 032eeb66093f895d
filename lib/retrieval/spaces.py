"""All distances from a block of queries to a whole gallery, in float32: what an evaluation ranks by.

A search computes the few distances that matter again in float64; an evaluation ranks every item for every query, at the
precision of float32 (about 1e-7 of a cosine distance). Items that tie at that precision keep the order of the gallery,
which is that of the product ids, as a search's ties do.
"""

from collections.abc import Callable

import numpy as np

from lib.retrieval.distances import Floats, Vectors32, distance_metric
from lib.retrieval.gathering import BLOCK_ROWS, gathered, unit_vectors
from lib.retrieval.metric_spaces import BEYOND_COSINE, CosineSpace, EuclideanSpace, ManhattanSpace, Space
from lib.retrieval.ranks import Integers

__all__ = ["BEYOND_COSINE", "SPACES", "CosineSpace", "Space", "make_space", "unit_vectors"]


def _cosine(embeddings: Vectors32, rows: Integers, norms: Floats) -> Space:
    return CosineSpace(unit=unit_vectors(embeddings, rows, norms), zero=np.asarray(norms[rows] == 0))


def _euclidean(embeddings: Vectors32, rows: Integers, norms: Floats) -> Space:
    """Centre and scale by powers of two, so that distances that tie go on tying."""
    centre, spread = _centre(embeddings, rows)
    scale = _power_of_two(spread * np.sqrt(embeddings.shape[1]))

    def move(vectors: Vectors32) -> Vectors32:
        return gathered(vectors, np.arange(len(vectors)), lambda block, _: (block - centre) / scale)

    centred = gathered(embeddings, rows, lambda block, _: (block - centre) / scale)
    return EuclideanSpace(centred=centred, squares=np.einsum("ij,ij->i", centred, centred), move=move, scale=scale)


def _centre(embeddings: Vectors32, rows: Integers) -> tuple[Floats, float]:
    """Return the mean, rounded to a power of two no larger than the spread, and the spread a component."""
    total, squares = np.zeros(embeddings.shape[1]), 0.0
    for start in range(0, len(rows), BLOCK_ROWS):
        total += embeddings[rows[start : start + BLOCK_ROWS]].sum(axis=0, dtype=np.float64)
    mean = total / len(rows)
    for start in range(0, len(rows), BLOCK_ROWS):
        squares += float(((embeddings[rows[start : start + BLOCK_ROWS]] - mean) ** 2).sum())
    spread = float(np.sqrt(squares / (len(rows) * len(mean))))
    step = _power_of_two(spread)
    return np.round(mean / step) * step if spread > 0 else mean, spread


def _power_of_two(number: float) -> float:
    """Return the largest power of two that is not above a number; 1 for 0."""
    return float(2.0 ** np.floor(np.log2(number))) if number > 0 else 1.0


def _manhattan(embeddings: Vectors32, rows: Integers, norms: Floats) -> Space:
    scale = _power_of_two(float(norms[rows].max()))
    return ManhattanSpace(vectors=gathered(embeddings, rows, lambda block, _: block / scale), scale=scale)


#: What prepares a gallery, for every key of ``DISTANCE_METRICS``.
SPACES: dict[str, Callable[[Vectors32, Integers, Floats], Space]] = {
    "cosine": _cosine,
    "euclidean": _euclidean,
    "manhattan": _manhattan,
}


def make_space(embeddings: Vectors32, *, rows: Integers, norms: Floats, metric: str) -> Space:
    """Prepare some rows of an embedding as a gallery.

    Parameters
    ----------
    embeddings : ndarray of shape (n_all, dim), float32
        Finite.
    rows : ndarray of shape (n,), int
        In the order that breaks ties: that of the product ids.
    norms : ndarray of shape (n_all,), float64
        Lengths of all rows.
    metric : str
        A key of ``DISTANCE_METRICS``.

    Returns
    -------
    Space

    Raises
    ------
    ValueError
        If the metric is unknown or there are no rows.
    """
    if not len(rows):
        raise ValueError("Expected at least one item. Received: none")
    return SPACES[distance_metric(metric).name](np.asarray(embeddings), rows, norms)
