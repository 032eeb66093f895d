"""What a gallery is to each metric: its vectors as the metric sees them, and the values that rank it for a query.

Usually the queries are items of the gallery and ask with their own vectors; others may ask in their place.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from lib.retrieval.distances import Vectors32, distance_metric
from lib.retrieval.gathering import unit_length
from lib.retrieval.index import Mask
from lib.retrieval.ranks import Integers

#: Distance of an all-zero row under cosine, beyond every distance that there is: it is ranked last.
BEYOND_COSINE = 3.0


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

    def query_vectors(self, queries: Integers) -> Vectors32:
        """Return the vectors (n_queries, dim) that some items ask with, as the space sees them."""

    def distances(self, row: Vectors32) -> Vectors32:
        """Return the distances that a finished row's values stand for, as a search would give them."""

    def between(self, vectors: Vectors32, query: int) -> Vectors32:
        """Return the values of some other vectors (m, dim), comparable with those of a finished row."""

    def asked_with(self, vectors: Vectors32, queries: Integers) -> "Space":
        """Return the space with other query vectors (n_queries, dim), those of the queries' rows in the gallery."""


@dataclass(frozen=True, eq=False)
class Asked:
    """Query vectors that are others than their items' own.

    Parameters
    ----------
    vectors : ndarray of shape (n_queries, dim), float32
        As the space sees them.
    place : ndarray of shape (n,), int
        Row of `vectors` for each item of the gallery; -1 for one that asks nothing.
    """

    vectors: Vectors32
    place: Integers

    @classmethod
    def by(cls, vectors: Vectors32, queries: Integers, n: int) -> "Asked":
        """Return the query vectors of some items of a gallery.

        Parameters
        ----------
        vectors : ndarray of shape (n_queries, dim), float32
        queries : ndarray of shape (n_queries,), int
        n : int
            Items in the gallery.

        Returns
        -------
        Asked
        """
        place = np.full(n, -1, np.int64)
        place[queries] = np.arange(len(queries))
        return cls(vectors=vectors, place=place)

    def of(self, queries: Integers) -> Vectors32:
        """Return the vectors of some queries.

        Parameters
        ----------
        queries : ndarray of shape (m,), int

        Returns
        -------
        ndarray of shape (m, dim), float32

        Raises
        ------
        ValueError
            If one of them has none.
        """
        places = self.place[queries]
        if (places < 0).any():
            raise ValueError(f"Expected queries that have a vector. Received: {int((places < 0).sum())} without")
        return self.vectors[places]


@dataclass(frozen=True, eq=False)
class CosineSpace:
    """Cosine distances, by one matrix product of unit vectors.

    Parameters
    ----------
    unit : ndarray of shape (n, dim), float32
        Of length 1; all-zero rows as they are.
    zero : ndarray of shape (n,), bool
        Which rows are all zero.
    asked : Asked, optional
        Query vectors of length 1; by default the items' own.
    """

    unit: Vectors32
    zero: Mask
    asked: Asked | None = None

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
        np.matmul(self.query_vectors(queries), self.unit.T, out=out)

    def finish(self, row: Vectors32, query: int) -> None:
        """Turn cosines into distances."""
        np.subtract(np.float32(1.0), row, out=row)
        np.maximum(row, np.float32(0.0), out=row)
        row[self.zero] = BEYOND_COSINE

    def distances(self, row: Vectors32) -> Vectors32:
        """Return the distances; that of an all-zero row is 1."""
        return np.where(row == np.float32(BEYOND_COSINE), np.float32(1.0), row)

    def query_vectors(self, queries: Integers) -> Vectors32:
        """Return the vectors of some queries, of length 1."""
        return self.unit[queries] if self.asked is None else self.asked.of(queries)

    def between(self, vectors: Vectors32, query: int) -> Vectors32:
        """Return distances."""
        cosines = unit_length(vectors) @ self.query_vectors(np.array([query]))[0]
        distances = np.maximum(np.float32(1.0) - cosines, np.float32(0.0))
        return np.where(vectors.any(axis=1), distances, np.float32(BEYOND_COSINE))

    def asked_with(self, vectors: Vectors32, queries: Integers) -> "CosineSpace":
        """Return the space with other query vectors."""
        return replace(self, asked=Asked.by(unit_length(vectors), queries, self.n))


@dataclass(frozen=True, eq=False)
class EuclideanSpace:
    """Squared Euclidean distances, by one matrix product of centred vectors.

    Parameters
    ----------
    centred : ndarray of shape (n, dim), float32
        The mean is taken off, which no distance feels but cancellation does; all are scaled alike, to about 1.
    squares : ndarray of shape (n,), float32
        Their squared lengths.
    move : callable
        What was done to the vectors.
    scale : float
        What they were divided by.
    asked : Asked, optional
        Query vectors, centred alike; by default the items' own.
    """

    centred: Vectors32
    squares: Vectors32
    move: Callable[[Vectors32], Vectors32]
    scale: float
    asked: Asked | None = None

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
        np.matmul(self.query_vectors(queries), self.centred.T, out=out)

    def finish(self, row: Vectors32, query: int) -> None:
        """Turn products into squared distances."""
        row *= np.float32(-2.0)
        row += self.squares
        row += self._square(query)
        np.maximum(row, np.float32(0.0), out=row)

    def distances(self, row: Vectors32) -> Vectors32:
        """Return the roots, at the vectors' own scale."""
        return np.asarray(np.sqrt(row) * np.float32(self.scale))

    def _square(self, query: int) -> np.float32:
        """Return the squared length of a query."""
        if self.asked is None:
            return np.float32(self.squares[query])
        vector = self.asked.of(np.array([query]))[0]
        return np.float32(vector @ vector)

    def query_vectors(self, queries: Integers) -> Vectors32:
        """Return the vectors of some queries, centred."""
        return self.centred[queries] if self.asked is None else self.asked.of(queries)

    def between(self, vectors: Vectors32, query: int) -> Vectors32:
        """Return squared distances."""
        apart = self.move(vectors) - self.query_vectors(np.array([query]))
        return np.asarray(np.einsum("ij,ij->i", apart, apart))

    def asked_with(self, vectors: Vectors32, queries: Integers) -> "EuclideanSpace":
        """Return the space with other query vectors."""
        return replace(self, asked=Asked.by(self.move(vectors), queries, self.n))


@dataclass(frozen=True, eq=False)
class ManhattanSpace:
    """Sums of absolute differences, by the kernel that searches use.

    Parameters
    ----------
    vectors : ndarray of shape (n, dim), float32
        All are scaled alike, the longest to a length of about 1.
    scale : float
        What they were divided by.
    asked : Asked, optional
        Query vectors, scaled alike; by default the items' own.
    """

    vectors: Vectors32
    scale: float
    asked: Asked | None = None

    @property
    def n(self) -> int:
        """Number of items."""
        return len(self.vectors)

    def products(self, queries: Integers, out: Vectors32) -> None:
        """Fill `out` with distances."""
        kernel = distance_metric("manhattan").kernel
        for row, query in zip(out, self.query_vectors(queries), strict=True):
            row[:] = kernel(self.vectors, query)

    def finish(self, row: Vectors32, query: int) -> None:
        """Leave the distances as they are."""

    def distances(self, row: Vectors32) -> Vectors32:
        """Return the distances at the vectors' own scale."""
        return row * np.float32(self.scale)

    def query_vectors(self, queries: Integers) -> Vectors32:
        """Return the vectors of some queries, scaled."""
        return self.vectors[queries] if self.asked is None else self.asked.of(queries)

    def between(self, vectors: Vectors32, query: int) -> Vectors32:
        """Return distances."""
        apart = vectors / np.float32(self.scale) - self.query_vectors(np.array([query]))
        return np.asarray(np.abs(apart).sum(axis=1))

    def asked_with(self, vectors: Vectors32, queries: Integers) -> "ManhattanSpace":
        """Return the space with other query vectors."""
        return replace(self, asked=Asked.by(vectors / np.float32(self.scale), queries, self.n))
