"""Pictures of a catalogue as queries that something happened to: embedded like the catalogue, but disturbed first."""

from collections.abc import Sequence

import numpy as np

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.embedding.compute import compute_parts
from lib.embedding.embedder import open_embedder
from lib.embedding.engines import Vectors
from lib.embedding.parts import PART_ROWS
from lib.embedding.reading import items_of
from lib.errors import CatalogError
from lib.images.decode import CATALOG_LIMITS
from lib.images.disturb import Disturbance
from lib.progress import Report, silent
from lib.schema import Manifest


def embed_disturbed(
    store: Store,
    catalog: Catalog,
    manifest: Manifest,
    product_ids: Sequence[str],
    disturbance: Disturbance,
    *,
    report: Report = silent,
) -> Vectors:
    """Embed pictures of a catalogue with an embedding's own model, after a disturbance.

    They are read and decoded as when the embedding was made, disturbed, then fitted and computed as then: a
    disturbance that changes nothing gives the embedding's own vectors.

    Parameters
    ----------
    store : Store
    catalog : Catalog
    manifest : Manifest
        The embedding's.
    product_ids : sequence of str
    disturbance : Disturbance
    report : callable, optional
        Told the number of finished pictures, and of all.

    Returns
    -------
    ndarray of shape (n, dim), float32
        In the order of `product_ids`.

    Raises
    ------
    SearchError
        If the embedding was imported: there is no model to embed a picture with.
    ModelError
        If the model cannot be had any more, or gives a vector that is not finite.
    CatalogError
        If a product is unknown, or its picture cannot be read or is not the one that was imported.
    """
    embedder = open_embedder(store, manifest, limits=CATALOG_LIMITS, purpose="catalog", disturb=disturbance.apply)
    items = items_of(catalog, product_ids)
    parts = {start: range(start, min(start + PART_ROWS, len(items))) for start in range(0, len(items), PART_ROWS)}
    vectors, n_done = np.zeros((len(items), embedder.dim), np.float32), 0
    report(0, len(items), 0)
    for progress in compute_parts(catalog.originals, items, embedder, parts):
        n_done += progress.n_pictures
        report(n_done, len(items), 0)
        if progress.part is None:
            continue
        if len(progress.part.skipped):
            product_id, reason, detail = progress.part.skipped[0].tolist()
            raise CatalogError(f"{product_id!r} cannot be asked with: {reason} ({detail})")
        vectors[parts[progress.number]] = progress.part.vectors
    return vectors
