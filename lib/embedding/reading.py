"""Pictures of a catalogue as batches of pixels, decoded by threads ahead of the engine, within bounded memory."""

import hashlib
import os
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from lib.catalog import Catalog
from lib.catalog.pictures import PictureStore
from lib.embedding.engines import Pixels
from lib.errors import CatalogError, ImageError
from lib.images.decode import CATALOG_LIMITS, decode
from lib.images.measure import pixels_sha256

MISSING, UNREADABLE, CHANGED = "picture missing", "picture unreadable", "picture changed since import"


class Viewer(Protocol):
    """What is made of a picture file: an ``Embedder``, or ``lib.embedding.view.Fitted`` where no model is at hand."""

    @property
    def size(self) -> int:
        """Side of a view, in pixels."""

    @property
    def batch(self) -> int:
        """Number of pictures that are read together."""

    def view(self, data: bytes, *, out: Pixels | None = None) -> Pixels:
        """Return a picture as (size, size, 3) uint8, written to `out` where it is given."""


@dataclass(frozen=True)
class Item:
    """A row of a catalogue, as far as embedding its picture goes.

    Parameters
    ----------
    product_id : str
    locator : str
        Where the picture is, the ``image`` column.
    file_sha256, pixels_sha256 : str
        What it was at import: an embedding's id stands for those pictures, and must never get the vector of another.
    """

    product_id: str
    locator: str
    file_sha256: str
    pixels_sha256: str

    def is_shown_by(self, data: bytes) -> bool:
        """Return whether a file is the picture that was imported, or another file of the very same pixels.

        Parameters
        ----------
        data : bytes

        Returns
        -------
        bool
        """
        if hashlib.sha256(data).hexdigest() == self.file_sha256:
            return True
        try:
            return pixels_sha256(decode(data, limits=CATALOG_LIMITS)) == self.pixels_sha256
        except ImageError:
            return False


def items_of(catalog: Catalog, product_ids: Sequence[str] | None = None) -> list[Item]:
    """Return the rows of a catalogue, or those of some of its products, as far as embedding goes.

    Parameters
    ----------
    catalog : Catalog
    product_ids : sequence of str, optional
        In the order wanted; every product by default.

    Returns
    -------
    list of Item

    Raises
    ------
    CatalogError
        If there is no such product.
    """
    ids = catalog.ids.tolist() if product_ids is None else [str(product_id) for product_id in product_ids]
    unknown = [product_id for product_id in ids if product_id not in catalog.row_of]
    if unknown:
        raise CatalogError(f"{catalog.name!r} has no product {unknown[0]!r}.")
    locators = catalog.frame["image"].iloc[[catalog.row_of[product_id] for product_id in ids]]
    imported = catalog.pictures.set_index("product_id").loc[ids]
    values = zip(ids, locators, imported["file_sha256"], imported["pixels_sha256"], strict=True)
    return [Item(*map(str, row)) for row in values]


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
    pictures: PictureStore, items: Sequence[Item], viewer: Viewer, rows: Iterable[range]
) -> Iterator[Batch]:
    """Yield batches in order; threads read and decode a few ahead.

    Parameters
    ----------
    pictures : PictureStore
    items : sequence of Item
        The rows of the catalogue.
    viewer : Viewer
        Says what the model sees.
    rows : iterable of range
        The rows of each batch, at most ``viewer.batch``.

    Yields
    ------
    Batch
    """
    n_threads = max(2, os.cpu_count() or 1)
    ahead: deque[Future[Batch]] = deque()
    with ThreadPoolExecutor(n_threads, thread_name_prefix="decode") as pool:
        try:
            for batch_rows in rows:
                ahead.append(pool.submit(_read, pictures, items, viewer, batch_rows))
                if len(ahead) > 2 * n_threads:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()


def _read(pictures: PictureStore, items: Sequence[Item], viewer: Viewer, rows: range) -> Batch:
    """Read and decode the pictures of one batch."""
    started = time.perf_counter()
    pixels = np.zeros((viewer.batch, viewer.size, viewer.size, 3), np.uint8)
    failures = {}
    for place, row in enumerate(rows):
        failure = _view(pictures, items[row], viewer, out=pixels[place])
        if failure:
            failures[row] = failure
    return Batch(rows=rows, pixels=pixels, failures=failures, seconds=time.perf_counter() - started)


def _view(pictures: PictureStore, item: Item, viewer: Viewer, *, out: Pixels) -> tuple[str, str] | None:
    """Write what the model sees of one picture, or return the reason why not and what exactly was wrong."""
    try:
        data = pictures.read(item.locator)
        if not item.is_shown_by(data):
            return CHANGED, f"{item.locator} is not the picture that was imported: import the catalogue again."
        viewer.view(data, out=out)
    except CatalogError as error:
        return MISSING, error.message
    except ImageError as error:
        return UNREADABLE, error.message
    return None
