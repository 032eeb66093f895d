"""Making a map: find the neighbours, lay out, measure how far it can be trusted, publish."""

import logging
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from lib.artifacts import Store, there_and_whole
from lib.catalog import load_catalog
from lib.clustering.items import sampled
from lib.clustering.pairs import unit_rows
from lib.embedding import load_current_embedding
from lib.progress import Report, silent
from lib.projection import projection as artifact
from lib.projection.graph import Graph, nearest
from lib.projection.graphs import graph_of
from lib.projection.layouts import Material, lay_out
from lib.projection.projection import Projection, load_projection
from lib.projection.quality import K, distortions, map_quality
from lib.projection.request import MOST_IN_SPACE, TSNE, MapRequest
from lib.publish import exclusive, publish, write_manifest
from lib.retrieval.asked import readable_part
from lib.retrieval.evaluation import evaluation_inputs
from lib.retrieval.gallery import Gallery
from lib.retrieval.geometry import mean_distances
from lib.retrieval.label_sums import LabelSums
from lib.retrieval.protocols import gallery_order, label_codes
from lib.retrieval.silhouettes import silhouettes
from lib.schema import Manifest, artifact_id

logger = logging.getLogger(__name__)

#: Raised when the same inputs would give other numbers.
VERSION = 1


@dataclass(frozen=True, eq=False)
class _Job:
    """Everything that determines one map."""

    store: Store
    gallery: Gallery
    request: MapRequest
    command: str
    seed: int

    @property
    def name(self) -> str:
        return self.gallery.catalog.name

    @cached_property
    def inputs(self) -> dict[str, str]:
        return evaluation_inputs(self.gallery.catalog, self.gallery.embedding.manifest)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        return self.request.parameters() | {"seed": self.seed, "version": VERSION}

    @cached_property
    def id(self) -> str:
        words = readable_part(self.request.method, f"{self.request.dimensions}d", self.request.metric)
        return artifact_id(f"{self.gallery.embedding.id[:100]}-{words}", self.inputs, self.parameters)


def project(
    store: Store,
    name: str,
    model_id: str,
    request: MapRequest | None = None,
    *,
    command: str,
    seed: int = 0,
    report: Report = silent,
) -> Projection:
    """Lay the pictures of a catalogue out as a map, or find that it was done.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    model_id : str
        An embedding's id, or its beginning.
    request : MapRequest, optional
        By default its own defaults.
    command : str
        The command that makes it again, for the manifest.
    seed : int, default=0
        Of whatever is drawn: the same seed gives the same map.
    report : callable, optional
        Told the share that is done, as thousandths: finding neighbours is half of it, laying out the other.

    Returns
    -------
    Projection

    Raises
    ------
    ProjectionError
        If there are too few pictures for what is asked.
    StaleArtifact
        If the pictures have changed since they were embedded.
    ArtifactError
        If something is missing or damaged, or the disk is full.
    """
    catalog = load_catalog(store, name)
    gallery = Gallery(catalog=catalog, embedding=load_current_embedding(store, catalog, model_id))
    job = _Job(store, gallery, request or MapRequest(), command, seed)
    with exclusive(catalog.folder, f"project-{job.id}"):
        found = _kept(job)
        if found is None:
            _make(job, report)
            return load_projection(store, name, job.id, was_current=False)
    report(1000, 1000, 1000)
    return found


def _kept(job: _Job) -> Projection | None:
    """Return the map if it is there and whole."""
    folder = job.store.result_folder(job.name, artifact.KIND, job.id)
    return there_and_whole(folder, lambda: load_projection(job.store, job.name, job.id))


def _make(job: _Job, report: Report) -> None:
    """Lay out, measure and publish."""
    started, request = time.monotonic(), job.request
    every = gallery_order(job.gallery)
    rows = _chosen(job, every)
    request.check_number(len(rows))
    vectors = job.gallery.index("cosine").vectors.embeddings[rows]
    graph = _graph(job, rows, whole=len(rows) == len(every), report=_part(report, 0, 500))
    found = time.monotonic()
    points = lay_out(Material(vectors, graph, job.seed), request, report=_part(report, 500, 1000))
    laid_out = time.monotonic()
    table = pd.DataFrame(points, columns=list(artifact.AXES[: request.dimensions]))
    table.insert(0, "product_id", job.gallery.embedding.ids[rows])
    table["distortion"] = distortions(graph, points)
    details = map_quality(vectors, points, metric=request.metric, seed=job.seed)
    details |= {"mean_distortion": float(table["distortion"].mean())} | _label_shape(job, rows, vectors)
    timings = {"neighbors": found - started, "layout": laid_out - found, "wall": time.monotonic() - started}
    _publish(job, table, details, {name: round(seconds, 3) for name, seconds in timings.items()}, n_offered=len(every))


def _chosen(job: _Job, every: np.ndarray) -> np.ndarray:
    """Return the rows that take part: all, but for a t-SNE in space, for which there is no quick way."""
    if job.request.method != TSNE or job.request.dimensions == 2 or len(every) <= MOST_IN_SPACE:
        return every
    column = job.gallery.catalog.frame[job.gallery.catalog.label]
    codes, _ = label_codes(column.iloc[job.gallery.catalog_rows[every]])
    return np.asarray(every[sampled(codes, MOST_IN_SPACE, seed=job.seed)])


def _graph(job: _Job, rows: np.ndarray, *, whole: bool, report: Report) -> Graph:
    """Return the nearest neighbours of the rows: of all of them, those that are kept for every map."""
    k = min(max(job.request.n_graph(len(rows)), K), len(rows) - 1)
    metric = job.request.metric
    if whole:
        return graph_of(job.store, job.gallery, rows, metric=metric, k=k, command=job.command, report=report)
    vectors = job.gallery.index("cosine").vectors.embeddings[rows]
    return nearest(vectors, metric=metric, k=k, report=report)


def _part(report: Report, first: int, last: int) -> Report:
    """Return a listener whose own course is a part of another's, in thousandths."""

    def listen(done: int, total: int, _n_reused: int) -> None:
        report(first + (last - first) * done // max(total, 1), 1000, 0)

    return listen


def _label_shape(job: _Job, rows: np.ndarray, vectors: np.ndarray) -> dict[str, Any]:
    """Return how apart the catalogue's own labels lie in the embedding: the map's own distances say nothing of it."""
    label = job.gallery.catalog.label
    codes, labels = label_codes(job.gallery.catalog.frame[label].iloc[job.gallery.catalog_rows[rows]])
    known = codes >= 0
    if len(labels) < 2:
        return {"label": label, "silhouette": None, "separation_ratio": None}
    unit, codes = unit_rows(vectors[known]), np.unique(codes[known], return_inverse=True)[1].astype(np.int64)
    sums = LabelSums.of(unit, codes)
    found = silhouettes(unit, codes, known=sums)
    shape = {
        "silhouette": float(np.mean(found.values)),
        "separation_ratio": mean_distances(unit, codes, known=sums).ratio,
    }
    return {"label": label, **{name: value if np.isfinite(value) else None for name, value in shape.items()}}


def _publish(
    job: _Job, table: pd.DataFrame, details: dict[str, Any], timings: dict[str, float], *, n_offered: int
) -> None:
    """Write the points, and the manifest last."""
    left_out = n_offered - len(table)
    manifest = Manifest(
        kind=artifact.KIND,
        id=job.id,
        command=job.command,
        inputs=job.inputs,
        parameters=job.parameters,
        n_in=n_offered,
        n=len(table),
        skipped={"not in the sample": left_out} if left_out else {},
        synthetic=job.gallery.catalog.synthetic,
        details=details,
        timings=timings,
        seed=job.seed,
    )
    with publish(job.store.result_folder(job.name, artifact.KIND, job.id)) as draft:
        table.to_parquet(draft / artifact.POINTS, index=False)
        write_manifest(draft, manifest)
