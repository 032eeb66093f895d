"""The mutual information that two partitions of given sizes share by chance: what AMI takes off (Vinh et al. 2010).

It is a sum over clusters, and a cluster's part of it depends on its size alone. So it is found once for each size, and
the chance of every cut of a tree costs no more than that of one.
"""

import numpy as np
import numpy.typing as npt

from lib.retrieval.ranks import Floats


class ChanceInformation:
    """The mutual information expected of labels and clusters whose items are dealt at random.

    Parameters
    ----------
    label_sizes : ndarray of int
        Items of each label.

    Examples
    --------
    Two labels of one item each share log 2 with two clusters of one each, whatever the deal:

    >>> round(ChanceInformation(np.array([1, 1])).expected(np.array([1, 1])), 4)
    0.6931
    """

    def __init__(self, label_sizes: npt.NDArray[np.integer]) -> None:
        from scipy.special import gammaln

        self._n = int(label_sizes.sum())
        self._sizes, self._times = np.unique(label_sizes, return_counts=True)
        self._log_factorial: Floats = gammaln(np.arange(self._n + 1) + 1.0)
        self._known: dict[int, float] = {0: 0.0}

    def expected(self, cluster_sizes: npt.NDArray[np.integer]) -> float:
        """Return the mutual information expected of clusters.

        Parameters
        ----------
        cluster_sizes : ndarray of int
            Items of each cluster; as many in all as the labels have.

        Returns
        -------
        float
            In nats.
        """
        sizes, times = np.unique(cluster_sizes, return_counts=True)
        return float(sum(self.of_size(int(size)) * int(n) for size, n in zip(sizes, times, strict=True)))

    def of_size(self, size: int) -> float:
        """Return the part that a cluster of a size has in it.

        ``sum_a sum_k k / n * log(n k / (a b)) * P(k)``, where k of the b items have a label that a of all n have, so
        that P is hypergeometric.

        Parameters
        ----------
        size : int
            From 0 to n.

        Returns
        -------
        float
        """
        if size not in self._known:
            self._known[size] = self._of_size(size)
        return self._known[size]

    def _of_size(self, b: int) -> float:
        """Return the part of one cluster: over the labels, and over what it may share with each."""
        n, log = self._n, self._log_factorial
        low, high = np.maximum(1, self._sizes + b - n), np.minimum(self._sizes, b)
        n_terms = np.maximum(0, high - low + 1)
        first = np.cumsum(n_terms) - n_terms
        k = np.arange(n_terms.sum()) - np.repeat(first - low, n_terms)
        a, times = np.repeat(self._sizes, n_terms), np.repeat(self._times, n_terms)
        fixed = log[a] + log[b] + log[n - a] + log[n - b] - log[n]
        chance = np.exp(fixed - log[k] - log[a - k] - log[b - k] - log[n - a - b + k])
        return float((times * k / n * (np.log(n / b) + np.log(k / a)) * chance).sum())
