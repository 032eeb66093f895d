"""A stored embedding of a catalogue: one vector a picture, with the ids beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.artifacts import Store, read_result, verify
from lib.catalog import Catalog
from lib.embedding.lesson import is_lesson_stale
from lib.errors import InvalidArtifact, MissingArtifact, StaleArtifact
from lib.schema import REQUIRED_FILES, Manifest

KIND = "embedding"
VECTORS, IDS, SKIPPED = REQUIRED_FILES[KIND]
#: What a descriptor learnt from the catalogue, beside the vectors that it made; only where it learnt anything.
WORDS = "words.npy"


@dataclass(frozen=True, eq=False)
class Embedding:
    """Vectors of a catalogue's pictures.

    Parameters
    ----------
    ids : ndarray of shape (n,), str
        Product ids, unique; row i of `embeddings` belongs to ``ids[i]``.
    embeddings : ndarray of shape (n, dim), float32
        Finite; mapped from disk and read-only.
    manifest : Manifest
        ``details`` holds ``dim``, ``backbone``, ``size``, ``fit``, ``weights``, ``precision``, ``engine``,
        ``images_per_second`` and, for a reduced precision, ``agreement`` with float32.

    Raises
    ------
    InvalidArtifact
        If shapes, dtype or ids do not keep to that.
    """

    ids: npt.NDArray[np.str_]
    embeddings: npt.NDArray[np.float32]
    manifest: Manifest

    def __post_init__(self) -> None:
        problem = ""
        if self.embeddings.ndim != 2 or self.embeddings.dtype != np.float32:
            problem = f"the vectors are {self.embeddings.dtype} of shape {self.embeddings.shape}, not float32 (n, dim)"
        elif self.embeddings.shape[0] != len(self.ids):
            problem = f"there are {self.embeddings.shape[0]} vectors for {len(self.ids)} ids"
        elif len(np.unique(self.ids)) != len(self.ids):
            problem = "product ids are not unique"
        if problem:
            raise InvalidArtifact(f"{self.manifest.id}: {problem}.", hint=f"Run: {self.manifest.command}")

    @property
    def id(self) -> str:
        """The embedding's id, which names the model and its input."""
        return self.manifest.id

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self.embeddings.shape[1])

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """Product id -> row of `embeddings`."""
        return {product_id: row for row, product_id in enumerate(self.ids)}


def is_stale(manifest: Manifest, catalog: Catalog) -> bool:
    """Return whether the catalogue's pictures, or those that words were learnt from, have changed since it was made.

    Parameters
    ----------
    manifest : Manifest
        An embedding's.
    catalog : Catalog

    Returns
    -------
    bool
    """
    if manifest.inputs.get("pictures_sha256") != catalog.pictures_sha256:
        return True
    return is_lesson_stale(manifest, catalog)


def embedding_folder(store: Store, name: str, embedding_id: str) -> Path:
    """Return the folder of an embedding, whether or not it exists.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's name.
    embedding_id : str

    Returns
    -------
    Path
    """
    return store.result_folder(name, KIND, embedding_id)


def write_vectors(path: Path, parts: Iterable[npt.NDArray[np.float32]], *, shape: tuple[int, int]) -> None:
    """Write vectors part by part, as ``numpy.save`` would write the whole.

    A mapped file would do too, but a disk that is full ends a process that maps one instead of telling it.

    Parameters
    ----------
    path : Path
    parts : iterable of ndarray of shape (any, dim), float32
    shape : (int, int)
        Vectors in all, and their length.

    Raises
    ------
    OSError
        If the disk is full.
    ValueError
        If the parts do not add up to `shape`.
    """
    header = {"descr": np.lib.format.dtype_to_descr(np.dtype("<f4")), "fortran_order": False, "shape": shape}
    n_written = 0
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for part in parts:
            if part.ndim != 2 or part.shape[1] != shape[1]:
                raise ValueError(f"Expected parts of vectors of {shape[1]} numbers. Received: shape={part.shape}")
            file.write(part.astype("<f4").tobytes())
            n_written += len(part)
    if n_written != shape[0]:
        raise ValueError(f"Expected parts of {shape[0]} vectors in all. Received: {n_written}")


def load_embedding(store: Store, name: str, embedding_id: str) -> Embedding:
    """Read an embedding back, checking every file against the manifest.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's name.
    embedding_id : str
        The id, or the beginning of one if only one begins so.

    Returns
    -------
    Embedding

    Raises
    ------
    MissingArtifact
        If there is none, naming those there are.
    InvalidArtifact
        If a file is damaged.
    """
    full_id = _complete(store, name, embedding_id)
    folder = embedding_folder(store, name, full_id)
    manifest = read_result(folder, KIND, mend=f"python -m lib embed {name} --backbone mobilenet_v2")
    verify(folder, manifest)
    try:
        vectors = np.load(folder / VECTORS, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError) as error:
        raise InvalidArtifact(
            f"{folder / VECTORS} cannot be read ({error}).", hint=f"Run: {manifest.command}"
        ) from error
    ids = pd.read_parquet(folder / IDS)["product_id"].to_numpy(dtype=object).astype(str)
    return Embedding(ids=ids, embeddings=vectors, manifest=manifest)


def load_words(store: Store, manifest: Manifest) -> npt.NDArray[np.uint8]:
    """Read the words that a descriptor learnt for an embedding.

    Parameters
    ----------
    store : Store
    manifest : Manifest
        The embedding's.

    Returns
    -------
    ndarray of shape (n_words, n_bytes), uint8

    Raises
    ------
    InvalidArtifact
        If they are not there, or damaged.
    """
    folder = embedding_folder(store, str(manifest.inputs["catalog"]), manifest.id)
    verify(folder, manifest, only=WORDS)
    try:
        words: npt.NDArray[np.uint8] = np.load(folder / WORDS, allow_pickle=False)
    except (ValueError, OSError) as error:
        raise InvalidArtifact(f"{folder / WORDS} cannot be read ({error}).", hint=f"Run: {manifest.command}") from error
    return words


def load_current_embedding(store: Store, catalog: Catalog, embedding_id: str) -> Embedding:
    """Return an embedding of the catalogue's pictures as they are now.

    Parameters
    ----------
    store : Store
    catalog : Catalog
    embedding_id : str
        The id, or its beginning.

    Returns
    -------
    Embedding

    Raises
    ------
    MissingArtifact
        If there is none.
    StaleArtifact
        If the pictures have changed since.
    """
    embedding = load_embedding(store, catalog.name, embedding_id)
    if is_stale(embedding.manifest, catalog):
        raise StaleArtifact(
            f"The pictures of {catalog.name!r}, or their splits, have changed since {embedding.id} was made.",
            hint=f"Run: {embedding.manifest.command}",
        )
    return embedding


def _complete(store: Store, name: str, embedding_id: str) -> str:
    """Return the one id that is, or begins with, what was given."""
    folder = embedding_folder(store, name, embedding_id or "any").parent
    known = sorted(path.name for path in folder.glob("[!.]*"))
    if embedding_id in known:
        return embedding_id
    matches = [known_id for known_id in known if embedding_id and known_id.startswith(embedding_id)]
    if len(matches) == 1:
        return matches[0]
    there_are = ", ".join(matches or known) or "none yet"
    raise MissingArtifact(
        f"{name!r} has no embedding {embedding_id!r}." if not matches else f"{embedding_id!r} fits several embeddings.",
        hint=f"There are: {there_are}. Make one with: python -m lib embed {name} --backbone mobilenet_v2",
    )
