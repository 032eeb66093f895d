"""Joining a source's rows to its pictures; whatever finds no partner is kept with the reason."""

import posixpath
from collections import Counter
from collections.abc import Iterable

import pandas as pd

from lib.catalog.table import SKIPPED_COLUMNS
from lib.catalog.walking import LeftOut
from lib.errors import CatalogError

#: Names that may hold a picture; what a file really is, its content decides.
PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp")


class Skips:
    """Collects what is left out, with the reason."""

    def __init__(self) -> None:
        self._single: list[tuple[int | None, str, str, str, str]] = []
        self._parts: list[pd.DataFrame] = []

    def add(self, row: int | None, *, reason: str, product_id: str = "", image: str = "", detail: str = "") -> None:
        """Leave out one row, or a picture that has none.

        Parameters
        ----------
        row : int or None
            Its number in the source.
        reason, product_id, image, detail : str
            As of ``SKIPPED_COLUMNS``.
        """
        self._single.append((row, product_id, image, reason, detail))

    def take(
        self, rows: pd.DataFrame, out: pd.Series, *, reason: str, detail: str | pd.Series | None = None
    ) -> pd.DataFrame:
        """Leave out the rows for which `out` is true, and return the others.

        Parameters
        ----------
        rows : DataFrame
        out : Series of bool
        reason : str
            The same for all of them.
        detail : str or Series of str, optional
            The same for all, or one each, by the index of `rows`.

        Returns
        -------
        DataFrame
        """
        gone = rows[out]
        wanted = gone["wanted"] if "wanted" in gone else gone["image"]
        part = pd.DataFrame(
            {"row": gone.index, "product_id": gone["product_id"].to_numpy(), "image": wanted.to_numpy()}
        )
        details = detail[gone.index].to_numpy() if isinstance(detail, pd.Series) else detail or ""
        self._parts.append(part.assign(reason=reason, detail=details))
        return rows[~out]

    def frame(self) -> pd.DataFrame:
        """Return what was left out.

        Returns
        -------
        DataFrame
            ``SKIPPED_COLUMNS``, in the order of the rows.
        """
        return skipped_frame([pd.DataFrame(self._single, columns=list(SKIPPED_COLUMNS)), *self._parts])


def skipped_frame(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Join tables of what was left out, and type their columns.

    Parameters
    ----------
    parts : iterable of DataFrame

    Returns
    -------
    DataFrame
        ``SKIPPED_COLUMNS``; ``row`` is missing where a picture has no row.
    """
    filled = [part.astype("object") for part in parts if len(part)]
    empty = pd.DataFrame(columns=list(SKIPPED_COLUMNS), dtype="object")
    frame = pd.concat(filled, ignore_index=True) if filled else empty
    types = dict.fromkeys(SKIPPED_COLUMNS, "str") | {"row": "Int64"}
    texts = frame.drop(columns="row").fillna("")
    ordered = texts.assign(row=frame["row"])[list(SKIPPED_COLUMNS)].astype(types)
    return ordered.sort_values("row", kind="stable", ignore_index=True)


def settle_rows(rows: pd.DataFrame, skips: Skips, *, why_missing: pd.Series | None = None) -> pd.DataFrame:
    """Leave out the rows that cannot be products of a catalogue: no id, an id taken, no picture.

    Parameters
    ----------
    rows : DataFrame
        ``product_id``, ``image`` (missing where there is none) and ``wanted``, the picture that a row asks for.
    skips : Skips
    why_missing : Series of str, optional
        What to say of a row whose picture is missing, by the index of `rows`.

    Returns
    -------
    DataFrame
        Without ``wanted``.
    """
    rows = skips.take(rows, rows["product_id"].isna(), reason="id missing")
    strange = rows["product_id"].str.contains(r"[\x00-\x1f\x7f]", regex=True)
    rows = skips.take(rows, strange, reason="id malformed", detail="It holds control characters.")
    rows = skips.take(rows, rows["product_id"].duplicated(), reason="duplicate id", detail="The first row is kept.")
    rows = skips.take(rows, rows["image"].isna(), reason="picture missing", detail=why_missing)
    return rows.drop(columns="wanted")


def skip_unlisted(pictures: Iterable[str], listed: Iterable[str], skips: Skips) -> None:
    """Leave out the pictures that no row asks for.

    Parameters
    ----------
    pictures : iterable of str
        Locators of every picture.
    listed : iterable of str
        Locators that some row asks for, whether or not that row is kept.
    skips : Skips
    """
    asked = set(listed)
    for locator in pictures:
        if locator not in asked:
            product_id = posixpath.splitext(posixpath.basename(locator))[0]
            skips.add(None, reason="no row for this picture", product_id=product_id, image=locator)


def skip_left_out(things: Iterable[LeftOut], skips: Skips, *, only_pictures: bool = True) -> None:
    """Leave out what lies among a source's files and is not read; hidden things do not count.

    Parameters
    ----------
    things : iterable of LeftOut
    skips : Skips
    only_pictures : bool, default=True
        Of the files, only those that are pictures by their name; folders always count.
    """
    for thing in things:
        counts = thing.is_folder or is_picture(thing.locator) or not only_pictures
        if counts and not is_litter(thing.locator.removeprefix("./").rstrip("/")):
            skips.add(None, reason=thing.reason, image=thing.locator, detail=thing.detail)


def is_picture(locator: str) -> bool:
    """Return whether a name may be a picture's: by its ending, and not one that a system leaves behind.

    Parameters
    ----------
    locator : str

    Returns
    -------
    bool
    """
    return locator.lower().endswith(PICTURE_SUFFIXES) and not is_litter(locator)


def is_litter(locator: str) -> bool:
    """Return whether a file is hidden or one that a system leaves behind.

    Parameters
    ----------
    locator : str

    Returns
    -------
    bool
    """
    parts = locator.split("/")
    return any(part.startswith((".", "__MACOSX")) for part in parts) or parts[-1] in ("Thumbs.db", "desktop.ini")


def shallowest(names: Iterable[str], file: str, *, source: str) -> str:
    """Return the folder, ``""`` for the root, of the uppermost file of that name.

    Parameters
    ----------
    names : iterable of str
    file : str
    source : str
        For the error.

    Returns
    -------
    str

    Raises
    ------
    CatalogError
        If there is none.
    """
    found = [name for name in names if posixpath.basename(name) == file and not is_litter(name)]
    if not found:
        raise CatalogError(f"There is no {file} in it.", hint=f"Is it the data set that {source} reads?")
    return posixpath.dirname(min(found, key=lambda name: (name.count("/"), name)))


def common_stems(locators: Iterable[str]) -> dict[str, str]:
    """Return locators by their file name without ending.

    Parameters
    ----------
    locators : iterable of str

    Returns
    -------
    dict of str to str
    """
    return {posixpath.splitext(posixpath.basename(locator))[0]: locator for locator in locators}


def unique_stems(locators: pd.Series) -> pd.Series:
    """Return ids from paths: the path without its ending, or with it where two would be the same.

    Parameters
    ----------
    locators : Series of str

    Returns
    -------
    Series of str
    """
    stems = locators.map(lambda locator: posixpath.splitext(locator)[0]).astype("str")
    counts = Counter(stems)
    return stems.where(stems.map(counts) == 1, locators)
