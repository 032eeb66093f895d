"""Products that arrive in batches: each joins the nearest group within the threshold, or founds one (S0 section 3).

How far an item is from a group is the height at which the linkage would merge the two. Groups keep their ids as
products arrive and leave; an id is never given twice.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from lib.clustering.pairs import distances_between
from lib.clustering.tree import check_linkage
from lib.errors import ClusteringError
from lib.retrieval.ranks import Floats, Integers


@dataclass(frozen=True, eq=False)
class Members:
    """The products that are there, and the group of each.

    Parameters
    ----------
    ids : tuple of str
        Product ids, each once.
    vectors : ndarray of shape (n, dim)
    groups : ndarray of shape (n,), int64
        Ids of groups.
    next_group : int
        The id that the next new group has; above all that were ever given.

    Raises
    ------
    ValueError
        If these do not fit together.
    """

    ids: tuple[str, ...]
    vectors: npt.NDArray[np.floating]
    groups: Integers
    next_group: int

    def __post_init__(self) -> None:
        if not len(self.ids) == len(self.vectors) == len(self.groups) or len(set(self.ids)) < len(self.ids):
            raise ValueError("Expected a vector and a group for each product, and each product once.")
        if len(self.groups) and int(self.groups.max()) >= self.next_group:
            raise ValueError("Expected the next group's id to be above all others.")

    def without(self, ids: set[str]) -> "Members":
        """Return what is left where some products leave.

        Parameters
        ----------
        ids : set of str

        Returns
        -------
        Members
        """
        kept = np.array([id_ not in ids for id_ in self.ids], dtype=bool)
        left = tuple(id_ for id_ in self.ids if id_ not in ids)
        return replace(self, ids=left, vectors=self.vectors[kept], groups=self.groups[kept])


def nobody(dim: int) -> Members:
    """Return a catalogue before its first batch.

    Parameters
    ----------
    dim : int
        Length of the vectors that will come.

    Returns
    -------
    Members
    """
    return Members((), np.empty((0, dim), np.float32), np.empty(0, np.int64), 0)


def arrive(
    there: Members,
    ids: tuple[str, ...],
    vectors: npt.NDArray[np.floating],
    *,
    metric: str,
    linkage: str,
    threshold: float,
) -> Members:
    """Return everything after a batch came in, one product after another.

    Parameters
    ----------
    there : Members
    ids : tuple of str
        The products that come, in their order.
    vectors : ndarray of shape (m, dim)
    metric : str
        A key of ``DISTANCE_METRICS``.
    linkage : str
        A key of ``LINKAGES``.
    threshold : float
        The largest distance at which one joins.

    Returns
    -------
    Members
        First those that were there. Of groups that are equally near, the older one is joined.

    Raises
    ------
    ClusteringError
        If a product is there already or comes twice, a vector is of another length or has a number that is none, or the
        linkage is not defined for the metric.
    """
    check_linkage(linkage, metric)
    _check(there, ids, vectors)
    n_there = len(there.ids)
    everything = np.concatenate([there.vectors, vectors]) if n_there else np.asarray(vectors)
    groups = np.concatenate([there.groups, np.full(len(ids), -1, np.int64)])
    heights = _Centroids(everything, groups) if linkage == "ward" else _Pairs(everything, n_there, metric, linkage)
    next_group = there.next_group
    for row in range(n_there, len(everything)):
        known, distances = heights.to_groups(row, groups)
        nearest = int(distances.argmin()) if len(known) else -1
        joins = nearest >= 0 and distances[nearest] <= threshold
        groups[row] = known[nearest] if joins else next_group
        next_group += not joins
        heights.joined(row, int(groups[row]))
    return Members((*there.ids, *ids), everything, groups, next_group)


def _check(there: Members, ids: tuple[str, ...], vectors: npt.NDArray[np.floating]) -> None:
    """Refuse products that are there already, and vectors that do not fit."""
    if len(ids) != len(vectors):
        raise ValueError(f"Expected a vector for each product. Received: {len(ids)} products, {len(vectors)} vectors")
    if there.vectors.shape[1] != vectors.shape[1]:
        raise ClusteringError(
            f"The batch has vectors of {vectors.shape[1]} numbers, the groups of {there.vectors.shape[1]}.",
            hint="Embed the batch with the model that the groups were made with.",
        )
    known = set(there.ids)
    again = next((id_ for place, id_ in enumerate(ids) if id_ in known or id_ in ids[:place]), None)
    if again is not None:
        raise ClusteringError(f"The product {again!r:.80} is in a group already.", hint="Leave it out of the batch.")


class _Pairs:
    """Distances of items from groups that follow from those of pairs of items."""

    def __init__(self, vectors: npt.NDArray[np.floating], n_there: int, metric: str, linkage: str) -> None:
        self._distances, self._first = distances_between(vectors[n_there:], vectors, metric), n_there
        self._linkage = linkage

    def to_groups(self, row: int, groups: Integers) -> tuple[Integers, Floats]:
        """Return the groups of the rows before one, the oldest first, and how far it is from each."""
        known, codes = np.unique(groups[:row], return_inverse=True)
        distances = self._distances[row - self._first, :row]
        if self._linkage == "average":
            return known, np.bincount(codes, distances) / np.bincount(codes)
        furthest = self._linkage == "complete"
        found = np.full(len(known), -np.inf if furthest else np.inf)
        (np.maximum if furthest else np.minimum).at(found, codes, distances)
        return known, found

    def joined(self, row: int, group: int) -> None:
        """Take note of a row's group: nothing to do, for `to_groups` is given them."""


class _Centroids:
    """Ward's distances of items from groups: ``sqrt(2 n / (n + 1))`` times that from the centroid of n items."""

    def __init__(self, vectors: npt.NDArray[np.floating], groups: Integers) -> None:
        self._vectors = np.asarray(vectors, dtype=np.float64)
        self._place: dict[int, int] = {}
        self._sums = np.zeros((0, vectors.shape[1]))
        self._sizes = np.zeros(0)
        for row in np.flatnonzero(groups >= 0).tolist():
            self.joined(row, int(groups[row]))

    def to_groups(self, row: int, groups: Integers) -> tuple[Integers, Floats]:
        """Return the groups, the oldest first, and how far a row is from each."""
        n = len(self._place)
        sizes = self._sizes[:n]
        differences = self._sums[:n] / sizes[:, None] - self._vectors[row]
        distances = np.sqrt(np.einsum("ij,ij->i", differences, differences) * 2 * sizes / (sizes + 1))
        known = np.array(list(self._place), np.int64)
        order = known.argsort()
        return known[order], distances[order]

    def joined(self, row: int, group: int) -> None:
        """Add a row to a group."""
        place = self._place.setdefault(group, len(self._place))
        if place == len(self._sizes):  # room for twice as many
            more = max(16, place)
            self._sums = np.concatenate([self._sums, np.zeros((more, self._sums.shape[1]))])
            self._sizes = np.concatenate([self._sizes, np.zeros(more)])
        self._sums[place] += self._vectors[row]
        self._sizes[place] += 1
