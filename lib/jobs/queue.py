"""The queue of jobs: who may submit one, stop it, go on with it, and forget it."""

import re
import shutil
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from lib import settings
from lib.artifacts import Store
from lib.errors import AppError, MissingArtifact
from lib.jobs.folder import (
    ASKED,
    CANCEL,
    LOG,
    STATUS,
    job_folder,
    job_folders,
    jobs_folder,
    new_id,
    read_job,
    tail,
    write_values,
)
from lib.jobs.job import CANCELLED, QUEUED, RUNNING, Job
from lib.jobs.words import checked_words
from lib.jobs.worker import QUEUE, start_worker
from lib.publish import disk_errors, exclusive

#: Jobs that may wait, and ended ones that are remembered.
MAX_QUEUED, MAX_ENDED = 50, 50
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")


def submit(store: Store, words: Sequence[str], *, title: str, catalog: str) -> Job:
    """Queue a command, and see to it that a worker runs what is queued.

    Parameters
    ----------
    store : Store
    words : sequence of str
        What stands after ``python -m lib``.
    title : str
        What it does, in a few words.
    catalog : str
        The catalogue that it is about; empty where it is about none.

    Returns
    -------
    Job
        The one that is queued or running with the same words, where there is one.

    Raises
    ------
    AppError
        If training is not allowed here, the words may not run as a job, or too many jobs wait.
    """
    _check_allowed()
    asked = checked_words(words)
    with exclusive(jobs_folder(store), QUEUE):
        known = jobs(store)
        same = next((job for job in known if job.is_active and job.words == asked), None)
        if same is None and sum(job.state == QUEUED for job in known) >= MAX_QUEUED:
            raise AppError(f"{MAX_QUEUED} jobs wait already.", hint="Wait for some, or cancel them.")
        job = same or _make(store, asked, title=title, catalog=catalog)
        for old in [each for each in known if not each.is_active][MAX_ENDED:]:
            _remove(jobs_folder(store) / old.id)
    start_worker(store)
    return job


def jobs(store: Store) -> list[Job]:
    """Return the jobs of an artifacts folder, damaged ones too.

    Parameters
    ----------
    store : Store

    Returns
    -------
    list of Job
        The newest first.
    """
    return [read_job(folder) for folder in job_folders(store)]


def find_job(store: Store, job_id: str) -> Job | None:
    """Return a job.

    Parameters
    ----------
    store : Store
    job_id : str

    Returns
    -------
    Job or None
        None where there is none of that id, or it was forgotten.
    """
    folder = job_folder(store, job_id)
    return None if folder is None else read_job(folder)


def jobs_asking_for(store: Store, name: str) -> list[Job]:
    """Return the jobs that run or wait and whose words name something, such as a training run.

    Parameters
    ----------
    store : Store
    name : str

    Returns
    -------
    list of Job
        The newest first.
    """
    return [job for job in jobs(store) if job.is_active and any(name in word for word in job.words)]


def cancel(store: Store, job_id: str) -> None:
    """Take a queued job out of the queue, or have a running one stopped; one that has ended stays as it is.

    A running command is interrupted, so that it keeps what is finished; where it does not heed that for some seconds,
    it is terminated, and then killed.

    Parameters
    ----------
    store : Store
    job_id : str

    Raises
    ------
    AppError
        If training is not allowed here, or there is no such job.
    """
    _check_allowed()
    folder = _folder(store, job_id)
    with exclusive(jobs_folder(store), QUEUE):
        state = read_job(folder).state
        if state == QUEUED:
            write_values(folder / STATUS, {"state": CANCELLED, "ended_at": time.time()})
        elif state == RUNNING:
            with disk_errors(folder):
                (folder / CANCEL).touch()


def resume(store: Store, job_id: str) -> Job:
    """Submit the command of an ended job again: what it finished is kept, and it goes on from there.

    Parameters
    ----------
    store : Store
    job_id : str

    Returns
    -------
    Job
        The new one.

    Raises
    ------
    AppError
        As ``submit`` does, and if there is no such job or it is damaged.
    """
    job = read_job(_folder(store, job_id))
    return submit(store, job.words, title=job.title, catalog=job.catalog)


def job_log(store: Store, job_id: str, *, last: int = 200) -> str:
    """Return the last lines that a job wrote for people to read.

    Parameters
    ----------
    store : Store
    job_id : str
    last : int, default=200
        Lines, at most.

    Returns
    -------
    str
        Empty where there are none.
    """
    folder = job_folder(store, job_id)
    text = tail(folder / LOG).decode(errors="replace") if folder is not None else ""
    return _CONTROL.sub("", "\n".join(text.splitlines()[-last:]))


def forget(store: Store, job_id: str) -> None:
    """Remove an ended job and its log; what it made stays.

    Parameters
    ----------
    store : Store
    job_id : str

    Raises
    ------
    AppError
        If training is not allowed here, there is no such job, or it is queued or running.
    """
    _check_allowed()
    folder = _folder(store, job_id)
    with exclusive(jobs_folder(store), QUEUE):
        if read_job(folder).is_active:
            raise AppError("A job that is queued or running cannot be forgotten.", hint="Cancel it first.")
        _remove(folder)


def tend(store: Store) -> list[Job]:
    """Return the jobs, having seen to it that what is queued goes on where a worker was killed.

    Parameters
    ----------
    store : Store

    Returns
    -------
    list of Job
        As ``jobs`` returns them.
    """
    found = jobs(store)
    states = {job.state for job in found}
    if QUEUED in states and RUNNING not in states and settings.training_allowed():
        start_worker(store)
    return found


def _check_allowed() -> None:
    if not settings.training_allowed():
        raise AppError(
            "This dashboard may only show what is there.",
            hint="To allow jobs, open it with: make run (or set VITRINE_ALLOW_TRAINING=1)",
        )


def _folder(store: Store, job_id: str) -> Path:
    folder = job_folder(store, job_id)
    if folder is None:
        raise MissingArtifact(f"There is no job {job_id[:80]!r} any more.")
    return folder


def _make(store: Store, words: tuple[str, ...], *, title: str, catalog: str) -> Job:
    """Make a queued job's folder, whole or not at all."""
    folder = jobs_folder(store) / new_id()
    draft = folder.with_name(f".{uuid.uuid4().hex[:8]}.tmp")
    asked = {"id": folder.name, "words": words, "title": title, "catalog": catalog, "created_at": time.time()}
    with disk_errors(folder):
        try:
            draft.mkdir()
            write_values(draft / ASKED, asked)
            write_values(draft / STATUS, {"state": QUEUED})
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return read_job(folder)


def _remove(folder: Path) -> None:
    """Remove a job's folder; where it is a link, only that."""
    with disk_errors(folder):
        if folder.is_symlink():
            folder.unlink()
        else:
            shutil.rmtree(folder, ignore_errors=True)
