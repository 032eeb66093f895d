import itertools
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from lib.artifacts import Store
from lib.errors import AppError, ArtifactError, MissingArtifact
from lib.jobs import cancel, find_job, forget, job_log, jobs, queue, resume, tend
from lib.jobs.folder import job_folder, write_values
from tests.jobs.conftest import Submit


def test_a_job_is_queued_with_all_that_was_asked(store: Store, ask: Submit) -> None:
    job = ask("done")
    assert (job.state, job.title, job.catalog, job.is_active) == ("queued", "Embed done", "done", True)
    assert job.command == "python -m lib embed done"
    assert jobs(store) == [job] == [find_job(store, job.id)]
    assert job.created_at > 1.7e9


def test_the_newest_stands_first(store: Store, ask: Submit) -> None:
    asked = [ask("done", str(number)) for number in range(5)]
    assert [job.id for job in jobs(store)] == [job.id for job in asked[::-1]]


def test_the_same_words_are_queued_once(store: Store, ask: Submit) -> None:
    first, other = ask("done"), ask("done", "--backbone=vgg16")
    assert ask("done") == first
    assert {job.id for job in jobs(store)} == {first.id, other.id}


def test_what_was_cancelled_can_be_asked_again(store: Store, ask: Submit) -> None:
    first = ask("done")
    cancel(store, first.id)
    again = resume(store, first.id)
    assert again.id != first.id
    assert (again.words, again.title, again.catalog) == (first.words, first.title, first.catalog)
    assert [job.state for job in jobs(store)] == ["queued", "cancelled"]
    assert jobs(store)[1].ended_at
    assert jobs(store)[1].can_resume


def test_the_queue_and_the_memory_are_bounded(store: Store, ask: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MAX_QUEUED", 2)
    monkeypatch.setattr(queue, "MAX_ENDED", 3)
    for number in range(6):
        cancel(store, ask("done", str(number)).id)
    ask("done", "a")
    ask("done", "b")
    with pytest.raises(AppError, match="2 jobs wait"):
        ask("done", "c")
    assert [job.words[2] for job in jobs(store)] == ["b", "a", "5", "4", "3"]


def test_an_ended_job_is_forgotten_and_an_active_one_is_not(store: Store, ask: Submit) -> None:
    job = ask("done")
    with pytest.raises(AppError, match="cannot be forgotten"):
        forget(store, job.id)
    cancel(store, job.id)
    forget(store, job.id)
    assert jobs(store) == []
    assert find_job(store, job.id) is None
    for gone in (cancel, resume, forget):
        with pytest.raises(MissingArtifact, match="no job"):
            gone(store, job.id)
    assert job_log(store, job.id) == ""


@pytest.mark.parametrize("job_id", ["../../etc", "", ".", "/", "x" * 5000, "20260101-000000-000000-abcdef\n"])
def test_an_id_leads_nowhere_else(store: Store, ask: Submit, job_id: str) -> None:
    ask("done")
    assert find_job(store, job_id) is None
    assert job_log(store, job_id) == ""
    with pytest.raises(MissingArtifact):
        forget(store, job_id)


def test_nothing_changes_where_jobs_are_not_allowed(store: Store, ask: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    job, started = ask("done"), list[Store]()
    monkeypatch.setattr(queue, "start_worker", started.append)
    monkeypatch.setenv("VITRINE_ALLOW_TRAINING", "0")
    for change in (cancel, resume, forget):
        with pytest.raises(AppError, match="only show") as caught:
            change(store, job.id)
        assert "make run" in caught.value.hint
    with pytest.raises(AppError, match="only show"):
        ask("other")
    assert tend(store) == jobs(store) == [job]
    assert started == []


def test_a_queue_that_nobody_works_on_is_tended(store: Store, ask: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Store] = []
    monkeypatch.setattr(queue, "start_worker", started.append)
    assert tend(store) == []
    assert started == []
    ask("done")
    tend(store)
    assert started == [store, store]  # by submit, and by tend


def test_the_log_is_its_last_lines_as_text(store: Store, ask: Submit) -> None:
    folder = job_folder(store, ask("done").id)
    assert folder is not None
    lines = [f"line {number}" for number in range(300)]
    (folder / "log.txt").write_bytes("\n".join(lines).encode() + b"\n\x1b[31mred\x1b[0m\x00 \xff\r")
    log = job_log(store, folder.name, last=3)
    assert log == "line 298\nline 299\nred �"
    (folder / "log.txt").write_bytes(b"y" * 3_000_000)
    assert len(job_log(store, folder.name)) == 1_000_000


def test_a_file_in_the_folder_s_place_is_an_error_that_says_so(store: Store, ask: Submit) -> None:
    store.root.mkdir()
    (store.root / ".jobs").write_text("in the way")
    assert jobs(store) == []
    with pytest.raises(ArtifactError, match="cannot be made"):
        ask("done")


def test_jobs_are_no_catalogue(store: Store, ask: Submit) -> None:
    ask("done")
    assert store.catalog_names() == []


def hostile() -> dict[str, dict[str, object]]:
    """What may lie in a job's files, by name: JSON values, raw bytes, or what makes the file."""
    good = {"words": ["embed", "shop"], "title": "t", "catalog": "shop", "created_at": 5}
    deep = b"[" * 100_000
    return {
        "nothing": {},
        "no status": {"job.json": good},
        "no words": {"job.json": {}, "status.json": {"state": "done"}},
        "words that are none": {"job.json": good | {"words": [1, None]}, "status.json": {"state": "done"}},
        "another command": {"job.json": good | {"words": ["publish", "x"]}, "status.json": {"state": "queued"}},
        "an option": {"job.json": good | {"words": ["embed", "--artifacts=/"]}, "status.json": {"state": "queued"}},
        "an unknown state": {"job.json": good, "status.json": {"state": "levitating"}},
        "a state that is none": {"job.json": good, "status.json": {"state": ["done"]}},
        "a list": {"job.json": [], "status.json": []},
        "not JSON": {"job.json": b"{", "status.json": b"\xff\xfe"},
        "too deep": {"job.json": deep, "status.json": {"state": "done"}},
        "too large": {"job.json": b'{"a": "' + b"x" * 1_100_000 + b'"}', "status.json": {"state": "done"}},
        "a folder": {"job.json": "folder", "status.json": "folder"},
        "a pipe": {"job.json": "pipe", "status.json": "pipe"},
        "a loop": {"job.json": "loop", "status.json": "loop"},
        "an endless file": {"job.json": "endless", "status.json": {"state": "done"}},
    }


MAKE: dict[str, Callable[[Path], None]] = {
    "folder": lambda path: path.mkdir(),
    "pipe": os.mkfifo,
    "loop": lambda path: path.symlink_to(path.name),
    "endless": lambda path: path.symlink_to("/dev/zero"),
}


def put(folder: Path, files: Mapping[str, object]) -> None:
    folder.mkdir(parents=True)
    for name, content in files.items():
        if isinstance(content, str):
            MAKE[content](folder / name)
        else:
            (folder / name).write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())


@pytest.mark.parametrize("name", hostile())
def test_a_damaged_job_is_listed_and_breaks_nothing(store: Store, ask: Submit, name: str) -> None:
    job_id = "20260101-000000-000000-abcdef"
    put(store.root / ".jobs" / job_id, hostile()[name])
    whole = ask("done")
    assert [job.state for job in jobs(store)] == ["queued", "damaged"]
    damaged = jobs(store)[1]
    assert damaged.message
    assert not damaged.is_active
    assert not damaged.can_resume
    assert job_log(store, job_id) == ""
    cancel(store, job_id)
    with pytest.raises(AppError, match="Expected a job"):
        resume(store, job_id)
    forget(store, job_id)
    assert jobs(store) == [whole]


def test_numbers_that_are_none_are_left_out(store: Store) -> None:
    odd = [float("nan"), float("inf"), -5, True, "7", None, [], 10**400, {}]
    for number, (value, file) in enumerate(itertools.product(odd, ("status.json", "progress.json"))):
        names = ("pid", "started_at", "done", "total", "n_reused", "updated_at", "seconds_left", "label", "message")
        content = {"job.json": {"words": ["embed", "x"], "created_at": value, "title": value}}
        content |= {"status.json": {"state": "done"}, "progress.json": {}}
        content[file] |= dict.fromkeys(names, value)
        put(store.root / ".jobs" / f"20260101-000000-{number:06d}-abcdef", content)
    for job in jobs(store):
        assert job.state == "done"
        assert job.share == 0.0
        assert job.pid >= 0
        assert min(job.done, job.total, job.n_reused) == 0
        assert all(value is None or abs(value) < 1e15 for value in (job.started_at, job.updated_at, job.seconds_left))


def test_what_is_no_job_in_the_folder_is_passed_over(store: Store, ask: Submit, tmp_path: Path) -> None:
    job = ask("done")
    root = store.root / ".jobs"
    (root / "20260101-000000-000000-abcdef").write_text("a file")
    (root / ".draft.tmp").mkdir()
    (root / "stranger").mkdir()
    elsewhere = tmp_path / "elsewhere"
    put(elsewhere, {"job.json": {"words": ["embed", "x"]}, "status.json": {"state": "done"}, "kept.txt": b"kept"})
    (root / "20260101-000000-000001-abcdef").symlink_to(elsewhere)
    assert [found.state for found in jobs(store)] == ["queued", "done"]
    forget(store, "20260101-000000-000001-abcdef")
    assert jobs(store) == [job]
    assert (elsewhere / "kept.txt").read_text() == "kept"


def test_a_job_that_says_that_it_runs_and_does_not_has_died(store: Store, ask: Submit) -> None:
    job = ask("done")
    folder = job_folder(store, job.id)
    assert folder is not None
    write_values(folder / "status.json", {"state": "running", "pid": 1, "started_at": 5.0})
    found = find_job(store, job.id)
    assert found is not None
    assert (found.state, found.can_resume) == ("died", True)
    assert "killed" in found.message
    assert ask("done").id != job.id
