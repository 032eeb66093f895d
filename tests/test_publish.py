import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lib.artifacts import MANIFEST, read_manifest, sha256_of, verify
from lib.errors import ArtifactError
from lib.publish import exclusive, library_versions, publish, write_atomically, write_manifest
from lib.schema import Manifest

ROOT = Path(__file__).resolve().parent.parent


def manifest(**changes: object) -> Manifest:
    values = {
        "kind": "embedding",
        "id": "m-1",
        "command": "python -m lib embed shop --backbone m",
        "inputs": {},
        "parameters": {},
        "n_in": 2,
        "n": 2,
        "synthetic": False,
    }
    return Manifest(**(values | changes))


def put(target: Path, content: str) -> None:
    """Publish a result of one file."""
    with publish(target) as draft:
        (draft / "data.txt").write_text(content)
        write_manifest(draft, manifest())


def content(target: Path) -> str:
    """Read the result back, checked."""
    verify(target, read_manifest(target))
    return (target / "data.txt").read_text()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "shop" / "embeddings" / "m-1"


def test_a_published_result_is_whole_and_alone(target: Path) -> None:
    put(target, "first")
    assert content(target) == "first"
    assert os.listdir(target.parent) == ["m-1"]


def test_a_new_result_takes_the_old_ones_place(target: Path) -> None:
    put(target, "first")
    put(target, "second")
    assert content(target) == "second"
    assert os.listdir(target.parent) == ["m-1"]


def test_nobody_sees_a_result_before_it_is_whole(target: Path) -> None:
    put(target, "first")
    with publish(target) as draft:
        (draft / "data.txt").write_text("second")
        assert content(target) == "first"
        write_manifest(draft, manifest())
        assert content(target) == "first"
    assert content(target) == "second"


def test_a_failing_body_leaves_the_old_result_and_nothing_else(target: Path) -> None:
    put(target, "first")
    with pytest.raises(ZeroDivisionError), publish(target) as draft:
        (draft / "data.txt").write_text("second")
        raise ZeroDivisionError
    assert content(target) == "first"
    assert os.listdir(target.parent) == ["m-1"]


def test_a_result_without_a_manifest_is_not_published(target: Path) -> None:
    with pytest.raises(RuntimeError, match="without a manifest"), publish(target) as draft:
        (draft / "data.txt").write_text("half")
    assert os.listdir(target.parent) == []


def test_a_swap_that_fails_puts_the_old_result_back(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(target, "first")
    rename = Path.rename

    def refuse(self: Path, other: Path) -> Path:
        if self.suffix == ".tmp":
            raise OSError(errno.EBUSY, "busy")
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="busy"):
        put(target, "second")
    assert content(target) == "first"


def killed(code: str, folder: Path) -> None:
    """Run Python code until it says ``ready``, then kill it as a power cut would."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        line = process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert line == "ready\n", process.stderr.read()
    assert process.returncode == -signal.SIGKILL


KILLED_PUBLISHER = """
import sys, time
from pathlib import Path
from lib.publish import publish
with publish(Path(sys.argv[1])) as draft:
    (draft / "data.txt").write_text("half")
    print("ready", flush=True)
    time.sleep(60)
"""


def test_a_killed_run_leaves_the_old_result_whole_and_the_next_one_succeeds(target: Path) -> None:
    put(target, "first")
    killed(KILLED_PUBLISHER, target)
    assert content(target) == "first"
    assert [name for name in os.listdir(target.parent) if not name.startswith(".")] == ["m-1"]
    put(target, "second")
    assert content(target) == "second"


def test_a_killed_first_run_leaves_nothing_that_looks_like_a_result(target: Path) -> None:
    killed(KILLED_PUBLISHER, target)
    assert list(target.parent.glob("[!.]*")) == []


def test_drafts_of_killed_runs_go_when_they_are_old(target: Path) -> None:
    killed(KILLED_PUBLISHER, target)
    (draft,) = target.parent.iterdir()
    put(target, "first")
    assert draft.is_dir(), "somebody may still be writing it"
    os.utime(draft, (time.time() - 86_400,) * 2)
    put(target, "second")
    assert os.listdir(target.parent) == ["m-1"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_one_clear_error_and_loses_nothing(target: Path, number: int) -> None:
    put(target, "first")
    with pytest.raises(ArtifactError, match="The disk is full") as error, publish(target):
        raise OSError(number, os.strerror(number))
    assert str(target) in error.value.message
    assert "run the same command again" in error.value.hint
    assert content(target) == "first"
    assert os.listdir(target.parent) == ["m-1"]


def test_a_disk_that_fills_while_the_manifest_is_written_loses_nothing(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(target, "first")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("lib.publish.os.fsync", full)
    with pytest.raises(ArtifactError, match="The disk is full"):
        put(target, "second")
    assert content(target) == "first"


def test_the_manifest_is_written_last_and_knows_every_file(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "deep" / "b.txt").write_text("b")
    written = write_manifest(tmp_path, manifest())
    assert written.files == {"a.txt": sha256_of(tmp_path / "a.txt"), "deep/b.txt": sha256_of(tmp_path / "deep/b.txt")}
    assert read_manifest(tmp_path) == written
    assert written.created_at.endswith("+00:00")
    assert {"numpy", "pandas", "pillow"} <= written.versions.keys()
    assert json.loads((tmp_path / MANIFEST).read_text())["n_skipped"] == 0


def test_library_versions_are_the_installed_ones() -> None:
    import numpy

    assert library_versions()["numpy"] == numpy.__version__


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "status.json"
    write_atomically(path, b"old")

    def fail(_descriptor: int) -> None:
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr("lib.publish.os.fsync", fail)
    with pytest.raises(OSError, match="input/output"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["status.json"]


EXCLUSIVE = """
import sys, time
from pathlib import Path
from lib.publish import exclusive
folder = Path(sys.argv[1])
with exclusive(folder, "m-1", on_wait=lambda: print("waiting", flush=True)):
    with (folder / "log").open("a") as log:
        log.write("in\\n"); log.flush()
        time.sleep(0.4)
        log.write("out\\n")
"""


def test_two_processes_that_make_the_same_thing_take_turns(tmp_path: Path) -> None:
    both = [
        subprocess.Popen([sys.executable, "-c", EXCLUSIVE, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert (tmp_path / "log").read_text().split() == ["in", "out", "in", "out"]
    assert len("".join(said).split()) <= 1


def test_a_lock_is_free_when_its_holder_is_killed(tmp_path: Path) -> None:
    code = """
import sys, time
from pathlib import Path
from lib.publish import exclusive
with exclusive(Path(sys.argv[1]), "m-1"):
    print("ready", flush=True)
    time.sleep(60)
"""
    killed(code, tmp_path)
    waited: list[bool] = []
    with exclusive(tmp_path, "m-1", on_wait=lambda: waited.append(True)):
        assert waited == []


def test_one_who_waits_is_told_once_and_different_things_do_not_wait(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", EXCLUSIVE, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        while not (tmp_path / "log").exists():
            time.sleep(0.01)
        waited: list[str] = []
        with exclusive(tmp_path, "m-2", on_wait=lambda: waited.append("m-2")):
            pass
        with exclusive(tmp_path, "m-1", on_wait=lambda: waited.append("m-1")):
            assert (tmp_path / "log").read_text().split() == ["in", "out"]
        assert waited == ["m-1"]
