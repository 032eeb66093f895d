"""The folder of an unfinished run: what is kept, what a damaged one gives, and who is still alive."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from lib.artifacts import Store
from lib.errors import ArtifactError, MissingArtifact
from lib.training.live import DIED, RUNNING, LiveRun, Status, live_run, live_runs


@pytest.fixture
def run(store: Store) -> LiveRun:
    found = live_run(store, "shop", "supcon-abc123")
    found.begin('{"recipe": "supcon"}')
    return found


def row(epoch: int) -> dict[str, float]:
    return {"epoch": float(epoch), "loss": 1.0 / epoch}


def test_what_is_saved_comes_back_and_the_two_newest_are_kept(run: LiveRun) -> None:
    for epoch in (1, 2, 3):
        run.save(epoch, {"a": np.full(3, epoch)}, [row(e) for e in range(1, epoch + 1)])
    epoch, arrays, history = run.newest()
    assert (epoch, arrays["a"].tolist(), len(history)) == (3, [3, 3, 3], 3)
    assert sorted(path.name for path in run.folder.glob("checkpoint-*.npz")) == [
        "checkpoint-00002.npz",
        "checkpoint-00003.npz",
    ]
    assert run.history() == history
    assert run.request() == {"recipe": "supcon"}


@pytest.mark.parametrize("damage", ["truncated", "other bytes", "no note", "note is no JSON"])
def test_a_damaged_checkpoint_falls_back_to_the_one_before(run: LiveRun, damage: str) -> None:
    for epoch in (1, 2):
        run.save(epoch, {"a": np.full(3, epoch)}, [row(e) for e in range(1, epoch + 1)])
    path, note = run.folder / "checkpoint-00002.npz", run.folder / "checkpoint-00002.json"
    {
        "truncated": lambda: path.write_bytes(path.read_bytes()[:-20]),
        "other bytes": lambda: path.write_bytes(path.read_bytes().replace(b"\x02", b"\x07")),
        "no note": note.unlink,
        "note is no JSON": lambda: note.write_text("{"),
    }[damage]()
    epoch, arrays, history = run.newest()
    assert (epoch, arrays["a"].tolist(), len(history)) == (1, [1, 1, 1], 1)


def test_a_process_that_is_gone_has_died(run: LiveRun) -> None:
    assert run.status().state == DIED  # nothing was ever said
    run.say(Status(RUNNING, epoch=1, epochs=3))
    assert (run.status().state, run.status().pid) == (RUNNING, os.getpid())
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    values = json.loads((run.folder / "status.json").read_text())
    (run.folder / "status.json").write_text(json.dumps({**values, "pid": int(gone.stdout)}))
    assert (run.status().state, run.status().epoch) == (DIED, 1)


def test_unfinished_runs_are_listed_and_names_lead_nowhere_else(store: Store, run: LiveRun) -> None:
    (store.catalog_folder("shop") / ".training" / "empty").mkdir()
    assert [found.id for found in live_runs(store, "shop")] == [run.id]
    assert live_runs(store, "other") == []
    with pytest.raises(ArtifactError):
        live_run(store, "shop", "../other")
    with pytest.raises(MissingArtifact, match="no run 'nothing'"):
        live_run(store, "shop", "nothing").request()
