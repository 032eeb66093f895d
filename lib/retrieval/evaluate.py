"""Making an evaluation: rank, score, publish; kept where it is current, and resumed where it was killed."""

import logging
import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from lib.artifacts import Store, there_and_whole
from lib.catalog import Catalog, load_catalog
from lib.embedding import load_current_embedding
from lib.progress import Report, silent
from lib.publish import exclusive
from lib.retrieval import evaluation as artifact
from lib.retrieval.approximate import check_metric
from lib.retrieval.asked import readable_part, sample_asked
from lib.retrieval.asking import Asker
from lib.retrieval.distances import Vectors32, distance_metric
from lib.retrieval.evaluation import Evaluation, evaluation_folder, evaluation_inputs, load_evaluation
from lib.retrieval.gallery import Gallery
from lib.retrieval.index import Vectors
from lib.retrieval.prepared import Prepared, prepare
from lib.retrieval.protocols import Task, make_task, protocol_named
from lib.retrieval.rankings import Rankings, rank_task, timed_queries
from lib.retrieval.ranks import Integers
from lib.retrieval.recording import counts, gallery_table, query_table, record, skipped
from lib.retrieval.scoring import Scorer, label_table, measure_shape, summarise
from lib.retrieval.twins import Twins, find_twins, score_without
from lib.retrieval.variants import Variant, parse_variant
from lib.schema import Manifest, artifact_id
from lib.shards import Shards

logger = logging.getLogger(__name__)

#: Raised when the same inputs would give other numbers.
VERSION = 2
_NOT_RANKED_AGAIN = "An approximate index was asked: its lists are not ranked again without near-duplicates."


@dataclass(frozen=True)
class EvaluateResult:
    """What ``evaluate`` returns.

    Parameters
    ----------
    evaluation : Evaluation
    n_reused : int
        Queries that an earlier, perhaps killed, run had finished.
    was_current : bool
        Whether nothing had to be made.
    """

    evaluation: Evaluation
    n_reused: int
    was_current: bool


@dataclass(frozen=True, eq=False)
class _Job:
    """Everything that determines one evaluation."""

    store: Store
    gallery: Gallery
    asker: Asker
    variant: Variant
    parameters: dict[str, Any]
    command: str
    seed: int

    @property
    def catalog(self) -> Catalog:
        return self.gallery.catalog

    @property
    def metric(self) -> str:
        return str(self.parameters["metric"])

    @cached_property
    def inputs(self) -> dict[str, str]:
        return evaluation_inputs(self.catalog, self.gallery.embedding.manifest, self.asker.manifest)

    @cached_property
    def id(self) -> str:
        words = [self.parameters[name] for name in ("label", "metric", "protocol", "variant")]
        return artifact_id(f"{self.gallery.embedding.id[:100]}-{readable_part(*words)}", self.inputs, self.parameters)

    def shards(self, of: str = "") -> Shards:
        return Shards(self.catalog.folder / ".partial" / f"{self.id}{of}")

    @cached_property
    def task(self) -> Task:
        asked = {name: self.parameters[name] for name in ("label", "protocol", "seed", "sample")}
        return make_task(self.gallery, **asked, asking=self.asker.ids)

    @cached_property
    def vectors(self) -> Vectors:
        return self.gallery.index("cosine").vectors  # refuses NaN, whatever the metric

    @cached_property
    def train(self) -> Integers:
        """Rows of the embedding whose products are in the train split."""
        of_split = (self.catalog.frame["split"] == "train").to_numpy()
        rows = self.gallery.catalog_rows
        return np.flatnonzero((rows >= 0) & of_split[rows])


def evaluate(
    store: Store,
    name: str,
    model_id: str,
    *,
    label: str | None = None,
    metric: str = "cosine",
    protocol: str = "all",
    variant: str = "",
    sample: int | None = None,
    command: str,
    seed: int = 0,
    report: Report = silent,
) -> EvaluateResult:
    """Measure how well an embedding finds what has the query's label, or find that it was done.

    A killed run goes on where it stopped; a second process that asks for the same waits for the first.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    model_id : str
        An embedding's id, or its beginning.
    label : str, optional
        A column of the catalogue; its own label by default.
    metric : str, default="cosine"
        A key of ``DISTANCE_METRICS``.
    protocol : str, default="all"
        A key of ``PROTOCOLS``.
    variant : str, default=""
        What is done to vectors and queries first, as ``parse_variant`` reads it.
    sample : int, optional
        Ask with so many of the queries only; by default all but for ``asked.DEFAULT_SAMPLES``.
    command : str
        The command that makes it again, for the manifest.
    seed : int, default=0
        Of samples and of the bootstrap.
    report : callable, optional
        Told the number of finished queries, of all, and of reused ones.

    Returns
    -------
    EvaluateResult

    Raises
    ------
    StaleArtifact
        If the pictures have changed since they were embedded.
    CatalogError
        If the label is no column, or has fewer than two values.
    SearchError
        If no query is left, or the protocol or the variant does not apply.
    ArtifactError
        If something is missing or damaged, or the disk is full.
    """
    distance_metric(metric), protocol_named(protocol)
    chosen = parse_variant(variant)
    if chosen.index:
        check_metric(chosen.index, metric)
    catalog = load_catalog(store, name)
    gallery = Gallery(catalog=catalog, embedding=load_current_embedding(store, catalog, model_id))
    asker = Asker.of(store, gallery, chosen)
    if asker.manifest is not None:
        chosen = replace(chosen, asked_by=asker.manifest.id)
    parameters = {
        "label": label or catalog.label,
        "metric": metric,
        "protocol": protocol,
        "variant": chosen.text,
        "seed": seed,
        "version": VERSION,
    }
    parameters["sample"] = sample_asked(gallery, parameters, sample, asking=asker.ids)
    return _made_or_found(_Job(store, gallery, asker, chosen, parameters, command, seed), report)


def _made_or_found(job: _Job, report: Report) -> EvaluateResult:
    """Return the evaluation that is there, or make it while nobody else does."""
    found = _current(job)
    if found is None:
        with exclusive(job.catalog.folder, f"evaluate-{job.id}", on_wait=lambda: _say_waiting(job.id)):
            found = _current(job)
            if found is None:
                n_reused = _make(job, report)
                return EvaluateResult(load_evaluation(job.store, job.catalog.name, job.id), n_reused, was_current=False)
    n = len(found.queries)
    report(n, n, n)
    return EvaluateResult(found, n, was_current=True)


def _say_waiting(evaluation_id: str) -> None:
    logger.warning("Another process is making %s; waiting for it.", evaluation_id)


def _current(job: _Job) -> Evaluation | None:
    """Return the evaluation if it is there and whole."""
    folder = evaluation_folder(job.store, job.catalog.name, job.id)
    return there_and_whole(folder, lambda: load_evaluation(job.store, job.catalog.name, job.id))


def _make(job: _Job, report: Report) -> int:
    """Rank, score and publish; return how many queries were there before."""
    started, task = time.monotonic(), job.task
    asked = job.asker.vectors(task, job.shards("-queries"), report)
    twins = find_twins(job.store, job.catalog.name, task.ids, seed=job.seed)
    found = rank_task(_prepared(job, asked, twins, report), shards=job.shards(), seed=job.seed, report=report)
    timings = {"rank": round(time.monotonic() - started, 3)}
    shape = measure_shape(task, found.prepared.unit, found.space.vectors, found.ranked, seed=job.seed)
    scorer = Scorer.of(task, job.catalog, job.parameters["label"])
    scores = scorer.per_query(found.ranked, task.queries)
    details = summarise(scores, task.codes[task.queries], shape, seed=job.seed) | counts(task, scorer)
    details |= _said(job, found, asked)
    details["near_duplicates"] = _near_duplicates(job, found, scorer, scores, twins, report)
    tables = {
        artifact.QUERIES: query_table(task, twins, scores),
        artifact.GALLERY: gallery_table(task, found.ranked, shape.silhouettes),
        artifact.LABELS: label_table(scores, task, shape, seed=job.seed),
    }
    timings["wall"] = round(time.monotonic() - started, 3)
    folder = evaluation_folder(job.store, job.catalog.name, job.id)
    record(folder, tables, found.ranked, _manifest(job, details, timings))
    for shards in (job.shards(), job.shards("-queries")):
        shards.remove()
    return found.n_reused


def _prepared(job: _Job, asked: Vectors32 | None, twins: Twins | str, report: Report) -> Prepared:
    """Do to gallery and queries what the variant says."""
    most = 0 if isinstance(twins, str) else max((len(rows) for rows in twins.values()), default=0)
    return prepare(
        job.vectors,
        job.task,
        job.variant,
        metric=job.metric,
        train=job.train,
        asked=asked,
        n_spared=most,
        seed=job.seed,
        report=report,
    )


def _said(job: _Job, found: Rankings, asked: Vectors32 | None) -> dict[str, Any]:
    """Return what the manifest says beside the metrics: of zeros, of the variant, and of what it costs."""
    task, embedding = job.task, job.gallery.embedding
    some = timed_queries(len(task.queries))
    vectors = embedding.embeddings[task.rows[task.queries[some]]] if asked is None else asked[some]
    speed = embedding.manifest.details.get("images_per_second")
    return {
        "dim": embedding.dim,
        "n_zero": int((job.vectors.norms[task.rows] == 0).sum()),
        "variant": job.variant.text,
        "cost": found.cost(vectors, images_per_second=speed),
        **found.index_said(seed=job.seed),
        **job.asker.said(task),
    }


def _near_duplicates(
    job: _Job, found: Rankings, scorer: Scorer, scores: pd.DataFrame, twins: Twins | str, report: Report
) -> dict[str, Any]:
    """Return the scores without near-duplicates, or why there are none."""
    if isinstance(twins, str) or found.index is not None:
        return {"unavailable": twins if isinstance(twins, str) else _NOT_RANKED_AGAIN}
    spaces = found.spaces_without(twins, report=report)
    return score_without(scorer, spaces, scores, twins, seed=job.seed, report=report)


def _manifest(job: _Job, details: dict[str, Any], timings: dict[str, float]) -> Manifest:
    left_out = skipped(job.task)
    return Manifest(
        kind=artifact.KIND,
        id=job.id,
        command=job.command,
        inputs=job.inputs,
        parameters=job.parameters,
        n_in=len(job.task.queries) + sum(left_out.values()),
        n=len(job.task.queries),
        skipped=left_out,
        synthetic=job.catalog.synthetic,
        details=details,
        timings=timings,
        seed=job.seed,
    )
