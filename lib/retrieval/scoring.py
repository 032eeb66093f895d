"""From rankings to the tables and the summary of an evaluation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lib.catalog import Catalog
from lib.retrieval import geometry
from lib.retrieval.bootstrap import Estimate, label_means, macro_means
from lib.retrieval.distances import Vectors32
from lib.retrieval.evaluation import group_estimates
from lib.retrieval.grades import Grades
from lib.retrieval.hubness import count_occurrences, measure_hubness
from lib.retrieval.jackknife import distance_estimates, silhouette_estimate
from lib.retrieval.label_sums import LabelSums
from lib.retrieval.metrics import RANK_METRICS, ndcg, share_with_value
from lib.retrieval.protocols import Task, label_codes
from lib.retrieval.ranking import Ranked
from lib.retrieval.ranks import Floats, Integers
from lib.retrieval.silhouettes import silhouettes

#: How many of the nearest nDCG, shares and occurrences look at.
N_NEAREST = 10
NDCG = "ndcg@10"
#: Attributes whose share among the nearest is measured, and the columns that may hold them.
SHARED_ATTRIBUTES: dict[str, tuple[str, ...]] = {"gender": ("gender",), "colour": ("baseColour", "colour", "color")}


def shared_columns(catalog: Catalog, label: str) -> dict[str, str]:
    """Return the metrics of shared attributes that a catalogue allows, each with its column.

    Parameters
    ----------
    catalog : Catalog
    label : str
        The label of the evaluation, which needs no share of its own: Precision@10 is that.

    Returns
    -------
    dict of str to str
    """
    found = {}
    for attribute, columns in SHARED_ATTRIBUTES.items():
        for column in columns:
            if column in catalog.attributes and column != label:
                found[f"same_{attribute}@{N_NEAREST}"] = column
                break
    return found


def grade_columns(catalog: Catalog, label: str) -> tuple[str, ...]:
    """Return the levels that grade nDCG: the hierarchy down to the label, or the label alone.

    Parameters
    ----------
    catalog : Catalog
    label : str

    Returns
    -------
    tuple of str
        Coarse to fine.
    """
    levels = catalog.hierarchy
    return levels[: levels.index(label) + 1] if label in levels else (label,)


@dataclass(frozen=True, eq=False)
class Scorer:
    """Scores the rankings of one task.

    Parameters
    ----------
    task : Task
    frame : DataFrame
        The catalogue's rows of the gallery, in its order.
    grades : Grades
    shared : dict of str to str
        As of ``shared_columns``.
    """

    task: Task
    frame: pd.DataFrame
    grades: Grades
    shared: Mapping[str, str]

    @classmethod
    def of(cls, task: Task, catalog: Catalog, label: str) -> "Scorer":
        """Return the scorer of a task.

        Parameters
        ----------
        task : Task
        catalog : Catalog
        label : str

        Returns
        -------
        Scorer
        """
        frame = catalog.frame.iloc[[catalog.row_of[product_id] for product_id in task.ids.tolist()]]
        names = grade_columns(catalog, label)
        codes = np.stack([label_codes(frame[name])[0] for name in names])
        return cls(task, frame, Grades(names, codes), shared_columns(catalog, label))

    def per_query(self, ranked: Ranked, queries: Integers) -> pd.DataFrame:
        """Return every metric of every query.

        Parameters
        ----------
        ranked : Ranked
        queries : ndarray of shape (n_queries,), int
            Rows of the gallery, those that were ranked.

        Returns
        -------
        DataFrame
            One row a query, one column a metric.
        """
        nearest = ranked.neighbors[:, :N_NEAREST].astype(np.int64)
        scores = pd.DataFrame(ranked.values, columns=list(RANK_METRICS))
        ideal = self.grades.ideal(queries, N_NEAREST, self_counted=self.task.self_counted)
        scores[NDCG] = ndcg(self.grades.gains(queries, nearest), ideal)
        for name, column in self.shared.items():
            codes, _ = label_codes(self.frame[column])
            scores[name] = share_with_value(np.where(nearest >= 0, codes[nearest], -1), codes[queries])
        return scores


def occurrences(ranked: Ranked, n_gallery: int) -> Integers:
    """Return how many queries have each item among their ten nearest.

    Parameters
    ----------
    ranked : Ranked
    n_gallery : int

    Returns
    -------
    ndarray of shape (n_gallery,), int
    """
    return count_occurrences(ranked.neighbors[:, :N_NEAREST], n_gallery)


@dataclass(frozen=True, eq=False)
class Shape:
    """How the labels lie in a gallery, as numbers of the whole.

    Parameters
    ----------
    estimates : dict of str to Estimate
        Metric -> value and interval, NaN where they are not defined.
    silhouettes : ndarray of shape (n_gallery,), float64
        NaN for an item without a label.
    intra_of_label : ndarray of shape (n_labels,), float64
    """

    estimates: dict[str, Estimate]
    silhouettes: Floats
    intra_of_label: Floats


def measure_shape(task: Task, unit: Vectors32, vectors: Vectors32, ranked: Ranked, *, seed: int) -> Shape:
    """Measure silhouette, Calinski-Harabasz, distances and hubness of a gallery.

    Parameters
    ----------
    task : Task
    unit : ndarray of shape (n_gallery, dim), float32
        Vectors of length 1.
    vectors : ndarray of shape (n_gallery, dim), float32
        As the metric sees them, for Calinski-Harabasz.
    ranked : Ranked
        For hubness.
    seed : int
        Of the parts of the queries that are left out.

    Returns
    -------
    Shape
    """
    known = np.flatnonzero(task.codes >= 0)
    codes = task.codes[known]
    if len(known) < len(task.codes):
        unit, vectors = unit[known], vectors[known]
    labels = LabelSums.of(unit, codes)
    distances, found = geometry.mean_distances(unit, codes, known=labels), silhouettes(unit, codes, known=labels)
    of_items = np.full(len(task.codes), np.nan)
    np.put(of_items, known, found.values)
    estimates = {
        "silhouette": silhouette_estimate(found, codes),
        "calinski_harabasz": Estimate(geometry.calinski_harabasz(vectors, codes), float("nan"), float("nan")),
        **distance_estimates(distances, labels),
        **measure_hubness(ranked.neighbors[:, :N_NEAREST], len(task.codes), seed=seed),
    }
    return Shape(estimates, of_items, distances.intra_of_label)


def label_table(scores: pd.DataFrame, task: Task, shape: Shape, *, seed: int) -> pd.DataFrame:
    """Return the mean of every metric for every label, with its bootstrap interval over the label's queries.

    Parameters
    ----------
    scores : DataFrame
        As of ``Scorer.per_query``.
    task : Task
    shape : Shape
    seed : int

    Returns
    -------
    DataFrame
        One row a label of the gallery; NaN for a label without a query.
    """
    codes = task.codes[task.queries]
    known = task.codes >= 0
    table = pd.DataFrame({"label": list(task.labels)})
    table["n_queries"] = np.bincount(codes, minlength=len(table))
    table["n_gallery"] = np.bincount(task.codes[known], minlength=len(table))
    rows: list[dict[str, float]] = [{} for _ in task.labels]
    for code in np.unique(codes).tolist():
        for name, estimate in group_estimates(scores[codes == code], seed=seed).items():
            rows[code] |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    means = pd.DataFrame(rows, columns=[f"{name}{end}" for name in scores for end in ("", "_low", "_high")])
    silhouettes = label_means(shape.silhouettes[known], task.codes[known])
    return pd.concat([table, means], axis=1).assign(silhouette=silhouettes, intra_distance=shape.intra_of_label)


def summarise(scores: pd.DataFrame, codes: Integers, shape: Shape | None, *, seed: int) -> dict[str, Any]:
    """Return the means over queries with their intervals, and the means over labels.

    Parameters
    ----------
    scores : DataFrame
    codes : ndarray of shape (n_queries,), int
        Label of each query.
    shape : Shape or None
        Its numbers join the metrics; they are of the whole gallery.
    seed : int

    Returns
    -------
    dict
        ``metrics``: name -> value, low, high; ``macro``: name -> value; None where something is not defined.
    """
    estimates = group_estimates(scores, seed=seed)
    estimates |= shape.estimates if shape else {}
    macro = macro_means(scores.to_numpy(np.float64), codes)
    return {
        "metrics": {name: estimate.to_json() for name, estimate in estimates.items()},
        "macro": {
            name: float(value) if np.isfinite(value) else None for name, value in zip(scores, macro, strict=True)
        },
    }
