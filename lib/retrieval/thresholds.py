"""Calibrating a threshold: the largest distance that keeps a precision asked, for one embedding, metric and label.

A sample of queries is split in two. The threshold is chosen with one half, and what it keeps is measured on the other,
which had no part in choosing it. A query whose label no other item has can only be shown wrong items: such queries are
asked all the same, because people ask them. An item without a label asks nothing, and is wrong wherever it is shown.
"""

import logging
import math
import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from lib.artifacts import Store, there_and_whole
from lib.catalog import load_catalog
from lib.embedding import load_current_embedding
from lib.errors import ArtifactError, SearchError
from lib.progress import Report, silent
from lib.publish import exclusive, publish, write_manifest
from lib.retrieval.asked import readable_part
from lib.retrieval.calibration import Cut, best_precision, cut_keeping, threshold_curve
from lib.retrieval.distances import distance_metric
from lib.retrieval.evaluation import evaluation_inputs
from lib.retrieval.gallery import Gallery
from lib.retrieval.protocols import TRAINED_ON, Task, make_task
from lib.retrieval.ranks import Integers
from lib.retrieval.shown import N_NEAREST, count_shown, tried_distances
from lib.retrieval.spaces import make_space
from lib.retrieval.threshold_store import (
    CURVE,
    KIND,
    PRECISION,
    SAMPLE,
    Threshold,
    cut_numbers,
    find_thresholds,
    load_threshold,
    stored_threshold,
)
from lib.schema import Manifest, artifact_id

__all__ = ["Threshold", "calibrate", "load_threshold", "stored_threshold"]

logger = logging.getLogger(__name__)

#: Raised when the same inputs would give other numbers.
VERSION = 1


@dataclass(frozen=True, eq=False)
class _Job:
    """Everything that determines one threshold."""

    store: Store
    gallery: Gallery
    parameters: dict[str, Any]
    command: str
    seed: int

    @cached_property
    def inputs(self) -> dict[str, str]:
        return evaluation_inputs(self.gallery.catalog, self.gallery.embedding.manifest)

    @cached_property
    def id(self) -> str:
        words = readable_part(*(str(self.parameters[name]) for name in ("label", "metric", "precision")))
        return artifact_id(f"{self.gallery.embedding.id[:100]}-{words}", self.inputs, self.parameters)


def calibrate(
    store: Store,
    name: str,
    model_id: str,
    *,
    metric: str = "cosine",
    label: str | None = None,
    precision: float = PRECISION,
    sample: int = SAMPLE,
    command: str,
    seed: int = 0,
    report: Report = silent,
) -> Threshold:
    """Find the largest distance that keeps a precision, and make it the model's threshold; or find that it is.

    A second precision for the same question costs nothing: it is read off the curve that the first one measured. What
    was asked last is what ``stored_threshold`` returns.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    model_id : str
        An embedding's id, or its beginning.
    metric : str, default="cosine"
        A key of ``DISTANCE_METRICS``.
    label : str, optional
        A column of the catalogue; its own label by default.
    precision : float, default=0.95
        Share of what is shown that is to have the query's label: above 0, at most 1.
    sample : int, default=2000
        How many pictures ask; all where there are fewer. For a model that was trained here, pictures of its test split.
    command : str
        The command that makes it again, for the manifest.
    seed : int, default=0
        Of the sample, its halves and the bootstrap.
    report : callable, optional
        Told the number of finished queries, of all, and of reused ones.

    Returns
    -------
    Threshold

    Raises
    ------
    SearchError
        If precision or sample are no such numbers, or no distance keeps the precision: then it says what could be kept.
    StaleArtifact
        If the pictures have changed since they were embedded.
    CatalogError
        If the label is no column, or has fewer than two values.
    ArtifactError
        If something is missing or damaged, or the disk is full.
    """
    _check(precision, sample)
    distance_metric(metric)
    catalog = load_catalog(store, name)
    embedding = load_current_embedding(store, catalog, model_id)
    asked = {"label": label or catalog.label, "metric": metric, "precision": float(precision), "sample": int(sample)}
    parameters = asked | {"seed": seed, "version": VERSION}
    job = _Job(store, Gallery(catalog=catalog, embedding=embedding), parameters, command, seed)
    with exclusive(catalog.folder, f"threshold-{job.id}"):
        found = _kept(job)
        if found is None:
            _make(job, report)
            return replace(load_threshold(store, name, job.id), was_current=False)
    n = int(found.manifest.n)
    report(n, n, n)
    return found


def _check(precision: float, sample: int) -> None:
    """Refuse what is no share and no number of queries."""
    if isinstance(precision, bool) or not isinstance(precision, (int, float)) or not 0 < precision <= 1:
        raise SearchError(
            f"The precision to keep is a share above 0 and at most 1, not {precision!r}.",
            hint="Give a number such as 0.95: 95 of 100 shown.",
        )
    if isinstance(sample, bool) or not isinstance(sample, (int, np.integer)) or sample < 2:
        raise SearchError(f"A sample of {sample!r} queries has no two halves.", hint="Ask with at least 2 queries.")


def _kept(job: _Job) -> Threshold | None:
    """Return the threshold if it is there, whole, and the one that was asked for last."""
    catalog, model = job.gallery.catalog.name, job.gallery.embedding.id
    folder = job.store.result_folder(catalog, KIND, job.id)
    found = there_and_whole(folder, lambda: load_threshold(job.store, catalog, job.id))
    if found is None:
        return None
    asked = {name: job.parameters[name] for name in ("metric", "label")}
    newest = find_thresholds(job.store, catalog, model, **asked)[0]
    return found if newest.id == job.id else None


def _make(job: _Job, report: Report) -> None:
    """Measure, or read off what was measured, choose and publish."""
    started = time.monotonic()
    curve, facts = _measured_before(job, report) or _measure(job, report)
    precision = job.parameters["precision"]
    cut = cut_keeping(curve, precision) or _unreached(curve, precision)
    skipped = {reason: n for reason, n in facts["skipped"].items() if n}
    manifest = Manifest(
        kind=KIND,
        id=job.id,
        command=job.command,
        inputs=job.inputs,
        parameters=job.parameters,
        n_in=facts["n_asked"] + sum(skipped.values()),
        n=facts["n_asked"],
        skipped=skipped,
        synthetic=job.gallery.catalog.synthetic,
        details=facts | cut_numbers(cut),
        timings={"wall": round(time.monotonic() - started, 3)},
        seed=job.seed,
    )
    with publish(job.store.result_folder(job.gallery.catalog.name, KIND, job.id)) as draft:
        curve.to_parquet(draft / CURVE, index=False)
        write_manifest(draft, manifest)


def _unreached(curve: pd.DataFrame, precision: float) -> Cut:
    """Raise the error that says what precision could be kept."""
    best = math.floor(best_precision(curve) * 1000) / 1000
    raise SearchError(
        f"No distance keeps {precision:.10g} of what is shown: the most that one keeps is {best:.10g}.",
        hint=f"Ask for less, such as --precision {best:.10g}."
        if best
        else "Ask with more pictures, or another --label.",
    )


def _measured_before(job: _Job, report: Report) -> tuple[pd.DataFrame, dict[str, Any]] | None:
    """Return the curve of a threshold that differs in nothing but the precision, and what is known of it."""
    same = {name: value for name, value in job.parameters.items() if name != "precision"}
    for manifest in job.store.manifests(job.gallery.catalog.name, KIND)[::-1]:
        asked = {name: value for name, value in manifest.parameters.items() if name != "precision"}
        if asked == same and dict(manifest.inputs) == job.inputs:
            try:
                curve = load_threshold(job.store, job.gallery.catalog.name, manifest.id).curve
            except ArtifactError as error:
                logger.warning("%s It is measured again.", error.message)
                continue
            report(manifest.n, manifest.n, manifest.n)
            return curve, dict(manifest.details)
    return None


def _measure(job: _Job, report: Report) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Ask a sample of queries, and return what each distance keeps, and who was asked."""
    label, metric = job.parameters["label"], job.parameters["metric"]
    task = make_task(job.gallery, label=label, protocol="all", seed=job.seed)
    queries, from_test = _asking(job, task)
    drawn = np.random.default_rng(job.seed).permutation(queries)[: job.parameters["sample"]]
    half = len(drawn) // 2
    vectors = job.gallery.index("cosine").vectors  # refuses NaN, whatever the metric
    space = make_space(vectors.embeddings, rows=task.rows, norms=vectors.norms, metric=metric)
    distances = tried_distances(space, drawn)
    shown = count_shown(space, task.codes, drawn, distances, report=report)
    choosing, held_back = shown.of(slice(0, half)), shown.of(slice(half, None))
    curve = threshold_curve(distances, choosing=choosing, held_back=held_back, seed=job.seed)
    reasons = {"no label": task.n_without_label, "not in the sample": len(queries) - len(drawn)}
    reasons["the model was trained on it"] = len(task.rows) - task.n_without_label - len(queries) if from_test else 0
    return curve, {
        "n_asked": len(drawn),
        "n_choosing": half,
        "n_queries": len(drawn) - half,
        "n_alone": int((held_back.n_relevant == 0).sum()),
        "n_gallery": len(task.rows),
        "n_labels": len(task.labels),
        "n_nearest": N_NEAREST,
        "test_split_only": from_test,
        "skipped": reasons,
    }


def _asking(job: _Job, task: Task) -> tuple[Integers, bool]:
    """Return the rows that may ask, and whether only the test split may: a model knows what it was trained on."""
    has_label = task.codes >= 0
    trained = TRAINED_ON in job.gallery.embedding.manifest.details
    split = job.gallery.catalog.frame["split"].to_numpy()[job.gallery.catalog_rows[task.rows]]
    queries = np.flatnonzero(has_label & (split == "test") if trained else has_label)
    if len(queries) < 2:
        raise SearchError(
            f"{len(queries)} pictures of {job.gallery.catalog.name!r} can ask, and a threshold needs two: one chooses "
            "it, one measures what it keeps.",
            hint="Choose another --label, or a larger catalogue.",
        )
    return queries, trained
