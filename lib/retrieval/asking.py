"""Who asks where it is not the items themselves: another model's vectors, or pictures that something happened to."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.embedding import load_current_embedding
from lib.errors import SearchError
from lib.progress import Report
from lib.retrieval.distances import Vectors32
from lib.retrieval.gallery import Gallery
from lib.retrieval.protocols import Task
from lib.retrieval.variants import Variant
from lib.schema import Manifest
from lib.shards import Shards

#: Pictures that are embedded before a piece is kept.
SHARD_PICTURES = 4096


@dataclass(frozen=True, eq=False)
class Asker:
    """Where the vectors of the queries come from.

    Parameters
    ----------
    store : Store
    gallery : Gallery
        The one that is asked.
    other : Gallery or None
        That of the embedding whose model asks, where it is another.
    disturbed : str
        What happens to the queries' pictures; ``""`` for nothing.
    """

    store: Store
    gallery: Gallery
    other: Gallery | None
    disturbed: str

    @classmethod
    def of(cls, store: Store, gallery: Gallery, variant: Variant) -> "Asker":
        """Return who asks by a variant.

        Parameters
        ----------
        store : Store
        gallery : Gallery
        variant : Variant

        Returns
        -------
        Asker

        Raises
        ------
        SearchError
            If the model that asks gives vectors of another length, or shares no product with the gallery.
        InvalidArtifact
            If its vectors are damaged.
        """
        if not variant.asked_by:
            return cls(store, gallery, None, variant.queries)
        asking, asked = load_current_embedding(store, gallery.catalog, variant.asked_by), gallery.embedding
        if asking.dim != asked.dim:
            raise SearchError(
                f"{asking.id} gives vectors of {asking.dim:,} numbers, {asked.id} of {asked.dim:,}: neither can ask "
                "the other.",
                hint="Let a model ask whose vectors are as long.",
            )
        other = Gallery(gallery.catalog, asking)
        other.index("cosine")
        return cls(store, gallery, other, variant.queries)

    @property
    def ids(self) -> np.ndarray | None:
        """Product ids that can be asked with, None for all."""
        return None if self.other is None else self.other.embedding.ids

    @property
    def manifest(self) -> Manifest | None:
        """The manifest of the embedding that asks, None where it is the gallery's own."""
        return None if self.other is None else self.other.embedding.manifest

    def vectors(self, task: Task, shards: Shards, report: Report) -> Vectors32 | None:
        """Return the vectors of the queries, None where they are those of their items.

        Parameters
        ----------
        task : Task
        shards : Shards
            Where finished pieces of embedded pictures are kept.
        report : callable
            Told the number of finished pictures, of all, and of those that were there.

        Returns
        -------
        ndarray of shape (n_queries, dim), float32, or None

        Raises
        ------
        AppError
            If the pictures cannot be embedded.
        """
        ids = task.ids[task.queries].tolist()
        if self.disturbed:
            asking = self.manifest or self.gallery.embedding.manifest
            return _embedded(self.store, self.gallery.catalog, asking, ids, self.disturbed, shards, report)
        if self.other is None:
            return None
        embedding = self.other.embedding
        return np.asarray(embedding.embeddings[[embedding.row_of[product_id] for product_id in ids]])

    def said(self, task: Task) -> dict[str, Any]:
        """Return what an evaluation says of who asked.

        Parameters
        ----------
        task : Task

        Returns
        -------
        dict
            ``asked_by``, where another model asks: its ``embedding``, ``n_common`` products of it and the gallery, and
            those of one alone.
        """
        if self.other is None:
            return {}
        n_common = int(np.isin(task.ids, self.other.embedding.ids).sum())
        return {
            "asked_by": {
                "embedding": self.other.embedding.id,
                "n_common": n_common,
                "n_only_gallery": len(task.ids) - n_common,
                "n_only_asking": len(self.other.embedding.ids) - n_common,
            }
        }


def _embedded(
    store: Store,
    catalog: Catalog,
    manifest: Manifest,
    ids: Sequence[str],
    disturbed: str,
    shards: Shards,
    report: Report,
) -> Vectors32:
    """Embed disturbed pictures piece by piece, taking over the pieces that are there."""
    from lib.embedding.disturbed import embed_disturbed
    from lib.images.disturb import DISTURBANCES

    parts, n_reused = [], 0
    for number, start in enumerate(range(0, len(ids), SHARD_PICTURES)):
        chosen = ids[start : start + SHARD_PICTURES]
        part = _read(shards.read(number), len(chosen))
        if part is None:
            part = embed_disturbed(
                store,
                catalog,
                manifest,
                chosen,
                DISTURBANCES[disturbed],
                report=_shifted(report, start, len(ids), n_reused),
            )
            buffer = io.BytesIO()
            np.save(buffer, part)
            shards.save(number, buffer.getvalue())
        else:
            n_reused += len(part)
            report(start + len(part), len(ids), n_reused)
        parts.append(part)
    return np.concatenate(parts)


def _shifted(report: Report, start: int, total: int, n_reused: int) -> Report:
    """Return a listener that tells another of a piece as part of the whole."""

    def told(done: int, _total: int, _reused: int = 0) -> None:
        report(start + done, total, n_reused)

    return told


def _read(data: bytes | None, n: int) -> Vectors32 | None:
    """Return a finished piece, or None where it must be made again."""
    if data is None:
        return None
    try:
        part = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, OSError, EOFError):
        return None
    return part if part.ndim == 2 and len(part) == n and part.dtype == np.float32 else None
