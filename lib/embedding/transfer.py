"""Embeddings to and from other tools: export to one file, import of vectors made elsewhere."""

import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from lib.artifacts import MANIFEST, Store, sha256_of
from lib.catalog import Catalog, load_catalog
from lib.embedding.artifact import IDS, KIND, SKIPPED, VECTORS, Embedding, embedding_folder, load_embedding
from lib.embedding.transfer_read import Batch, bad_file, read_csv, read_npz, read_sqlite
from lib.embedding.transfer_write import Ids, Vectors32, write_csv, write_npz, write_sqlite, written_whole
from lib.errors import InvalidArtifact
from lib.publish import exclusive, publish, write_manifest
from lib.schema import Manifest, artifact_id

UNKNOWN = "not in the catalogue"
ABSENT = "no vector in the file"


@dataclass(frozen=True)
class TransferFormat:
    """A kind of file that holds an embedding.

    Parameters
    ----------
    explanation : str
        One sentence for a person.
    begins : bytes
        First bytes of every such file; empty for plain text.
    write : callable
        (path, ids, embeddings) -> None.
    read : callable
        path -> iterator over ids and vectors.
    names_files : bool
        Whether its ids may be the names of picture files.
    """

    explanation: str
    begins: bytes
    write: Callable[[Path, Ids, Vectors32], None]
    read: Callable[[Path], Iterator[Batch]]
    names_files: bool = False


#: The choices of ``--format``.
FORMATS: dict[str, TransferFormat] = {
    "npz": TransferFormat("NumPy: `ids` (n,) and `embeddings` (n, dim) float32.", b"PK", write_npz, read_npz),
    "sqlite": TransferFormat(
        "A feature database: image_features(image_name, features), features as comma-separated text.",
        b"SQLite format 3\0",
        write_sqlite,
        read_sqlite,
        names_files=True,
    ),
    "csv": TransferFormat("A table: product_id and one column a dimension.", b"", write_csv, read_csv),
}


def export_embedding(store: Store, name: str, embedding_id: str, *, format: str, out: Path) -> Embedding:
    """Write an embedding to one file, whole or not at all; a file that is there already is replaced.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's name.
    embedding_id : str
        The id, or the beginning of one.
    format : str
        A key of ``FORMATS``.
    out : Path

    Returns
    -------
    Embedding
        What was written.

    Raises
    ------
    ArtifactError
        If there is no such embedding, or `out` cannot be written.
    ValueError
        If there is no such format.
    """
    if format not in FORMATS:
        raise ValueError(f"Expected format to be one of {sorted(FORMATS)}. Received: format={format!r}")
    embedding = load_embedding(store, name, embedding_id)
    with written_whole(out) as draft:
        FORMATS[format].write(draft, embedding.ids, embedding.embeddings)
    return embedding


def import_embedding(store: Store, name: str, path: Path, *, command: str) -> Embedding:
    """Take vectors made elsewhere into a catalogue, as an embedding that can be searched by product.

    What kind of file it is follows from its first bytes. The same file for the same pictures is imported once.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's name.
    path : Path
    command : str
        The command that imports it again.

    Returns
    -------
    Embedding
        In the catalogue's order. Ids that the catalogue lacks, and products that the file lacks, are counted and
        listed among the skipped.

    Raises
    ------
    InvalidArtifact
        If the file is not what it should be.
    """
    catalog = load_catalog(store, name)
    kind = _kind_of(path)
    inputs = {"catalog": name, "pictures_sha256": catalog.pictures_sha256, "file_sha256": sha256_of(path)}
    embedding_id = artifact_id("imported", inputs, {"format": kind})
    folder = embedding_folder(store, name, embedding_id)
    with exclusive(catalog.folder, embedding_id):
        if not (folder / MANIFEST).is_file():
            found = _collect(path, FORMATS[kind].read(path), _rows_by_id(catalog, FORMATS[kind]), len(catalog.frame))
            _publish(folder, catalog, found, path=path, command=command, inputs=inputs, kind=kind)
    return load_embedding(store, name, embedding_id)


def _kind_of(path: Path) -> str:
    """Return the format of a file by its first bytes."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InvalidArtifact(f"{path} cannot be read (it is not a plain file).", hint="Give the path of a file.")
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise InvalidArtifact(f"{path} cannot be read ({error.strerror}).", hint="Give the path of a file.") from error
    if not start:
        raise bad_file(path, "it is empty")
    return next(name for name, kind in FORMATS.items() if start.startswith(kind.begins))


def _rows_by_id(catalog: Catalog, kind: TransferFormat) -> Mapping[str, int]:
    """Return catalogue rows by what a file may call them: the product id, or else an unambiguous file name."""
    if not kind.names_files:
        return catalog.row_of
    paths = catalog.frame["image"].astype(str).map(PurePosixPath)
    names = pd.concat([paths.map(str), paths.map(lambda path: path.name), paths.map(lambda path: path.stem)])
    rows = pd.Series(np.tile(np.arange(len(paths)), 3), index=names.to_numpy())
    pairs = rows.reset_index().drop_duplicates()
    unambiguous = pairs[~pairs["index"].duplicated(keep=False)]
    return {**dict(zip(unambiguous["index"], unambiguous[0], strict=True)), **catalog.row_of}


@dataclass(frozen=True, eq=False)
class _Found:
    """Catalogue rows that have a vector, ascending; their vectors; and the ids that the catalogue lacks."""

    rows: np.ndarray
    vectors: np.ndarray
    unknown: list[str]


def _collect(path: Path, batches: Iterable[Batch], rows_by_id: Mapping[str, int], n_rows: int) -> _Found:
    """Read a file to its end, checking every vector; memory is bounded by the catalogue's size."""
    vectors, given, unknown = np.empty((n_rows, 0), np.float32), np.zeros(n_rows, dtype=bool), list[str]()
    for ids, read in batches:
        batch = _finite(path, ids, read)
        if not vectors.shape[1]:
            vectors = np.empty((n_rows, batch.shape[1]), np.float32)
        if batch.shape[1] != vectors.shape[1]:
            raise bad_file(path, f"there are vectors of {vectors.shape[1]} and of {batch.shape[1]} numbers")
        for product_id, vector in zip(ids, batch, strict=True):
            row = _new_row(path, product_id, rows_by_id, given)
            if row is None:
                unknown.append(product_id)
            else:
                given[row], vectors[row] = True, vector
    if not given.any():
        named = f", such as {unknown[0][:80]!r}," if unknown else ""
        raise bad_file(path, f"none of its {len(unknown):,} ids{named} is in the catalogue")
    return _Found(rows=np.flatnonzero(given), vectors=vectors if given.all() else vectors[given], unknown=unknown)


def _finite(path: Path, ids: list[str], vectors: np.ndarray) -> np.ndarray:
    """Return vectors as float32, refusing NaN, infinity and what float32 cannot hold."""
    with np.errstate(over="ignore"):
        batch = vectors.astype(np.float32)
    wrong = np.flatnonzero(~np.isfinite(batch).all(axis=1))
    if len(wrong):
        raise bad_file(path, f"the vector of {ids[wrong[0]][:80]!r} holds NaN, infinity or a number beyond float32")
    return batch


def _new_row(path: Path, product_id: str, rows_by_id: Mapping[str, int], given: np.ndarray) -> int | None:
    """Return the catalogue row of an id that was not seen yet, None for one that the catalogue lacks."""
    if not product_id:
        raise bad_file(path, "a vector has no id")
    row = rows_by_id.get(product_id)
    if row is not None and given[row]:
        raise bad_file(path, f"the id {product_id[:80]!r} has more than one vector")
    return row


def _publish(
    folder: Path, catalog: Catalog, found: _Found, *, path: Path, command: str, inputs: dict[str, str], kind: str
) -> None:
    """Write the artifact."""
    absent = np.delete(catalog.ids, found.rows).tolist()
    skipped = [(product_id, ABSENT) for product_id in absent] + [(name, UNKNOWN) for name in found.unknown]
    counts = {reason: n for reason, n in ((ABSENT, len(absent)), (UNKNOWN, len(found.unknown))) if n}
    with publish(folder) as draft:
        _save(draft / VECTORS, found.vectors)
        pd.DataFrame({"product_id": catalog.ids[found.rows]}).to_parquet(draft / IDS, index=False)
        pd.DataFrame(skipped, columns=["product_id", "reason"], dtype=str).to_parquet(draft / SKIPPED, index=False)
        write_manifest(
            draft,
            Manifest(
                kind=KIND,
                id=folder.name,
                command=command,
                inputs=inputs,
                parameters={"format": kind},
                n_in=len(found.rows) + len(skipped),
                n=len(found.rows),
                skipped=counts,
                synthetic=catalog.synthetic,
                details=_details(found, path),
            ),
        )


def _save(path: Path, vectors: np.ndarray) -> None:
    """Write an array as ``numpy.save`` does, which on a full disk would not say that the disk is full."""
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(vectors))
        file.write(vectors.data)


def _details(found: _Found, path: Path) -> dict[str, object]:
    """Return what an embedding's manifest says of its model: here, that it has none."""
    return {
        "dim": int(found.vectors.shape[1]),
        "backbone": "imported",
        "size": None,
        "fit": None,
        "weights": "imported",
        "precision": "f32",
        "engine": None,
        "images_per_second": None,
        "file": path.name,
    }
