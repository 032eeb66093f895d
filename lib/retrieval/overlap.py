"""Do two models find the same? The share of their nearest items that both found, for one query and over many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.progress import Report, silent
from lib.retrieval.bootstrap import estimate_means
from lib.retrieval.gallery import Gallery
from lib.retrieval.protocols import gallery_order
from lib.retrieval.ranks import Floats, Integers
from lib.retrieval.spaces import make_space

#: Queries whose distances are held at once.
_BLOCK_QUERIES = 128
#: Comparisons made at once when lists are intersected.
_COMPARED = 4_000_000


@dataclass(frozen=True, eq=False)
class Neighbors:
    """What one model finds nearest to some queries.

    Parameters
    ----------
    queries : ndarray of shape (n_queries,), str
        Product ids, unique.
    gallery : ndarray of shape (n_gallery,), str
        Product ids of everything that could be found.
    nearest : ndarray of shape (n_queries, n_nearest), int
        Rows of `gallery`, nearest first; -1 where there are no more.

    Raises
    ------
    ValueError
        If their lengths differ, or a row is beyond the gallery.
    """

    queries: npt.NDArray[np.str_]
    gallery: npt.NDArray[np.str_]
    nearest: npt.NDArray[np.integer]

    def __post_init__(self) -> None:
        if len(self.nearest) != len(self.queries):
            raise ValueError(f"Expected {len(self.queries)} rows of neighbours. Received: {len(self.nearest)}")
        if self.nearest.size and not -1 <= self.nearest.min() <= self.nearest.max() < len(self.gallery):
            raise ValueError(f"Expected rows of a gallery of {len(self.gallery)}. Received: {self.nearest.max()}")


def overlap_at_k(a: Sequence[str], b: Sequence[str], *, k: int) -> float:
    """Return the share of the first k items of two rankings that both have there.

    Parameters
    ----------
    a, b : sequence of str
        Product ids, nearest first, unique.
    k : int
        At least 1.

    Returns
    -------
    float
        0 to 1: items that both have among their first k, over k; over the longer list where both are shorter. NaN for
        two empty lists.

    Raises
    ------
    ValueError
        If k is below 1.

    Examples
    --------
    Of the first three, ``p1`` and ``p2`` are in both:

    >>> overlap_at_k(["p1", "p2", "p3", "p4"], ["p2", "p5", "p1", "p3"], k=3) == 2 / 3
    True
    """
    _check(k)
    most = min(k, max(len(a), len(b)))
    return len(set(a[:k]) & set(b[:k])) / most if most else float("nan")


def overlap_table(models: Mapping[str, Neighbors], *, k: int, seed: int = 0) -> pd.DataFrame:
    """Return how much each pair of models agrees: the mean overlap@k over the queries that both were asked.

    Items of one gallery alone cannot be found by the other: they are taken out of the list, and what follows moves up.

    Parameters
    ----------
    models : mapping of str to Neighbors
        At least k neighbours each; a few more where the galleries differ.
    k : int
        At least 1.
    seed : int, default=0
        Of the bootstrap over queries.

    Returns
    -------
    DataFrame
        One row a pair: ``a``, ``b``, ``overlap``, ``low``, ``high``, ``n_queries``, and what was left out because one
        model alone has it, ``n_queries_left_out`` and ``n_items_left_out``.

    Raises
    ------
    ValueError
        If k is below 1.
    """
    _check(k)
    coded = {name: _coded(found, _numbers(models)) for name, found in models.items()}
    rows = []
    for a, b in combinations(models, 2):
        values, left_out = _overlaps(coded[a], coded[b], k)
        estimate = estimate_means(values[:, None], seed=seed)[0]
        n_queries = len(models[a].queries) + len(models[b].queries) - 2 * len(values)
        rows.append((a, b, estimate.value, estimate.low, estimate.high, len(values), n_queries, left_out))
    columns = ["a", "b", "overlap", "low", "high", "n_queries", "n_queries_left_out", "n_items_left_out"]
    return pd.DataFrame(rows, columns=columns)


def overlap_matrix(table: pd.DataFrame, models: Sequence[str], *, column: str = "overlap") -> Floats:
    """Return the table of pairs as a square, each model agreeing with itself.

    Parameters
    ----------
    table : DataFrame
        What ``overlap_table`` returns.
    models : sequence of str
        The order of rows and columns.
    column : str, default="overlap"

    Returns
    -------
    ndarray of shape (n_models, n_models), float64
        Symmetric, its diagonal 1; NaN for a pair that the table does not have.
    """
    place = {name: i for i, name in enumerate(models)}
    square = np.full((len(place), len(place)), np.nan)
    np.fill_diagonal(square, 1.0)
    for a, b, value in table[["a", "b", column]].itertuples(index=False):
        if a in place and b in place:
            square[place[a], place[b]] = square[place[b], place[a]] = value
    return square


def common_products(galleries: Sequence[Gallery]) -> npt.NDArray[np.str_]:
    """Return the products that have a vector in every gallery, sorted.

    Parameters
    ----------
    galleries : sequence of Gallery

    Returns
    -------
    ndarray of shape (n,), str
    """
    common = galleries[0].embedding.ids[gallery_order(galleries[0])]
    for gallery in galleries[1:]:
        common = common[np.isin(common, gallery.embedding.ids[gallery_order(gallery)])]
    return np.asarray(common)


def nearest_to(
    gallery: Gallery,
    queries: npt.NDArray[np.str_],
    *,
    metric: str,
    k: int,
    among: npt.NDArray[np.str_] | None = None,
    report: Report = silent,
) -> Neighbors:
    """Return what an embedding finds nearest to some of its own pictures, each left out of its own list.

    Parameters
    ----------
    gallery : Gallery
    queries : ndarray of shape (n_queries,), str
        Product ids that have a vector.
    metric : str
        A key of ``DISTANCE_METRICS``.
    k : int
        At least 1.
    among : ndarray of str, optional
        Product ids that can be found, the queries among them; by default all that have a vector.
    report : callable, optional
        Told the number of finished queries, of all, and 0.

    Returns
    -------
    Neighbors

    Raises
    ------
    ValueError
        If k is below 1, or a query is not among what can be found.
    InvalidArtifact
        If the vectors are damaged.
    """
    _check(k)
    rows = gallery_order(gallery)
    if among is not None:
        rows = rows[np.isin(gallery.embedding.ids[rows], among)]
    ids = gallery.embedding.ids[rows]
    places = pd.Index(ids).get_indexer(pd.Index(queries))
    if (places < 0).any():
        raise ValueError(f"Expected queries that can be found. Received: {int((places < 0).sum())} others")
    vectors = gallery.index("cosine").vectors
    space = make_space(vectors.embeddings, rows=rows, norms=vectors.norms, metric=metric)
    nearest = np.full((len(queries), min(k, max(len(ids) - 1, 0))), -1, np.int32)
    held = np.empty((min(_BLOCK_QUERIES, len(queries)), space.n), np.float32)
    for start in range(0, len(queries), _BLOCK_QUERIES):
        block = places[start : start + _BLOCK_QUERIES]
        space.products(block, held[: len(block)])
        for i, query in enumerate(block.tolist()):
            space.finish(held[i], query)
            held[i, query] = np.inf
            nearest[start + i] = _first(held[i], nearest.shape[1])
        report(min(start + _BLOCK_QUERIES, len(queries)), len(queries), 0)
    return Neighbors(np.asarray(queries), ids, nearest)


def _check(k: int) -> None:
    if k < 1:
        raise ValueError(f"Expected k to be at least 1. Received: k={k}")


def _first(values: npt.NDArray[np.float32], k: int) -> Integers:
    """Return the rows of the k smallest values, ties in the order of the gallery."""
    if not k:
        return np.empty(0, np.int64)
    within = np.flatnonzero(values <= np.partition(values, k - 1)[k - 1])
    return np.asarray(within[np.argsort(values[within], kind="stable")][:k], np.int64)


def _numbers(models: Mapping[str, Neighbors]) -> pd.Index:
    """Return every product id that occurs, once: its place is its number."""
    ids = [part for found in models.values() for part in (found.gallery, found.queries)]
    unique: pd.Index = pd.Index(np.unique(np.concatenate(ids)) if ids else np.empty(0, str))
    return unique


@dataclass(frozen=True, eq=False)
class _Coded:
    """Neighbours by the numbers of their product ids."""

    queries: Integers
    gallery: Integers
    nearest: Integers


def _coded(found: Neighbors, numbers: pd.Index) -> _Coded:
    gallery = np.asarray(numbers.get_indexer(pd.Index(found.gallery)), np.int64)
    nearest = np.where(found.nearest >= 0, gallery[found.nearest] if len(gallery) else -1, -1)
    return _Coded(np.asarray(numbers.get_indexer(pd.Index(found.queries)), np.int64), gallery, nearest)


def _overlaps(a: _Coded, b: _Coded, k: int) -> tuple[Floats, int]:
    """Return the overlap of each query that both were asked, and how many items only one could find."""
    _, rows_a, rows_b = np.intersect1d(a.queries, b.queries, assume_unique=True, return_indices=True)
    both = np.intersect1d(a.gallery, b.gallery)
    step = max(1, _COMPARED // (k * k))
    values = np.empty(len(rows_a))
    for start in range(0, len(rows_a), step):
        part = slice(start, start + step)
        values[part] = _shares(_kept(a.nearest[rows_a[part]], both, k), _kept(b.nearest[rows_b[part]], both, k), k)
    return values, len(a.gallery) + len(b.gallery) - 2 * len(both)


def _kept(nearest: Integers, both: Integers, k: int) -> Integers:
    """Return the first k of each row that both could find; -1 where there are no more."""
    usable = (nearest >= 0) & np.isin(nearest, both)
    order = np.argsort(~usable, axis=1, kind="stable")[:, :k]
    return np.where(np.take_along_axis(usable, order, axis=1), np.take_along_axis(nearest, order, axis=1), -1)


def _shares(a: Integers, b: Integers, k: int) -> Floats:
    """Return, row by row, the share that both have."""
    found = ((a[:, :, None] == b[:, None, :]) & (a >= 0)[:, :, None]).sum(axis=(1, 2))
    most = np.minimum(k, np.maximum((a >= 0).sum(axis=1), (b >= 0).sum(axis=1))).astype(np.float64)
    return np.asarray(np.divide(found, most, out=np.full(len(a), np.nan), where=most > 0))
