"""From a variant to vectors that can be ranked: the gallery as it is stored, and the queries as they ask."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np

from lib.progress import Report, silent
from lib.retrieval.distances import Floats, Vectors32, distance_metric
from lib.retrieval.expansion import Augmented, LeavingOut, Without, expanded, mean_with, nearest_rows
from lib.retrieval.gathering import BLOCK_ROWS, unit_length, unit_vectors
from lib.retrieval.index import Vectors
from lib.retrieval.metric_spaces import CosineSpace, Space
from lib.retrieval.protocols import Task
from lib.retrieval.ranks import Integers
from lib.retrieval.reductions import Reduction, learn_reduction
from lib.retrieval.spaces import make_space
from lib.retrieval.storage import Codec, Codes, learn_codec
from lib.retrieval.variants import Variant

#: Finds the nearest items: (space, queries, how many, rows that some queries must not find) -> rows.
Nearest = Callable[[Space, Integers, int, Without | None], Integers]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A gallery and its queries, as a variant makes them.

    Parameters
    ----------
    task : Task
    variant : Variant
    metric : str
        A key of ``DISTANCE_METRICS``.
    embeddings : ndarray of shape (n_all, dim), float32
        Vectors that hold the gallery's; mapped from disk where the variant leaves them as they are.
    rows : ndarray of shape (n_gallery,), int
        Which of them are the gallery's.
    norms : ndarray of shape (n_all,), float64
        Their lengths.
    asked : ndarray of shape (n_queries, dim), float32, optional
        Query vectors, where they are others than their items'.
    reduction : Reduction
    codec : Codec, optional
        How the gallery is stored, if not in float32.
    codes : ndarray of shape (n_gallery, n_bytes), uint8, optional
        What is stored then.
    augmented : Augmented, optional
        The gallery before it was stored, if it is augmented.
    """

    task: Task
    variant: Variant
    metric: str
    embeddings: Vectors32
    rows: Integers
    norms: Floats
    asked: Vectors32 | None = None
    reduction: Reduction = field(default_factory=Reduction)
    codec: Codec | None = None
    codes: Codes | None = None
    augmented: Augmented | None = None

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self.embeddings.shape[1])

    @property
    def bytes_per_item(self) -> int:
        """Bytes of an item's vector as it is stored."""
        return self.codec.n_bytes if self.codec else 4 * self.dim

    @cached_property
    def _plain(self) -> Space:
        """The gallery asked with its own vectors, or those that are given."""
        space = make_space(self.embeddings, rows=self.rows, norms=self.norms, metric=self.metric)
        return space if self.asked is None else space.asked_with(self.asked, self.task.queries)

    @property
    def unit(self) -> Vectors32:
        """The gallery's vectors at length 1."""
        if isinstance(self._plain, CosineSpace):
            return self._plain.unit
        return unit_vectors(self.embeddings, self.rows, self.norms)

    def space(self, queries: Integers, *, without: Without | None = None, nearest: Nearest = nearest_rows) -> Space:
        """Return what ranks the gallery for some of the queries.

        Parameters
        ----------
        queries : ndarray of shape (m,), int
            Rows of the gallery.
        without : dict of int to ndarray of int, optional
            Rows that some queries must not see, on whatever way.
        nearest : callable, optional
            What finds the items that a query is averaged with.

        Returns
        -------
        Space
        """
        seen = None
        if self.augmented:
            seen = LeavingOut(self._plain, self.augmented, self._stored, without, self.task.self_counted)
        space: Space = seen or self._plain
        if not self.variant.expand:
            return space
        neighbors = nearest(space, queries, self.variant.expand, without)
        asked = _as_averaged(self._asked(queries), self.metric)
        gallery = partial(self._seen, seen.seen_by if seen else None)
        return space.asked_with(expanded(asked, gallery, queries=queries, neighbors=neighbors), queries)

    def averaged(self, vector: Vectors32, rows: Integers) -> Vectors32:
        """Return the mean of a query and some items of the gallery.

        Parameters
        ----------
        vector : ndarray of shape (dim,), float32
        rows : ndarray of int

        Returns
        -------
        ndarray of shape (dim,), float32
        """
        return mean_with(_as_averaged(vector[None], self.metric)[0], self._seen(None, rows, -1))

    def _stored(self, vectors: Vectors32) -> Vectors32:
        return vectors if self.codec is None else _zeros_kept(self.codec.stored(vectors), vectors, self.metric)

    def _asked(self, queries: Integers) -> Vectors32:
        """Return the vectors of some queries before they are averaged with anything."""
        if self.asked is None:
            return self.embeddings[self.rows[queries]]
        return self.asked[np.searchsorted(self.task.queries, queries)]

    def _seen(
        self, seen_by: Callable[[int], tuple[Integers, Vectors32]] | None, rows: Integers, query: int
    ) -> Vectors32:
        """Return some items as a query sees them and as averages take them."""
        vectors = self.embeddings[self.rows[rows]]
        if seen_by is not None:
            others, changed = seen_by(query)
            _, here, there = np.intersect1d(rows, others, assume_unique=True, return_indices=True)
            vectors[here] = changed[there]
        return _as_averaged(vectors, self.metric)


def _as_averaged(vectors: Vectors32, metric: str) -> Vectors32:
    """Return vectors as their means are taken: at length 1 where only directions count."""
    return unit_length(vectors) if distance_metric(metric).averages_directions else np.asarray(vectors)


def prepare(
    vectors: Vectors,
    task: Task,
    variant: Variant,
    *,
    metric: str,
    train: Integers,
    asked: Vectors32 | None = None,
    n_spared: int = 0,
    seed: int = 0,
    report: Report = silent,
) -> Prepared:
    """Do to a gallery and its queries what a variant says.

    Parameters
    ----------
    vectors : Vectors
        The embedding's.
    task : Task
    variant : Variant
    metric : str
        A key of ``DISTANCE_METRICS``.
    train : ndarray of int
        Rows of the embedding that reductions learn from.
    asked : ndarray of shape (n_queries, dim), float32, optional
        Vectors of the queries, where others ask than the items themselves.
    n_spared : int, default=0
        How many items a query must not see beside itself, at most.
    seed : int, default=0
    report : callable, optional
        Told how many items have found their nearest, of all, where the gallery is augmented.

    Returns
    -------
    Prepared

    Raises
    ------
    SearchError
        If the vectors do not allow it.
    """
    made = Prepared(task, variant, metric, vectors.embeddings, task.rows, vectors.norms, asked)
    if not (variant.l2 or variant.pca or variant.storage or variant.augment):
        return made
    reduction = learn_reduction(vectors.embeddings, train, l2=variant.l2, pca=variant.pca, whiten=variant.whiten)
    gallery = _reduced(reduction, vectors.embeddings[task.rows], metric)
    made = replace(made, rows=np.arange(len(gallery)), reduction=reduction)
    if asked is not None:
        made = replace(made, asked=_reduced(reduction, asked, metric))
    elif variant.storage or variant.augment:
        made = replace(made, asked=gallery[task.queries])
    if variant.augment:
        made = replace(made, augmented=_augmented(gallery, variant.augment, n_spared, metric, report))
        gallery = made.augmented.vectors if made.augmented else gallery
    if variant.storage:
        codec = learn_codec(gallery, storage=variant.storage, pq=variant.pq, metric=metric, seed=seed)
        codes = codec.encode(gallery)
        made, gallery = replace(made, codec=codec, codes=codes), _zeros_kept(codec.decode(codes), gallery, metric)
    return replace(made, embeddings=gallery, norms=_norms(gallery))


def _reduced(reduction: Reduction, vectors: Vectors32, metric: str) -> Vectors32:
    return _zeros_kept(reduction.applied(vectors), vectors, metric)


def _zeros_kept(changed: Vectors32, vectors: Vectors32, metric: str) -> Vectors32:
    """Return changed vectors; what had no direction has none, where only directions count, and stays last."""
    if metric == "cosine":
        changed[~vectors.any(axis=1)] = 0
    return changed


def _augmented(vectors: Vectors32, n_nearest: int, n_spared: int, metric: str, report: Report) -> Augmented:
    """Find the nearest of every item, and some more: a query takes itself and what it must not see out again."""
    plain, everything = _as_averaged(vectors, metric), np.arange(len(vectors))
    space = make_space(plain, rows=everything, norms=_norms(plain), metric=metric)
    lists = nearest_rows(space, everything, n_nearest + 1 + n_spared, report=report)
    if metric == "cosine":
        lists[~plain.any(axis=1)] = -1
    return Augmented(plain=plain, lists=lists, n_nearest=n_nearest)


def _norms(vectors: Vectors32) -> Floats:
    """Return the lengths of vectors."""
    norms = np.empty(len(vectors))
    for start in range(0, len(vectors), BLOCK_ROWS):
        block = vectors[start : start + BLOCK_ROWS].astype(np.float64)
        norms[start : start + len(block)] = np.sqrt(np.einsum("ij,ij->i", block, block))
    return norms
