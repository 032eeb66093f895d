"""Compressed storage: what vectors become in 2 bytes or 1 byte a number, or by product quantisation, through FAISS.

Only the gallery is stored so; queries stay float32 (asymmetric distances), as nothing is gained by rounding them.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from lib.errors import SearchError
from lib.retrieval.distances import Vectors32

Codes = npt.NDArray[np.uint8]
T = TypeVar("T")

#: Vectors that are encoded at once: a product quantiser holds their distances to all of its means.
_BLOCK_ROWS = 1024
#: Values that one byte of product quantisation tells apart; so many vectors are needed to learn them.
_CODEWORDS = 256
#: Vectors for each of them that they are learnt from, at most.
_LEARNT_FROM = 64
_LARGEST_FLOAT16 = 65_504.0


def load_faiss() -> ModuleType:
    """Return FAISS.

    Returns
    -------
    module

    Raises
    ------
    SearchError
        If it is not installed.
    """
    try:
        import faiss
    except ImportError as error:
        raise SearchError(
            "FAISS is not installed; compressed storage and approximate indexes need it.",
            hint="Run: pip install faiss-cpu",
        ) from error
    module: ModuleType = faiss
    return module


def in_one_thread(call: Callable[[], T]) -> T:
    """Do something with FAISS in one thread.

    Its threads wait for each other, spinning, which on a busy machine was measured to take five times the processor's
    time; and only one builds the same graph every time. What FAISS is told of threads holds for the thread that tells.

    Parameters
    ----------
    call : callable

    Returns
    -------
    Whatever it returns.
    """
    faiss = load_faiss()
    with ThreadPoolExecutor(1, initializer=faiss.omp_set_num_threads, initargs=(1,)) as alone:
        return alone.submit(call).result()


@dataclass(frozen=True, eq=False)
class Codec:
    """Turns vectors into codes and back.

    Parameters
    ----------
    index : faiss.Index
        Trained; it scans its codes where a time is taken.
    n_bytes_shared : int
        Bytes of what all codes have in common: scales or codebooks.
    """

    index: Any
    n_bytes_shared: int

    @property
    def n_bytes(self) -> int:
        """Bytes an item."""
        return int(self.index.sa_code_size())

    def encode(self, vectors: Vectors32) -> Codes:
        """Return the codes of vectors.

        Parameters
        ----------
        vectors : ndarray of shape (n, dim), float32

        Returns
        -------
        ndarray of shape (n, n_bytes), uint8
        """
        codes = np.empty((len(vectors), self.n_bytes), np.uint8)

        def fill() -> None:
            for start in range(0, len(vectors), _BLOCK_ROWS):
                block = np.ascontiguousarray(vectors[start : start + _BLOCK_ROWS])
                codes[start : start + _BLOCK_ROWS] = self.index.sa_encode(block)

        if len(vectors) > _BLOCK_ROWS:
            in_one_thread(fill)
        else:
            fill()
        return codes

    def decode(self, codes: Codes) -> Vectors32:
        """Return what codes stand for.

        Parameters
        ----------
        codes : ndarray of shape (n, n_bytes), uint8

        Returns
        -------
        ndarray of shape (n, dim), float32
        """
        return np.asarray(self.index.sa_decode(np.ascontiguousarray(codes)))

    def stored(self, vectors: Vectors32) -> Vectors32:
        """Return what is left of vectors that were stored.

        Parameters
        ----------
        vectors : ndarray of shape (n, dim), float32

        Returns
        -------
        ndarray of shape (n, dim), float32
        """
        return self.decode(self.encode(vectors))

    def scanning(self, codes: Codes) -> Any:
        """Return an index of FAISS over some codes.

        Parameters
        ----------
        codes : ndarray of shape (n, n_bytes), uint8

        Returns
        -------
        faiss.Index
        """
        faiss = load_faiss()
        index = faiss.clone_index(self.index)
        index.add_sa_codes(np.ascontiguousarray(codes))
        return index


def learn_codec(vectors: Vectors32, *, storage: str, pq: int | None = None, metric: str, seed: int = 0) -> Codec:
    """Learn from the vectors of a gallery how to store them.

    Parameters
    ----------
    vectors : ndarray of shape (n, dim), float32
        Those that will be stored.
    storage : str
        ``"float16"``; ``"int8"``: 256 even steps between the smallest and the largest value of each dimension; or
        ``"pq"`` (Jégou et al. 2011): vectors are cut into `pq` parts, each of which becomes the nearest of 256 means.
    pq : int, optional
        Parts, and so bytes, an item; it divides the dimension.
    metric : str
        A key of ``DISTANCE_METRICS``: how the codes are scanned.
    seed : int, default=0
        Of the means.

    Returns
    -------
    Codec

    Raises
    ------
    SearchError
        If the vectors cannot be stored so.
    ValueError
        If there is no such storage.
    """
    faiss, dim = load_faiss(), vectors.shape[1]
    by = faiss.METRIC_L2 if metric == "euclidean" else faiss.METRIC_INNER_PRODUCT
    if storage == "pq":
        return _product_quantiser(vectors, pq or 0, by, seed)
    kinds = {"float16": faiss.ScalarQuantizer.QT_fp16, "int8": faiss.ScalarQuantizer.QT_8bit}
    if storage not in kinds:
        raise ValueError(f"Expected storage to be one of {[*kinds, 'pq']}. Received: storage={storage!r}")
    if storage == "float16" and max(-vectors.min(), vectors.max()) > _LARGEST_FLOAT16:
        raise SearchError(
            "float16 holds numbers up to 65,504, and these vectors have larger ones.", hint="Try l2 first."
        )
    index = faiss.IndexScalarQuantizer(dim, kinds[storage], by)
    index.train(np.ascontiguousarray(vectors))
    return Codec(index=index, n_bytes_shared=4 * index.sq.trained.size())


def _product_quantiser(vectors: Vectors32, n_parts: int, by: int, seed: int) -> Codec:
    """Learn the codebooks of a product quantiser."""
    faiss, (n, dim) = load_faiss(), vectors.shape
    if n_parts < 1 or dim % n_parts:
        fits = ", ".join(str(part) for part in range(1, dim + 1) if dim % part == 0)
        raise SearchError(f"pq={n_parts} does not divide {dim} dimensions into equal parts.", hint=f"{fits} do.")
    if n < _CODEWORDS:
        raise SearchError(f"pq={n_parts} learns {_CODEWORDS} values a byte, and the gallery has {n} vectors only.")
    index = faiss.IndexPQ(dim, n_parts, 8, by)
    learning = index.pq.cp
    learning.seed, learning.min_points_per_centroid, learning.max_points_per_centroid = seed, 1, _LEARNT_FROM
    in_one_thread(partial(index.train, np.ascontiguousarray(vectors)))
    return Codec(index=index, n_bytes_shared=4 * _CODEWORDS * dim)
