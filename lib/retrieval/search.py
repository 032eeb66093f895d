"""Search: the products of a catalogue that look like a query, filtered first and then ranked exactly."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.errors import SearchError
from lib.retrieval.distances import DistanceMetric, Floats, Vectors32, distance_metric
from lib.retrieval.filters import Value, Where, column_mask, describe, same_as
from lib.retrieval.gallery import Gallery
from lib.retrieval.index import Mask, Rows
from lib.retrieval.result import SearchResult

__all__ = ["RESULT_UNITS", "Gallery", "Query", "SearchResult", "search"]

#: What one row of a result can be.
RESULT_UNITS = ("product", "picture")


@dataclass(frozen=True, eq=False)
class Query:
    """What is looked for: a product of the catalogue, or the vectors of one or several pictures of one thing.

    Parameters
    ----------
    product_id : str, optional
    vectors : ndarray of shape (dim,) or (n_pictures, dim), optional
        As the gallery's own model makes them.
    model : str, optional
        Id of the embedding whose model made `vectors`; needed with them.

    Raises
    ------
    ValueError
        If not exactly one of `product_id` and `vectors` is given, or `vectors` without `model`.
    """

    product_id: str | None = None
    vectors: npt.NDArray[np.floating] | None = None
    model: str | None = None

    def __post_init__(self) -> None:
        if (self.product_id is None) == (self.vectors is None):
            raise ValueError("Expected exactly one of product_id and vectors. Received: both or none")
        if (self.vectors is None) != (self.model is None):
            raise ValueError(f"Expected model together with vectors. Received: model={self.model!r}")


def search(
    gallery: Gallery,
    query: Query,
    *,
    metric: str = "cosine",
    k: int | None = 10,
    where: Where | None = None,
    same_as_query: Sequence[str] = (),
    threshold: float | None = None,
    per: str = "product",
    exclude_self: bool = True,
) -> SearchResult:
    """Return what is nearest to a query.

    Parameters
    ----------
    gallery : Gallery
    query : Query
    metric : str, default="cosine"
        A key of ``DISTANCE_METRICS``.
    k : int or None, default=10
        Number of results; None for all within `threshold`. More than there are returns all there are, with a note.
    where : mapping of str to tuple, optional
        Filters as ``filters.mask`` takes them; only pictures that meet them are ranked.
    same_as_query : sequence of str, default=()
        Columns in which results must equal the query product.
    threshold : float, optional
        The largest distance of a result.
    per : str, default="product"
        One row a ``"product"`` (its nearest picture) or one a ``"picture"``.
    exclude_self : bool, default=True
        Leave out the query product's own picture; with one row a product, all its pictures.

    Returns
    -------
    SearchResult

    Raises
    ------
    SearchError
        If the query cannot be answered as asked, saying why.
    CatalogError
        If a product or a column is not in the catalogue.
    """
    clock = _Clock()
    chosen = _check_options(metric, k, threshold, per)
    vector = _query_vector(gallery, query, chosen)
    hidden = _hidden(gallery, query, per) if exclude_self else None
    conditions, notes = _conditions(gallery, query, where or {}, same_as_query)
    allowed = _allowed(gallery, conditions, hidden)
    clock.lap("filter")
    groups = gallery.groups if per == "product" else None
    reach = threshold if k is None and threshold is not None else -np.inf
    rows, distances = gallery.index(metric).search(vector, k=k or 1, allowed=allowed, groups=groups, reach=reach)
    found = _first_of_each(rows, groups)[:k]
    shown = found if threshold is None else found[distances[found] <= threshold]
    clock.lap("search")
    table = _table(gallery, chosen, rows, distances, shown, groups)
    clock.lap("table")
    return SearchResult(
        model=gallery.embedding.id,
        metric=metric,
        per=per,
        table=table,
        took_ms=clock.took_ms(),
        n_gallery=gallery.n,
        n_allowed=gallery.n if allowed is None else int(allowed.sum()),
        threshold=threshold,
        nearest_distance=float(distances[0]),
        notes=(*notes, *(_shortage(k, len(found), per) if len(shown) == len(found) else ())),
    )


class _Clock:
    """Milliseconds from one lap to the next, and in all."""

    def __init__(self) -> None:
        self._times = [time.perf_counter()]
        self._names: list[str] = []

    def lap(self, name: str) -> None:
        """End the step `name`."""
        self._times.append(time.perf_counter())
        self._names.append(name)

    def took_ms(self) -> dict[str, float]:
        """Return what each step took, and ``total``."""
        steps = np.diff(self._times) * 1000
        return {**dict(zip(self._names, steps.tolist(), strict=True)), "total": float(steps.sum())}


def _check_options(metric: str, k: int | None, threshold: float | None, per: str) -> DistanceMetric:
    """Return the metric, or raise for an option that no search can have."""
    if per not in RESULT_UNITS:
        raise ValueError(f"Expected per to be one of {RESULT_UNITS}. Received: per={per!r}")
    if k is None and threshold is None:
        raise SearchError("Neither a number of results nor a threshold is given.", hint="Give one of them.")
    if k is not None and (isinstance(k, bool) or not isinstance(k, (int, np.integer)) or k < 1):
        raise SearchError(f"The number of results must be a whole number from 1 on, not {k!r}.")
    if threshold is not None and not 0 <= threshold < np.inf:
        raise SearchError(f"The threshold is a distance, from 0 on, not {threshold!r}.")
    return distance_metric(metric)


def _query_vector(gallery: Gallery, query: Query, metric: DistanceMetric) -> Vectors32:
    """Return the one vector to search with: the mean where there are several pictures."""
    embedding = gallery.embedding
    if query.product_id is not None:
        return np.array(embedding.embeddings[gallery.row(query.product_id)])
    if query.model != embedding.id:
        raise SearchError(
            f"The query was embedded by {query.model}, but the gallery by {embedding.id}.",
            hint="Embed the query with the gallery's own model.",
        )
    vectors = np.atleast_2d(np.asarray(query.vectors, dtype=np.float64))
    if vectors.ndim != 2 or not len(vectors) or vectors.shape[1] != embedding.dim:
        raise SearchError(f"{embedding.id} has {embedding.dim} dimensions; the query's shape is {vectors.shape}.")
    if metric.averages_directions and len(vectors) > 1:
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    with np.errstate(over="ignore"):
        vector = vectors.mean(axis=0).astype(np.float32)
    if not np.isfinite(vector).all():
        raise SearchError("The query's vector holds NaN, infinity or numbers too large for float32.")
    return np.asarray(vector)


def _hidden(gallery: Gallery, query: Query, per: str) -> Mask | None:
    """Return which vectors are the query itself."""
    if query.product_id is None:
        return None
    if per == "product":
        return gallery.family(query.product_id)
    return np.asarray(np.arange(len(gallery.catalog_rows)) == gallery.row(query.product_id))


def _conditions(
    gallery: Gallery, query: Query, where: Where, same_columns: Sequence[str]
) -> tuple[list[tuple[str, tuple[Value, ...]]], list[str]]:
    """Return every condition on a column, those taken from the query included, and notes on what was left out."""
    if not same_columns:
        return list(where.items()), []
    if query.product_id is None:
        raise SearchError(
            f"Nothing is known of an uploaded picture's {', '.join(same_columns)}.",
            hint="Choose a value in the filters, or search by a product of the catalogue.",
        )
    same, notes = same_as(gallery.catalog, query.product_id, same_columns)
    return [*where.items(), *same.items()], notes


def _allowed(gallery: Gallery, conditions: Sequence[tuple[str, tuple[Value, ...]]], hidden: Mask | None) -> Mask | None:
    """Return which vectors may be ranked, None for all of them."""
    if not conditions and hidden is None:
        return gallery.present
    others = np.ones(len(gallery.catalog_rows), dtype=bool) if gallery.present is None else gallery.present.copy()
    if hidden is not None:
        others &= ~hidden
    masks = [column_mask(gallery.catalog, column, values)[gallery.catalog_rows] for column, values in conditions]
    allowed = np.logical_and.reduce([others, *masks])
    if allowed.any():
        return np.asarray(allowed)
    if not masks:
        raise SearchError("The query is all there is: nothing is left to compare it with.")
    alone = ", ".join(
        f"{describe(column, values)} leaves {int((others & mask).sum()):,}"
        for (column, values), mask in zip(conditions, masks, strict=True)
    )
    raise SearchError(
        f"The filters leave none of {int(others.sum()):,} pictures; each alone: {alone}.", hint="Loosen a filter."
    )


def _first_of_each(rows: Rows, groups: Rows | None) -> Rows:
    """Return the positions in `rows`, nearest first, of the nearest row of each group."""
    if groups is None:
        return np.arange(len(rows))
    return np.sort(np.unique(groups[rows], return_index=True)[1])


def _shortage(k: int | None, n_found: int, per: str) -> list[str]:
    """Return a note where fewer results exist than were asked for."""
    return [f"{k:,} results were asked for; there is no more than {n_found:,} {per}s."] if k and n_found < k else []


def _table(
    gallery: Gallery, metric: DistanceMetric, rows: Rows, distances: Floats, shown: Rows, groups: Rows | None
) -> pd.DataFrame:
    """Return the ranked table of the rows at the positions `shown`."""
    table = gallery.listing(rows[shown])
    table.insert(0, "rank", np.arange(1, len(shown) + 1))
    table.insert(2, "score", metric.score(distances[shown]))
    table.insert(3, "distance", distances[shown])
    table.insert(5, "n_pictures", _count_pictures(rows, distances, shown, groups))
    return table


def _count_pictures(rows: Rows, distances: Floats, shown: Rows, groups: Rows | None) -> npt.NDArray[np.int64]:
    """Return, for each result, how many pictures of its product are no farther than the last result."""
    if groups is None or not len(shown):
        return np.ones(len(shown), dtype=np.int64)
    codes = groups[rows[distances <= distances[shown[-1]]]]
    return np.bincount(codes, minlength=int(groups.max()) + 1)[groups[rows[shown]]].astype(np.int64)
