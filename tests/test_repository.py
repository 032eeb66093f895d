"""What a fresh clone promises: the commands of the Makefile, bounded requirements, and nothing that does not belong."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import lib

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "requirements-gpu.txt")
#: What pip may see: nothing, so that these tests never reach for a network.
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run make in a folder, from another one."""
    given = [f"{name}={value}" for name, value in variables.items()]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "VITRINE_"))}
    return subprocess.run(
        ["make", "--no-print-directory", "-C", str(folder), *words, *given],
        cwd="/",
        capture_output=True,
        text=True,
        env=environment | OFFLINE,
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The Makefile in a folder whose name has a space, with requirements that install nothing."""
    folder = tmp_path / "a fresh clone"
    (folder / "experiments").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", folder)
    for name in REQUIREMENTS:
        (folder / name).write_text("# nothing\n")
    (folder / "experiments" / "sample.toml").write_text('title = "a sample"\n')
    (folder / "lib").mkdir()
    (folder / "lib" / "schema.py").write_text("SCHEMA_VERSION = 1\n")
    return folder


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def fake_venv(clone: Path, *, build: str = "mkdir -p artifacts/sample") -> Path:
    """A virtual environment that is current and whose python notes what it is asked; returns the notes."""
    notes = clone / "notes.txt"
    script(clone / ".venv" / "bin" / "python", f'echo "$@" >> notes.txt\ncase "$3" in build) {build} ;; esac')
    shutil.copy(clone / "requirements.txt", clone / ".venv" / ".runtime")
    notes.touch()
    return notes


@pytest.mark.parametrize("version", ["2.7", "3.9", "3.10", "3.14", "4.0", ""])
def test_an_unfit_python_is_one_clear_line(clone: Path, version: str) -> None:
    done = make(clone, "run", PYTHON=str(script(clone / "old python", f'echo "{version}"')))
    assert done.returncode != 0
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "Vitrine needs Python 3.11, 3.12 or 3.13, and" in line
    assert "PYTHON=" in line
    assert not (clone / ".venv").exists()


def test_an_absent_python_is_one_clear_line(clone: Path) -> None:
    done = make(clone, "test", PYTHON="/nowhere/python3")
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_the_environment_is_made_once_and_again_when_the_requirements_change(clone: Path) -> None:
    first = make(clone, "runtime", PYTHON=sys.executable)
    assert first.returncode == 0, first.stderr
    assert "Installing" in first.stdout
    assert (clone / ".venv" / "bin" / "python").exists()
    assert make(clone, "runtime").stdout == ""
    (clone / "requirements.txt").write_text("# nothing more\n")
    assert "Installing" in make(clone, "runtime").stdout
    assert make(clone, "runtime").stdout == ""


@pytest.mark.slow
def test_an_installation_that_fails_is_tried_again(clone: Path) -> None:
    (clone / "requirements.txt").write_text("there-is-no-such-package>=1,<2\n")
    for _ in range(2):
        done = make(clone, "runtime", PYTHON=sys.executable)
        assert done.returncode != 0
        assert "Installing" in done.stdout


def test_the_sample_is_built_once_and_again_when_its_experiment_changes(clone: Path) -> None:
    notes = fake_venv(clone)
    for _ in range(2):
        assert make(clone, "sample").returncode == 0
    assert notes.read_text() == "-m lib build experiments/sample.toml\n"
    (clone / "experiments" / "sample.toml").write_text('title = "another sample"\n')
    make(clone, "sample")
    assert len(notes.read_text().splitlines()) == 2
    (clone / "lib" / "schema.py").write_text("SCHEMA_VERSION = 2\n")
    make(clone, "sample")
    assert len(notes.read_text().splitlines()) == 3
    shutil.rmtree(clone / "artifacts")
    make(clone, "sample")
    assert len(notes.read_text().splitlines()) == 4
    make(clone, "sample")
    assert len(notes.read_text().splitlines()) == 4


def test_a_build_that_fails_is_not_taken_for_done(clone: Path) -> None:
    notes = fake_venv(clone, build="mkdir -p artifacts/sample; exit 1")
    for _ in range(2):
        assert make(clone, "run").returncode != 0
    assert notes.read_text().splitlines() == ["-m lib build experiments/sample.toml"] * 2


def test_run_is_for_this_machine_and_may_train() -> None:
    recipe = make(ROOT, "-n", "run", PORT="8599").stdout
    assert "VITRINE_ALLOW_TRAINING=1" in recipe
    assert "--server.address 127.0.0.1 --server.port 8599" in recipe


def test_demo_is_read_only_and_tells_nothing() -> None:
    recipe = make(ROOT, "-n", "demo", HOST="192.0.2.7").stdout
    assert "VITRINE_ALLOW_TRAINING=0" in recipe
    for option in (
        "--server.address 192.0.2.7",
        "--server.fileWatcherType none",
        "--server.headless true",
        "--client.showErrorDetails none",
        "--client.toolbarMode viewer",
        "--browser.gatherUsageStats false",
    ):
        assert option in recipe


def test_a_second_run_goes_straight_to_the_dashboard(clone: Path) -> None:
    notes = fake_venv(clone)
    make(clone, "run")
    notes.write_text("")
    make(clone, "run")
    (only,) = notes.read_text().splitlines()
    assert only.startswith("-m streamlit run app.py")


def test_make_alone_lists_the_commands() -> None:
    said = make(ROOT).stdout
    assert all(f"make {name} " in said for name in ("run", "demo", "test", "check", "test-real", "bench", "help"))


def test_ci_runs_make_test_and_nothing_else() -> None:
    path = ROOT / ".ci" / "run"
    assert os.access(path, os.X_OK)
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "set -euo pipefail"
    assert lines[-1] == "exec make test"


def requirements(name: str) -> list[Requirement]:
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-r")]


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_requirement_is_bounded_on_both_sides(name: str) -> None:
    for requirement in requirements(name):
        assert {specifier.operator for specifier in requirement.specifier} == {">=", "<"}, requirement


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_what_is_installed_is_what_is_required(name: str) -> None:
    for requirement in requirements(name):
        assert requirement.specifier.contains(importlib.metadata.version(requirement.name)), requirement


def test_the_version_and_the_pythons_are_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == lib.__version__
    assert project["requires-python"] == ">=3.11,<3.14"
    assert "3.11|3.12|3.13)" in (ROOT / "Makefile").read_text()


def test_the_changelog_has_a_place_for_what_comes() -> None:
    assert re.search(r"^## \[Unreleased\]$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_data_weights_or_big_files_are_kept() -> None:
    foreign = {".h5", ".keras", ".npy", ".npz", ".parquet", ".zip", ".gz", ".pkl", ".bin", ".onnx", ".sqlite"}
    ours = ROOT / "lib" / "models" / "shipped"
    others = [path for path in tracked() if ours not in path.parents]
    assert [path.name for path in others if path.suffix in foreign] == []
    assert [path.name for path in others if path.stat().st_size > 2_000_000] == []
    for folder in ours.iterdir():
        assert sum(path.stat().st_size for path in folder.iterdir()) < 8_000_000


def test_no_path_of_one_machine_is_written_anywhere() -> None:
    personal = re.compile(rb"(?<![\w.])/(work|root|Users|home/[a-z])[/\"' ]")
    found = [path.name for path in tracked() if path.suffix != ".png" and personal.search(path.read_bytes())]
    assert [name for name in found if name != Path(__file__).name] == []
