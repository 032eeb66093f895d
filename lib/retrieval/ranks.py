"""Where the relevant items stand in each query's ranking: all that most retrieval metrics need to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RelevantRanks:
    """The ranks of the relevant items of some queries, one query after the other.

    Parameters
    ----------
    ranks : ndarray of shape (n_relevant,), int
        From 1, ascending within a query; the query itself is not in its ranking.
    counts : ndarray of shape (n_queries,), int
        How many of `ranks` belong to each query, at least one.

    Raises
    ------
    ValueError
        If the two do not fit together.
    """

    ranks: Integers
    counts: Integers

    def __post_init__(self) -> None:
        if self.ranks.ndim != 1 or self.counts.ndim != 1 or self.counts.sum() != len(self.ranks):
            raise ValueError(
                f"Expected counts that add up to the number of ranks. Received: {self.counts.sum()}, {len(self.ranks)}"
            )
        if len(self.counts) and self.counts.min() < 1:
            raise ValueError("Expected at least one relevant item for every query. Received: a count below 1")
        descends = np.diff(self.ranks) <= 0
        descends[self.starts[1:] - 1] = False
        if len(self.ranks) and (self.ranks.min() < 1 or descends.any()):
            raise ValueError("Expected ranks from 1 that ascend within a query. Received: others")

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> "RelevantRanks":
        """Return the ranks of queries given one by one.

        Parameters
        ----------
        lists : sequence of sequences of int

        Returns
        -------
        RelevantRanks

        Examples
        --------
        >>> RelevantRanks.of([[1, 3], [2]]).counts.tolist()
        [2, 1]
        """
        ranks = np.array([rank for ranks in lists for rank in ranks], np.int64)
        return cls(ranks=ranks, counts=np.array([len(ranks) for ranks in lists], np.int64))

    @cached_property
    def starts(self) -> Integers:
        """Index in `ranks` of each query's first."""
        return np.asarray(np.cumsum(self.counts) - self.counts)

    @cached_property
    def positions(self) -> Integers:
        """1, 2, 3 ... within each query: how many relevant items have been met up to each rank."""
        return np.arange(1, len(self.ranks) + 1) - np.repeat(self.starts, self.counts)

    @cached_property
    def precisions(self) -> Floats:
        """Share of relevant items among the first, at the rank of each relevant item."""
        return self.positions / self.ranks

    @property
    def first(self) -> Integers:
        """Rank of each query's nearest relevant item."""
        return self.ranks[self.starts]

    def total(self, values: npt.NDArray[np.generic]) -> Floats:
        """Return the sum of `values` within each query.

        Parameters
        ----------
        values : ndarray of shape (n_relevant,)
            A number a relevant item.

        Returns
        -------
        ndarray of shape (n_queries,), float64
        """
        if not len(self.counts):
            return np.empty(0)
        return np.asarray(np.add.reduceat(values, self.starts, dtype=np.float64))
