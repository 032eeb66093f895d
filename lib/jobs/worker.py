"""The worker: a process that runs what is queued, one job after another, and ends when nothing is.

Only one per artifacts folder works at a time, however many are started. Its death stops the command that it runs (see
``lib.jobs.command``), whose job then counts as died; the next worker goes on with the rest.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lib.artifacts import Store
from lib.jobs.folder import (
    CANCEL,
    LOG,
    OUTPUT,
    PROGRESS,
    STATUS,
    job_folders,
    jobs_folder,
    living,
    read_job,
    read_object,
    tail,
    write_values,
)
from lib.jobs.job import CANCELLED, DIED, DONE, FAILED, QUEUED, RUNNING, Job
from lib.jobs.words import ROOT
from lib.progress import PROGRESS_FILE
from lib.publish import disk_errors, exclusive

#: The lock under which jobs are queued, taken out, and begun.
QUEUE = "queue"
#: Seconds that a command has to heed an interrupt before it is terminated, and then again before it is killed.
GRACE = 10.0
#: Bytes of a log, and of what a command printed, that are kept.
MAX_LOG, MAX_OUTPUT = 8_000_000, 500_000
_TICK = 0.2
_COMMAND = (sys.executable, "-m", "lib.jobs.command")
_STEPS = ((0.0, signal.SIGINT), (GRACE, signal.SIGTERM), (2 * GRACE, signal.SIGKILL))
#: What a command that was interrupted exits with.
_INTERRUPTED = (130, -signal.SIGINT)
_KILLED = "It was killed, often because memory was full. It goes on from what it finished."


def start_worker(store: Store) -> None:
    """Start a worker in a session of its own, which outlives this process.

    Parameters
    ----------
    store : Store
    """
    folder = jobs_folder(store)
    with disk_errors(folder), (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "lib.jobs", str(store.root.absolute())],
            cwd=ROOT,
            env=_environment(store),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    threading.Thread(target=process.wait, daemon=True).start()  # so that it leaves no zombie


def _environment(store: Store) -> dict[str, str]:
    """Return this process's environment with its folders named so that they hold in another working directory."""
    named = {"VITRINE_ARTIFACTS": str(store.root.absolute())}
    if os.environ.get("KERAS_HOME"):
        named["KERAS_HOME"] = str(Path(os.environ["KERAS_HOME"]).expanduser().absolute())
    return os.environ | named


def work(store: Store) -> None:
    """Run what is queued, the oldest first, until nothing is; return at once where another worker is at it.

    Parameters
    ----------
    store : Store
    """
    while any(job.state == QUEUED for job in _oldest_first(store)):
        with _alone(store) as alone:
            if not alone:
                return
            while (job := _next(store)) is not None:
                _run(store, job)


@contextlib.contextmanager
def _alone(store: Store) -> Iterator[bool]:
    """Hold the lock of the only worker, yielding whether it could be had."""
    from filelock import FileLock, Timeout

    lock = FileLock(jobs_folder(store) / ".locks" / "worker.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _oldest_first(store: Store) -> list[Job]:
    return [read_job(folder) for folder in reversed(job_folders(store))]


def _next(store: Store) -> Job | None:
    """Return the job to run next; first the command of a worker that was killed has to end."""
    while True:
        known = _oldest_first(store)
        if not any(job.state == RUNNING for job in known):
            return next((job for job in known if job.state == QUEUED), None)
        time.sleep(_TICK)


def _run(store: Store, job: Job) -> None:
    """Run a job, unless it was taken out of the queue meanwhile, and write what became of it."""
    folder = jobs_folder(store) / job.id
    status: dict[str, Any] = {"state": RUNNING, "started_at": time.time()}
    try:
        with living(folder) as lock:
            with exclusive(jobs_folder(store), QUEUE):
                if read_job(folder).state != QUEUED:
                    return
                write_values(folder / STATUS, status)
            code = _command(folder, job, lock, status)
            write_values(folder / STATUS, status | _outcome(folder, code) | {"ended_at": time.time()})
    except OSError as error:
        message = f"It could not be started ({error.strerror})."
        write_values(folder / STATUS, status | {"state": FAILED, "message": message, "ended_at": time.time()})


def _command(folder: Path, job: Job, lock: int, status: dict[str, Any]) -> int:
    """Run the command of a job, and return what it exits with."""
    with (folder / OUTPUT).open("wb") as output, (folder / LOG).open("ab") as log:
        process = subprocess.Popen(
            [*_COMMAND, job.words[0], "--json", *job.words[1:]],
            cwd=ROOT,
            env=os.environ | {PROGRESS_FILE: str((folder / PROGRESS).absolute())},
            stdin=subprocess.PIPE,  # nothing is ever written: its end tells the command that the worker is gone
            stdout=output,
            stderr=log,
            start_new_session=True,
            pass_fds=(lock,),
        )
    with process:
        status["pid"] = process.pid
        write_values(folder / STATUS, status)
        return _watch(process, folder)


def _watch(process: subprocess.Popen[bytes], folder: Path) -> int:
    """Wait for a command to end, and stop it where that is asked for: gently, then firmly."""
    steps, asked_at = list(_STEPS), 0.0
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(_TICK)
        if (folder / LOG).stat().st_size > MAX_LOG:
            os.truncate(folder / LOG, 0)
        if (folder / CANCEL).exists():
            asked_at = asked_at or time.monotonic()
            if steps and time.monotonic() - asked_at >= steps[0][0]:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, steps.pop(0)[1])


def _outcome(folder: Path, code: int) -> dict[str, Any]:
    """Return what became of a command by what it exited with."""
    output = folder / OUTPUT
    result = read_object(output) if output.stat().st_size <= MAX_OUTPUT else None
    if code == 0:
        return {"state": DONE, "result": result}
    if (folder / CANCEL).exists() or code in _INTERRUPTED:
        return {"state": CANCELLED}
    if code < 0:
        return {"state": DIED, "message": _KILLED if code == -signal.SIGKILL else f"It was ended by signal {-code}."}
    return {"state": FAILED, "message": _error_line(folder), "result": result}


def _error_line(folder: Path) -> str:
    """Return the line of the log that says why a command failed: the last error, else the last line."""
    lines = [line.strip() for line in tail(folder / LOG).decode(errors="replace").splitlines() if line.strip()]
    errors = [line.split("error: ", 1)[1] for line in lines if "error: " in line]
    return (errors or lines or ["It said nothing."])[-1][:500]
