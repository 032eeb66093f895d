"""Embedding a whole catalogue: streamed, resumable, once however many ask for it."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lib.artifacts import Store, there_and_whole
from lib.catalog import Catalog, load_catalog
from lib.embedding import artifact
from lib.embedding.agreement import measure_agreement
from lib.embedding.artifact import Embedding, embedding_folder, load_embedding
from lib.embedding.compute import compute_parts
from lib.embedding.embedder import Embedder, open_catalog_embedder
from lib.embedding.parts import PART_ROWS, Part
from lib.embedding.reading import items_of
from lib.embedding.request import EmbeddingRequest
from lib.embedding.words import words_for
from lib.errors import ArtifactError, CatalogError
from lib.models.descriptor import Words
from lib.models.seen import read_seen, seen_counts
from lib.models.trained import SPEC, TrainedModel
from lib.models.weights import IMAGENET, NONE, Weights, file_called
from lib.progress import Report, silent
from lib.publish import exclusive, publish, write_manifest
from lib.schema import Manifest
from lib.shards import Shards

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class EmbedResult:
    """What ``embed_catalog`` returns.

    Parameters
    ----------
    embedding : Embedding
    n_reused : int
        Pictures that an earlier, perhaps killed, run had finished.
    """

    embedding: Embedding
    n_reused: int


@dataclass(frozen=True, eq=False)
class _Job:
    """Everything that determines one embedding."""

    store: Store
    catalog: Catalog
    request: EmbeddingRequest
    weights: Weights
    command: str
    seed: int

    @property
    def id(self) -> str:
        return self.request.id_with(self.catalog, self.weights)

    @property
    def shards(self) -> Shards:
        return Shards(self.catalog.folder / ".partial" / self.id)

    @property
    def folder(self) -> Path:
        return embedding_folder(self.store, self.catalog.name, self.id)

    def part_rows(self) -> list[range]:
        n = len(self.catalog.ids)
        return [range(start, min(start + PART_ROWS, n)) for start in range(0, n, PART_ROWS)]

    def read_part(self, number: int) -> Part | None:
        rows = self.part_rows()[number]
        ids, data = self.catalog.ids[rows.start : rows.stop], self.shards.read(number)
        return None if data is None else Part.from_bytes(data, expected_ids=ids, dim=self.request.model.dim)


def embed_catalog(
    store: Store, name: str, request: EmbeddingRequest, *, command: str, seed: int = 0, report: Report = silent
) -> EmbedResult:
    """Embed every picture of a catalogue, or find that it was done.

    A killed run goes on where it stopped; a second process that asks for the same waits for the first.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    request : EmbeddingRequest
    command : str
        The command that makes it again, for the manifest.
    seed : int, default=0
        For random weights, and for words that are learnt.
    report : callable, optional
        Told the number of finished pictures, of all, and of reused ones; where a descriptor learns words first, of the
        pictures that it learns from before that.

    Returns
    -------
    EmbedResult

    Raises
    ------
    ModelError
        If the model cannot be had or run as asked, or gives a vector that is not finite.
    CatalogError
        If no picture of the catalogue could be read.
    ArtifactError
        If the catalogue is missing or damaged, or the disk is full.
    """
    catalog = load_catalog(store, name)
    job = _Job(store, catalog, request, request.find_weights(seed=seed), command, seed)
    embedding = _current(job)
    if embedding is None:
        with exclusive(catalog.folder, f"embed-{job.id}", on_wait=lambda: _say_waiting(job.id)):
            embedding = _current(job)
            if embedding is None:
                n_reused = _make(job, report)
                return EmbedResult(load_embedding(store, name, job.id), n_reused)
    n = embedding.manifest.n_in
    report(n, n, n)
    return EmbedResult(embedding, n)


def _say_waiting(embedding_id: str) -> None:
    logger.warning("Another process is making %s; waiting for it.", embedding_id)


def _current(job: _Job) -> Embedding | None:
    """Return the embedding if it is there and whole."""
    return there_and_whole(job.folder, lambda: load_embedding(job.store, job.catalog.name, job.id))


def _make(job: _Job, report: Report) -> int:
    """Compute what is missing and publish the whole; return how many pictures were there before."""
    words = words_for(job.catalog, job.request, seed=job.seed, shards=job.shards, report=report)
    rows = job.part_rows()
    parts: dict[int, Part] = {}
    for number in job.shards.finished():
        part = job.read_part(number) if number < len(rows) else None
        if part is not None:
            parts[number] = _light(part)
    n_reused, n_total = sum(len(rows[number]) for number in parts), len(job.catalog.ids)
    report(n_reused, n_total, n_reused)
    embedder = open_catalog_embedder(job.store.root, job.request, job.weights, words=words)
    missing = {number: part_rows for number, part_rows in enumerate(rows) if number not in parts}
    n_done = n_reused
    for progress in compute_parts(job.catalog.originals, items_of(job.catalog), embedder, missing):
        n_done += progress.n_pictures
        if progress.part is not None:
            job.shards.save(progress.number, progress.part.to_bytes())
            parts[progress.number] = _light(progress.part)
        report(n_done, n_total, n_reused)
    _publish(job, embedder, [parts[number] for number in range(len(rows))], words)
    job.shards.remove()
    return n_reused


def _light(part: Part) -> Part:
    """Return a part without its vectors, which stay on disk until the end."""
    return Part(part.ids, part.vectors[:0], part.skipped, part.seconds)


def _publish(job: _Job, embedder: Embedder, parts: list[Part], words: Words | None) -> None:
    """Write the embedding's folder from its parts."""
    n = sum(len(part.ids) for part in parts)
    if n == 0:
        raise CatalogError(
            f"Not one picture of {job.catalog.name!r} could be read.", hint=f"Run: {job.catalog.manifest.command}"
        )
    skipped = pd.DataFrame(
        np.concatenate([part.skipped for part in parts]), columns=["product_id", "reason", "detail"], dtype=object
    )
    with publish(job.folder) as draft:
        artifact.write_vectors(draft / artifact.VECTORS, _vectors(job, len(parts)), shape=(n, embedder.dim))
        ids = np.concatenate([part.ids for part in parts]).astype(object)
        pd.DataFrame({"product_id": ids}).to_parquet(draft / artifact.IDS, index=False)
        skipped.to_parquet(draft / artifact.SKIPPED, index=False)
        if words is not None:
            np.save(draft / artifact.WORDS, words)
        vectors = np.load(draft / artifact.VECTORS, mmap_mode="r", allow_pickle=False)
        agreement = measure_agreement(job.store.root, job.catalog, embedder, job.weights, ids=ids, vectors=vectors)
        write_manifest(draft, _manifest(job, embedder, parts, skipped, agreement))


def _vectors(job: _Job, n_parts: int) -> Iterator[np.ndarray]:
    """Yield the vectors of each part, read back from disk."""
    for number in range(n_parts):
        part = job.read_part(number)
        if part is None:
            raise ArtifactError(
                f"{job.shards.path(number)} was damaged while it was in use.", hint=f"Run again: {job.command}"
            )
        yield part.vectors


def _learnt(model: TrainedModel, catalog: Catalog) -> dict[str, Any]:
    """Return what a trained model learnt of a catalogue: which labels, and how many pictures of each split."""
    marks = read_seen(model.folder)
    labels = {"trained_on": model.trained_on} if model.trained_on else {}
    if marks is None:
        return labels
    return labels | {"seen": seen_counts(marks, catalog.digests, catalog.frame["split"].tolist())}


def _manifest(
    job: _Job, embedder: Embedder, parts: list[Part], skipped: pd.DataFrame, agreement: dict[str, Any] | None
) -> Manifest:
    """Return the manifest of a finished embedding."""
    decode, compute, wall = np.sum([part.seconds for part in parts], axis=0).tolist()
    parameters = job.request.parameters(job.weights)
    details = {**parameters, "dim": embedder.dim, "engine": embedder.engine.name}
    details["images_per_second"] = round(len(job.catalog.ids) / max(wall, 1e-9), 1)
    details["agreement"] = agreement
    details["engine_speeds"] = embedder.speeds
    if job.request.trained is not None:
        details |= _learnt(job.request.trained, job.catalog)
        if file_called(job.request.weights, SPEC):
            details["weights_path"] = str(job.request.trained.folder)
    elif job.weights.path is not None and job.request.weights not in (IMAGENET, NONE):
        details["weights_path"] = str(job.weights.path)
    return Manifest(
        kind=artifact.KIND,
        id=job.id,
        command=job.command,
        inputs=job.request.inputs(job.catalog, job.weights),
        parameters=parameters,
        n_in=len(job.catalog.ids),
        n=sum(len(part.ids) for part in parts),
        skipped={str(reason): int(count) for reason, count in skipped["reason"].value_counts().items()},
        synthetic=job.catalog.synthetic,
        details=details,
        timings={"decode": round(decode, 3), "compute": round(compute, 3), "wall": round(wall, 3)},
        seed=job.seed,
    )
