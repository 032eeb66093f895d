"""Every place where a tree can be cut, scored against the labels: each cut exactly, at the cost of one merge.

From one cut to the next only one cluster changes. So the sums that scores are made of are carried on instead of being
counted anew, the chance of AMI among them (``lib.clustering.chance``).
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.clustering.chance import ChanceInformation
from lib.clustering.contingency import entropy
from lib.clustering.scores import ami_of, ari_of, nmi_of, pair_f1_of
from lib.clustering.tree import Tree
from lib.retrieval.ranks import Floats

#: Scores that each cut has.
CUT_SCORES = ("ami", "nmi", "ari", "pair_f1")


def cuts_of(tree: Tree) -> pd.DataFrame:
    """Return every cut of a tree that leaves other clusters, from each item its own to all in one.

    Identical items are never apart: no threshold parts them.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    DataFrame
        ``n_merges``, ``n_clusters``, ``threshold`` (half-way between the last height below the cut and the first above
        it) and ``gap`` (how far these two are apart; NaN at both ends).
    """
    heights = tree.heights
    n_merges = np.flatnonzero(np.diff(heights, prepend=0.0, append=np.inf) > 0)
    below = np.concatenate([[0.0], heights])[n_merges]
    # Beyond the last merge, as far again as the last merge is from the one before, so that new items have room.
    above = np.concatenate([heights, [2 * heights[-1] - heights[-2] if len(heights) > 1 else heights.max(initial=0.0)]])
    between = (below + above[n_merges]) / 2
    thresholds = np.where(
        (between < above[n_merges]) | (n_merges == len(heights)), between, below
    )  # neighbouring floats
    inner = (n_merges > 0) & (n_merges < len(heights))
    gaps = np.where(inner, above[n_merges] - below, np.nan)
    return pd.DataFrame({"n_merges": n_merges, "n_clusters": tree.n - n_merges, "threshold": thresholds, "gap": gaps})


def score_cuts(tree: Tree, labels: npt.NDArray[np.integer]) -> pd.DataFrame:
    """Return every cut with its scores.

    Parameters
    ----------
    tree : Tree
    labels : ndarray of shape (n,), int
        The given label of each item; one below 0 takes no part in the scores.

    Returns
    -------
    DataFrame
        As of `cuts_of`, a column for each of ``CUT_SCORES``, missing where no item has a label, and ``n_labelled``:
        clusters that have an item with a label.
    """
    cuts, sums = cuts_of(tree), _sums_along(tree, labels)
    return cuts.join(sums.iloc[cuts["n_merges"]].reset_index(drop=True))


def _sums_along(tree: Tree, labels: npt.NDArray[np.integer]) -> pd.DataFrame:
    """Return the scores after 0, 1 ... n - 1 merges."""
    has_label = labels >= 0
    n = int(has_label.sum())
    if not n:
        return pd.DataFrame(np.nan, index=range(tree.n), columns=list(CUT_SCORES)).assign(n_labelled=0)
    _, found_codes, sizes = np.unique(labels[has_label], return_inverse=True, return_counts=True)
    codes = np.full(tree.n, -1)
    codes[has_label] = found_codes.ravel()
    shared, clusters, expected, both, same, n_labelled = _carried(tree, codes, ChanceInformation(sizes))
    of_labels, same_label = entropy(sizes), float((sizes * (sizes - 1) // 2).sum())
    of_clusters = np.maximum(0.0, np.log(n) - clusters / n)
    information = np.maximum(0.0, of_labels + of_clusters - np.log(n) + shared / n)
    rows = zip(information, of_clusters, expected, both, same, strict=True)
    found = [
        (
            ami_of(mi, of_labels, h, chance),
            nmi_of(mi, of_labels, h),
            ari_of(b, same_label, s, n),
            pair_f1_of(b, same_label, s),
        )
        for mi, h, chance, b, s in rows
    ]
    return pd.DataFrame(found, columns=list(CUT_SCORES)).assign(n_labelled=n_labelled.astype(np.int64))


def _carried(tree: Tree, codes: npt.NDArray[np.integer], chance: ChanceInformation) -> Floats:
    """Return the sums (6, n) after each number of merges.

    These are ``sum n_ij log n_ij``, ``sum b_j log b_j``, the expected information, the pairs of one label and cluster,
    those of one cluster, and the number of clusters that have a labelled item. A cluster's labels are added to the
    larger one's, so that all merges take n log n steps.
    """
    n = tree.n
    x_log_x = np.concatenate([[0.0], np.arange(1, n + 1) * np.log(np.arange(1, n + 1))])
    changes = np.zeros((6, n))
    changes[5, 0] = (codes >= 0).sum()
    changes[2, 0] = changes[5, 0] * chance.of_size(1)
    held = {row: {int(code): 1} if code >= 0 else {} for row, code in enumerate(codes)}
    sizes = {row: int(code >= 0) for row, code in enumerate(codes)}
    for k, (a, b) in enumerate(tree.merges.tolist(), start=1):
        size_a, size_b = sizes.pop(a), sizes.pop(b)
        small, large = sorted((held.pop(a), held.pop(b)), key=len)
        for code, count in small.items():
            before = large.get(code, 0)
            large[code] = before + count
            changes[0, k] += x_log_x[before + count] - x_log_x[before] - x_log_x[count]
            changes[3, k] += before * count
        both = size_a + size_b
        changes[1, k] = x_log_x[both] - x_log_x[size_a] - x_log_x[size_b]
        changes[2, k] = chance.of_size(both) - chance.of_size(size_a) - chance.of_size(size_b)
        changes[4, k] = size_a * size_b
        changes[5, k] = -bool(size_a and size_b)
        held[n + k - 1], sizes[n + k - 1] = large, both
    return np.asarray(changes.cumsum(axis=1))
