"""A stored clustering: the group of each picture, the tree it was cut from, and how well that agrees with labels."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from lib.artifacts import Store, read_result, verify
from lib.clustering.tree import Tree
from lib.errors import InvalidArtifact
from lib.schema import Manifest

KIND = "clustering"
GROUPS = "groups.parquet"
CUTS = "cuts.parquet"
MERGES, HEIGHTS = "merges.npy", "heights.npy"
#: What a picture is for: its label chose the threshold, it says how good the groups are, the model learnt from it, or
#: it has no label.
CALIBRATION, SCORED, LEARNT, UNLABELLED = "calibration", "scored", "learnt", "unlabelled"


@dataclass(frozen=True, eq=False)
class Clustering:
    """The groups of a catalogue's pictures.

    Parameters
    ----------
    groups : DataFrame
        A row a picture: ``product_id``, ``label``, ``group`` and ``part`` (``calibration``, ``scored``,
        ``learnt``, ``unlabelled``).
    cuts : DataFrame
        Every cut of the tree: ``n_clusters``, ``threshold``, ``gap``, and the scores of the pictures that are scored;
        empty without a tree.
    tree : Tree or None
        Of the rows of `groups`.
    manifest : Manifest
        ``parameters`` holds what was asked; ``details`` the ``threshold``, ``n_clusters``, whether scores are
        ``in_sample``, ``scores``, ``criteria`` and ``baselines``.
    was_current : bool, default=True
        Whether it was there; not where it was just made.

    Raises
    ------
    InvalidArtifact
        If the tables do not fit together.
    """

    groups: pd.DataFrame
    cuts: pd.DataFrame
    tree: Tree | None
    manifest: Manifest
    was_current: bool = True

    def __post_init__(self) -> None:
        wanted = {"product_id", "label", "group", "part"}
        if wanted - set(self.groups) or (self.tree is not None and self.tree.n != len(self.groups)):
            raise InvalidArtifact(
                f"{self.id}: the tables of this clustering do not fit together.", hint=f"Run: {self.manifest.command}"
            )

    @property
    def id(self) -> str:
        """The clustering's id."""
        return self.manifest.id

    @property
    def model(self) -> str:
        """Id of the embedding."""
        return str(self.manifest.inputs["embedding"])

    @property
    def details(self) -> dict[str, Any]:
        """What the manifest says was found."""
        return dict(self.manifest.details)

    @property
    def threshold(self) -> float | None:
        """Where the tree was cut; None without a tree."""
        found = self.manifest.details["threshold"]
        return None if found is None else float(found)

    @cached_property
    def n_clusters(self) -> int:
        """Number of groups."""
        return int(self.groups["group"].nunique())


def load_clustering(store: Store, name: str, clustering_id: str, *, was_current: bool = True) -> Clustering:
    """Read a clustering back, checking every file against the manifest.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    clustering_id : str
    was_current : bool, default=True
        Whether it was there before.

    Returns
    -------
    Clustering

    Raises
    ------
    MissingArtifact
        If there is none.
    InvalidArtifact
        If a file is damaged.
    """
    folder = store.result_folder(name, KIND, clustering_id)
    manifest = read_result(folder, KIND, mend=f"python -m lib cluster {name} --model ID")
    verify(folder, manifest)
    try:
        groups, cuts = (pd.read_parquet(folder / file) for file in (GROUPS, CUTS))
        tree = None
        if MERGES in manifest.files:
            merges, heights = (np.load(folder / file, allow_pickle=False) for file in (MERGES, HEIGHTS))
            tree = Tree(merges, heights)
    except (ValueError, OSError) as error:
        raise InvalidArtifact(f"{folder} cannot be read ({error}).", hint=f"Run: {manifest.command}") from error
    return Clustering(groups=groups, cuts=cuts, tree=tree, manifest=manifest, was_current=was_current)
