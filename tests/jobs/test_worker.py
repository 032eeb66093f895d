import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lib.artifacts import Store
from lib.jobs import cancel, find_job, job_log, jobs, queue, resume, submit, worker
from tests.jobs.conftest import ROOT, Submit, wait_for

Working = Callable[[], threading.Thread]
WorkerProcess = Callable[[], "subprocess.Popen[bytes]"]


def is_there(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_what_is_queued_is_run_in_order_and_says_what_became_of_it(store: Store, ask: Submit) -> None:
    asked = [ask("done"), ask("fail"), ask("killed"), ask("done", "again")]
    worker.work(store)
    made, failed, killed, last = jobs(store)[::-1]
    assert [job.id for job in (made, failed, killed, last)] == [job.id for job in asked]
    assert [job.state for job in (made, failed, killed, last)] == ["done", "failed", "died", "done"]
    assert made.result is not None
    assert made.result["id"] == "made"
    assert (made.done, made.total, made.n_reused, made.label, made.share) == (3, 3, 1, "embedding shop", 1.0)
    assert failed.message == "There is no such thing. Run: something"
    assert job_log(store, failed.id).splitlines()[:2] == ["a line", "warning"]
    assert "killed" in killed.message
    assert (made.can_resume, failed.can_resume, killed.can_resume) == (False, True, True)
    times = [moment for job in (made, failed, killed, last) for moment in (job.started_at, job.ended_at)]
    assert None not in times
    assert times == sorted(times, key=lambda moment: moment or 0.0)  # one at a time, in the order of asking


def test_a_running_job_is_counted_and_cancelled(store: Store, ask: Submit, working: Working) -> None:
    job, waiting = ask("wait"), ask("done")
    working()
    running = wait_for(store, job, counted=20)
    assert (running.state, running.share, running.label) == ("running", 0.2, "embedding shop")
    assert is_there(running.pid)
    assert running.updated_at is not None
    assert ask("wait").id == job.id
    cancel(store, job.id)
    ended = wait_for(store, job, state="cancelled")
    assert "finished parts are kept" in job_log(store, job.id)
    assert not is_there(running.pid)
    assert ended.can_resume
    cancel(store, job.id)
    assert find_job(store, job.id) == ended
    assert wait_for(store, waiting, state="done").result


def test_a_command_that_heeds_nothing_is_killed(
    store: Store, ask: Submit, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = ((0.0, signal.SIGINT), (0.1, signal.SIGTERM), (0.2, signal.SIGKILL))
    monkeypatch.setattr(worker, "_STEPS", steps)
    job = ask("stubborn")
    working()
    running = wait_for(store, job, counted=20)
    cancel(store, job.id)
    wait_for(store, job, state="cancelled")
    assert not is_there(running.pid)


def test_a_job_that_is_taken_out_of_the_queue_is_never_run(store: Store, ask: Submit) -> None:
    job = ask("done")
    cancel(store, job.id)
    worker.work(store)
    worker._run(store, job)  # it was taken out while the worker went for it
    assert [found.state for found in jobs(store)] == ["cancelled"]
    assert job_log(store, job.id) == ""


def test_a_killed_command_is_shown_as_died_and_goes_on_when_resumed(
    store: Store, ask: Submit, working: Working
) -> None:
    job, waiting = ask("wait"), ask("done")
    working()
    os.kill(wait_for(store, job, counted=20).pid, signal.SIGKILL)
    died = wait_for(store, job, state="died")
    assert "killed" in died.message
    wait_for(store, waiting, state="done")
    assert resume(store, job.id).words == job.words


def test_a_killed_worker_takes_its_command_along_and_the_next_goes_on(
    store: Store, ask: Submit, worker_process: WorkerProcess
) -> None:
    job, waiting = ask("wait"), ask("done")
    process = worker_process()
    running = wait_for(store, job, counted=20)
    process.kill()
    worker_process()
    wait_for(store, job, state="died")
    wait_for(store, waiting, state="done")
    assert not is_there(running.pid)


def test_only_one_of_two_workers_works(store: Store, ask: Submit, worker_process: WorkerProcess) -> None:
    job = ask("wait")
    worker_process()
    wait_for(store, job, counted=20)
    waiting = ask("done")
    second = worker_process()
    assert second.wait(90) == 0
    assert [found.state for found in jobs(store)] == ["queued", "running"]
    cancel(store, job.id)
    wait_for(store, waiting, state="done")  # by the first one


def test_workers_that_start_together_run_each_job_once(store: Store, ask: Submit, working: Working) -> None:
    for number in range(4):
        ask("done", str(number))
    for thread in [working() for _ in range(4)]:
        thread.join(90)
    found = jobs(store)[::-1]
    assert [job.state for job in found] == ["done"] * 4
    for before, after in itertools.pairwise(found):
        assert (before.ended_at or 0.0) <= (after.started_at or 0.0)


def test_a_log_that_grows_without_end_is_cut(
    store: Store, ask: Submit, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "MAX_LOG", 50)
    job = ask("chatter")
    working()
    wait_for(store, job, counted=20)
    path = store.root / ".jobs" / job.id / "log.txt"
    wait_until(lambda: path.stat().st_size < 50)
    cancel(store, job.id)
    wait_for(store, job, state="cancelled")


@pytest.mark.parametrize("name", ["lock", "log.txt", "output.json"])
def test_a_folder_in_a_file_s_place_fails_that_job_alone(store: Store, ask: Submit, name: str) -> None:
    job, other = ask("done"), ask("done", "other")
    (store.root / ".jobs" / job.id / name).mkdir()
    worker.work(store)
    assert wait_for(store, job, state="failed").message.startswith("It could not be started")
    assert wait_for(store, other, state="done")


def test_a_result_that_is_too_large_is_left_out(store: Store, ask: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MAX_OUTPUT", 5)
    ask("done")
    worker.work(store)
    assert (jobs(store)[0].state, jobs(store)[0].result) == ("done", None)


def test_folders_hold_wherever_the_worker_runs(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_HOME", "weights")
    environment = worker._environment(Store(Path("artifacts")))
    assert environment["KERAS_HOME"] == str(tmp_path / "weights")
    assert environment["VITRINE_ARTIFACTS"] == str(tmp_path / "artifacts")


def test_a_real_stage_runs_in_the_background_and_outlives_who_asked(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "start_worker", worker.start_worker)
    words = ["import", "sample", "--name", "drawn", "--limit", "6"]
    job = submit(store, words, title="Import drawn", catalog="drawn")
    misused = submit(store, ["embed", "drawn", "--backbone", "magic"], title="Embed drawn", catalog="drawn")
    wait_until(lambda: jobs(store)[-1].pid > 0)
    assert os.getpriority(os.PRIO_PROCESS, jobs(store)[-1].pid) >= 5
    made = wait_for(store, job, state="done")
    assert made.result is not None
    assert made.result["n"] == 6
    assert store.catalog_names() == ["drawn"]
    assert (made.done, made.total) == (6, 6)
    assert "invalid choice: 'magic'" in wait_for(store, misused, state="failed").message
    assert (store.root / ".jobs" / "worker.log").read_text() == ""


def test_nothing_slow_is_imported_to_start_a_worker() -> None:
    code = "import sys, lib.jobs.__main__; print(sorted({'pandas', 'keras', 'streamlit'} & sys.modules.keys()))"
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
