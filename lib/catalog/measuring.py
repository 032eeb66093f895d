"""Looking at every picture of a listing once: decoding, measuring, thumbnails; in pieces that survive a kill."""

import hashlib
import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lib.catalog.pictures import PictureStore
from lib.catalog.table import PICTURE_COLUMNS
from lib.errors import ArtifactError, CatalogError, ImageError
from lib.images.decode import CATALOG_LIMITS, decode_picture
from lib.images.measure import measure, pixels_sha256
from lib.images.thumbnail import thumbnail
from lib.progress import Report
from lib.shards import Shards

SHARD_SIZE = 1000
#: Why a picture was left out: empty where it was not.
PROBLEM = "problem"
THUMBNAIL = "thumbnail"
_MAX_THREADS = 8


@dataclass(frozen=True, eq=False)
class Measured:
    """Every picture of a listing, measured.

    Parameters
    ----------
    shards : Shards
        Where the pieces are kept.
    pictures : DataFrame
        ``PICTURE_COLUMNS`` and ``PROBLEM``, in the order of the rows.
    n_reused : int
        Pictures that an earlier, interrupted import had measured.
    """

    shards: Shards
    pictures: pd.DataFrame
    n_reused: int

    def thumbnails(self) -> Iterator[tuple[str, bytes]]:
        """Yield the thumbnail of each readable picture, one piece in memory at a time.

        Yields
        ------
        (str, bytes)
            Product id, and a WebP file.

        Raises
        ------
        ArtifactError
            If a piece was damaged since it was measured.
        """
        for number in range(-(-len(self.pictures) // SHARD_SIZE)):
            piece = _piece(self.shards, number, ["product_id", PROBLEM, THUMBNAIL])
            if piece is None:
                raise ArtifactError(
                    f"{self.shards.path(number)} was damaged while it was in use.", hint="Run the same command again."
                )
            good = piece[piece[PROBLEM] == ""]
            yield from zip(good["product_id"], good[THUMBNAIL], strict=True)


def measure_pictures(rows: pd.DataFrame, store: PictureStore, shards: Shards, *, report: Report) -> Measured:
    """Decode and measure every picture, going on where an earlier run stopped.

    Parameters
    ----------
    rows : DataFrame
        ``product_id`` and ``image``.
    store : PictureStore
    shards : Shards
        Named after everything that determines `rows` and the pictures.
    report : Report

    Returns
    -------
    Measured
    """
    pieces = [rows.iloc[start : start + SHARD_SIZE] for start in range(0, len(rows), SHARD_SIZE)]
    kept = _kept(pieces, shards)
    n_reused = sum(len(kept[number]) for number in kept)
    done = n_reused
    report(done, len(rows), n_reused)
    with ThreadPoolExecutor(min(_MAX_THREADS, os.cpu_count() or 1)) as pool:
        for number, piece in enumerate(pieces):
            if number in kept:
                continue
            records = []
            for record in pool.map(lambda locator: _measured(store, locator), piece["image"]):
                records.append(record)
                if len(records) % 50 == 0:
                    report(done + len(records), len(rows), n_reused)
            kept[number] = _save(piece, records, shards, number)
            done += len(piece)
            report(done, len(rows), n_reused)
    frames = [kept[number] for number in range(len(pieces))]
    return Measured(shards, pd.concat(frames, ignore_index=True), n_reused)


def _measured(store: PictureStore, locator: str) -> dict[str, Any]:
    """Measure one picture, or say why it cannot be read."""
    try:
        data = store.read(locator)
        picture = decode_picture(data, limits=CATALOG_LIMITS)
    except (ImageError, CatalogError) as error:
        return _record() | {PROBLEM: error.message}
    look = measure(picture.image)
    return {
        "width": picture.image.width,
        "height": picture.image.height,
        "mode": picture.mode,
        "file_bytes": len(data),
        "file_sha256": hashlib.sha256(data).hexdigest(),
        "pixels_sha256": pixels_sha256(picture.image),
        "brightness": look.brightness,
        "sharpness": look.sharpness,
        THUMBNAIL: thumbnail(picture.image),
        PROBLEM: "",
    }


def _record() -> dict[str, Any]:
    """Return the values of a picture that could not be read."""
    numbers = dict.fromkeys(("width", "height", "file_bytes"), 0) | dict.fromkeys(("brightness", "sharpness"), 0.0)
    return numbers | dict.fromkeys(("mode", "file_sha256", "pixels_sha256"), "") | {THUMBNAIL: b""}


def _save(piece: pd.DataFrame, records: list[dict[str, Any]], shards: Shards, number: int) -> pd.DataFrame:
    """Keep a finished piece, and return it without its thumbnails."""
    frame = pd.DataFrame(records)
    frame.insert(0, "product_id", piece["product_id"].to_numpy())
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False, compression=None)
    shards.save(number, buffer.getvalue())
    return frame[[*PICTURE_COLUMNS, PROBLEM]]


def _kept(pieces: list[pd.DataFrame], shards: Shards) -> dict[int, pd.DataFrame]:
    """Read the finished pieces of an interrupted run; one that is damaged or of other rows is made again."""
    kept = {}
    for number in shards.finished():
        frame = _piece(shards, number, [*PICTURE_COLUMNS, PROBLEM]) if number < len(pieces) else None
        if frame is not None and frame["product_id"].tolist() == pieces[number]["product_id"].tolist():
            kept[number] = frame
    return kept


def _piece(shards: Shards, number: int, columns: list[str]) -> pd.DataFrame | None:
    """Read columns of a finished piece; None if it is damaged or of another kind."""
    data = shards.read(number)
    if data is None:
        return None
    try:
        return pd.read_parquet(io.BytesIO(data), columns=columns)
    except (OSError, ValueError):
        return None
