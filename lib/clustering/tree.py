"""Agglomerative clustering: which groups merge, at which height, and the groups that a threshold leaves."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from lib.clustering.pairs import pair_distances
from lib.errors import ClusteringError
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.ranks import Floats, Integers


@dataclass(frozen=True)
class Linkage:
    """How far two groups are apart.

    Parameters
    ----------
    name : str
        As on the command line and in SciPy.
    label : str
        As on screen.
    explanation : str
        One sentence for a person.
    metrics : tuple of str
        The distance metrics that it is defined for.
    """

    name: str
    label: str
    explanation: str
    metrics: tuple[str, ...] = tuple(DISTANCE_METRICS)


#: The choices of ``--linkage``, of every linkage widget and of the tests.
LINKAGES: dict[str, Linkage] = {
    linkage.name: linkage
    for linkage in (
        Linkage(
            "ward",
            "Ward",
            "The pair whose union adds least to the spread within groups: groups of like size. Euclidean only.",
            metrics=("euclidean",),
        ),
        Linkage("complete", "Complete", "Their two members that are furthest apart: tight groups."),
        Linkage("average", "Average", "The mean distance between the members of one and of the other."),
        Linkage("single", "Single", "Their two members that are nearest: groups may become long chains."),
    )
}


@dataclass(frozen=True, eq=False)
class Tree:
    """The merges that make one group of all items.

    Parameters
    ----------
    merges : ndarray of shape (n - 1, 2), int64
        What each merge joins: below n an item's row, n + k what merge k made.
    heights : ndarray of shape (n - 1,), float64
        How far the two were apart; never smaller than the one before.

    Raises
    ------
    ValueError
        If these are not the merges of a tree, or the heights fall.
    """

    merges: Integers
    heights: Floats

    def __post_init__(self) -> None:
        n = self.n
        made = n + np.arange(n - 1)
        if self.merges.shape != (n - 1, 2) or (self.merges >= made[:, None]).any():
            raise ValueError("Expected merges to join what is there already.")
        if not np.array_equal(np.sort(self.merges, axis=None), np.arange(2 * n - 2)):
            raise ValueError("Expected merges to join everything once.")
        if (np.diff(self.heights) < 0).any():
            raise ValueError("Expected heights that never fall.")

    @property
    def n(self) -> int:
        """Number of items."""
        return len(self.heights) + 1

    @cached_property
    def sizes(self) -> Integers:
        """Number of items that each merge makes one group of."""
        found = np.ones(2 * self.n - 1, np.int64)
        for k, (a, b) in enumerate(self.merges):
            found[self.n + k] = found[a] + found[b]
        return found[self.n :]

    def after(self, n_merges: int) -> Integers:
        """Return the groups after the first merges.

        Parameters
        ----------
        n_merges : int
            From 0 to n - 1.

        Returns
        -------
        ndarray of shape (n,), int64
            Each item's group: 0, 1 ... in the order of their first items.
        """
        above = np.arange(self.n + n_merges)
        for k, pair in enumerate(self.merges[:n_merges]):
            above[pair] = self.n + k
        for node in range(self.n + n_merges - 1, -1, -1):  # what is above a node has a larger number
            above[node] = above[above[node]]
        return in_order(above[: self.n])

    def cut(self, threshold: float) -> Integers:
        """Return the groups whose members merged at most at a height.

        Parameters
        ----------
        threshold : float
            A distance.

        Returns
        -------
        ndarray of shape (n,), int64
            Each item's group: 0, 1 ... in the order of their first items.
        """
        return self.after(int(np.searchsorted(self.heights, threshold, side="right")))

    def cut_into(self, n_clusters: int) -> Integers:
        """Return so many groups.

        Parameters
        ----------
        n_clusters : int
            From 1 to n.

        Returns
        -------
        ndarray of shape (n,), int64

        Raises
        ------
        ClusteringError
            If there are not so many items.
        """
        if not 1 <= n_clusters <= self.n:
            raise ClusteringError(
                f"{self.n:,} items cannot make {n_clusters:,} groups.", hint=f"Ask for 1 to {self.n:,}."
            )
        return self.after(self.n - n_clusters)


def build_tree(distances: Floats, linkage: str, *, metric: str = "euclidean") -> Tree:
    """Merge the two nearest groups until there is one.

    Parameters
    ----------
    distances : ndarray of shape (n * (n - 1) / 2,), float64
        Of every pair, condensed.
    linkage : str
        A key of ``LINKAGES``.
    metric : str, default="euclidean"
        What the distances are.

    Returns
    -------
    Tree

    Raises
    ------
    ClusteringError
        If the linkage is unknown, or not defined for the metric.

    Examples
    --------
    >>> tree = build_tree(np.array([1.0, 4.0, 3.0]), "average")
    >>> tree.merges.tolist(), tree.heights.tolist(), tree.cut(2.0).tolist()
    ([[0, 1], [2, 3]], [1.0, 3.5], [0, 0, 1])
    """
    from scipy.cluster import hierarchy

    check_linkage(linkage, metric)
    if len(distances) == 0:
        return Tree(np.empty((0, 2), np.int64), np.empty(0))
    found = hierarchy.linkage(distances, linkage)
    # Rounding may leave a height a hair below the one before.
    return Tree(found[:, :2].astype(np.int64), np.maximum.accumulate(found[:, 2]))


def check_linkage(linkage: str, metric: str) -> None:
    """Refuse a linkage that is unknown, or not defined for a metric.

    Parameters
    ----------
    linkage, metric : str

    Raises
    ------
    ClusteringError
    """
    if linkage not in LINKAGES:
        raise ClusteringError(f"Expected linkage to be one of {tuple(LINKAGES)}. Received: {linkage!r:.60}")
    if metric not in LINKAGES[linkage].metrics:
        wanted = " or ".join(LINKAGES[linkage].metrics)
        raise ClusteringError(
            f"{LINKAGES[linkage].label} linkage is not defined for {metric} distances: it needs {wanted} ones.",
            hint=f"Choose --metric {LINKAGES[linkage].metrics[0]}, or another linkage.",
        )


def tree_of(vectors: npt.NDArray[np.floating], *, metric: str, linkage: str) -> Tree:
    """Return the tree of vectors.

    Parameters
    ----------
    vectors : ndarray of shape (n, dim)
    metric : str
        A key of ``DISTANCE_METRICS``.
    linkage : str
        A key of ``LINKAGES``.

    Returns
    -------
    Tree

    Raises
    ------
    ClusteringError
        If the linkage is not defined for the metric, or a vector has a number that is none.
    """
    check_linkage(linkage, metric)
    return build_tree(pair_distances(vectors, metric), linkage, metric=metric)


def in_order(groups: npt.NDArray[np.integer]) -> Integers:
    """Return groups numbered 0, 1 ... in the order of their first items.

    Parameters
    ----------
    groups : ndarray of shape (n,), int

    Returns
    -------
    ndarray of shape (n,), int64

    Examples
    --------
    >>> in_order(np.array([7, 2, 7, 3])).tolist()
    [0, 1, 0, 2]
    """
    _, first, codes = np.unique(groups, return_index=True, return_inverse=True)
    place = np.empty(len(first), np.int64)
    place[np.argsort(first)] = np.arange(len(first))
    return np.asarray(place[codes.ravel()], dtype=np.int64)
