"""Jobs of made-up commands: submitted here, run by a worker that the test starts itself."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lib.artifacts import Store
from lib.jobs import Job, find_job, queue, submit, worker
from tests.jobs.stand_in import COMMAND

ROOT = Path(__file__).resolve().parents[2]
Submit = Callable[..., Job]


@pytest.fixture(autouse=True)
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are allowed, and nothing runs them but the test."""
    monkeypatch.setenv("VITRINE_ALLOW_TRAINING", "1")
    monkeypatch.setattr(queue, "start_worker", lambda _store: None)
    monkeypatch.setattr(worker, "_COMMAND", COMMAND)


@pytest.fixture
def ask(store: Store) -> Submit:
    """Submit a made-up command by the name of what it does."""

    def asked(action: str, *more: str) -> Job:
        return submit(store, ["embed", action, *more], title=f"Embed {action}", catalog=action)

    return asked


@pytest.fixture
def working(store: Store) -> Iterator[Callable[[], threading.Thread]]:
    """Start a worker in a thread; it is waited for."""
    started: list[threading.Thread] = []

    def start() -> threading.Thread:
        thread = threading.Thread(target=worker.work, args=(store,))
        thread.start()
        started.append(thread)
        return thread

    yield start
    for thread in started:
        thread.join(90)


@pytest.fixture
def worker_process(store: Store) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Start a worker as a process, as it is started in earnest; it is killed in the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        words = [sys.executable, "-m", "tests.jobs.stand_in", "work", str(store.root)]
        started.append(subprocess.Popen(words, cwd=ROOT))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_for(store: Store, job: Job, *, state: str = "", counted: int = 0) -> Job:
    """Wait until a job is in a state, or has counted so far."""
    until = time.monotonic() + 90
    while time.monotonic() < until:
        found = find_job(store, job.id)
        if found is not None and (found.state == state or (counted and found.done >= counted)):
            return found
        time.sleep(0.02)
    raise AssertionError(f"{find_job(store, job.id)} never was {state or counted}")
