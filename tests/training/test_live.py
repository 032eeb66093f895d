"""The folder of an unfinished run: what is kept, what a damaged one gives, and who is still alive."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from lib.artifacts import Store
from lib.errors import AppError, ArtifactError, InvalidArtifact, MissingArtifact
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


def test_another_process_with_the_number_of_one_that_is_gone_keeps_no_run_alive(run: LiveRun) -> None:
    run.say(Status(RUNNING, epoch=1))
    path = run.folder / "status.json"
    values = json.loads(path.read_text())
    path.write_text(json.dumps({**values, "born": values["born"] - 3600}))
    assert run.status().state == DIED


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"\0" * 64), lambda path: path.unlink()])
def test_a_checkpoint_whose_best_weights_are_damaged_falls_back_to_the_one_before(run: LiveRun, damage) -> None:
    history = judged(0.3, 0.2, 0.5)
    for epoch in (1, 2, 3):
        if best_epoch(history[:epoch]) == epoch:
            run.save_best(epoch, {"a": np.full(2, epoch)})
        run.save(epoch, {"a": np.full(3, epoch)}, history[:epoch])
    damage(run.best(3))
    assert run.newest()[0] == 2  # whose best is epoch 1
    damage(run.best(1))
    assert run.newest() is None  # so it starts anew, and says nothing that is not so


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            '[{"epoch": 1, "loss": [2], "x": {"y": 1}, "note": "fine", "val_map_at_r": 0.5}]',
            [{"epoch": 1.0, "val_map_at_r": 0.5}],
        ),
        ('[{"loss": 1}, 3, null, {"epoch": "1"}]', []),
        ('{"epoch": 1}', []),
        ("[" * 99_999, []),
        ('[{"epoch": 1, "loss": NaN, "best": true}]', [{"epoch": 1.0}]),
    ],
)
def test_of_a_hostile_history_only_numbers_are_read(run: LiveRun, text: str, found: list) -> None:
    (run.folder / "history.json").write_text(text)
    assert run.history() == found


def test_a_folder_that_is_removed_under_a_run_is_one_clear_line(run: LiveRun) -> None:
    run.remove()
    with pytest.raises(InvalidArtifact, match="was removed while it was training"):
        run.save(1, {"a": np.zeros(1)}, judged(0.1))


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


@pytest.mark.parametrize("seed", ["0", '"1"', "-1", "4294967296", "true", "1.5", "null"])
def test_a_seed_that_no_generator_takes_is_refused(run: LiveRun, seed: str) -> None:
    (run.folder / "request.json").write_text(f'{{"recipe": "supcon", "seed": {seed}}}')
    if seed == "0":
        assert run.request().seed == 0
    else:
        with pytest.raises(AppError, match="seed"):
            run.request()


@pytest.mark.parametrize("text", ["{", "[]", '{"recipe": "magic"}', '{"recipe": "supcon", "given": 3}', "[" * 99999])
def test_a_request_that_cannot_be_read_is_one_clear_line(run: LiveRun, text: str) -> None:
    (run.folder / "request.json").write_text(text)
    with pytest.raises(AppError) as caught:
        run.request()
    assert "cannot be read" in caught.value.message


@pytest.mark.parametrize(
    "values",
    [
        *({"pid": "1"}, {"pid": 0}, {"pid": 2**70}, {"pid": -1}, {"epoch": "two"}, {"epoch": -1}, {"x": 1}),
        *({"state": "dancing"}, {"state": ["running"]}, {"updated": "now"}, {"born": None}, {"message": 3}),
    ],
)
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
