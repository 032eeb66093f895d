"""Where to cut a tree (S0 section 2.4): by what labels say is best, by how many groups there are, or without labels."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.clustering.cuts import CUT_SCORES, cuts_of, score_cuts
from lib.clustering.silhouette import silhouettes_of_cuts
from lib.clustering.tree import Tree
from lib.errors import ClusteringError
from lib.retrieval.ranks import Floats

#: Cuts whose silhouette is tried, at most.
_MOST_SILHOUETTES = 200


@dataclass(frozen=True)
class Criterion:
    """A way to choose a cut.

    Parameters
    ----------
    name : str
        As on the command line.
    label : str
        As on screen.
    explanation : str
        One sentence for a person.
    needs_labels : bool
    """

    name: str
    label: str
    explanation: str
    needs_labels: bool = True


#: The choices of ``--calibrate``, the default first.
CRITERIA: dict[str, Criterion] = {
    criterion.name: criterion
    for criterion in (
        Criterion("ami", "Best AMI", "Where adjusted mutual information with the labels is highest."),
        Criterion("nmi", "Best NMI", "Where NMI is highest, as in S0; it favours many small groups."),
        Criterion("ari", "Best ARI", "Where the adjusted Rand index is highest; large labels count most."),
        Criterion("pair_f1", "Best pair F1", "Where the F1 of pairs is highest; large labels count most."),
        Criterion("count", "Number of labels", "Where there are as many groups as labels."),
        Criterion(
            "silhouette", "Best silhouette", "Where groups are furthest apart for their width.", needs_labels=False
        ),
        Criterion("gap", "Largest gap", "Where the next merge is furthest above the last one.", needs_labels=False),
    )
}


@dataclass(frozen=True)
class Calibration:
    """A threshold, and what it gives on the items that it was chosen with.

    Parameters
    ----------
    criterion : str
        A key of ``CRITERIA``.
    threshold : float
        A distance.
    n_clusters : int
    value : float
        Of what the criterion looks at: a score, a number of groups or a gap.
    """

    criterion: str
    threshold: float
    n_clusters: int
    value: float


def calibrate(
    tree: Tree,
    criterion: str,
    *,
    labels: npt.NDArray[np.integer] | None = None,
    distances: Floats | None = None,
    cuts: pd.DataFrame | None = None,
) -> Calibration:
    """Choose where to cut a tree.

    Of cuts that are equally good, the one with the widest gap between the merges around it is taken: other items fall
    on the wrong side of it least.

    Parameters
    ----------
    tree : Tree
    criterion : str
        A key of ``CRITERIA``.
    labels : ndarray of shape (n,), int, optional
        For those that need labels; an item whose label is below 0 takes no part.
    distances : ndarray of shape (n * (n - 1) / 2,), float64, optional
        Condensed; for the silhouette.
    cuts : DataFrame, optional
        The tree's cuts as `labels` score them, if they are at hand.

    Returns
    -------
    Calibration

    Raises
    ------
    ClusteringError
        If the criterion is unknown or lacks what it needs, or no cut leaves between two groups and one less than items.

    Examples
    --------
    >>> from lib.clustering.tree import build_tree
    >>> tree = build_tree(np.array([1.0, 9.0, 9.0, 9.0, 9.0, 2.0]), "average")
    >>> calibrate(tree, "ami", labels=np.array([0, 0, 1, 1]))
    Calibration(criterion='ami', threshold=5.5, n_clusters=2, value=1.0)
    """
    _check(tree, criterion, labels, distances)
    if cuts is None:
        cuts = cuts_of(tree) if labels is None else score_cuts(tree, labels)
    values = _values(tree, criterion, cuts, labels, distances)
    if values.isna().all():
        raise ClusteringError(
            f"{CRITERIA[criterion].label} finds no cut: there is none between each item its own group and all in one.",
            hint="Choose another criterion, or a threshold of your own.",
        )
    wanted, gaps = values, cuts["gap"].fillna(-1.0)
    if criterion == "count" and labels is not None:
        wanted = -(values - len(np.unique(labels[labels >= 0]))).abs()
    best = max(wanted.dropna().index, key=lambda row: (round(float(wanted[row]), 12), gaps[row]))
    chosen = cuts.loc[best]
    return Calibration(criterion, float(chosen["threshold"]), int(chosen["n_clusters"]), float(values[best]))


def _check(tree: Tree, criterion: str, labels: npt.NDArray[np.integer] | None, distances: Floats | None) -> None:
    """Refuse what cannot be chosen by."""
    if criterion not in CRITERIA:
        raise ClusteringError(f"Expected the criterion to be one of {tuple(CRITERIA)}. Received: {criterion!r:.60}")
    if CRITERIA[criterion].needs_labels and labels is None:
        free = " or ".join(name for name, other in CRITERIA.items() if not other.needs_labels)
        raise ClusteringError(
            f"{CRITERIA[criterion].label} needs labels.", hint=f"Choose --label, or calibrate by {free}."
        )
    if labels is not None and len(labels) != tree.n:
        raise ValueError(f"Expected a label for each item. Received: {len(labels)} labels, {tree.n} items")
    if criterion == "silhouette" and distances is None:
        raise ValueError("Expected the distances of all pairs for the silhouette.")
    if tree.n < 2:
        raise ClusteringError("One item is one group: there is no threshold to find.", hint="Cluster more items.")


def _values(
    tree: Tree,
    criterion: str,
    cuts: pd.DataFrame,
    labels: npt.NDArray[np.integer] | None,
    distances: Floats | None,
) -> pd.Series:
    """Return what a criterion looks at for each cut; missing where it does not apply."""
    if criterion in CUT_SCORES:
        return cuts[criterion]
    if criterion == "count":
        return cuts["n_labelled"].astype(float)
    if criterion == "gap":
        return cuts["gap"]
    apart = cuts.index[(cuts["n_clusters"] > 1) & (cuts["n_clusters"] < tree.n)]
    tried = apart[np.unique(np.linspace(0, len(apart) - 1, min(_MOST_SILHOUETTES, len(apart))).astype(int))]
    found = pd.Series(np.nan, index=cuts.index)
    if distances is not None and len(tried):
        found[tried] = silhouettes_of_cuts(tree, distances, cuts.loc[tried, "n_merges"].to_numpy())
    return found
