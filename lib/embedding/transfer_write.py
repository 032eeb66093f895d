"""Writers of the formats in which an embedding leaves: npz, S2's SQLite feature database, and CSV."""

import contextlib
import errno
import os
import sqlite3
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from lib.errors import ArtifactError
from lib.publish import disk_errors
from lib.spreadsheet import safe_cell

Ids = npt.NDArray[np.str_]
Vectors32 = npt.NDArray[np.float32]

_BATCH_ROWS = 512
#: SQLite's codes for what a disk refuses; it does not hand on the system's own number.
_SQLITE_REFUSALS = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_IOERR: errno.EIO}


@contextlib.contextmanager
def written_whole(out: Path) -> Iterator[Path]:
    """Make a file whole or not at all.

    On leaving, the draft takes the place of `out`; on an error it is removed.

    Parameters
    ----------
    out : Path
        A file that exists already is replaced.

    Yields
    ------
    Path
        A temporary path beside `out`, to be filled.

    Raises
    ------
    ArtifactError
        If `out` is anything but a plain file, its folder does not exist, or the disk refuses it.
    """
    with disk_errors(out, elsewhere="Write elsewhere with --out PATH."):
        _refuse_special(out)
        draft = out.with_name(f".{out.name[:40]}.{uuid.uuid4().hex[:8]}.tmp")
        try:
            _touch(draft)
            yield draft
            with draft.open("rb") as file:
                os.fsync(file.fileno())
            draft.replace(out)
        finally:
            draft.unlink(missing_ok=True)


def _refuse_special(out: Path) -> None:
    """Refuse to replace what is no plain file: a device or a link would be lost, a folder cannot be."""
    if not out.parent.is_dir():
        raise ArtifactError(f"There is no folder {out.parent}.", hint="Make it first, or write elsewhere.")
    try:
        mode = out.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "a link" if stat.S_ISLNK(mode) else "a device or a pipe"
        raise ArtifactError(f"{out} is {what}, not a file.", hint="Name the file to write.")


def _touch(draft: Path) -> None:
    """Make an empty file; a folder that takes none, such as one of the system's, says that it is not there."""
    try:
        draft.touch()
    except FileNotFoundError as error:
        raise ArtifactError(f"No file can be made in {draft.parent}.", hint="Write elsewhere.") from error


def write_npz(path: Path, ids: Ids, embeddings: Vectors32) -> None:
    """Write ``ids`` (n,) as text and ``embeddings`` (n, dim) as float32; NumPy needs no pickle to read it.

    Parameters
    ----------
    path : Path
    ids : ndarray of shape (n,), str
    embeddings : ndarray of shape (n, dim), float32
    """
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, ids=ids, embeddings=np.asarray(embeddings))


def write_sqlite(path: Path, ids: Ids, embeddings: Vectors32) -> None:
    """Write the feature database: ``image_features(image_name, features)``.

    ``image_name`` is the product id, and ``features`` its vector as comma-separated text, each number as short as
    float32 allows without loss.

    Parameters
    ----------
    path : Path
    ids : ndarray of shape (n,), str
    embeddings : ndarray of shape (n, dim), float32

    Raises
    ------
    OSError
        If the disk is full, or refuses to be written.
    """
    try:
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("CREATE TABLE image_features (image_name TEXT PRIMARY KEY, features TEXT NOT NULL)")
            for batch_ids, vectors in _batches(ids, embeddings):
                texts = _comma_separated(vectors)
                database.executemany("INSERT INTO image_features VALUES (?, ?)", zip(batch_ids, texts, strict=True))
            database.commit()
    except sqlite3.OperationalError as error:
        number = _SQLITE_REFUSALS.get(error.sqlite_errorcode & 0xFF)
        if number is None:
            raise
        raise OSError(number, os.strerror(number)) from error


def write_csv(path: Path, ids: Ids, embeddings: Vectors32) -> None:
    """Write a column of ids and one of each dimension; an id that a spreadsheet would run stands behind an apostrophe.

    Parameters
    ----------
    path : Path
    ids : ndarray of shape (n,), str
    embeddings : ndarray of shape (n, dim), float32
    """
    names = [f"d{i}" for i in range(embeddings.shape[1])]
    schema = pa.schema([("product_id", pa.string()), *((name, pa.float32()) for name in names)])
    with path.open("wb") as file, pcsv.CSVWriter(file, schema) as writer:
        for batch_ids, vectors in _batches(ids, embeddings):
            columns = [pa.array(column) for column in np.ascontiguousarray(vectors.T)]
            safe = pa.array([safe_cell(product_id) for product_id in batch_ids], pa.string())
            writer.write_batch(pa.record_batch([safe, *columns], schema=schema))


def _batches(ids: Ids, embeddings: Vectors32) -> Iterator[tuple[list[str], Vectors32]]:
    """Yield ids and vectors, a few hundred at a time."""
    for start in range(0, len(ids), _BATCH_ROWS):
        yield ids[start : start + _BATCH_ROWS].tolist(), np.asarray(embeddings[start : start + _BATCH_ROWS])


def _comma_separated(vectors: Vectors32) -> list[str]:
    """Return each vector as text."""
    numbers = pc.cast(pa.array(vectors.ravel()), pa.string())
    starts = pa.array(np.arange(0, vectors.size + 1, vectors.shape[1], dtype=np.int32))
    return [str(text) for text in pc.binary_join(pa.ListArray.from_arrays(starts, numbers), ",").to_pylist()]
