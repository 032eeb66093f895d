"""Walking a folder as people have it: what can be read, and what is left out and why."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class LeftOut:
    """Something in a source that is not read.

    Parameters
    ----------
    locator : str
        Where it is, as text; a folder's ends with a slash.
    reason, detail : str
        As of ``SKIPPED_COLUMNS``.
    """

    locator: str
    reason: str
    detail: str = ""

    @property
    def name(self) -> str:
        """The last part of where it is."""
        return self.locator.rstrip("/").rpartition("/")[2]

    @property
    def is_folder(self) -> bool:
        """Whether it stands for everything below it."""
        return self.locator.endswith("/")


def walk(root: Path) -> tuple[list[str], list[LeftOut]]:
    """List what lies below a folder; links are not followed.

    Parameters
    ----------
    root : Path

    Returns
    -------
    names : list of str
        The relative path of every regular file whose path is text, sorted, with forward slashes.
    left_out : list of LeftOut
        Everything else but folders that were looked into, sorted.
    """
    names: list[str] = []
    left_out: list[LeftOut] = []

    def refused(error: OSError) -> None:
        left_out.append(_folder(root, Path(error.filename), "folder cannot be read", error.strerror or ""))

    for place, folders, files in os.walk(root, onerror=refused):
        links = [Path(place, name) for name in folders if Path(place, name).is_symlink()]
        left_out += [_folder(root, link, "a link, not followed") for link in links]
        found, others = sort_out(root, [Path(place, name) for name in files])
        names += found
        left_out += others
    return sorted(names), sorted(left_out)


def look_into(root: Path, folder: str) -> tuple[list[str], list[LeftOut]]:
    """List the files of one folder, and none below it.

    Parameters
    ----------
    root : Path
        Absolute.
    folder : str
        Relative to it; it need not be there.

    Returns
    -------
    names : list of str
        As ``walk`` gives them.
    left_out : list of LeftOut
        Without the folder's own folders.
    """
    place = root / folder
    try:
        if not place.is_dir():
            return [], []
        if not place.resolve().is_relative_to(root.resolve()):
            return [], [_folder(root, place, "a link, not followed")]
        files = sorted(path for path in place.iterdir() if not path.is_dir())
    except OSError as error:
        return [], [_folder(root, place, "folder cannot be read", error.strerror or "")]
    return sort_out(root, files)


def sort_out(root: Path, files: Sequence[Path]) -> tuple[list[str], list[LeftOut]]:
    """Tell files that can be read from those that are left out, without opening any.

    Parameters
    ----------
    root : Path
        The folder that locators are relative to.
    files : sequence of Path
        Below `root`.

    Returns
    -------
    names : list of str
    left_out : list of LeftOut
    """
    names, left_out = [], []
    for path in files:
        if reason := _why_not(path, root):
            left_out.append(LeftOut(_locator(root, path), reason))
        else:
            names.append(path.relative_to(root).as_posix())
    return names, left_out


def _why_not(path: Path, root: Path) -> str:
    """Return why a file is left out; empty where it is not."""
    try:
        str(path.relative_to(root)).encode()
        mode = path.lstat().st_mode
    except UnicodeEncodeError:
        return "file name is not text"
    except OSError:
        return "file cannot be read"
    if stat.S_ISLNK(mode):
        return "a link, not followed"
    return "" if stat.S_ISREG(mode) else "not a regular file"


def _folder(root: Path, path: Path, reason: str, detail: str = "") -> LeftOut:
    """Leave out a folder."""
    return LeftOut(f"{_locator(root, path)}/", reason, detail)


def _locator(root: Path, path: Path) -> str:
    """Return a path relative to the root as text, with escapes for the bytes that are none."""
    return os.fsencode(path.relative_to(root).as_posix()).decode("utf-8", "backslashreplace")
