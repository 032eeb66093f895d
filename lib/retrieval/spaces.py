"""All distances from a block of queries to a whole gallery, in float32: what an evaluation ranks by.

A search computes the few distances that matter again in float64; an evaluation ranks every item for every query, at the
precision of float32 (about 1e-7 of a cosine distance). Items that tie at that precision keep the order of the gallery,
which is that of the product ids, as a search's ties do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from lib.retrieval.distances import Floats, Vectors32, distance_metric
from lib.retrieval.index import Mask
from lib.retrieval.ranks import Integers

#: Distance of an all-zero row under cosine, beyond every distance that there is: it is ranked last.
BEYOND_COSINE = 3.0
_BLOCK_ROWS = 2048


class Space(Protocol):
    """A gallery's vectors, prepared for one metric; positive values that rank as the distances do."""

    @property
    def n(self) -> int:
        """Number of items."""

    @property
    def vectors(self) -> Vectors32:
        """The vectors (n, dim) that the distances are of, moved or scaled where no ranking feels it."""

    def products(self, queries: Integers, out: Vectors32) -> None:
        """Fill `out` (n_queries, n) with the expensive part, for the queries' rows in the gallery."""

    def finish(self, row: Vectors32, query: int) -> None:
        """Turn one row of the products into values, in place; cheap, and safe to call from several threads."""


@dataclass(frozen=True, eq=False)
class CosineSpace:
    """Cosine distances, by one matrix product of unit vectors.

    Parameters
    ----------
    unit : ndarray of shape (n, dim), float32
        Of length 1; all-zero rows as they are.
    zero : ndarray of shape (n,), bool
        Which rows are all zero.
    """

    unit: Vectors32
    zero: Mask

    @property
    def n(self) -> int:
        """Number of items."""
        return len(self.unit)

    @property
    def vectors(self) -> Vectors32:
        """The vectors of length 1."""
        return self.unit

    def products(self, queries: Integers, out: Vectors32) -> None:
        """Fill `out` with cosines."""
        np.matmul(self.unit[queries], self.unit.T, out=out)

    def finish(self, row: Vectors32, query: int) -> None:
        """Turn cosines into distances."""
        np.subtract(np.float32(1.0), row, out=row)
        np.maximum(row, np.float32(0.0), out=row)
        row[self.zero] = BEYOND_COSINE


@dataclass(frozen=True, eq=False)
class EuclideanSpace:
    """Squared Euclidean distances, by one matrix product of centred vectors.

    Parameters
    ----------
    centred : ndarray of shape (n, dim), float32
        The mean is taken off, which no distance feels but cancellation does; all are scaled alike, to about 1.
    squares : ndarray of shape (n,), float32
        Their squared lengths.
    """

    centred: Vectors32
    squares: Vectors32

    @property
    def n(self) -> int:
        """Number of items."""
        return len(self.centred)

    @property
    def vectors(self) -> Vectors32:
        """The vectors of the gallery, centred."""
        return self.centred

    def products(self, queries: Integers, out: Vectors32) -> None:
        """Fill `out` with products."""
        np.matmul(self.centred[queries], self.centred.T, out=out)

    def finish(self, row: Vectors32, query: int) -> None:
        """Turn products into squared distances."""
        row *= np.float32(-2.0)
        row += self.squares
        row += self.squares[query]
        np.maximum(row, np.float32(0.0), out=row)


@dataclass(frozen=True, eq=False)
class ManhattanSpace:
    """Sums of absolute differences, by the kernel that searches use.

    Parameters
    ----------
    vectors : ndarray of shape (n, dim), float32
        All are scaled alike, the longest to a length of about 1.
    """

    vectors: Vectors32

    @property
    def n(self) -> int:
        """Number of items."""
        return len(self.vectors)

    def products(self, queries: Integers, out: Vectors32) -> None:
        """Fill `out` with distances."""
        kernel = distance_metric("manhattan").kernel
        for row, query in zip(out, queries, strict=True):
            row[:] = kernel(self.vectors, self.vectors[query])

    def finish(self, row: Vectors32, query: int) -> None:
        """Leave the distances as they are."""


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
    return _gathered(embeddings, rows, lambda block, part: block / lengths[part][:, None])


def _gathered(embeddings: Vectors32, rows: Integers, change: Callable[[Floats, Integers], Floats]) -> Vectors32:
    """Return rows of the embeddings, each block changed in float64."""
    out = np.empty((len(rows), embeddings.shape[1]), np.float32)
    for start in range(0, len(rows), _BLOCK_ROWS):
        part = rows[start : start + _BLOCK_ROWS]
        out[start : start + len(part)] = change(embeddings[part].astype(np.float64), part)
    return out


def _cosine(embeddings: Vectors32, rows: Integers, norms: Floats) -> Space:
    return CosineSpace(unit=unit_vectors(embeddings, rows, norms), zero=np.asarray(norms[rows] == 0))


def _euclidean(embeddings: Vectors32, rows: Integers, norms: Floats) -> Space:
    """Centre and scale by powers of two, so that distances that tie go on tying."""
    centre, spread = _centre(embeddings, rows)
    scale = _power_of_two(spread * np.sqrt(embeddings.shape[1]))
    centred = _gathered(embeddings, rows, lambda block, _: (block - centre) / scale)
    return EuclideanSpace(centred=centred, squares=np.einsum("ij,ij->i", centred, centred))


def _centre(embeddings: Vectors32, rows: Integers) -> tuple[Floats, float]:
    """Return the mean, rounded to a power of two no larger than the spread, and the spread a component."""
    total, squares = np.zeros(embeddings.shape[1]), 0.0
    for start in range(0, len(rows), _BLOCK_ROWS):
        total += embeddings[rows[start : start + _BLOCK_ROWS]].sum(axis=0, dtype=np.float64)
    mean = total / len(rows)
    for start in range(0, len(rows), _BLOCK_ROWS):
        squares += float(((embeddings[rows[start : start + _BLOCK_ROWS]] - mean) ** 2).sum())
    spread = float(np.sqrt(squares / (len(rows) * len(mean))))
    step = _power_of_two(spread)
    return np.round(mean / step) * step if spread > 0 else mean, spread


def _power_of_two(number: float) -> float:
    """Return the largest power of two that is not above a number; 1 for 0."""
    return float(2.0 ** np.floor(np.log2(number))) if number > 0 else 1.0


def _manhattan(embeddings: Vectors32, rows: Integers, norms: Floats) -> Space:
    scale = _power_of_two(float(norms[rows].max()))
    return ManhattanSpace(vectors=_gathered(embeddings, rows, lambda block, _: block / scale))


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
