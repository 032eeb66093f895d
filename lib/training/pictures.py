"""The pictures of a run, decoded once and kept in memory as the network sees them, with the codes of their labels."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.catalog import Catalog
from lib.embedding.reading import items_of, read_batches
from lib.embedding.view import Fitted
from lib.errors import CatalogError, ModelError
from lib.progress import Report, silent
from lib.training.machine import memory

Pixels = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.int32]
UNKNOWN = -1


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures in memory.

    Parameters
    ----------
    ids : ndarray of shape (n,), str
        Product ids.
    pixels : ndarray of shape (n, size, size, 3), uint8
    codes : dict of str to ndarray of shape (n,), int32
        Head -> code of each picture's label among the run's classes, -1 where it has none of them.
    skipped : dict of str to int
        Reason -> number of pictures that could not be read.
    """

    ids: npt.NDArray[np.str_]
    pixels: Pixels
    codes: Mapping[str, Codes]
    skipped: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.ids)


def read_pictures(catalog: Catalog, codes: pd.DataFrame, *, size: int, fit: str, report: Report = silent) -> Pictures:
    """Decode pictures of a catalogue into memory.

    Parameters
    ----------
    catalog : Catalog
    codes : DataFrame
        Indexed by product id: whose pictures, and the codes of their labels by head.
    size : int
        Side, in pixels.
    fit : str
        A key of ``lib.images.fit.FITS``.
    report : callable, optional
        Told the number of read pictures, and of all.

    Returns
    -------
    Pictures

    Raises
    ------
    CatalogError
        If not one could be read.
    ModelError
        If they do not fit into memory.
    """
    items = items_of(catalog, codes.index.tolist())
    _check_memory(len(items), size)
    pixels = np.empty((len(items), size, size, 3), np.uint8)
    viewer = Fitted(size, fit)
    rows = [range(start, min(start + viewer.batch, len(items))) for start in range(0, len(items), viewer.batch)]
    failures: dict[int, str] = {}
    for batch in read_batches(catalog.originals, items, viewer, rows):
        pixels[batch.rows.start : batch.rows.stop] = batch.pixels[: len(batch.rows)]
        failures |= {row: reason for row, (reason, _) in batch.failures.items()}
        report(batch.rows.stop, len(items), 0)
    kept = np.array([row not in failures for row in range(len(items))], bool)
    if not kept.any():
        raise CatalogError(
            f"Not one picture of {catalog.name!r} could be read.", hint=f"Run: {catalog.manifest.command}"
        )
    return Pictures(
        ids=codes.index.to_numpy(dtype=object).astype(str)[kept],
        pixels=pixels if kept.all() else pixels[kept],
        codes={str(name): column.to_numpy(np.int32)[kept] for name, column in codes.items()},
        skipped=dict(Counter(failures.values())),
    )


def _check_memory(n: int, size: int) -> None:
    """Refuse more pictures than memory has room for, before it is taken from everything else that runs."""
    needed, (used, total) = n * size * size * 3, memory()
    if needed > total - used:
        raise ModelError(
            f"{n:,} pictures of {size} x {size} pixels need {needed / 1e9:,.1f} GB of memory; "
            f"{(total - used) / 1e9:,.1f} GB are free.",
            hint="Ask for smaller or fewer ones, such as --set size=96 or --set limit=10000.",
        )
