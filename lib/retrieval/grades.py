"""How relevant an item is where labels have a hierarchy: the finer the level it shares with the query, the more."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from lib.retrieval.ranks import Floats, Integers


@dataclass(frozen=True, eq=False)
class Grades:
    """The levels of a hierarchy, and the gain of each: 1 for the coarsest, one more for each finer.

    Parameters
    ----------
    names : tuple of str
        Columns, coarse to fine; one name makes the grades binary.
    codes : ndarray of shape (n_levels, n_gallery), int
        Code of each item's value at each level; -1 for none, which equals nothing.

    Examples
    --------
    Three shirts and a pair of jeans, all of them apparel:

    >>> grades = Grades(("master", "type"), np.array([[0, 0, 0, 0], [5, 5, 5, 6]]))
    >>> grades.gains(np.array([0]), np.array([[1, 3, -1]]))
    array([[2., 1., 0.]])
    >>> grades.ideal(np.array([0]), 4)
    array([[2., 2., 1., 0.]])
    """

    names: tuple[str, ...]
    codes: Integers

    @property
    def binary(self) -> bool:
        """Whether there is one level only."""
        return len(self.names) == 1

    def gains(self, queries: Integers, neighbors: Integers) -> Floats:
        """Return the gain of each neighbour: that of the finest level which it shares with the query.

        Parameters
        ----------
        queries : ndarray of shape (n_queries,), int
            Rows of the gallery.
        neighbors : ndarray of shape (n_queries, k), int
            Rows of the gallery; -1 where there is none.

        Returns
        -------
        ndarray of shape (n_queries, k), float64
        """
        gains = np.zeros(neighbors.shape)
        for level, codes in enumerate(self.codes, start=1):
            own = codes[queries][:, None]
            gains[(neighbors >= 0) & (own >= 0) & (codes[neighbors] == own)] = level
        return gains

    def ideal(self, queries: Integers, k: int, *, self_counted: bool = False) -> Floats:
        """Return the k largest gains that the gallery has for each query, descending.

        Parameters
        ----------
        queries : ndarray of shape (n_queries,), int
            Rows of the gallery.
        k : int
        self_counted : bool, default=False
            Whether the query itself can be found.

        Returns
        -------
        ndarray of shape (n_queries, k), float64
        """
        ideal = np.zeros((len(queries), k))
        places = np.arange(k)[None, :]
        for level in range(1, len(self.codes) + 1):
            n_at_least = self._n_at_least(level)[queries] - (not self_counted)
            ideal[places < n_at_least[:, None]] = level
        return ideal

    def _n_at_least(self, level: int) -> Integers:
        """Return, for each item, how many share its value at `level` or a finer one, itself included."""
        total = np.zeros(self.codes.shape[1], np.int64)
        for levels, sign in _inclusion_exclusion(range(level - 1, len(self.codes))):
            total += sign * _n_alike(self.codes[list(levels)])
        return total


def _inclusion_exclusion(levels: range) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield every subset of `levels` with its sign: how many lie in a union, from how many lie in intersections."""
    for size in range(1, len(levels) + 1):
        for subset in combinations(levels, size):
            yield subset, 1 if size % 2 else -1


def _n_alike(codes: Integers) -> Integers:
    """Return how many items have each item's values at all of some levels; 0 for one that lacks a value."""
    _, kinds, counts = np.unique(codes, axis=1, return_inverse=True, return_counts=True)
    return np.where((codes >= 0).all(axis=0), counts[kinds.ravel()], 0).astype(np.int64)
