"""Readers of vectors made elsewhere. A file is not to be trusted: nothing in it is run, and memory stays bounded.

Every reader yields ids and vectors a few hundred at a time and turns what is wrong with a file into one
``InvalidArtifact`` that names it.
"""

import contextlib
import csv
import sqlite3
import tokenize
import urllib.parse
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pcsv

from lib.errors import InvalidArtifact
from lib.spreadsheet import original_cell

#: Ids, and as many vectors.
Batch = tuple[list[str], npt.NDArray[np.floating]]

MAX_DIM = 65_536
_BATCH_ROWS = 256
_MAX_BYTES = 32 * 2**30
_MAX_IDS_BYTES = 512 * 2**20
#: Vectors hardly shrink when compressed; what grows more than this, beyond a size that does no harm, is a trap.
_MAX_RATIO, _HARMLESS_BYTES = 100, 100 * 2**20
_ID_NAMES = ("", "id", "ids", "product_id", "image_name", "image", "name", "index", "unnamed: 0")
_MAX_CELL = 16 * 2**20
#: What NumPy's reader of a header, which parses it as Python's literals, lets through beside ``ValueError``.
_HEADER_ERRORS = (
    SyntaxError,
    tokenize.TokenError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    MemoryError,
    NotImplementedError,
)
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def bad_file(path: Path, problem: str, *, hint: str = "") -> InvalidArtifact:
    """Return the error that says in one line what is wrong with a file of vectors.

    Parameters
    ----------
    path : Path
    problem : str
    hint : str, default=""

    Returns
    -------
    InvalidArtifact
    """
    line = " ".join(problem.split())
    return InvalidArtifact(f"{path}: {line[:300]}.", hint=hint or "See: python -m lib export --help")


def read_npz(path: Path) -> Iterator[Batch]:
    """Read ``ids`` (n,) and ``embeddings`` (n, dim) of numbers.

    Parameters
    ----------
    path : Path

    Yields
    ------
    tuple of (list of str, ndarray of shape (m, dim))

    Raises
    ------
    InvalidArtifact
        If it is no such file, holds Python objects, or unpacks to far more than it is.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            ids = _npz_ids(path, archive)
            with archive.open(_member(path, archive, "embeddings")) as member:
                dtype, dim = _npz_shape(path, archive, member, len(ids))
                for start in range(0, len(ids), _BATCH_ROWS):
                    batch = ids[start : start + _BATCH_ROWS]
                    data = member.read(len(batch) * dim * dtype.itemsize)
                    yield batch, np.frombuffer(data, dtype=dtype).reshape(len(batch), dim)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OSError) as error:
        raise bad_file(path, f"not a whole npz file ({error})") from error


def _member(path: Path, archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """Return an array's entry, its declared size checked before anything is unpacked."""
    if f"{name}.npy" not in archive.namelist():
        raise bad_file(path, f"there is no array {name!r} in it", hint="It must hold `ids` and `embeddings`.")
    info = archive.getinfo(f"{name}.npy")
    grows = info.file_size > _HARMLESS_BYTES and info.file_size > _MAX_RATIO * info.compress_size
    if grows or info.file_size > (_MAX_IDS_BYTES if name == "ids" else _MAX_BYTES):
        sizes = f"{info.file_size:,} bytes from {info.compress_size:,}"
        raise bad_file(
            path, f"{name!r} would unpack to {sizes}, which is refused", hint="Split it, or save it plainly."
        )
    return info


def _npz_header(path: Path, member: IO[bytes], name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Read an array's header; Python objects and column order are refused."""
    version = np.lib.format.read_magic(member)
    if version not in _HEADERS:
        raise bad_file(path, f"{name!r} has the unknown array version {version}")
    try:
        with warnings.catch_warnings(action="ignore"):
            shape, fortran, dtype = _HEADERS[version](member)
    except _HEADER_ERRORS as error:
        raise bad_file(path, f"not a whole npz file (the header of {name!r}: {type(error).__name__})") from error
    if dtype.hasobject:
        raise bad_file(path, f"{name!r} holds Python objects, which are never unpickled", hint="Save text and float32.")
    if fortran and len(shape) > 1:
        raise bad_file(path, f"{name!r} is stored column by column", hint="Save numpy.ascontiguousarray(...) of it.")
    return shape, dtype


def _npz_ids(path: Path, archive: zipfile.ZipFile) -> list[str]:
    info = _member(path, archive, "ids")
    with archive.open(info) as member:
        shape, dtype = _npz_header(path, member, "ids")
        if len(shape) != 1 or dtype.kind not in "Uiu" or not dtype.itemsize:
            raise bad_file(path, f"`ids` is {dtype} of shape {shape}, not text (n,)")
        if info.file_size - member.tell() != shape[0] * dtype.itemsize:
            raise bad_file(path, "`ids` is not as long as it says")
        return [str(value) for value in np.frombuffer(member.read(), dtype=dtype)]


def _npz_shape(path: Path, archive: zipfile.ZipFile, member: IO[bytes], n_ids: int) -> tuple[np.dtype[Any], int]:
    """Return type and dimension of the vectors, the declared shape checked against the ids and the bytes."""
    shape, dtype = _npz_header(path, member, "embeddings")
    if len(shape) != 2 or dtype.kind not in "fiu" or not 1 <= shape[1] <= MAX_DIM:
        raise bad_file(
            path, f"`embeddings` is {dtype} of shape {shape}, not numbers (n, dim) with dim up to {MAX_DIM:,}"
        )
    if shape[0] != n_ids:
        raise bad_file(path, f"there are {n_ids:,} ids for {shape[0]:,} vectors")
    if archive.getinfo("embeddings.npy").file_size - member.tell() != shape[0] * shape[1] * dtype.itemsize:
        raise bad_file(path, "`embeddings` is not as long as it says")
    return dtype, shape[1]


def read_sqlite(path: Path) -> Iterator[Batch]:
    """Read ``image_features(image_name, features)``: features as comma-separated text, JSON text or float32 bytes.

    The database is opened read-only, only a plain table is read, and no cell may be larger than 16 MB.

    Parameters
    ----------
    path : Path

    Yields
    ------
    tuple of (list of str, ndarray of shape (m, dim))

    Raises
    ------
    InvalidArtifact
        If it is no such database.
    """
    address = f"file:{urllib.parse.quote(str(path.resolve()))}?mode=ro"
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True)) as database:
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_CELL)
            database.execute("PRAGMA trusted_schema = OFF")
            _check_table(path, database)
            rows = database.execute("SELECT image_name, features FROM image_features")
            while batch := rows.fetchmany(_BATCH_ROWS):
                names = ["" if name is None else str(name) for name, _ in batch]
                yield names, _stack(path, names, [features for _, features in batch])
    except sqlite3.Error as error:
        raise bad_file(path, f"not a feature database ({error})") from error


def _check_table(path: Path, database: sqlite3.Connection) -> None:
    """Refuse whatever is not a plain table with plain columns: a view or a computed column would run the file's SQL."""
    kinds = database.execute("SELECT type FROM sqlite_master WHERE name = 'image_features' AND type != 'index'")
    columns = {row[1] for row in database.execute("PRAGMA table_info(image_features)")}
    if [kind for (kind,) in kinds] != ["table"] or not {"image_name", "features"} <= columns:
        raise bad_file(path, "there is no table image_features(image_name, features) in it")


def _stack(path: Path, names: list[str], cells: list[object]) -> npt.NDArray[np.float32]:
    vectors = [_features(path, name, cell) for name, cell in zip(names, cells, strict=True)]
    lengths = {len(vector) for vector in vectors}
    if len(lengths) != 1 or not 1 <= max(lengths) <= MAX_DIM:
        raise bad_file(
            path, f"features have {', '.join(map(str, sorted(lengths)[:5]))} numbers, not the same number each"
        )
    return np.stack(vectors)


def _features(path: Path, name: str, cell: object) -> npt.NDArray[np.float32]:
    """Return the numbers of one cell."""
    if isinstance(cell, bytes) and len(cell) % 4 == 0:
        return np.frombuffer(cell, dtype="<f4")
    if isinstance(cell, str):
        with contextlib.suppress(ValueError), np.errstate(over="ignore"):
            return np.array([float(number) for number in cell.strip().strip("[]").split(",")], dtype=np.float32)
    kind = "text" if isinstance(cell, str) else type(cell).__name__
    raise bad_file(path, f"the features of {name[:80]!r} ({kind}) are neither numbers with commas nor float32 bytes")


def read_csv(path: Path) -> Iterator[Batch]:
    """Read a table with a header, the ids in its first column and one dimension in each other.

    Parameters
    ----------
    path : Path

    Yields
    ------
    tuple of (list of str, ndarray of shape (m, dim))

    Raises
    ------
    InvalidArtifact
        If it is no such table.
    """
    names = [str(i) for i in range(_csv_width(path))]
    types = {name: pa.float32() for name in names} | {names[0]: pa.string()}
    try:
        with pcsv.open_csv(
            path,
            read_options=pcsv.ReadOptions(column_names=names, skip_rows=1, block_size=_MAX_CELL, use_threads=False),
            parse_options=pcsv.ParseOptions(newlines_in_values=True),
            convert_options=pcsv.ConvertOptions(column_types=types, null_values=[], strings_can_be_null=False),
        ) as reader:
            for batch in reader:
                vectors = [column.to_numpy(zero_copy_only=False) for column in batch.columns[1:]]
                yield (
                    [original_cell(product_id) for product_id in batch.column(0).to_pylist()],
                    np.stack(vectors, axis=1),
                )
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError) as error:
        raise bad_file(path, f"not a table of numbers ({error})") from error


def _csv_width(path: Path) -> int:
    """Return the number of columns, read from the header; a first row that is data already is refused."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader([file.readline(_MAX_CELL)]), [])
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise bad_file(path, f"neither npz, SQLite nor CSV ({error})") from error
    if not 2 <= len(header) <= MAX_DIM + 1:
        raise bad_file(path, f"its first line has {len(header):,} columns", hint="Give ids and numbers, with commas.")
    if any(_is_number(cell) for cell in header[1:]) and not _counts(header):
        raise bad_file(path, "its first line is data", hint="Put a line of column names above it.")
    return len(header)


def _counts(header: list[str]) -> bool:
    """Return whether the columns are named by their numbers, as pandas does: an id, then 0, 1, 2 ... or 1, 2, 3 ..."""
    numbers = [str(i) for i in range(len(header))]
    return header[0].strip().lower() in _ID_NAMES and header[1:] in (numbers[:-1], numbers[1:])


def _is_number(cell: str) -> bool:
    """Return whether a cell is a number, which a column is not named by as a rule."""
    try:
        float(cell)
    except ValueError:
        return False
    return True
