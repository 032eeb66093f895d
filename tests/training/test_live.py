"""The folder of an unfinished run: what is kept, what a damaged one gives, and who is still alive."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from lib.artifacts import Store
from lib.errors import AppError, ArtifactError, MissingArtifact
from lib.training.history import best_epoch
from lib.training.live import DIED, RUNNING, LiveRun, Status, live_run, live_runs
from lib.training.request import TrainingRequest


@pytest.fixture
def run(store: Store) -> LiveRun:
    found = live_run(store, "shop", "supcon-abc123")
    found.begin(TrainingRequest("supcon", seed=3).to_json())
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
    assert run.request() == TrainingRequest("supcon", seed=3)


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


def judged(*scores: float) -> list[dict[str, float]]:
    return [{"epoch": float(epoch), "val_map_at_r": score} for epoch, score in enumerate(scores, start=1)]


def test_the_best_weights_of_both_checkpoints_are_kept_and_no_others(run: LiveRun) -> None:
    scores = (0.1, 0.3, 0.2, 0.5, 0.4)
    kept = []
    for epoch in range(1, 6):
        history = judged(*scores[:epoch])
        if best_epoch(history) == epoch:
            run.save_best(epoch, {"a": np.full(2, epoch)})
        run.save(epoch, {"a": np.zeros(1)}, history)
        kept.append(sorted(path.name for path in run.folder.glob("best-*")))
    assert kept == [
        ["best-00001.npz"],
        ["best-00001.npz", "best-00002.npz"],
        ["best-00002.npz"],
        ["best-00002.npz", "best-00004.npz"],
        ["best-00004.npz"],
    ]


def test_the_first_of_equals_is_best_and_what_is_no_number_never_is() -> None:
    assert best_epoch(judged(0.2, 0.5, 0.5)) == 2
    assert best_epoch(judged(float("nan"), 0.1)) == 2
    assert best_epoch([{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.0}]) == 2
    assert best_epoch([]) == 0


@pytest.mark.parametrize("text", ["{", "[]", '{"recipe": "magic"}', '{"recipe": "supcon", "given": 3}', "[" * 99999])
def test_a_request_that_cannot_be_read_is_one_clear_line(run: LiveRun, text: str) -> None:
    (run.folder / "request.json").write_text(text)
    with pytest.raises(AppError) as caught:
        run.request()
    assert "cannot be read" in caught.value.message


@pytest.mark.parametrize("values", [{"pid": "1"}, {"pid": 0}, {"pid": 2**70}, {"pid": -1}, {"epoch": "two"}, {"x": 1}])
def test_a_hostile_status_is_a_run_that_died(run: LiveRun, values: dict) -> None:
    run.say(Status(RUNNING, epoch=1))
    path = run.folder / "status.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))
    assert run.status().state == DIED


def test_unfinished_runs_are_listed_and_names_lead_nowhere_else(store: Store, run: LiveRun) -> None:
    (store.catalog_folder("shop") / ".training" / "empty").mkdir()
    assert [found.id for found in live_runs(store, "shop")] == [run.id]
    assert live_runs(store, "other") == []
    with pytest.raises(ArtifactError):
        live_run(store, "shop", "../other")
    with pytest.raises(MissingArtifact, match="no run 'nothing'"):
        live_run(store, "shop", "nothing").request()
