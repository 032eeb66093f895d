"""How many items each label and each cluster share: all that scores of a clustering need to know."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from lib.retrieval.ranks import Floats, Integers


@dataclass(frozen=True, eq=False)
class Contingency:
    """The items that labels and clusters share; what is 0 is not listed.

    Parameters
    ----------
    labels, clusters : ndarray of shape (n_pairs,), int64
        Codes, each pair once.
    counts : ndarray of shape (n_pairs,), int64
        Items of both; above 0.
    """

    labels: Integers
    clusters: Integers
    counts: Integers

    @classmethod
    def of(cls, labels: npt.NDArray[np.integer], clusters: npt.NDArray[np.integer]) -> "Contingency":
        """Count.

        Parameters
        ----------
        labels, clusters : ndarray of shape (n,), int
            The given label and the found cluster of each item.

        Returns
        -------
        Contingency

        Raises
        ------
        ValueError
            If they are not of the same items.
        """
        if labels.shape != clusters.shape or labels.ndim != 1:
            raise ValueError(f"Expected a cluster for each label. Received: {labels.shape} and {clusters.shape}")
        rows, columns = (np.unique(codes, return_inverse=True)[1].ravel() for codes in (labels, clusters))
        width = int(columns.max(initial=-1)) + 1
        pairs, counts = np.unique(rows.astype(np.int64) * width + columns, return_counts=True)
        return cls(pairs // max(width, 1), pairs % max(width, 1), counts.astype(np.int64))

    @property
    def n(self) -> int:
        """Number of items."""
        return int(self.counts.sum())

    @cached_property
    def label_sizes(self) -> Integers:
        """Items of each label that has one."""
        return _sizes(self.labels, self.counts)

    @cached_property
    def cluster_sizes(self) -> Integers:
        """Items of each cluster that has one."""
        return _sizes(self.clusters, self.counts)

    def without(self, label: int) -> "Contingency":
        """Return what is left where a label's items are left out.

        Parameters
        ----------
        label : int
            A code.

        Returns
        -------
        Contingency
        """
        kept = self.labels != label
        return Contingency(self.labels[kept], self.clusters[kept], self.counts[kept])

    @cached_property
    def mutual_information(self) -> float:
        """In nats: ``sum n_ij / n * log(n * n_ij / (a_i * b_j))``."""
        of_labels, of_clusters = (_sized(c, self.counts) for c in (self.labels, self.clusters))
        terms = self.counts / max(self.n, 1) * np.log(self.n * (self.counts / of_labels / of_clusters))
        return max(0.0, float(terms.sum()))

    @property
    def label_entropy(self) -> float:
        """In nats."""
        return entropy(self.label_sizes)

    @property
    def cluster_entropy(self) -> float:
        """In nats."""
        return entropy(self.cluster_sizes)

    @cached_property
    def pairs(self) -> tuple[float, float, float]:
        """Pairs of items of one label and one cluster, of one label, and of one cluster."""
        return _pairs(self.counts), _pairs(self.label_sizes), _pairs(self.cluster_sizes)


def entropy(sizes: Integers) -> float:
    """Return the entropy of a partition.

    Parameters
    ----------
    sizes : ndarray of int
        Items of each part.

    Returns
    -------
    float
        In nats.
    """
    shares: Floats = sizes[sizes > 0] / max(int(sizes.sum()), 1)
    return max(0.0, float(-(shares * np.log(shares)).sum()))


def _pairs(sizes: Integers) -> float:
    return float((sizes * (sizes - 1) // 2).sum())


def _sizes(codes: Integers, counts: Integers) -> Integers:
    sizes = np.bincount(codes, counts).astype(np.int64) if len(codes) else np.empty(0, np.int64)
    return sizes[sizes > 0]


def _sized(codes: Integers, counts: Integers) -> Floats:
    """Return the size of the part that each pair belongs to."""
    return np.asarray(np.bincount(codes, counts)[codes] if len(codes) else np.empty(0), dtype=np.float64)
