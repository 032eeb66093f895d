"""Where a catalogue's pictures are: a folder, a zip, or an array; always read in place, never copied."""

import contextlib
import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from lib.catalog.walking import LeftOut, walk
from lib.errors import CatalogError

#: No single file of a source is read beyond this.
MAX_FILE_BYTES = 256_000_000


class PictureStore(Protocol):
    """Reads a picture file by its locator, the ``image`` column of a catalogue. Safe to call from several threads."""

    def read(self, locator: str) -> bytes:
        """Return the bytes of one picture file."""

    def names(self) -> list[str]:
        """Return every locator there is, in a fixed order."""

    def left_out(self) -> list[LeftOut]:
        """Return what lies among the files and is not read, with the reason."""

    def describe(self) -> dict[str, Any]:
        """Return what ``open_pictures`` needs to open it again."""


class FolderPictures:
    """Pictures below a folder; a locator is a relative path with forward slashes.

    Parameters
    ----------
    root : Path
    inside : bool, default=False
        Whether it is the catalogue's own, and moves with it.
    """

    def __init__(self, root: Path, *, inside: bool = False) -> None:
        self.root = root
        self._inside = inside

    def read(self, locator: str) -> bytes:
        """Return the bytes of one picture file.

        Raises
        ------
        CatalogError
            If it cannot be read, is a link, or lies outside the folder.
        """
        path = self.root / locator
        if not path.resolve().is_relative_to(self.root.resolve()) or path.is_symlink():
            raise CatalogError(f"The picture {locator!r} lies outside {self.root}.")
        try:
            state = path.stat()
            if not stat.S_ISREG(state.st_mode):
                raise CatalogError(f"{path} is not a regular file.")
            _check_size(state.st_size, locator)
            return path.read_bytes()
        except OSError as error:
            raise CatalogError(f"{path} cannot be read ({error.strerror}).") from error

    @cached_property
    def _contents(self) -> tuple[list[str], list[LeftOut]]:
        return walk(self.root)

    def names(self) -> list[str]:
        """Return the relative path of every regular file below the folder, sorted, as it was when first asked for."""
        return list(self._contents[0])

    def left_out(self) -> list[LeftOut]:
        """Return links, pipes, folders that cannot be read and names that are no text."""
        return list(self._contents[1])

    def describe(self) -> dict[str, Any]:
        """Return what ``open_pictures`` needs; a folder inside the catalogue's own is kept relative to it."""
        return {
            "kind": "inside" if self._inside else "folder",
            "path": self.root.name if self._inside else str(self.root.resolve()),
        }


def _check_size(size: int, locator: str) -> None:
    """Refuse a file that would fill the memory."""
    if size > MAX_FILE_BYTES:
        raise CatalogError(f"{locator!r} has {size / 1e6:,.0f} MB; at most {MAX_FILE_BYTES / 1e6:,.0f} MB are read.")


#: What reading a damaged, encrypted or strangely packed member raises.
_ZIP_FAILURES = (KeyError, zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, zlib.error)


class ZipPictures:
    """Pictures in a zip; a locator is a member's name.

    Threads that read at the same time have a handle each; a handle that is free is used again, because reading the
    directory of a large zip takes half a second.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._free: list[zipfile.ZipFile] = []

    @contextlib.contextmanager
    def _archive(self) -> Iterator[zipfile.ZipFile]:
        """Lend a handle; taking from a list and adding to it are atomic."""
        try:
            archive = self._free.pop()
        except IndexError:
            archive = zipfile.ZipFile(self.path)
        try:
            yield archive
        finally:
            self._free.append(archive)

    def read(self, locator: str) -> bytes:
        """Return the bytes of one member.

        Raises
        ------
        CatalogError
            If the zip is gone or damaged, or has no such member.
        """
        try:
            with self._archive() as archive:
                _check_size(archive.getinfo(locator).file_size, locator)
                return archive.read(locator)
        except _ZIP_FAILURES as error:
            raise CatalogError(f"{self.path} cannot give {locator!r} ({error}).") from error

    def names(self) -> list[str]:
        """Return the names of every file in the zip, sorted."""
        with self._archive() as archive:
            return sorted(info.filename for info in archive.infolist() if not info.is_dir())

    def left_out(self) -> list[LeftOut]:
        """Return nothing: a zip with anything else in it is refused as a whole."""
        return []

    def describe(self) -> dict[str, Any]:
        """Return what ``open_pictures`` needs."""
        return {"kind": "zip", "path": str(self.path.resolve())}


class ArrayPictures:
    """Pictures as the rows of one uint8 array, (n, height, width) or (n, height, width, 3), by row number.

    Parameters
    ----------
    path : Path
        A ``.npy`` file in the catalogue's own folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def _array(self) -> np.ndarray:
        array: np.ndarray = np.load(self.path, mmap_mode="r", allow_pickle=False)
        return array

    def read(self, locator: str) -> bytes:
        """Return one row as the bytes of a PNG."""
        from PIL import Image

        buffer = io.BytesIO()
        Image.fromarray(np.asarray(self._array[int(locator)])).save(buffer, "PNG", compress_level=1)
        return buffer.getvalue()

    def names(self) -> list[str]:
        """Return every row number."""
        return [str(row) for row in range(len(self._array))]

    def left_out(self) -> list[LeftOut]:
        """Return nothing: every row is a picture."""
        return []

    def describe(self) -> dict[str, Any]:
        """Return what ``open_pictures`` needs: the array lies in the catalogue's own folder."""
        return {"kind": "array", "path": self.path.name}


def open_pictures(described: Mapping[str, Any], *, folder: Path, command: str) -> PictureStore:
    """Open the pictures that a catalogue's manifest describes.

    Parameters
    ----------
    described : dict
        What ``PictureStore.describe`` returned at import.
    folder : Path
        The catalogue's folder.
    command : str
        The command that imports it again, for the error.

    Returns
    -------
    PictureStore

    Raises
    ------
    CatalogError
        If the pictures are no longer where they were.
    """
    kind, where = described["kind"], str(described["path"])
    path = Path(where) if kind in ("folder", "zip") else folder / where
    if not path.exists():
        raise CatalogError(
            f"The pictures of this catalogue were at {path}, which is gone.", hint=f"Put them back, or run: {command}"
        )
    if kind == "array":
        return ArrayPictures(path)
    return ZipPictures(path) if kind == "zip" else FolderPictures(path, inside=kind == "inside")
