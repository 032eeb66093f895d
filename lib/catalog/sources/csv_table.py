"""Any table with any pictures: a CSV file, and a picture's file name in each row."""

import hashlib
import posixpath
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from lib.artifacts import sha256_of
from lib.catalog.archive import open_tree
from lib.catalog.delimited import Table, missing_column, read_table, typed
from lib.catalog.pictures import FolderPictures, PictureStore
from lib.catalog.sources.joining import Skips, is_litter, is_picture, settle_rows, skip_left_out, skip_unlisted
from lib.catalog.sources.listing import Listing, Request, Source, identify_path
from lib.catalog.table import CORE_COLUMNS
from lib.catalog.walking import LeftOut, look_into, walk
from lib.errors import CatalogError
from lib.schema import SPLITS

_TITLES = ("title", "name", "product_name", "productname", "productdisplayname")
_ADVICE = (
    "If a row is one of several pictures of a product, name an id that differs, and the product with --group-column."
)


@dataclass(frozen=True, eq=False)
class _Found:
    """A table, the pictures beside it, and which columns say what."""

    table: Table
    tree: PictureStore
    name: str
    pictures: Sequence[str]
    left_out: Sequence[LeftOut]
    columns: Mapping[str, str]

    @property
    def folder(self) -> str:
        """The table's folder inside the tree."""
        return posixpath.dirname(self.name)


def read(request: Request, workspace: Path) -> Listing:
    """List the rows of a table.

    Parameters
    ----------
    request : Request
        Its path is the CSV file, with the pictures somewhere below its folder, or a folder or zip of both.
    workspace : Path
        Not used: the pictures are read in place.

    Returns
    -------
    Listing

    Raises
    ------
    CatalogError
        If the table is empty, a column is missing, or ids occur twice.
    """
    found = _open(request)
    skips = Skips()
    rows = _rows(found, skips)
    label = found.columns.get("label") or found.columns.get("group")
    return Listing(
        rows=rows,
        skipped=skips.frame(),
        pictures=found.tree,
        label=_names(found.table.frame)[label] if label else "group_id",
        title=request.root.stem,
        credits="",
    )


def _open(request: Request) -> _Found:
    """Read the table and find the pictures."""
    for role in ("id", "image"):
        if role not in request.columns:
            raise CatalogError(f"The source csv needs --{role}-column.", hint="Name the column of the table.")
    root = request.root
    if root.is_file() and root.suffix.lower() in (".csv", ".tsv", ".txt"):
        tree: PictureStore = FolderPictures(root.parent)
        table = _checked(tree, root.name, request.columns)
        pictures, left_out = _beside(root.parent, table, request.columns["image"])
        return _Found(table, tree, root.name, pictures, left_out, request.columns)
    tree = open_tree(root)
    names = [name for name in tree.names() if not is_litter(name)]
    name = _only_table(names, root)
    table = _checked(tree, name, request.columns)
    return _Found(table, tree, name, [one for one in names if is_picture(one)], tree.left_out(), request.columns)


def _only_table(names: Sequence[str], root: Path) -> str:
    """Return the uppermost CSV file, if it is the only one there."""
    tables = [name for name in names if name.lower().endswith((".csv", ".tsv"))]
    top = min((name.count("/") for name in tables), default=0)
    found = [name for name in tables if name.count("/") == top]
    if len(found) == 1:
        return found[0]
    what = f"{len(found)} tables ({', '.join(found[:5])})" if found else "no CSV file"
    raise CatalogError(f"There is {what} in {root}.", hint="Give the CSV file itself with --path.")


def _checked(tree: PictureStore, name: str, columns: Mapping[str, str]) -> Table:
    """Read the table and check the columns and the ids."""
    table = read_table(tree.read(name), name=name)
    for column in columns.values():
        if column not in table.frame:
            raise missing_column(name, column, table.frame.columns)
    ids = table.frame[columns["id"]].dropna()
    twice = [product_id for product_id, count in Counter(ids).items() if count > 1]
    if twice:
        examples = ", ".join(twice[:3])
        raise CatalogError(f"{name} has {len(twice):,} ids more than once, such as {examples}.", hint=_ADVICE)
    return table


def _beside(root: Path, table: Table, image_column: str) -> tuple[list[str], list[LeftOut]]:
    """List the pictures in the folders that the rows speak of; elsewhere only those that are still looked for.

    The table may lie in a busy place, whose other pictures are none of its business.
    """
    cleaned = table.frame[image_column].dropna().map(clean_locator).dropna()
    folders = {posixpath.dirname(locator) for locator in cleaned} | {"", "images"}
    found: list[str] = []
    left_out: list[LeftOut] = []
    for folder in sorted(folders):
        names, others = look_into(root, folder)
        found += names
        left_out += others
    lost = {posixpath.basename(locator) for locator in cleaned} - {posixpath.basename(name) for name in found}
    if lost:
        names, others = walk(root)
        found += [name for name in names if posixpath.basename(name) in lost and not is_litter(name)]
        left_out += [one for one in others if one.is_folder or one.name in lost]
    return [name for name in found if is_picture(name)], list(dict.fromkeys(left_out))


def clean_locator(text: str) -> str | None:
    r"""Return a relative path as the table gives it, in one form, or None where it leads out of the folder.

    Parameters
    ----------
    text : str

    Returns
    -------
    str or None

    Examples
    --------
    >>> clean_locator("pictures\\\\a.jpg"), clean_locator("../a.jpg"), clean_locator("/etc/passwd")
    ('pictures/a.jpg', None, None)
    """
    path = posixpath.normpath(text.strip().replace("\\", "/"))
    leads_out = path.startswith("/") or path.split("/")[0] == ".." or bool(re.match(r"[A-Za-z]:", path))
    return None if leads_out or "\0" in path else path


def _rows(found: _Found, skips: Skips) -> pd.DataFrame:
    """Join the table to the pictures."""
    frame, columns = found.table.frame, found.columns
    for number, detail in found.table.malformed:
        skips.add(number, reason="row malformed", detail=detail)
    ids, wanted = frame[columns["id"]], frame[columns["image"]]
    named = next((column for column in map(str, frame) if column.lower() in _TITLES), None)
    cleaned = wanted.map(clean_locator, na_action="ignore")
    core = pd.DataFrame(
        {
            "product_id": ids,
            "group_id": (frame[columns["group"]] if "group" in columns else ids).fillna(ids),
            "image": _located(cleaned, found),
            "title": (frame[named] if named else ids).fillna(ids),
            "wanted": wanted,
        }
    )
    refused = (wanted.notna() & cleaned.isna()).astype(bool)
    skip_unlisted(found.pictures, core["image"].dropna(), skips)
    skip_left_out(found.left_out, skips)
    core = skips.take(core, refused, reason="picture outside the folder")
    rows = settle_rows(core, skips, why_missing=_why_missing(cleaned, found))
    return rows.join([_splits(frame), _attributes(frame, columns, named)])


def _why_missing(cleaned: pd.Series, found: _Found) -> pd.Series:
    """Say for each row why its picture would be missing."""
    counts = Counter(posixpath.basename(name) for name in found.pictures)

    def why(path: str) -> str:
        if n := counts[posixpath.basename(path)]:
            return f"{n} pictures have this name; the table must say in which folder."
        return f"No picture below the folder of {posixpath.basename(found.name)} has this name."

    return cleaned.map(why, na_action="ignore").fillna("The cell is empty.")


def _located(cleaned: pd.Series, found: _Found) -> pd.Series:
    """Find each picture: where the row says, in ``images/``, or by a file name that only one picture has."""
    known = set(found.pictures)
    counts = Counter(posixpath.basename(name) for name in found.pictures)
    only = {posixpath.basename(name): name for name in found.pictures if counts[posixpath.basename(name)] == 1}

    def locate(path: str) -> str | None:
        places = (posixpath.join(found.folder, path), posixpath.join(found.folder, "images", path))
        return next((place for place in places if place in known), only.get(posixpath.basename(path)))

    return cleaned.map(locate, na_action="ignore").astype("str")


def _splits(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table's own splits, where a column of that name holds nothing else."""
    if "split" in frame and set(frame["split"].dropna()) <= set(SPLITS):
        return frame[["split"]]
    return pd.DataFrame(index=frame.index)


def _attributes(frame: pd.DataFrame, columns: Mapping[str, str], title: str | None) -> pd.DataFrame:
    """Return every column that is not told otherwise, typed."""
    used = {columns["id"], columns["image"], title} | set(_splits(frame))
    names = _names(frame)
    kept = {name: typed(frame[column]) for column, name in names.items() if column not in used}
    labels = [columns[role] for role in ("label", "group") if role in columns]
    return pd.DataFrame(kept | {names[column]: frame[column].astype("str") for column in labels})


def _names(frame: pd.DataFrame) -> dict[str, str]:
    """Return each column's name as an attribute: the table's own, unless the catalogue needs that name."""
    names = {column: column for column in map(str, frame)}
    for column in CORE_COLUMNS:
        while names.get(column) in {column, *frame}:
            names[column] = f"source_{names[column]}"
    return names


def identify(request: Request) -> dict[str, Any]:
    """Return what determines the listing: the digest of the file, and for a table alone, its pictures' states.

    Parameters
    ----------
    request : Request

    Returns
    -------
    dict
    """
    root = request.root
    if not root.is_file() or root.suffix.lower() == ".zip":
        return identify_path(request)
    found = _open(request)
    digest = hashlib.sha256()
    for name in found.pictures:
        state = (root.parent / name).stat()
        digest.update(f"{name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return {"path": str(root), "sha256": sha256_of(root), "listing_sha256": digest.hexdigest()}


SOURCE = Source(read=read, identify=identify, takes=frozenset({"path", "columns"}))
