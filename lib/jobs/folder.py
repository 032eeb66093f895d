"""The folder of a job: what lies in it, read so that nothing in it can break a reader.

``job.json`` says what was asked and is never changed; ``status.json`` where it stands; ``progress.json`` is written by
the command while it runs; ``output.json`` and ``log.txt`` are what it printed. ``lock`` is held while the command or
its worker lives, which is how a reader knows that a job died; ``cancel`` asks the worker to stop it.
"""

import contextlib
import datetime
import fcntl
import json
import os
import re
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lib.artifacts import Store
from lib.errors import AppError, InvalidArtifact
from lib.jobs.job import DAMAGED, DIED, QUEUED, RUNNING, WRITTEN, Job
from lib.jobs.words import checked_words
from lib.publish import disk_errors, write_atomically

ASKED, STATUS, PROGRESS, OUTPUT, LOG = "job.json", "status.json", "progress.json", "output.json", "log.txt"
LOCK, CANCEL = "lock", "cancel"
#: Bytes of a file that are read, at most.
_MOST = 1_000_000
#: No number of a job is greater.
_FARTHEST = 1e15
_ID = re.compile(r"\d{8}-\d{6}-\d{6}-[0-9a-f]{6}")
_NO_WORD = "It ended without a word: it was killed, or the machine stopped."


def jobs_folder(store: Store) -> Path:
    """Return the folder that holds every job's, whether or not it exists.

    Parameters
    ----------
    store : Store

    Returns
    -------
    Path
    """
    return store.root / ".jobs"


def new_id() -> str:
    """Return an id that sorts after those of earlier jobs.

    Returns
    -------
    str
    """
    return f"{datetime.datetime.now(datetime.UTC):%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex[:6]}"


def job_folder(store: Store, job_id: str) -> Path | None:
    """Return the folder of a job.

    Parameters
    ----------
    store : Store
    job_id : str

    Returns
    -------
    Path or None
        None if there is none of that id.
    """
    folder = jobs_folder(store) / job_id
    return folder if _ID.fullmatch(job_id) and folder.is_dir() else None


def job_folders(store: Store, *, most: int = 1000) -> list[Path]:
    """Return the folders of jobs.

    Parameters
    ----------
    store : Store
    most : int, default=1000
        Only so many.

    Returns
    -------
    list of Path
        The newest first.
    """
    found: list[str] = []
    with contextlib.suppress(OSError), os.scandir(jobs_folder(store)) as entries:
        found = [entry.name for entry in entries if _ID.fullmatch(entry.name) and entry.is_dir()]
    return [jobs_folder(store) / name for name in sorted(found, reverse=True)[:most]]


def read_job(folder: Path) -> Job:
    """Return the job of a folder, damaged or not.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Job
        In the state ``damaged`` where its files do not say what it is.
    """
    try:
        asked, status = _values(folder / ASKED), _values(folder / STATUS)
        if status.get("state") == RUNNING and not is_alive(folder):
            status = _values(folder / STATUS)  # it may have ended in between
            if status.get("state") == RUNNING:
                status |= {"state": DIED, "message": _NO_WORD}
        return _job(folder, asked, status)
    except AppError as error:
        return Job(folder.name, DAMAGED, title=f"Damaged: {folder.name}", message=error.message)


def _job(folder: Path, asked: Mapping[str, Any], status: Mapping[str, Any]) -> Job:
    """Return a job of the values in its files, each checked."""
    words, state = asked.get("words"), status.get("state")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise InvalidArtifact(f"{folder / ASKED} does not say what was asked.")
    if state not in WRITTEN:
        raise InvalidArtifact(f"{folder / STATUS} does not say where it stands.")
    result = status.get("result")
    return Job(
        folder.name,
        state,
        words=checked_words(words),
        title=_text(asked, "title"),
        catalog=_text(asked, "catalog"),
        created_at=_number(asked, "created_at") or 0.0,
        pid=_count(status, "pid"),
        started_at=_number(status, "started_at"),
        ended_at=_number(status, "ended_at"),
        message=_text(status, "message"),
        result=result if isinstance(result, dict) else None,
        is_stopping=state == RUNNING and (folder / CANCEL).exists(),
        **(_progress(folder) if state != QUEUED else {}),
    )


def _progress(folder: Path) -> dict[str, Any]:
    """Return the counts that the command wrote last; nothing where there are none, or they are damaged."""
    try:
        values = _values(folder / PROGRESS)
    except AppError:
        return {}
    counts: dict[str, Any] = {name: _count(values, name) for name in ("done", "total", "n_reused")}
    times = {name: _number(values, name) for name in ("updated_at", "seconds_left")}
    return counts | times | {"label": _text(values, "label")}


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value[:500] if isinstance(value, str) else ""


def _number(values: Mapping[str, Any], name: str) -> float | None:
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < _FARTHEST else None  # so is no NaN, and no infinity


def _count(values: Mapping[str, Any], name: str) -> int:
    return max(int(_number(values, name) or 0), 0)


def _values(path: Path) -> dict[str, Any]:
    """Return the JSON object of a small file."""
    try:
        values = json.loads(tail(path, whole=True))
    except (ValueError, RecursionError) as error:
        raise InvalidArtifact(f"{path} is damaged.") from error
    if not isinstance(values, dict):
        raise InvalidArtifact(f"{path} is damaged.")
    return values


def read_object(path: Path) -> dict[str, Any] | None:
    """Return the JSON object of a small file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict or None
        None where there is no such thing in it.
    """
    try:
        return _values(path)
    except AppError:
        return None


def tail(path: Path, *, whole: bool = False) -> bytes:
    """Return the end of a file, as much as is ever read.

    Parameters
    ----------
    path : Path
    whole : bool, default=False
        All of it or nothing.

    Returns
    -------
    bytes
        Nothing where it is no file, or cannot be read.
    """
    with contextlib.suppress(OSError):
        if path.is_file():  # a pipe would never end
            with path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(size - _MOST, 0))
                return b"" if whole and size > _MOST else file.read(_MOST)
    return b""


def write_values(path: Path, values: Mapping[str, Any]) -> None:
    """Write a JSON object, whole or not at all.

    Parameters
    ----------
    path : Path
    values : dict
    """
    with disk_errors(path):
        write_atomically(path, json.dumps(values).encode())


@contextlib.contextmanager
def living(folder: Path) -> Iterator[int]:
    """Hold the lock that says that a job lives.

    Parameters
    ----------
    folder : Path

    Yields
    ------
    int
        Its file descriptor: who inherits it keeps the job alive too.
    """
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)  # readers hold it for a moment at most
        yield lock
        fcntl.flock(lock, fcntl.LOCK_UN)
    finally:
        os.close(lock)


def is_alive(folder: Path) -> bool:
    """Return whether the command of a job, or the worker at it, lives.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    bool
    """
    try:
        if not (folder / LOCK).is_file():
            return False
        with (folder / LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
