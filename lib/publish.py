"""How artifacts are written: whole or not at all.

A result folder is made under a temporary name in the place where it will stand and renamed when its manifest, which
is written last, is on disk. A reader therefore sees a whole result or none.
"""

import contextlib
import dataclasses
import datetime
import errno
import importlib.metadata
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from lib.artifacts import MANIFEST, sha256_of
from lib.errors import ArtifactError
from lib.schema import Manifest

#: Drafts of killed runs are removed once nobody can still be writing them, in seconds.
_ABANDONED_AFTER = 6 * 3600
_ELSEWHERE = "Choose another folder with --artifacts DIR or VITRINE_ARTIFACTS."
_FULL = (
    "The disk is full: {path} could not be written.",
    "Free some space and run the same command again; finished parts are kept.",
)
_FORBIDDEN = ("{path} may not be written ({reason}).", "")
#: What a disk refuses, by error number: the message and the hint; an empty hint says how to write elsewhere.
_REFUSALS: dict[int | None, tuple[str, str]] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: ("{path} would be larger than a file may be here.", "Raise the limit: see ulimit -f."),
    errno.EIO: ("The disk fails at {path} ({reason}).", ""),
    errno.EROFS: _FORBIDDEN,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.ENAMETOOLONG: ("The name {named} is too long.", "Choose a shorter one."),
}
_RECORDED = (
    "numpy",
    "pandas",
    "pillow",
    "keras",
    "tensorflow",
    "openvino",
    "scikit-learn",
    "faiss-cpu",
    "opencv-python-headless",
)


@contextlib.contextmanager
def disk_errors(path: Path, *, elsewhere: str = _ELSEWHERE) -> Iterator[None]:
    """Turn what a disk refuses (it is full or read-only, a file or a name is too long) into an ``ArtifactError``.

    Every other error is let through: a file that is not there, say, is for the caller to explain.

    Parameters
    ----------
    path : Path
        What is being written, for the message.
    elsewhere : str, optional
        How to write to another place, for the hint.

    Yields
    ------
    None

    Raises
    ------
    ArtifactError
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _REFUSALS:
            raise
        message, hint = _REFUSALS[error.errno]
        message = message.format(path=path, named=error.filename or path, reason=error.strerror)
        raise ArtifactError(message, hint=hint or elsewhere) from error


def make_folder(path: Path, *, elsewhere: str = _ELSEWHERE) -> None:
    """Make a folder and those above it, where they are absent.

    Parameters
    ----------
    path : Path
    elsewhere : str, optional
        How to write to another place, for the hint.

    Raises
    ------
    ArtifactError
        If that cannot be: a file is in the way, or the place takes no folders.
    """
    with disk_errors(path, elsewhere=elsewhere):
        try:
            path.mkdir(parents=True, exist_ok=True)
        except (FileNotFoundError, NotADirectoryError, FileExistsError) as error:
            raise ArtifactError(f"The folder {path} cannot be made ({error.strerror}).", hint=elsewhere) from error


@contextlib.contextmanager
def publish(target: Path, *, elsewhere: str = _ELSEWHERE) -> Iterator[Path]:
    """Make a result folder whole or not at all, see ``whole_folder``.

    Parameters
    ----------
    target : Path
        The result's final folder.
    elsewhere : str, optional
        How to write to another place, for the hint.

    Yields
    ------
    Path
        The draft, an empty folder beside `target`: fill it, and end with ``write_manifest``.

    Raises
    ------
    ArtifactError
        If the disk is full or may not be written.
    """
    with whole_folder(target, elsewhere=elsewhere) as draft:
        yield draft
        if not (draft / MANIFEST).is_file():
            raise RuntimeError(f"{draft} was left without a manifest.")


@contextlib.contextmanager
def whole_folder(target: Path, *, elsewhere: str = _ELSEWHERE) -> Iterator[Path]:
    """Make a folder whole or not at all.

    On leaving, the draft takes the place of `target`. On an error it is removed and `target` stays as it was.

    Parameters
    ----------
    target : Path
    elsewhere : str, optional
        How to write to another place, for the hint.

    Yields
    ------
    Path
        The draft, an empty folder beside `target`.

    Raises
    ------
    ArtifactError
        If the disk is full or may not be written.
    """
    with disk_errors(target, elsewhere=elsewhere):
        draft = target.parent / f".{target.name}.{uuid.uuid4().hex[:8]}.tmp"
        make_folder(draft, elsewhere=elsewhere)
        _remove_abandoned(target)
        try:
            yield draft
            _replace(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _replace(draft: Path, target: Path) -> None:
    """Put `draft` where `target` is; an older `target` is removed only when the new one stands."""
    old = draft.with_suffix(".old")
    if target.exists():
        target.rename(old)
    try:
        draft.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _remove_abandoned(target: Path) -> None:
    """Delete what killed runs left beside `target`, once it is too old to be somebody's who is still at it."""
    for pattern in (f".{target.name}.????????.tmp", f".{target.name}.????????.old"):
        for path in target.parent.glob(pattern):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _ABANDONED_AFTER:
                    shutil.rmtree(path, ignore_errors=True)


def discard(folders: Iterable[Path], *, place: Path) -> None:
    """Remove folders, each at once for its readers: it is renamed into a hidden folder first, and removed there.

    Parameters
    ----------
    folders : iterable of Path
        On the disk that `place` is on; one that is not there is passed over. Of a link, only the link is removed.
    place : Path
        The folder that the hidden one is made in.

    Raises
    ------
    ArtifactError
        If the disk does not let them go.
    """
    target = place / "deleted"
    waste = place / f".{target.name}.{uuid.uuid4().hex[:8]}.old"
    make_folder(waste)
    _remove_abandoned(target)
    with disk_errors(place):
        for number, folder in enumerate(folders):
            with contextlib.suppress(FileNotFoundError):
                folder.rename(waste / str(number))
        shutil.rmtree(waste)


def write_manifest(folder: Path, manifest: Manifest) -> Manifest:
    """Hash every file in `folder`, stamp the manifest, and write it: the last step of making an artifact.

    Parameters
    ----------
    folder : Path
    manifest : Manifest
        Its ``files``, ``versions`` and ``created_at`` are filled in here.

    Returns
    -------
    Manifest
        As it was written.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    stamped = dataclasses.replace(
        manifest,
        files={path.relative_to(folder).as_posix(): sha256_of(path) for path in paths},
        versions=library_versions(),
        created_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
    write_atomically(folder / MANIFEST, stamped.to_json().encode())
    return stamped


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file under a temporary name in the same folder, flush it to disk, then rename it.

    Parameters
    ----------
    path : Path
    data : bytes
    """
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextlib.contextmanager
def exclusive(folder: Path, name: str, *, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold a lock that one process has at a time; another waits until it is free, and is freed by a kill.

    Parameters
    ----------
    folder : Path
        The catalogue's folder; made where it is absent.
    name : str
        What is being made.
    on_wait : callable, optional
        Called once if somebody else holds the lock.

    Yields
    ------
    None

    Raises
    ------
    ArtifactError
        If the folder cannot be made or may not be written.
    """
    from filelock import FileLock, Timeout

    make_folder(folder / ".locks")
    lock = FileLock(folder / ".locks" / f"{name}.lock")
    with disk_errors(folder):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if on_wait is not None:
                on_wait()
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that decide numbers, of those installed.

    Returns
    -------
    dict of str to str
    """
    versions = {}
    for name in _RECORDED:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    return versions
