"""Stored neighbour graphs: made by the first map of an embedding and a metric, and read by all later ones."""

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lib.artifacts import Store, read_result, there_and_whole, verify
from lib.errors import InvalidArtifact
from lib.progress import Report, silent
from lib.projection.graph import Graph, nearest
from lib.publish import exclusive, publish, write_manifest
from lib.retrieval.evaluation import evaluation_inputs
from lib.retrieval.gallery import Gallery
from lib.schema import Manifest, artifact_id

KIND = "neighbor-graph"
NEIGHBORS, DISTANCES, IDS = "neighbors.npy", "distances.npy", "ids.parquet"
#: Neighbours that are kept of each picture: as many as t-SNE looks at with its usual perplexity.
KEPT = 90
#: Raised when the same inputs would give other numbers.
VERSION = 1

logger = logging.getLogger(__name__)


def graph_of(
    store: Store,
    gallery: Gallery,
    rows: np.ndarray,
    *,
    metric: str,
    k: int,
    command: str,
    report: Report = silent,
) -> Graph:
    """Return the nearest neighbours of every picture, found now or before.

    Parameters
    ----------
    store : Store
    gallery : Gallery
    rows : ndarray of int
        The rows of the embedding that take part.
    metric : str
        A key of ``DISTANCE_METRICS``.
    k : int
        Neighbours that are needed; more are kept, for maps to come.
    command : str
        The command that needs them, for the manifest.
    report : callable, optional
        Told the number of pictures that have theirs, and of all.

    Returns
    -------
    Graph
        Of at least k neighbours, numbered as `rows` are.

    Raises
    ------
    ArtifactError
        If the disk is full.
    """
    job = _Job(store, gallery, rows, metric, min(max(k, KEPT), len(rows) - 1), command)
    with exclusive(gallery.catalog.folder, f"neighbors-{job.id}"):
        found = _kept(job)
        if found is None:
            return _make(job, report)
    report(len(rows), len(rows), len(rows))
    return found


@dataclass(frozen=True, eq=False)
class _Job:
    """Everything that determines one graph."""

    store: Store
    gallery: Gallery
    rows: np.ndarray
    metric: str
    k: int
    command: str

    @property
    def parameters(self) -> dict[str, str | int]:
        return {"metric": self.metric, "k": self.k, "version": VERSION}

    @property
    def inputs(self) -> dict[str, str]:
        inputs = evaluation_inputs(self.gallery.catalog, self.gallery.embedding.manifest)
        return {name: value for name, value in inputs.items() if name != "catalog_sha256"}  # labels change no neighbour

    @property
    def id(self) -> str:
        return artifact_id(f"{self.gallery.embedding.id[:100]}-{self.metric}-neighbors", self.inputs, self.parameters)

    @property
    def folder(self) -> Path:
        return self.store.result_folder(self.gallery.catalog.name, KIND, self.id)


def _kept(job: _Job) -> Graph | None:
    """Return the graph if it is there, whole, and of the same pictures."""
    found = there_and_whole(job.folder, lambda: load_graph(job.store, job.gallery.catalog.name, job.id))
    return found if found is not None and found.n == len(job.rows) else None


def _make(job: _Job, report: Report) -> Graph:
    """Find the neighbours and publish them."""
    vectors = job.gallery.index("cosine").vectors.embeddings[job.rows]
    found = nearest(vectors, metric=job.metric, k=job.k, report=report)
    manifest = Manifest(
        kind=KIND,
        id=job.id,
        command=job.command,
        inputs=job.inputs,
        parameters=job.parameters,
        n_in=found.n,
        n=found.n,
        synthetic=job.gallery.catalog.synthetic,
        details={"k": found.k},
    )
    with publish(job.folder) as draft:
        np.save(draft / NEIGHBORS, found.neighbors, allow_pickle=False)
        np.save(draft / DISTANCES, found.distances, allow_pickle=False)
        ids = job.gallery.embedding.ids[job.rows]
        pd.DataFrame({"product_id": ids}).to_parquet(draft / IDS, index=False)
        write_manifest(draft, manifest)
    return found


def load_graph(store: Store, name: str, graph_id: str) -> Graph:
    """Read a graph back, checking every file against the manifest.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    graph_id : str

    Returns
    -------
    Graph

    Raises
    ------
    MissingArtifact
        If there is none.
    InvalidArtifact
        If a file is damaged.
    """
    folder = store.result_folder(name, KIND, graph_id)
    manifest = read_result(folder, KIND, mend=f"python -m lib project {name} --model ID")
    verify(folder, manifest)
    try:
        arrays = [np.load(folder / file, allow_pickle=False) for file in (NEIGHBORS, DISTANCES)]
    except (ValueError, OSError) as error:
        raise InvalidArtifact(f"{folder} cannot be read ({error}).", hint=f"Run: {manifest.command}") from error
    return Graph(*arrays)
