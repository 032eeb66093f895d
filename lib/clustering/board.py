"""The clusterings of a catalogue as a table: one row each, what was asked, what was found, and how it scores."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from lib.artifacts import Store
from lib.clustering.calibration import CRITERIA
from lib.clustering.clustering import KIND
from lib.clustering.flat import METHODS
from lib.clustering.request import AGGLOMERATIVE
from lib.clustering.scores import SCORES
from lib.clustering.tree import LINKAGES
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.freshness import read_present
from lib.schema import Manifest

#: What each row says of its clustering, before the scores.
BOARD_COLUMNS = (
    *("clustering", "model", "method", "metric", "linkage", "how", "label", "cut", "threshold", "sample"),
    *("n", "n_sampled_from", "n_clusters", "n_labels", "n_scored", "n_scored_labels", "n_scored_clusters"),
    *("in_sample", "stale", "command", "baselines"),
)
#: How a clustering was cut where no criterion chose: a threshold or a number that was given, or its own way.
GIVEN_THRESHOLD, GIVEN_NUMBER, OWN_WAY = "threshold", "n_clusters", "own"


def clustering_board(store: Store, catalog: str) -> pd.DataFrame:
    """Return every clustering of a catalogue as one row.

    Parameters
    ----------
    store : Store
    catalog : str
        The catalogue's name.

    Returns
    -------
    DataFrame
        Oldest first: ``BOARD_COLUMNS``; for each score ``S`` of ``SCORES`` ``S``, ``S_low`` and ``S_high``;
        ``silhouette`` and ``calinski_harabasz``. NaN where there is none.

    Raises
    ------
    MissingArtifact
        If there is no such catalogue.
    InvalidArtifact
        If its manifest is damaged.
    """
    present = read_present(store, catalog)
    rows = [
        _asked(found) | {"stale": present.is_stale(found)} | _scored(found) for found in store.manifests(catalog, KIND)
    ]
    numbers = [name + end for name in SCORES for end in ("", "_low", "_high")] + ["silhouette", "calinski_harabasz"]
    return pd.DataFrame(rows, columns=[*BOARD_COLUMNS, *numbers]).astype(dict.fromkeys(numbers, np.float64))


def how_it_is_cut(cut: str) -> str:
    """Return how a clustering was cut, in words.

    Parameters
    ----------
    cut : str
        As in the column ``cut``.

    Returns
    -------
    str
    """
    given = {GIVEN_THRESHOLD: "Given threshold", GIVEN_NUMBER: "Given number", OWN_WAY: "Their own way"}
    return CRITERIA[cut].label if cut in CRITERIA else given.get(cut, cut)


def how_it_was_made(metric: str, how: str) -> str:
    """Return what a clustering was made by, in words.

    Parameters
    ----------
    metric : str
    how : str
        A linkage, or a method without a tree.

    Returns
    -------
    str

    Examples
    --------
    >>> how_it_was_made("cosine", "average"), how_it_was_made("euclidean", "kmeans")
    ('Cosine + Average', 'k-means, Euclidean')
    """
    distance = DISTANCE_METRICS[metric].label
    return f"{METHODS[how].label}, {distance}" if how in METHODS else f"{distance} + {LINKAGES[how].label}"


def _asked(manifest: Manifest) -> dict[str, object]:
    """Return what was asked for and how much there is of it."""
    asked, details = manifest.parameters, manifest.details
    given = (
        GIVEN_THRESHOLD if asked["threshold"] is not None else GIVEN_NUMBER if asked["n_clusters"] is not None else ""
    )
    return {
        "clustering": manifest.id,
        "model": str(manifest.inputs["embedding"]),
        **{name: asked[name] for name in ("method", "metric", "linkage", "label", "sample")},
        "how": asked["linkage"] if asked["method"] == AGGLOMERATIVE else asked["method"],
        "cut": asked["calibrate"] or given or OWN_WAY,
        "n": manifest.n,
        "n_sampled_from": manifest.n_in,
        "command": manifest.command,
        **{name: details[name] for name in BOARD_COLUMNS if name in details},
    }


def _scored(manifest: Manifest) -> dict[str, float | None]:
    """Return the scores, each with its interval."""
    details: Mapping[str, float | None] = {name: manifest.details[name] for name in ("silhouette", "calinski_harabasz")}
    return {
        **details,
        **{
            f"{name}{end}": numbers[key]
            for name, numbers in manifest.details["scores"].items()
            for end, key in (("", "value"), ("_low", "low"), ("_high", "high"))
        },
    }
