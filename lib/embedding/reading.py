"""Pictures of a catalogue as batches of pixels, decoded by threads ahead of the engine, within bounded memory."""

import os
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from lib.catalog.pictures import PictureStore
from lib.embedding.embedder import Embedder
from lib.embedding.engines import Pixels
from lib.errors import CatalogError, ImageError

MISSING, UNREADABLE = "picture missing", "picture unreadable"


@dataclass(frozen=True, eq=False)
class Batch:
    """Pictures that are computed together.

    Parameters
    ----------
    rows : range
        Which rows of the catalogue they are.
    pixels : ndarray of shape (batch, size, size, 3), uint8
        Black where a picture could not be read, and beyond the last row.
    failures : dict of int to (str, str)
        Row -> reason, and what exactly was wrong.
    seconds : float
        How long reading and decoding took one thread.
    """

    rows: range
    pixels: Pixels
    failures: dict[int, tuple[str, str]] = field(default_factory=dict)
    seconds: float = 0.0


def read_batches(
    pictures: PictureStore, locators: Sequence[str], embedder: Embedder, rows: Iterable[range]
) -> Iterator[Batch]:
    """Yield batches in order; threads read and decode a few ahead.

    Parameters
    ----------
    pictures : PictureStore
    locators : sequence of str
        The ``image`` column.
    embedder : Embedder
        Says what the model sees.
    rows : iterable of range
        The rows of each batch, at most ``embedder.batch``.

    Yields
    ------
    Batch
    """
    n_threads = max(2, os.cpu_count() or 1)
    ahead: deque[Future[Batch]] = deque()
    with ThreadPoolExecutor(n_threads, thread_name_prefix="decode") as pool:
        try:
            for batch_rows in rows:
                ahead.append(pool.submit(_read, pictures, locators, embedder, batch_rows))
                if len(ahead) > 2 * n_threads:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()


def _read(pictures: PictureStore, locators: Sequence[str], embedder: Embedder, rows: range) -> Batch:
    """Read and decode the pictures of one batch."""
    started = time.perf_counter()
    size = embedder.request.size
    pixels = np.zeros((embedder.batch, size, size, 3), np.uint8)
    failures = {}
    for place, row in enumerate(rows):
        try:
            embedder.view(pictures.read(locators[row]), out=pixels[place])
        except CatalogError as error:
            failures[row] = (MISSING, error.message)
        except ImageError as error:
            failures[row] = (UNREADABLE, error.message)
    return Batch(rows=rows, pixels=pixels, failures=failures, seconds=time.perf_counter() - started)
