"""A replacement cut off at any step is finished by whoever comes next; what stands beside the files stays."""

from pathlib import Path

import pytest

from lib.artifacts import read_manifest, verify
from lib.catalog import swap
from lib.catalog.swap import clear_drafts, replacement, settle
from lib.publish import write_manifest
from lib.schema import Manifest
from tests.catalog.sources.data import write_folder

OLD = {"catalog.parquet": b"old", "pictures.parquet": b"old", "skipped.parquet": b"old", "images/a.jpg": b"old"}
NEW = {"catalog.parquet": b"new", "pictures.parquet": b"new", "skipped.parquet": b"new", "thumbnails/t.bin": b"new"}


def manifest(command: str) -> Manifest:
    return Manifest(kind="catalog", id="c", command=command, inputs={}, parameters={}, n_in=0, n=0, synthetic=False)


def replace(folder: Path, files: dict[str, bytes], command: str) -> None:
    with replacement(folder) as draft:
        write_folder(draft, files)
        write_manifest(draft, manifest(command))


def state(folder: Path) -> str:
    found = read_manifest(folder)
    verify(folder, found)
    return found.command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "c"
    replace(root, OLD, "old")
    write_folder(root, {"embeddings/m/manifest.json": b"kept"})
    return root


def test_old_files_without_a_successor_go_and_results_stay(folder: Path) -> None:
    replace(folder, NEW, "new")
    assert state(folder) == "new"
    assert not (folder / "images").exists()
    assert (folder / "embeddings" / "m" / "manifest.json").read_bytes() == b"kept"
    assert not [path for path in folder.iterdir() if path.name.startswith((".incoming", ".outgoing"))]


def test_an_error_while_writing_leaves_the_old(folder: Path) -> None:
    with pytest.raises(KeyError), replacement(folder) as draft:
        write_folder(draft, NEW)
        raise KeyError
    assert state(folder) == "old"
    assert not list(folder.glob(".incoming*"))


class Killed(BaseException):
    """Stands for the moment of a kill: nothing may catch it."""


@pytest.mark.parametrize("step", range(20))
def test_a_kill_at_any_step_of_the_swap(folder: Path, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    count = iter(range(100))
    moved = {name: getattr(Path, name) for name in ("rename", "replace", "mkdir")}

    def limited(name: str) -> object:
        def call(self: Path, *args: object, **options: object) -> object:
            if next(count) >= step:
                raise Killed
            return moved[name](self, *args, **options)

        return call

    with monkeypatch.context() as patched:
        with replacement_until_swap(folder, patched, limited):
            pass
    assert read_manifest(folder).command in ("old", "new")
    settle(folder)
    assert state(folder) == "new"
    assert (folder / "embeddings" / "m" / "manifest.json").read_bytes() == b"kept"


def replacement_until_swap(folder: Path, patched: pytest.MonkeyPatch, limited: object) -> object:
    """Write the new files whole, then let the swap run until it is killed."""
    import contextlib

    @contextlib.contextmanager
    def steps() -> object:
        settled = swap.settle
        patched.setattr(swap, "settle", lambda _: None)
        replace(folder, NEW, "new")
        for name in ("rename", "replace", "mkdir"):
            patched.setattr(Path, name, limited(name))
        with contextlib.suppress(Killed):
            settled(folder)
        yield

    return steps()


def test_nothing_is_written_where_nothing_was_cut_off(folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    settle(folder)
    assert sorted(folder.rglob("*")) == before


def test_drafts_of_killed_imports_are_removed(folder: Path) -> None:
    write_folder(folder, {".incoming.1234.tmp/catalog.parquet": b"half"})
    settle(folder)
    assert state(folder) == "old"
    clear_drafts(folder)
    assert not list(folder.glob(".incoming*"))
