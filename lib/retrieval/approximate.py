"""Approximate indexes through FAISS: the lists of nearest items that they return, and how right those are.

What is measured here is the index alone: the vectors are those of the exact ranking, in float32.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from lib.errors import SearchError
from lib.retrieval.distances import Vectors32
from lib.retrieval.expansion import Without
from lib.retrieval.metric_spaces import Space
from lib.retrieval.metrics import RANK_METRICS
from lib.retrieval.ranking import BLOCK_QUERIES, N_NEIGHBORS, Ranked, taken_out
from lib.retrieval.ranks import Floats, Integers
from lib.retrieval.storage import in_one_thread, load_faiss

#: Links of an item in the graph, and candidates at hand while it is built.
HNSW_LINKS, HNSW_BUILD = 32, 80
#: The recall of an index is measured on so many queries, at most, against the ten that are nearest in truth.
RECALL_QUERIES, RECALL_AT = 1000, 10
#: Items for each cluster, at least: fewer give no mean worth the name.
_ITEMS_A_CLUSTER = 39


@dataclass(frozen=True, eq=False)
class ApproximateIndex:
    """An index over the items of a gallery that have a direction.

    Parameters
    ----------
    kind : str
        ``"hnsw"`` or ``"ivf"``.
    index : faiss.Index
    rows : ndarray of shape (n_indexed,), int
        Row of the gallery for each of its vectors.
    settings : dict of str to int
    n_bytes : float
        Bytes an item beside its vector: links or ids.
    n_bytes_shared : int
        Bytes of the clusters' means.
    """

    kind: str
    index: Any
    rows: Integers
    settings: Mapping[str, int]
    n_bytes: float
    n_bytes_shared: int

    def lists(self, vectors: Vectors32, k: int) -> tuple[Integers, Floats]:
        """Return what the index takes for the nearest items.

        Parameters
        ----------
        vectors : ndarray of shape (n_queries, dim), float32
            Query vectors as the space sees them.
        k : int

        Returns
        -------
        rows : ndarray of shape (n_queries, k), int
            Rows of the gallery, nearest first, ties by row; -1 where it found no more.
        values : ndarray of shape (n_queries, k), float64
            What orders them, ascending; infinite where there is none.
        """
        values, places = self.index.search(np.ascontiguousarray(vectors), min(k, len(self.rows)))
        found = np.where(places >= 0, self.rows[places], -1)
        ascending = -values if self.index.metric_type == load_faiss().METRIC_INNER_PRODUCT else values
        ascending = np.where(found >= 0, ascending, np.inf)
        order = np.lexsort((found, ascending), axis=1)
        padding = ((0, 0), (0, k - found.shape[1]))
        return (
            np.pad(np.take_along_axis(found, order, 1), padding, constant_values=-1),
            np.pad(np.take_along_axis(ascending, order, 1), padding, constant_values=np.inf),
        )

    def nearest(
        self, space: Space, queries: Integers, n_nearest: int, without: Without | None = None, *, counted: bool = False
    ) -> Integers:
        """Return the nearest items of each query, as ``expansion.nearest_rows`` does exactly.

        Parameters
        ----------
        space : Space
        queries : ndarray of shape (n_queries,), int
            Rows of the gallery.
        n_nearest : int
        without : dict of int to ndarray of int, optional
            Further rows that some queries must not find.
        counted : bool, default=False
            Whether a query may find itself.

        Returns
        -------
        ndarray of shape (n_queries, n_nearest), int
        """
        n_more = 1 + max((len(rows) for rows in (without or {}).values()), default=0)
        found = np.full((len(queries), n_nearest), -1, np.int64)
        for start in range(0, len(queries), BLOCK_QUERIES):
            block = queries[start : start + BLOCK_QUERIES]
            lists, _ = self.lists(space.query_vectors(block), n_nearest + n_more)
            for place, (query, rows) in enumerate(zip(block.tolist(), lists, strict=True), start=start):
                hidden = taken_out(query, without, self_counted=counted)
                kept = rows[(rows >= 0) & ~np.isin(rows, hidden)][:n_nearest]
                found[place, : len(kept)] = kept
        return found


def build_index(space: Space, *, kind: str, effort: int, metric: str, seed: int = 0) -> ApproximateIndex:
    """Build an index over a gallery; the same vectors give the same index.

    Parameters
    ----------
    space : Space
    kind : str
        ``"hnsw"`` (Malkov and Yashunin 2018): a graph of near items, along which a search walks; or ``"ivf"``: k-means
        clusters, of which a search looks into the nearest.
    effort : int
        Candidates that a search keeps, or clusters that it looks into.
    metric : str
        ``"cosine"`` or ``"euclidean"``.
    seed : int, default=0
        Of the clusters.

    Returns
    -------
    ApproximateIndex

    Raises
    ------
    SearchError
        If there is no such index for the metric.
    ValueError
        If there is no such index.
    """
    check_metric(kind, metric)
    rows, vectors = np.arange(space.n), space.vectors
    nonzero = vectors.any(axis=1)
    if metric == "cosine" and nonzero.any() and not nonzero.all():
        rows, vectors = np.flatnonzero(nonzero), vectors[nonzero]
    return in_one_thread(partial(INDEXES[kind], np.ascontiguousarray(vectors), rows, effort, metric, seed))


def check_metric(kind: str, metric: str) -> None:
    """Refuse an index that there is not.

    Parameters
    ----------
    kind : str
    metric : str

    Raises
    ------
    SearchError
        If it cannot search by the metric.
    ValueError
        If there is no such index.
    """
    if kind not in INDEXES:
        raise ValueError(f"Expected kind to be one of {list(INDEXES)}. Received: kind={kind!r}")
    if metric not in ("cosine", "euclidean"):
        raise SearchError(
            f"{kind} searches by cosine or euclidean distance, not by {metric}.", hint="Choose another --metric."
        )


def _hnsw(vectors: Vectors32, rows: Integers, effort: int, metric: str, _seed: int) -> ApproximateIndex:
    """Build a graph."""
    faiss, (n, dim) = load_faiss(), vectors.shape
    index = faiss.IndexHNSWFlat(dim, HNSW_LINKS, _faiss_metric(metric))
    index.hnsw.efConstruction, index.hnsw.efSearch = HNSW_BUILD, effort
    index.add(vectors)
    links = 4 * index.hnsw.neighbors.size() + 8 * index.hnsw.offsets.size() + 4 * index.hnsw.levels.size()
    settings = {"links": HNSW_LINKS, "ef_construction": HNSW_BUILD, "ef_search": effort}
    return ApproximateIndex("hnsw", index, rows, settings, links / n, 0)


def _ivf(vectors: Vectors32, rows: Integers, effort: int, metric: str, seed: int) -> ApproximateIndex:
    """Cluster the vectors by k-means, and list each in its cluster."""
    faiss, (n, dim) = load_faiss(), vectors.shape
    n_clusters = max(1, min(round(4 * np.sqrt(n)), n // _ITEMS_A_CLUSTER))
    by = _faiss_metric(metric)
    index = faiss.IndexIVFFlat(faiss.IndexFlat(dim, by), dim, n_clusters, by)
    index.cp.seed, index.cp.min_points_per_centroid, index.cp.spherical = seed, 1, metric == "cosine"
    index.train(vectors)
    index.add(vectors)
    index.nprobe = min(effort, n_clusters)
    settings = {"clusters": n_clusters, "probes": index.nprobe}
    return ApproximateIndex("ivf", index, rows, settings, 8, 4 * n_clusters * dim)


def _faiss_metric(metric: str) -> int:
    faiss = load_faiss()
    return int(faiss.METRIC_INNER_PRODUCT if metric == "cosine" else faiss.METRIC_L2)


#: What builds an index: (vectors, rows, effort, metric, seed) -> index.
INDEXES: Mapping[str, Callable[[Vectors32, Integers, int, str, int], ApproximateIndex]] = {"hnsw": _hnsw, "ivf": _ivf}


def _any_hit(hits: np.ndarray, k: int) -> Floats:
    return np.asarray(hits[:, :k].any(axis=1), np.float64)


def _share(hits: np.ndarray, k: int) -> Floats:
    return np.asarray(hits[:, :k].sum(axis=1) / k)


#: Metrics that lists of 20 tell; all others need the full ranking.
LIST_METRICS: Mapping[str, Callable[[np.ndarray], Floats]] = {
    **{f"recall@{k}": partial(_any_hit, k=k) for k in (1, 5, 10, 20)},
    **{f"precision@{k}": partial(_share, k=k) for k in (5, 10)},
}


def ranked_lists(neighbors: Integers, codes: Integers, queries: Integers) -> Ranked:
    """Return what lists of nearest items come to; NaN for metrics that need the full ranking.

    Parameters
    ----------
    neighbors : ndarray of shape (n_queries, N_NEIGHBORS), int
        Rows of the gallery, nearest first; -1 where there are no more.
    codes : ndarray of shape (n_gallery,), int
        Label of each item; -1 for none.
    queries : ndarray of shape (n_queries,), int
        Rows of the gallery.

    Returns
    -------
    Ranked
    """
    hits = (neighbors >= 0) & (codes[neighbors] == codes[queries][:, None])
    nothing = np.full(len(queries), np.nan)
    values = [LIST_METRICS[name](hits) if name in LIST_METRICS else nothing for name in RANK_METRICS]
    return Ranked(np.stack(values, axis=1), neighbors[:, :N_NEIGHBORS].astype(np.int32))


def measure_recall(index: ApproximateIndex, space: Space, queries: Integers, *, seed: int) -> dict[str, Any]:
    """Return which share of the truly nearest an index finds, measured on a sample of the queries.

    Parameters
    ----------
    index : ApproximateIndex
    space : Space
        What it was built over.
    queries : ndarray of shape (n_queries,), int
        Rows of the gallery.
    seed : int
        Of the sample.

    Returns
    -------
    dict
        ``kind``, ``settings``, ``recall@10`` and ``n_queries``. An item as near as the tenth counts as one of them.
    """
    if len(queries) > RECALL_QUERIES:
        queries = np.sort(np.random.default_rng(seed).choice(queries, RECALL_QUERIES, replace=False))
    shares, values = [], np.empty((min(BLOCK_QUERIES, len(queries)), space.n), np.float32)
    for start in range(0, len(queries), BLOCK_QUERIES):
        block = queries[start : start + BLOCK_QUERIES]
        space.products(block, values[: len(block)])
        for row, query, found in zip(values, block.tolist(), index.nearest(space, block, RECALL_AT), strict=False):
            space.finish(row, query)
            row[query] = np.inf
            shares.append(_share_found(row, found))
    said = {"kind": index.kind, "settings": dict(index.settings)}
    return {**said, f"recall@{RECALL_AT}": float(np.mean(shares)), "n_queries": len(queries)}


def _share_found(values: Vectors32, found: Integers) -> float:
    """Return the share of the nearest that was found, by their values; rounding does not count as farther."""
    n_there = min(RECALL_AT, len(values) - 1)
    limit = np.partition(values, n_there - 1)[n_there - 1] if n_there else np.float32(0)
    return float((values[found[found >= 0]] <= limit * np.float32(1 + 1e-6) + np.float32(1e-6)).sum() / max(n_there, 1))
