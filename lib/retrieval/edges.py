"""What stands on either side of a threshold: the last that a query is shown, and the first that it is not."""

import numpy as np
import pandas as pd

from lib.retrieval.gallery import Gallery


def either_side(gallery: Gallery, product_id: str, *, metric: str, threshold: float, n: int) -> pd.DataFrame:
    """Return the n farthest pictures within a threshold, and the n nearest beyond it.

    Parameters
    ----------
    gallery : Gallery
    product_id : str
        The query, which is not among them.
    metric : str
        A key of ``DISTANCE_METRICS``.
    threshold : float
        The largest distance that is within.
    n : int
        At least 1, of each side; fewer where there are no more.

    Returns
    -------
    DataFrame
        ``rank`` in the whole ranking, ``product_id``, ``distance``, ``within``; nearest first.

    Raises
    ------
    CatalogError
        If the catalogue has no such product.
    SearchError
        If its picture has no vector.
    InvalidArtifact
        If the vectors are damaged.
    """
    row = gallery.row(product_id)
    allowed = np.ones(len(gallery.catalog_rows), bool) if gallery.present is None else gallery.present.copy()
    allowed[row] = False
    index, vector = gallery.index(metric), np.array(gallery.embedding.embeddings[row])
    _, distances = index.search(vector, k=1, allowed=allowed, reach=threshold)
    n_within = int(np.searchsorted(distances, threshold, side="right"))
    rows, distances = index.search(vector, k=n_within + n, allowed=allowed)
    side = slice(max(0, n_within - n), n_within + n)
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(rows) + 1)[side],
            "product_id": gallery.embedding.ids[rows[side]].astype(object),
            "distance": distances[side],
            "within": distances[side] <= threshold,
        }
    )
