"""Making an evaluation: rank, score, publish; kept where it is current, and resumed where it was killed."""

import logging
import re
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from lib.artifacts import Store
from lib.catalog import Catalog, load_catalog
from lib.embedding import is_stale, load_embedding
from lib.errors import ArtifactError, StaleArtifact
from lib.progress import Report, silent
from lib.publish import exclusive, publish, write_manifest
from lib.retrieval import evaluation as artifact
from lib.retrieval.distances import distance_metric
from lib.retrieval.evaluation import Evaluation, evaluation_folder, evaluation_inputs, load_evaluation
from lib.retrieval.gallery import Gallery
from lib.retrieval.protocols import Task, make_task, protocol_named
from lib.retrieval.ranking import Ranked, Ranker
from lib.retrieval.resuming import rank_resumably
from lib.retrieval.scoring import Scorer, label_table, measure_shape, occurrences, summarise
from lib.retrieval.spaces import CosineSpace, make_space, unit_vectors
from lib.retrieval.twins import Twins, find_twins, score_without
from lib.schema import Manifest, artifact_id
from lib.shards import Shards

logger = logging.getLogger(__name__)

#: Raised when the same inputs would give other numbers.
VERSION = 1
#: Metrics that no matrix product helps ask a sample, unless a size is given.
DEFAULT_SAMPLES = {"manhattan": 2000}


@dataclass(frozen=True)
class EvaluateResult:
    """What ``evaluate`` returns.

    Parameters
    ----------
    evaluation : Evaluation
    n_reused : int
        Queries that an earlier, perhaps killed, run had finished.
    """

    evaluation: Evaluation
    n_reused: int


@dataclass(frozen=True, eq=False)
class _Job:
    """Everything that determines one evaluation."""

    store: Store
    gallery: Gallery
    parameters: dict[str, Any]
    command: str
    seed: int

    @property
    def catalog(self) -> Catalog:
        return self.gallery.catalog

    @cached_property
    def inputs(self) -> dict[str, str]:
        return evaluation_inputs(self.catalog, self.gallery.embedding.manifest)

    @cached_property
    def id(self) -> str:
        words = [self.parameters[name] for name in ("label", "metric", "protocol")]
        asked = re.sub(r"[^A-Za-z0-9._-]+", "_", "-".join(words))[:80]
        return artifact_id(f"{self.gallery.embedding.id[:100]}-{asked}", self.inputs, self.parameters)

    @property
    def shards(self) -> Shards:
        return Shards(self.catalog.folder / ".partial" / self.id)


def evaluate(
    store: Store,
    name: str,
    model_id: str,
    *,
    label: str | None = None,
    metric: str = "cosine",
    protocol: str = "all",
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
    sample : int, optional
        Ask with so many of the queries only; by default all but for the metrics of ``DEFAULT_SAMPLES``.
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
        If no query is left, or the protocol does not apply.
    ArtifactError
        If something is missing or damaged, or the disk is full.
    """
    distance_metric(metric), protocol_named(protocol)
    catalog, embedding = load_catalog(store, name), load_embedding(store, name, model_id)
    if is_stale(embedding.manifest, catalog):
        raise StaleArtifact(
            f"The pictures of {name!r} have changed since {embedding.id} was made.",
            hint=f"Run: {embedding.manifest.command}",
        )
    parameters = {
        "label": label or catalog.label,
        "metric": metric,
        "protocol": protocol,
        "sample": sample or DEFAULT_SAMPLES.get(metric),
        "seed": seed,
        "version": VERSION,
    }
    job = _Job(store, Gallery(catalog=catalog, embedding=embedding), parameters, command, seed)
    found = _current(job)
    if found is None:
        with exclusive(catalog.folder, f"evaluate-{job.id}", on_wait=lambda: _say_waiting(job.id)):
            found = _current(job)
            if found is None:
                n_reused = _make(job, report)
                return EvaluateResult(load_evaluation(store, name, job.id), n_reused)
    n = len(found.queries)
    report(n, n, n)
    return EvaluateResult(found, n)


def _say_waiting(evaluation_id: str) -> None:
    logger.warning("Another process is making %s; waiting for it.", evaluation_id)


def _current(job: _Job) -> Evaluation | None:
    """Return the evaluation if it is there and whole."""
    if not evaluation_folder(job.store, job.catalog.name, job.id).is_dir():
        return None
    try:
        return load_evaluation(job.store, job.catalog.name, job.id)
    except ArtifactError as error:
        logger.warning("%s It is made again.", error.message)
        return None


def _make(job: _Job, report: Report) -> int:
    """Rank, score and publish; return how many queries were there before."""
    started = time.monotonic()
    asked = {name: job.parameters[name] for name in ("label", "protocol", "seed", "sample")}
    task = make_task(job.gallery, **asked)
    vectors = job.gallery.index("cosine").vectors  # refuses NaN, whatever the metric
    space = make_space(vectors.embeddings, rows=task.rows, norms=vectors.norms, metric=job.parameters["metric"])
    ranker = Ranker(space, task.codes, self_counted=task.self_counted)
    parts, n_reused = [], 0
    report(0, len(task.queries), 0)
    for ranked, reused in rank_resumably(ranker, task.queries, job.shards):
        parts.append(ranked)
        n_reused += len(ranked.values) if reused else 0
        report(sum(len(part.values) for part in parts), len(task.queries), n_reused)
    ranked = Ranked.joined(parts)
    timings = {"rank": round(time.monotonic() - started, 3)}
    unit = space.unit if isinstance(space, CosineSpace) else unit_vectors(vectors.embeddings, task.rows, vectors.norms)
    shape = measure_shape(task, unit, space.vectors, occurrences(ranked, space.n))
    scorer = Scorer.of(task, job.catalog, job.parameters["label"])
    scores = scorer.per_query(ranked, task.queries)
    details = summarise(scores, task.codes[task.queries], shape, seed=job.seed)
    details |= _counts(job, task, scorer) | {"n_zero": int((vectors.norms[task.rows] == 0).sum())}
    twins = find_twins(job.store, job.catalog.name, task.ids, seed=job.seed)
    details["near_duplicates"] = (
        {"unavailable": twins} if isinstance(twins, str) else score_without(scorer, space, scores, twins, seed=job.seed)
    )
    tables = {
        artifact.QUERIES: pd.concat([_who(task, twins), scores], axis=1),
        artifact.GALLERY: _gallery_table(task, ranked, shape.silhouettes),
        artifact.LABELS: label_table(scores, task, shape, seed=job.seed),
    }
    timings["wall"] = round(time.monotonic() - started, 3)
    _publish(job, task, tables, ranked, details, timings)
    job.shards.remove()
    return n_reused


def _counts(job: _Job, task: Task, scorer: Scorer) -> dict[str, Any]:
    """Return who took part, and what grades nDCG."""
    return {
        "n_queries": len(task.queries),
        "n_sampled_from": task.n_sampled_from,
        "n_gallery": len(task.rows),
        "n_labels": len(task.labels),
        "n_left_out": task.n_left_out,
        "n_without_label": task.n_without_label,
        "self_counted": task.self_counted,
        "ndcg_levels": list(scorer.grades.names),
        "ndcg_binary": scorer.grades.binary,
        "shared_columns": dict(scorer.shared),
        "dim": job.gallery.embedding.dim,
    }


def _who(task: Task, twins: Twins | str) -> pd.DataFrame:
    """Return the columns that say which query it is."""
    codes = task.codes[task.queries]
    n_items = np.bincount(task.codes[task.codes >= 0], minlength=len(task.labels))
    known = {} if isinstance(twins, str) else twins
    n_twins = [len(known.get(query, ())) for query in task.queries.tolist()]
    return pd.DataFrame(
        {
            "product_id": task.ids[task.queries].astype(object),
            "label": np.array(task.labels, object)[codes],
            "n_relevant": n_items[codes] - (not task.self_counted),
            "n_near_duplicates": pd.array([None] * len(codes) if isinstance(twins, str) else n_twins, dtype="Int64"),
        }
    )


def _gallery_table(task: Task, ranked: Ranked, silhouettes: np.ndarray) -> pd.DataFrame:
    """Return one row an item of the gallery."""
    labels = np.array([*task.labels, None], object)[task.codes]
    return pd.DataFrame(
        {
            "product_id": task.ids.astype(object),
            "label": labels,
            "occurrence_10": occurrences(ranked, len(task.ids)),
            "silhouette": silhouettes,
        }
    )


def _publish(
    job: _Job,
    task: Task,
    tables: dict[str, pd.DataFrame],
    ranked: Ranked,
    details: dict[str, Any],
    timings: dict[str, float],
) -> None:
    """Write the evaluation's folder."""
    reasons = {"no other item has the label": task.n_left_out, "no label": task.n_without_label}
    reasons["not in the sample"] = task.n_sampled_from - len(task.queries)
    skipped = {reason: count for reason, count in reasons.items() if count}
    manifest = Manifest(
        kind=artifact.KIND,
        id=job.id,
        command=job.command,
        inputs=job.inputs,
        parameters=job.parameters,
        n_in=len(task.queries) + sum(skipped.values()),
        n=len(task.queries),
        skipped=skipped,
        synthetic=job.catalog.synthetic,
        details=details,
        timings=timings,
        seed=job.seed,
    )
    with publish(evaluation_folder(job.store, job.catalog.name, job.id)) as draft:
        for name, table in tables.items():
            table.to_parquet(draft / name, index=False)
        np.save(draft / artifact.NEIGHBORS, ranked.neighbors)
        write_manifest(draft, manifest)
