"""How well found clusters agree with given labels, each score with its interval."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lib.clustering.chance import ChanceInformation
from lib.clustering.contingency import Contingency
from lib.retrieval.bootstrap import Estimate
from lib.retrieval.jackknife import jackknife

#: What is closer to zero than this is zero but for rounding.
_NOTHING = 1e-11


def nmi(table: Contingency) -> float:
    """Return normalised mutual information: mutual information over the mean of both entropies (S0's equation 3).

    Not corrected for chance: it grows with the number of clusters. Equal to the V-measure.

    Parameters
    ----------
    table : Contingency

    Returns
    -------
    float
        0 to 1; 1 where there is one label and one cluster.
    """
    return nmi_of(table.mutual_information, table.label_entropy, table.cluster_entropy)


def nmi_of(shared: float, label_entropy: float, cluster_entropy: float) -> float:
    """Return normalised mutual information from what it is made of.

    Parameters
    ----------
    shared, label_entropy, cluster_entropy : float
        In nats.

    Returns
    -------
    float
    """
    mean = (label_entropy + cluster_entropy) / 2
    return 1.0 if mean < _NOTHING else min(1.0, shared / mean)


def ami(table: Contingency) -> float:
    """Return adjusted mutual information: 0 for what chance gives clusters of these sizes, 1 for the labels themselves.

    ``(MI - E[MI]) / (mean entropy - E[MI])`` (Vinh et al. 2010).

    Parameters
    ----------
    table : Contingency

    Returns
    -------
    float
        At most 1; below 0 for less than chance.
    """
    expected = ChanceInformation(table.label_sizes).expected(table.cluster_sizes)
    return ami_of(table.mutual_information, table.label_entropy, table.cluster_entropy, expected)


def ami_of(shared: float, label_entropy: float, cluster_entropy: float, expected: float) -> float:
    """Return adjusted mutual information from what it is made of.

    Parameters
    ----------
    shared, label_entropy, cluster_entropy, expected : float
        In nats.

    Returns
    -------
    float
        Where sizes leave chance no choice, 1 if both are the same partition, 0 otherwise.
    """
    mean = (label_entropy + cluster_entropy) / 2
    if mean - expected < _NOTHING:
        return float(abs(label_entropy - cluster_entropy) < _NOTHING and abs(shared - mean) < _NOTHING)
    beyond = shared - expected
    return 0.0 if abs(beyond) < _NOTHING else beyond / (mean - expected)


def ari(table: Contingency) -> float:
    """Return the adjusted Rand index (Hubert and Arabie 1985).

    Parameters
    ----------
    table : Contingency

    Returns
    -------
    float
        At most 1; 0 for chance.
    """
    return ari_of(*table.pairs, table.n)


def ari_of(both: float, same_label: float, same_cluster: float, n: int) -> float:
    """Return the adjusted Rand index from numbers of pairs.

    Parameters
    ----------
    both, same_label, same_cluster : float
        Pairs of one label and one cluster, of one label, and of one cluster.
    n : int
        Items.

    Returns
    -------
    float
    """
    every = n * (n - 1) / 2
    expected = same_label * same_cluster / every if every else 0.0
    most = (same_label + same_cluster) / 2
    return 1.0 if most - expected < _NOTHING else (both - expected) / (most - expected)


def pair_f1_of(both: float, same_label: float, same_cluster: float) -> float:
    """Return the F1 of pairs: of putting two items of one label into one cluster.

    Parameters
    ----------
    both, same_label, same_cluster : float
        Pairs of one label and one cluster, of one label, and of one cluster.

    Returns
    -------
    float
        0 to 1; 1 where no pair is to be found and none is.
    """
    every = same_label + same_cluster
    return 2 * both / every if every else 1.0


def homogeneity(table: Contingency) -> float:
    """Return how much a cluster says of the label: 1 where each has items of one label only.

    Parameters
    ----------
    table : Contingency

    Returns
    -------
    float
        0 to 1.
    """
    return 1.0 if table.label_entropy < _NOTHING else min(1.0, table.mutual_information / table.label_entropy)


def completeness(table: Contingency) -> float:
    """Return how much a label says of the cluster: 1 where each is in one cluster only.

    Parameters
    ----------
    table : Contingency

    Returns
    -------
    float
        0 to 1.
    """
    return 1.0 if table.cluster_entropy < _NOTHING else min(1.0, table.mutual_information / table.cluster_entropy)


def purity(table: Contingency) -> float:
    """Return the share of items whose label is their cluster's commonest.

    Parameters
    ----------
    table : Contingency

    Returns
    -------
    float
        Above 0, at most 1; 1 for each item a cluster of its own.
    """
    largest = np.zeros(int(table.clusters.max(initial=0)) + 1)
    np.maximum.at(largest, table.clusters, table.counts)
    return float(largest.sum() / table.n)


def fowlkes_mallows(table: Contingency) -> float:
    """Return the geometric mean of the precision and the recall of pairs (Fowlkes and Mallows 1983).

    Parameters
    ----------
    table : Contingency

    Returns
    -------
    float
        0 to 1.
    """
    both, same_label, same_cluster = table.pairs
    return min(1.0, both / float(np.sqrt(same_label * same_cluster))) if both else 0.0


def _pair_precision(table: Contingency) -> float:
    both, _, same_cluster = table.pairs
    return both / same_cluster if same_cluster else 1.0


def _pair_recall(table: Contingency) -> float:
    both, same_label, _ = table.pairs
    return both / same_label if same_label else 1.0


def _pair_f1(table: Contingency) -> float:
    return pair_f1_of(*table.pairs)


@dataclass(frozen=True)
class ClusterScore:
    """One way to say how well clusters agree with labels; higher is better.

    Parameters
    ----------
    name : str
        As in JSON and tables.
    label : str
        As on screen.
    of : callable
        Contingency -> value.
    low : float
        What the value cannot be below.
    """

    name: str
    label: str
    of: Callable[[Contingency], float]
    low: float = 0.0


SCORES: dict[str, ClusterScore] = {
    score.name: score
    for score in (
        ClusterScore("ami", "AMI", ami, low=-1.0),
        ClusterScore("nmi", "NMI", nmi),
        ClusterScore("ari", "ARI", ari, low=-1.0),
        ClusterScore("pair_f1", "Pair F1", _pair_f1),
        ClusterScore("pair_precision", "Pair precision", _pair_precision),
        ClusterScore("pair_recall", "Pair recall", _pair_recall),
        ClusterScore("homogeneity", "Homogeneity", homogeneity),
        ClusterScore("completeness", "Completeness", completeness),
        ClusterScore("v_measure", "V-measure", nmi),
        ClusterScore("purity", "Purity", purity),
        ClusterScore("fowlkes_mallows", "Fowlkes-Mallows", fowlkes_mallows),
    )
}


def score_clusters(table: Contingency) -> dict[str, float]:
    """Return every score.

    Parameters
    ----------
    table : Contingency
        Of at least one item.

    Returns
    -------
    dict of str to float
        By the keys of ``SCORES``.
    """
    return {name: score.of(table) for name, score in SCORES.items()}


def estimate_scores(table: Contingency) -> dict[str, Estimate]:
    """Return every score with its 95 % interval: what each label's absence does to it, the clusters as they are.

    Not a bootstrap over items: an item drawn twice is a pair that no clustering could miss, and its scores come out
    better than those of the clusters that were found.

    Parameters
    ----------
    table : Contingency
        Of at least one item.

    Returns
    -------
    dict of str to Estimate
        By the keys of ``SCORES``; without an interval where there are fewer than three labels.
    """
    values, labels = score_clusters(table), np.unique(table.labels)
    left = labels[: 0 if len(labels) < 3 else None].tolist()  # the last of two labels would leave nothing
    without = [score_clusters(table.without(label)) for label in left]
    return {
        name: jackknife(values[name], np.array([each[name] for each in without]), low=score.low, high=1.0)
        for name, score in SCORES.items()
    }
