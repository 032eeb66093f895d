"""Learning a descriptor's words from a catalogue, once for an embedding, however often its run is killed."""

import io
from collections.abc import Iterator

import numpy as np

from lib.catalog import Catalog
from lib.embedding.embedder import Embedder
from lib.embedding.engines import Pixels, open_descriptor
from lib.embedding.lesson import lesson
from lib.embedding.reading import items_of, read_batches
from lib.embedding.request import EmbeddingRequest
from lib.models import LearntDescriptor
from lib.models.descriptor import Words
from lib.progress import Report
from lib.shards import Shards


def words_for(
    catalog: Catalog, request: EmbeddingRequest, *, seed: int, shards: Shards, report: Report
) -> Words | None:
    """Return the words that an embedding counts: those of an earlier, killed run, or newly learnt ones.

    Parameters
    ----------
    catalog : Catalog
    request : EmbeddingRequest
    seed : int
    shards : Shards
        The embedding's finished pieces; the words are kept beside them. Pieces whose words are lost are removed.
    report : callable
        Told the number of pictures that were learnt from, and of all to learn from.

    Returns
    -------
    ndarray of shape (n_words, n_bytes), uint8, or None
        None for a model that learns nothing from the catalogue.
    """
    if not isinstance(request.model, LearntDescriptor):
        return None
    kept = Shards(shards.folder / "words")
    data = kept.read(0)
    if data is not None:
        words: Words = np.load(io.BytesIO(data), allow_pickle=False)
        return words
    shards.remove()
    words = request.model.learn(_views(catalog, request, request.model, seed, report), seed)
    buffer = io.BytesIO()
    np.save(buffer, words)
    kept.save(0, buffer.getvalue())
    return words


def _views(
    catalog: Catalog, request: EmbeddingRequest, model: LearntDescriptor, seed: int, report: Report
) -> Iterator[Pixels]:
    """Yield what the descriptor sees of the pictures that it learns from; one that cannot be read teaches nothing."""
    items = items_of(catalog, lesson(catalog, n_pictures=model.n_pictures, seed=seed))
    embedder = Embedder(request, open_descriptor(model, purpose="catalog"))
    n, step = len(items), embedder.batch
    for batch in read_batches(
        catalog.originals, items, embedder, (range(start, min(start + step, n)) for start in range(0, n, step))
    ):
        yield from (batch.pixels[place] for place, row in enumerate(batch.rows) if row not in batch.failures)
        report(batch.rows.stop, n, 0)
