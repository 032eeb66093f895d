"""Opening a source safely: a zip whose members are checked first, or a folder. Nothing is ever unpacked."""

import re
import stat
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from lib.catalog.pictures import FolderPictures, PictureStore, ZipPictures
from lib.errors import CatalogError

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_ENCRYPTED = 0x1


@dataclass(frozen=True)
class Bounds:
    """How much a zip may hold.

    Parameters
    ----------
    max_members : int
    max_total : int
        Bytes of all members unpacked.
    max_ratio : float
        Unpacked size over packed size of one member.
    free_size : int
        Members up to this many bytes may have any ratio.
    """

    max_members: int = 2_000_000
    max_total: int = 200_000_000_000
    max_ratio: float = 200.0
    free_size: int = 1_000_000


def open_tree(path: Path) -> PictureStore:
    """Open a zip or a folder for reading in place.

    Parameters
    ----------
    path : Path

    Returns
    -------
    PictureStore

    Raises
    ------
    CatalogError
        If there is nothing, or a zip is none or may not be trusted.
    """
    if path.is_dir():
        return FolderPictures(path)
    if not path.exists():
        raise CatalogError(f"There is nothing at {path}.", hint="Give the data set's zip or folder with --path.")
    if not path.is_file():
        raise CatalogError(f"{path} is neither a file nor a folder.")
    check_archive(path)
    return ZipPictures(path)


def check_archive(path: Path, *, bounds: Bounds | None = None) -> None:
    """Refuse a zip in which any member could lead out of it, is a link, or is beyond bounds.

    Parameters
    ----------
    path : Path
    bounds : Bounds, optional

    Raises
    ------
    CatalogError
        Naming the first member that is refused, and why.
    """
    limits = bounds or Bounds()
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise CatalogError(f"{path} is not a zip, or is damaged ({error}).", hint="Download it again.") from error
    except OSError as error:
        raise CatalogError(f"{path} cannot be read ({error.strerror or error}).") from error
    _check_whole(path, members, limits)
    seen: set[str] = set()
    for member in members:
        reason = next((why for why, is_bad in _REFUSED.items() if is_bad(member, limits)), "")
        if member.filename in seen:
            reason = "occurs twice"
        if reason:
            raise CatalogError(f"{path} is refused: its member {_shown(member.orig_filename)} {reason}.")
        seen.add(member.filename)


def _check_whole(path: Path, members: Iterable[zipfile.ZipInfo], limits: Bounds) -> None:
    """Check the archive as a whole: number, sizes, and members that share bytes."""
    listed = list(members)
    if len(listed) > limits.max_members:
        raise CatalogError(f"{path} is refused: it has {len(listed):,} members, over {limits.max_members:,}.")
    total = sum(member.file_size for member in listed)
    if total > limits.max_total:
        raise CatalogError(f"{path} is refused: it would unpack to {total / 1e9:,.1f} GB.")
    if sum(member.compress_size for member in listed) > path.stat().st_size:
        raise CatalogError(f"{path} is refused: its members overlap.")


def _leads_out(member: zipfile.ZipInfo, limits: Bounds) -> bool:
    """Whether a name is no plain relative path; the name as stored counts, which ``zipfile`` cuts at a NUL."""
    name = member.orig_filename
    return (
        name.startswith("/")
        or ".." in name.split("/")
        or bool(re.match(r"[A-Za-z]:", name))
        or any(character in name for character in "\\\0\n\r")
    )


def _is_link(member: zipfile.ZipInfo, limits: Bounds) -> bool:
    """Whether a member is anything but a file or a folder."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    return kind not in (0, stat.S_IFREG, stat.S_IFDIR)


def _is_bomb(member: zipfile.ZipInfo, limits: Bounds) -> bool:
    """Whether a member unpacks to far more than it holds."""
    return member.file_size > max(limits.free_size, limits.max_ratio * member.compress_size)


_REFUSED: dict[str, Callable[[zipfile.ZipInfo, Bounds], bool]] = {
    "would lie outside the folder": _leads_out,
    "is a link or a device": _is_link,
    "is encrypted": lambda member, _: bool(member.flag_bits & _ENCRYPTED),
    "is packed in an unknown way": lambda member, _: member.compress_type not in _METHODS,
    "unpacks to far more than it holds": _is_bomb,
}


def _shown(name: str) -> str:
    """Return a hostile name so that it stays on one line."""
    return repr(name if len(name) <= 120 else name[:117] + "...")
