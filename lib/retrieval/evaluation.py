"""A stored evaluation: how well one embedding finds what has the query's label, query by query and label by label."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.artifacts import Store, read_manifest, read_result, verify
from lib.catalog import Catalog
from lib.embedding.artifact import embedding_folder
from lib.errors import ArtifactError, InvalidArtifact
from lib.retrieval.bootstrap import Difference, Estimate, estimate_means, paired_difference
from lib.schema import Manifest

KIND = "evaluation"
QUERIES = "queries.parquet"
GALLERY = "gallery.parquet"
LABELS = "labels.parquet"
NEIGHBORS = "neighbors.npy"
#: Columns of ``queries.parquet`` beside one a metric.
QUERY_COLUMNS = ("product_id", "label", "n_relevant", "n_near_duplicates")


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What an evaluation found.

    Parameters
    ----------
    queries : DataFrame
        One row a query: ``QUERY_COLUMNS`` and a column a metric; NaN where a metric is not defined for it.
    gallery : DataFrame
        One row an item: ``product_id``, ``label``, ``occurrence_10`` (queries that have it among their ten nearest) and
        ``silhouette``.
    labels : DataFrame
        One row a label: ``label``, ``n_queries``, ``n_gallery``, the mean of each metric, its ``_low`` and ``_high``,
        ``silhouette`` and ``intra_distance``.
    neighbors : ndarray of shape (n_queries, 20), int32
        Rows of `gallery`, nearest first; -1 where there are no more.
    manifest : Manifest
        ``details`` holds ``metrics`` (name -> value, low, high), ``macro``, ``near_duplicates``, ``n_queries``,
        ``n_gallery``, ``n_left_out``, ``n_zero``, what grades nDCG, ``variant``, ``cost``, and where there is one
        ``index`` and ``asked_by``.

    Raises
    ------
    InvalidArtifact
        If the tables do not fit together.
    """

    queries: pd.DataFrame
    gallery: pd.DataFrame
    labels: pd.DataFrame
    neighbors: npt.NDArray[np.int32]
    manifest: Manifest

    def __post_init__(self) -> None:
        missing = [name for name in QUERY_COLUMNS if name not in self.queries]
        if missing or len(self.neighbors) != len(self.queries) or not self.queries["product_id"].is_unique:
            raise InvalidArtifact(
                f"{self.manifest.id}: the tables of this evaluation do not fit together.",
                hint=f"Run: {self.manifest.command}",
            )

    @property
    def id(self) -> str:
        """The evaluation's id."""
        return self.manifest.id

    @property
    def details(self) -> dict[str, Any]:
        """What the manifest says was found."""
        return dict(self.manifest.details)

    @cached_property
    def metric_names(self) -> list[str]:
        """The metrics that have a value for each query."""
        return [str(name) for name in self.queries if name not in QUERY_COLUMNS]


def evaluation_folder(store: Store, name: str, evaluation_id: str) -> Path:
    """Return the folder of an evaluation, whether or not it exists.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    evaluation_id : str

    Returns
    -------
    Path
    """
    return store.result_folder(name, KIND, evaluation_id)


def load_evaluation(store: Store, name: str, evaluation_id: str) -> Evaluation:
    """Read an evaluation back, checking every file against the manifest.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    evaluation_id : str

    Returns
    -------
    Evaluation

    Raises
    ------
    MissingArtifact
        If there is none.
    InvalidArtifact
        If a file is damaged.
    """
    folder = evaluation_folder(store, name, evaluation_id)
    manifest = read_result(folder, KIND, mend=f"python -m lib evaluate {name} --model ID")
    verify(folder, manifest)
    try:
        queries, gallery, labels = (pd.read_parquet(folder / file) for file in (QUERIES, GALLERY, LABELS))
        neighbors = np.load(folder / NEIGHBORS, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError) as error:
        raise InvalidArtifact(f"{folder} cannot be read ({error}).", hint=f"Run: {manifest.command}") from error
    return Evaluation(queries=queries, gallery=gallery, labels=labels, neighbors=neighbors, manifest=manifest)


def evaluation_inputs(catalog: Catalog, embedding: Manifest, asked_by: Manifest | None = None) -> dict[str, str]:
    """Return what an evaluation is made from, as its manifest records it.

    Parameters
    ----------
    catalog : Catalog
    embedding : Manifest
    asked_by : Manifest, optional
        The embedding whose vectors are the queries, where it is another.

    Returns
    -------
    dict of str to str
    """
    other = {} if asked_by is None else {"asked_by": asked_by.id, "asked_by_sha256": asked_by.files["embeddings.npy"]}
    return other | {
        "catalog": catalog.name,
        "pictures_sha256": catalog.pictures_sha256,
        "catalog_sha256": catalog.manifest.files["catalog.parquet"],
        "embedding": embedding.id,
        "embedding_sha256": embedding.files["embeddings.npy"],
    }


def evaluation_is_stale(store: Store, manifest: Manifest, catalog: Catalog) -> bool:
    """Return whether the catalogue's table or an embedding has changed since the evaluation was made.

    Parameters
    ----------
    store : Store
    manifest : Manifest
        An evaluation's.
    catalog : Catalog

    Returns
    -------
    bool
        True also where an embedding is gone.
    """
    try:
        made_from = [
            read_manifest(embedding_folder(store, catalog.name, str(manifest.inputs[role])))
            for role in ("embedding", "asked_by")
            if role in manifest.inputs
        ]
    except ArtifactError:
        return True
    return dict(manifest.inputs) != evaluation_inputs(catalog, *made_from)


def compare(a: Evaluation, b: Evaluation, *, metric: str, seed: int = 0) -> Difference:
    """Compare two evaluations query by query, over the queries that both have.

    Parameters
    ----------
    a, b : Evaluation
        By the same label and protocol.
    metric : str
        A metric that has a value for each query.
    seed : int, default=0

    Returns
    -------
    Difference
        Of ``a - b``.

    Raises
    ------
    ValueError
        If they asked different questions, or one lacks the metric.
    """
    asked = [(e.manifest.parameters["label"], e.manifest.parameters["protocol"]) for e in (a, b)]
    if asked[0] != asked[1]:
        raise ValueError(f"Expected evaluations by one label and protocol. Received: {asked[0]} and {asked[1]}")
    known = [name for name in a.metric_names if name in b.metric_names]
    if metric not in known:
        raise ValueError(f"Expected metric to be one of {known}. Received: metric={metric!r}")
    values = [e.queries[metric].to_numpy(np.float64) for e in (a, b)]
    ids = [e.queries["product_id"].to_numpy(object).astype(str) for e in (a, b)]
    return paired_difference(*values, ids_a=ids[0], ids_b=ids[1], seed=seed)


def slices(evaluation: Evaluation, catalog: Catalog, *, column: str, metric: str, seed: int = 0) -> pd.DataFrame:
    """Return one metric for the queries of each value of an attribute.

    Parameters
    ----------
    evaluation : Evaluation
    catalog : Catalog
    column : str
    metric : str
        A metric that has a value for each query.
    seed : int, default=0

    Returns
    -------
    DataFrame
        ``value``, ``n_queries``, ``mean``, ``low``, ``high``; a row for queries without a value comes last.

    Raises
    ------
    ValueError
        If the evaluation lacks the metric.
    """
    if metric not in evaluation.metric_names:
        raise ValueError(f"Expected metric to be one of {evaluation.metric_names}. Received: metric={metric!r}")
    values = pd.Series(catalog.column(column).astype("string").to_numpy(object), index=catalog.ids)
    of_query = evaluation.queries["product_id"].map(values)
    rows = []
    for value, group in evaluation.queries.groupby(of_query, dropna=False, sort=True):
        estimate = group_estimates(group[[metric]], seed=seed)[metric]
        shown = str(value) if isinstance(value, str) else None
        rows.append((shown, len(group), estimate.value, estimate.low, estimate.high))
    return pd.DataFrame(rows, columns=["value", "n_queries", "mean", "low", "high"])


def group_estimates(values: pd.DataFrame, *, seed: int) -> dict[str, Estimate]:
    """Return the mean of each column with its bootstrap interval.

    Parameters
    ----------
    values : DataFrame
        One row a query, one column a metric.
    seed : int

    Returns
    -------
    dict of str to Estimate
    """
    estimates = estimate_means(values.to_numpy(np.float64), seed=seed)
    return dict(zip(map(str, values.columns), estimates, strict=True))
