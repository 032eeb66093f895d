"""What a variant costs: milliseconds for one query at a time, and bytes an item; on this machine, as it is now."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from lib.retrieval.approximate import ApproximateIndex
from lib.retrieval.distances import Vectors32, distance_metric
from lib.retrieval.index import ExactIndex, Vectors
from lib.retrieval.prepared import Prepared
from lib.retrieval.ranks import Integers

#: Queries that are timed, those before them that warm the machine up, and results of each.
N_TIMED, N_WARM, N_RESULTS = 50, 5, 10

#: Finds the nearest: (query vector (dim,), how many) -> rows of the gallery.
Search = Callable[[Vectors32, int], Integers]


def measure_cost(
    prepared: Prepared, asked: Vectors32, *, index: ApproximateIndex | None = None, images_per_second: float | None
) -> dict[str, Any]:
    """Time single queries, from their vector as it was embedded to the rows of the ten nearest.

    Parameters
    ----------
    prepared : Prepared
    asked : ndarray of shape (n, dim), float32
        Query vectors as they were embedded; asked in turn, again where there are few.
    index : ApproximateIndex, optional
        What is searched in place of all items.
    images_per_second : float or None
        Of the embedding, as it was measured.

    Returns
    -------
    dict
        ``dim``, ``bytes_per_item``, ``bytes_shared`` (what all items have in common: axes, scales, codebooks, means of
        clusters), ``ms_per_query`` (median), ``ms_per_query_p95``, ``n_timed``, ``images_per_second``.
    """
    search = whole_search(prepared, index)
    took = [_milliseconds(search, asked[place % len(asked)]) for place in range(N_WARM + N_TIMED)][N_WARM:]
    shared = prepared.reduction.n_bytes
    shared += prepared.codec.n_bytes_shared if prepared.codec else 0
    shared += index.n_bytes_shared if index else 0
    return {
        "dim": prepared.dim,
        "bytes_per_item": round(prepared.bytes_per_item + (index.n_bytes if index else 0), 1),
        "bytes_shared": shared,
        "ms_per_query": round(float(np.median(took)), 3),
        "ms_per_query_p95": round(float(np.percentile(took, 95)), 3),
        "n_timed": N_TIMED,
        "images_per_second": images_per_second,
    }


def _milliseconds(search: Callable[[Vectors32], Integers], vector: Vectors32) -> float:
    start = time.perf_counter()
    search(vector)
    return (time.perf_counter() - start) * 1000


def whole_search(prepared: Prepared, index: ApproximateIndex | None = None) -> Callable[[Vectors32], Integers]:
    """Return what answers one query as a variant says: reduce it, find, and where it is expanded, find again.

    Parameters
    ----------
    prepared : Prepared
    index : ApproximateIndex, optional

    Returns
    -------
    callable
        Vector (dim,) as it was embedded -> rows of the ten nearest, nearest first.
    """
    find = _by_index(prepared, index) if index else _by_codes(prepared) if prepared.codec else _by_all(prepared)
    n_nearest = prepared.variant.expand

    def search(vector: Vectors32) -> Integers:
        query = prepared.reduction.applied(vector[None])[0]
        if n_nearest:
            query = prepared.averaged(query, find(query, n_nearest))
        return find(query, N_RESULTS)

    return search


def _by_all(prepared: Prepared) -> Search:
    """Search every item exactly, as the search page does."""
    embeddings, norms, rows = prepared.embeddings, prepared.norms, prepared.rows
    if len(rows) < len(embeddings):
        embeddings, norms, rows = embeddings[rows], norms[rows], np.arange(len(rows))
    gallery_row = np.empty(len(rows), np.int64)
    gallery_row[rows] = np.arange(len(rows))
    vectors = Vectors(embeddings=embeddings, norms=norms, id_rank=gallery_row)
    index = ExactIndex(vectors=vectors, metric=distance_metric(prepared.metric))
    return lambda query, k: gallery_row[index.search(query, k=k)[0][:k]]


def _by_codes(prepared: Prepared) -> Search:
    """Scan the codes, for cosines by inner products, which take as long; for Manhattan distances decode them first."""
    codec, codes = prepared.codec, prepared.codes
    if codec is None or codes is None:
        raise ValueError("Expected a gallery that is stored in codes. Received: one in float32")
    if prepared.metric == "manhattan":
        kernel = distance_metric("manhattan").kernel
        return lambda query, k: np.argsort(kernel(codec.decode(codes), query), kind="stable")[:k]
    index = codec.scanning(codes)
    return lambda query, k: np.asarray(index.search(query[None], min(k, len(codes)))[1][0])


def _by_index(prepared: Prepared, index: ApproximateIndex) -> Search:
    """Search what the index was built over."""
    space, first = prepared.space(prepared.task.queries[:0]), np.zeros(1, np.int64)

    def find(query: Vectors32, k: int) -> Integers:
        rows = index.lists(space.asked_with(query[None], first).query_vectors(first), k)[0][0]
        return np.asarray(rows[rows >= 0])

    return find
