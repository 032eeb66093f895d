"""Near-duplicates: pictures that show the same photograph, which make finding "another" one too easy.

Two pictures are near-duplicates if both tests say so: their 64-bit perceptual hashes are equal, and their pixels at
32 x 32 in grey correlate by at least .98. The hash alone joins pictures of different articles that are built alike.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.artifacts import Store, read_result, verify
from lib.catalog.table import Catalog, load_catalog
from lib.errors import ArtifactError, ImageError
from lib.images.decode import decode
from lib.images.perceptual_hash import HASH_SIDE, SIDE, Greys, grey, perceptual_hashes
from lib.progress import Report, silent
from lib.publish import exclusive, publish, write_manifest
from lib.schema import Manifest, artifact_id

KIND = "near-duplicates"
PAIRS = "pairs.parquet"
COLUMNS = ("product_id", "near_duplicate", "correlation")
MIN_CORRELATION = 0.98
_AT_ONCE = 512
_BLOCK_ROWS = 1024
logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class NearDuplicates:
    """The near-duplicates of a catalogue.

    Parameters
    ----------
    pairs : DataFrame
        ``COLUMNS``, every pair once.
    manifest : Manifest
        ``details`` holds ``n_pairs``, ``n_pictures`` (in any pair) and ``n_same_hash`` (pictures that share their hash,
        most of which are no near-duplicates).
    """

    pairs: pd.DataFrame
    manifest: Manifest

    def rows_among(self, ids: np.ndarray) -> dict[int, npt.NDArray[np.int64]]:
        """Return the near-duplicates of each of some products that has some among them.

        Parameters
        ----------
        ids : ndarray of shape (n,), str

        Returns
        -------
        dict of int to ndarray of int
            Row in `ids` -> rows in `ids`, ascending.
        """
        index = pd.Index(ids)
        one, other = (index.get_indexer(pd.Index(self.pairs[name].astype(str))) for name in COLUMNS[:2])
        here = (one >= 0) & (other >= 0)
        both = np.concatenate([np.stack([one, other])[:, here], np.stack([other, one])[:, here]], axis=1)
        found = pd.DataFrame({"row": both[0], "twin": both[1]}).groupby("row")["twin"]
        return {int(str(row)): np.sort(twins.to_numpy(np.int64)) for row, twins in found}


def near_duplicate_pairs(greys: Greys) -> Iterator[tuple[int, int, float]]:
    """Yield every pair of pictures with one hash and a correlation of at least ``MIN_CORRELATION``.

    Parameters
    ----------
    greys : ndarray of shape (n, 32, 32), uint8

    Yields
    ------
    tuple of (int, int, float)
        Two rows, ascending, and their correlation; pictures of one colour correlate by 1 where they are equal.
    """
    for _, rows in pd.Series(range(len(greys))).groupby(perceptual_hashes(greys)):
        if len(rows) > 1:
            yield from _alike(greys, np.asarray(rows, np.int64))


def _alike(greys: Greys, rows: npt.NDArray[np.int64]) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs of one hash."""
    pixels = greys[rows].reshape(len(rows), -1).astype(np.float32)
    centred = pixels - pixels.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    flat = lengths[:, 0] == 0
    unit = centred / np.where(lengths > 0, lengths, 1)
    for start in range(0, len(rows), _BLOCK_ROWS):
        correlations = unit[start : start + _BLOCK_ROWS] @ unit.T
        equal = (
            flat[start : start + _BLOCK_ROWS, None] & flat & (pixels[start : start + _BLOCK_ROWS, :1] == pixels[:, 0])
        )
        for i, j in np.argwhere((correlations >= MIN_CORRELATION) | equal):
            if i + start < j:
                yield int(rows[i + start]), int(rows[j]), float(1.0 if equal[i, j] else min(correlations[i, j], 1.0))


def find_near_duplicates(store: Store, name: str, *, seed: int = 0, report: Report = silent) -> NearDuplicates:
    """Find the near-duplicates of a catalogue, or find that it was done; every picture is read from its source.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    seed : int, default=0
        Recorded; nothing here is random.
    report : callable, optional
        Told the number of pictures that were read, and of all.

    Returns
    -------
    NearDuplicates

    Raises
    ------
    CatalogError
        If the pictures are no longer where they were.
    ArtifactError
        If the catalogue is missing or damaged, or the disk is full.
    """
    catalog = load_catalog(store, name)
    inputs = {"catalog": name, "pictures_sha256": catalog.pictures_sha256}
    parameters = {"hash": HASH_SIDE, "side": SIDE, "min_correlation": MIN_CORRELATION, "version": 1}
    result_id = artifact_id(KIND, inputs, parameters)
    folder = store.result_folder(name, KIND, result_id)
    with exclusive(catalog.folder, result_id):
        try:
            return _read(store, name, result_id)
        except ArtifactError as error:
            logger.debug("%s", error)
        logger.info("Reading %s pictures of %s once, to find near-duplicates.", f"{len(catalog.ids):,}", name)
        started = time.monotonic()
        ids, greys, skipped = _read_greys(catalog, report)
        found = list(near_duplicate_pairs(greys))
        pairs = pd.DataFrame([(ids[i], ids[j], value) for i, j, value in found], columns=list(COLUMNS))
        manifest = Manifest(
            kind=KIND,
            id=result_id,
            command=f"python -m lib evaluate {name} --model ID",
            inputs=inputs,
            parameters=parameters,
            n_in=len(catalog.ids),
            n=len(ids),
            skipped={"picture unreadable": skipped} if skipped else {},
            synthetic=catalog.synthetic,
            details=_details(pairs, greys),
            timings={"wall": round(time.monotonic() - started, 3)},
            seed=seed,
        )
        with publish(folder) as draft:
            pairs.to_parquet(draft / PAIRS, index=False)
            write_manifest(draft, manifest)
        return _read(store, name, result_id)


def _read(store: Store, name: str, result_id: str) -> NearDuplicates:
    """Read what was found back."""
    folder = store.result_folder(name, KIND, result_id)
    manifest = read_result(folder, KIND)
    verify(folder, manifest)
    return NearDuplicates(pd.read_parquet(folder / PAIRS), manifest)


def _details(pairs: pd.DataFrame, greys: Greys) -> dict[str, int]:
    """Count."""
    counts = pd.Series(perceptual_hashes(greys)).value_counts()
    pictures = set(pairs["product_id"]) | set(pairs["near_duplicate"])
    return {"n_pairs": len(pairs), "n_pictures": len(pictures), "n_same_hash": int(counts[counts > 1].sum())}


def _read_greys(catalog: Catalog, report: Report) -> tuple[list[str], Greys, int]:
    """Read every picture in two threads; return ids, pixels, and how many could not be read."""
    ids, greys = [], []
    items = list(zip(catalog.ids.tolist(), catalog.frame["image"].astype(str).tolist(), strict=True))
    with ThreadPoolExecutor(2) as pool:
        for start in range(0, len(items), _AT_ONCE):
            block: Iterable[tuple[str, str]] = items[start : start + _AT_ONCE]
            for product_id, pixels in pool.map(partial(_read_grey, catalog), block):
                if pixels is not None:
                    ids.append(product_id)
                    greys.append(pixels)
            report(min(start + _AT_ONCE, len(items)), len(items), 0)
    stacked = np.stack(greys) if greys else np.empty((0, SIDE, SIDE), np.uint8)
    return ids, stacked, len(items) - len(ids)


def _read_grey(catalog: Catalog, item: tuple[str, str]) -> tuple[str, Greys | None]:
    """Read one picture; None where it is no picture any more."""
    product_id, locator = item
    try:
        return product_id, grey(decode(catalog.originals.read(locator), target=SIDE))
    except ImageError:
        return product_id, None
