"""What is asked of a source, what it says before any picture is opened, and what tells one state of it from another."""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from lib.artifacts import sha256_of
from lib.catalog.pictures import PictureStore
from lib.errors import CatalogError
from lib.progress import Report, silent

REQUIRED = ("product_id", "group_id", "image", "title")


@dataclass(frozen=True)
class Request:
    """What a person asks to import.

    Parameters
    ----------
    source : str
        A key of ``SOURCES``.
    path : Path, optional
        A zip, a folder or a file.
    download : bool
    columns : dict of str to str
        For ``csv``: ``id``, ``image`` and maybe ``label`` and ``group`` -> a column's name.
    seed : int
    report : Report
    limit : int, optional
        Rows that will be used; a source that makes its pictures need not make more.
    """

    source: str
    path: Path | None = None
    download: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    report: Report = silent
    limit: int | None = None

    @property
    def root(self) -> Path:
        """The absolute path that was given."""
        if self.path is None:
            raise CatalogError(f"{self.source} needs its data.", hint="Give its zip or folder with --path.")
        return self.path.resolve()


@dataclass(frozen=True, eq=False)
class Listing:
    """The rows of a source.

    Parameters
    ----------
    rows : DataFrame
        ``product_id, group_id, image, title``, maybe ``split``, and typed attributes; the index is the number of the
        row in the source, ascending.
    skipped : DataFrame
        ``SKIPPED_COLUMNS``: rows and pictures that are left out already.
    pictures : PictureStore
        Reads ``rows["image"]``.
    label : str
        The default label column.
    hierarchy : tuple of str
        Label columns from coarse to fine.
    title, credits : str
        The data set's name, and whose it is under which licence.
    synthetic : bool
        True where the pictures are made up.
    n_mended : int
        Rows that were damaged and could be mended.
    """

    rows: pd.DataFrame
    skipped: pd.DataFrame
    pictures: PictureStore
    label: str
    title: str
    credits: str
    hierarchy: tuple[str, ...] = ()
    synthetic: bool = False
    n_mended: int = 0

    def __post_init__(self) -> None:
        missing = [column for column in (*REQUIRED, self.label, *self.hierarchy) if column not in self.rows]
        if missing:
            raise ValueError(f"Expected a listing with the columns {list(REQUIRED)}. Missing: {missing}")
        if not self.rows["product_id"].is_unique or not self.rows.index.is_monotonic_increasing:
            raise ValueError("Expected unique product ids in the order of the source.")

    def first(self, limit: int | None) -> "Listing":
        """Return the listing of the first rows of the source; pictures that have no row then do not count.

        Parameters
        ----------
        limit : int or None

        Returns
        -------
        Listing
        """
        if limit is None:
            return self
        skipped = self.skipped[self.skipped["row"].lt(limit).fillna(False)]
        rows = self.rows[self.rows.index < limit]
        return Listing(**(self.__dict__ | {"rows": rows, "skipped": skipped}))


@dataclass(frozen=True)
class Source:
    """One kind of source.

    Parameters
    ----------
    read : callable
        (request, empty folder) -> listing; what it leaves in the folder becomes part of the catalogue.
    identify : callable
        request -> what determines the listing and its pictures: names and digests.
    takes : frozenset of str
        Which of ``path``, ``download``, ``columns`` it understands.
    fetch : callable, optional
        Downloads the data set and returns where it lies.
    """

    read: Callable[[Request, Path], Listing]
    identify: Callable[[Request], dict[str, Any]]
    takes: frozenset[str] = frozenset({"path"})
    fetch: Callable[[], Path] | None = None


def identify_path(request: Request) -> dict[str, Any]:
    """Return what determines a source that lies in a zip, a file or a folder.

    Parameters
    ----------
    request : Request

    Returns
    -------
    dict
        ``path`` and the SHA-256 of the file; for a folder, of its files' names, sizes and times.

    Raises
    ------
    CatalogError
        If it is not there or cannot be read.
    """
    root = request.root
    if not root.exists():
        raise CatalogError(f"There is nothing at {root}.", hint="Give the data set's zip or folder with --path.")
    if root.is_dir():
        return {"path": str(root), "listing_sha256": _listing_sha256(root)}
    try:
        return {"path": str(root), "sha256": sha256_of(root)}
    except OSError as error:
        raise CatalogError(f"{root} cannot be read ({error.strerror}).") from error


def _listing_sha256(root: Path) -> str:
    """Digest the names, sizes and times of every file and link below a folder."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(root):
        folders.sort()
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for file in sorted([*files, *links]):
            path = Path(folder, file)
            state = path.lstat()
            digest.update(
                f"{path.relative_to(root)}\0{state.st_size}\0{state.st_mtime_ns}\n".encode("utf-8", "replace")
            )
    return digest.hexdigest()
