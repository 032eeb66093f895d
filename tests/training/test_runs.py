"""Runs as people look at them: finished, unfinished, damaged; what they are called and how long they took."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.training.comparison import (
    epochs_of,
    measured_names,
    measured_table,
    measured_title,
    measures_of,
    parameter_table,
)
from lib.training.estimate import estimate, seconds_per_picture
from lib.training.history import best_epoch
from lib.training.live import CANCELLED, DIED, FAILED, RUNNING
from lib.training.request import TrainingRequest
from lib.training.runs import (
    DAMAGED,
    DONE,
    Run,
    epoch_seconds,
    finished_runs,
    parameters_of,
    run_titles,
    unfinished_runs,
)
from tests.factories import make_catalog
from tests.training_factories import NOBODY, history_of, make_run, make_unfinished

OTHER_SEED = TrainingRequest("classify", given={"epochs": "3", "size": "96"}, seed=7)


@pytest.fixture
def shop(store: Store) -> Catalog:
    return make_catalog(store)


def unfinished(store: Store) -> list[Run]:
    return unfinished_runs(store, "tiny", label="articleType")


def test_a_finished_run_says_all_of_itself(store: Store, shop: Catalog) -> None:
    manifest = make_run(store, shop, best=0.6)
    (run,) = finished_runs(store, "tiny")
    assert (run.id, run.state, run.label, run.epochs, run.best_epoch) == (manifest.id, DONE, "articleType", 3, 3)
    assert run.parameters["learning_rate"] == 1e-4
    assert run.parameters["backbone"] == "mobilenet_v2"
    assert run.history["loss"].tolist() == [4.0, 2.0, pytest.approx(4 / 3)]
    assert run.metrics["test"]["map_at_r"] == {"value": 0.6, "low": 0.5, "high": pytest.approx(0.7)}
    assert run.seconds == 24.0  # three epochs, one every eight seconds


def test_a_history_that_was_changed_is_not_shown(store: Store, shop: Catalog) -> None:
    run_id = make_run(store, shop).id
    (store.result_folder("tiny", "run", run_id) / "history.csv").write_text("epoch,loss\n1,0.0001\n")
    (run,) = finished_runs(store, "tiny")
    assert run.history.empty
    assert run.seconds == 0


def test_a_run_whose_metrics_are_no_numbers_is_left_out_and_named(store: Store, shop: Catalog) -> None:
    path = store.result_folder("tiny", "run", make_run(store, shop).id) / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["details"]["metrics"]["test"]["map_at_r"] = {"value": "much", "low": None, "high": None}
    path.write_text(json.dumps(manifest))
    assert finished_runs(store, "tiny") == []
    (error,) = store.damaged("tiny", "run")
    assert "metrics.test.map_at_r.value is 'much'" in error.message


@pytest.mark.parametrize(
    ("state", "pid", "seen"),
    [(RUNNING, None, RUNNING), (RUNNING, NOBODY, DIED), (CANCELLED, None, CANCELLED), (FAILED, None, FAILED)],
)
def test_an_unfinished_run_says_where_it_stands(
    store: Store, shop: Catalog, state: str, pid: int | None, seen: str
) -> None:
    make_unfinished(store, shop, state=state, pid=pid, epochs=2)
    (run,) = unfinished(store)
    assert (run.state, len(run.history), run.epochs, run.best_epoch) == (seen, 2, 5, 2)
    assert run.parameters["label"] == "articleType"


@pytest.mark.parametrize(
    "request_text",
    [
        *("{}", "[]", "null", '"text"', "3", '{"recipe": "unheard"}', '{"recipe": ["supcon"]}', '{"recipe": 5}'),
        *('{"recipe": "supcon", "given": 4}', '{"recipe": "supcon", "given": {"epochs": "many"}}'),
        *('{"recipe": "supcon", "more": 1}', "\x00"),
    ],
)
def test_a_run_whose_request_is_damaged_is_listed_as_damaged(store: Store, shop: Catalog, request_text: str) -> None:
    live = make_unfinished(store, shop)
    (live.folder / "request.json").write_text(request_text)
    (run,) = unfinished(store)
    assert run.state == DAMAGED
    assert run_titles([run]) == {live.id: live.id}


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[1, 2]", '[{"epoch": "x"}]', '[{"loss": {"a": 1}}]', '[{"loss": [1]}]', '[{"epoch": NaN}]', "[{}]"],
)
def test_a_damaged_history_is_empty_or_missing_but_never_an_error(store: Store, shop: Catalog, text: str) -> None:
    live = make_unfinished(store, shop)
    (live.folder / "history.json").write_text(text)
    (run,) = unfinished(store)
    assert run.best_epoch == 0
    assert measures_of([run]) == []


def test_runs_of_one_name_are_told_apart_by_what_they_were_told(store: Store, shop: Catalog) -> None:
    first, second = make_run(store, shop), make_run(store, shop, OTHER_SEED)
    names = run_titles(finished_runs(store, "tiny"))
    assert names[first.id] == "Classify, all layers · MobileNetV2 · 96 px · seed 0"
    seed = finished_runs(store, "tiny")[0].parameters["seed"]
    assert names[second.id] == f"Classify, all layers · MobileNetV2 · 96 px · seed {seed}"


def test_runs_of_one_name_that_differ_in_words_are_told_apart_by_their_ids(store: Store, shop: Catalog) -> None:
    make_run(store, shop), make_run(store, shop, OTHER_SEED)
    first, second = finished_runs(store, "tiny")
    other = dataclasses.replace(second, parameters={**second.parameters, "fit": "pad"})
    assert run_titles([first, other])[first.id].endswith(first.id[-6:])
    nothing = dataclasses.replace(second, parameters=first.parameters)
    assert len(set(run_titles([first, nothing]).values())) == 2


def test_how_long_an_epoch_takes_without_times_of_day() -> None:
    assert epoch_seconds(pd.DataFrame({"seconds": [5.0, 7.0, 6.0]})) == 6.0
    assert epoch_seconds(pd.DataFrame({"finished_at": [5.0], "seconds": [7.0]})) == 7.0
    assert epoch_seconds(pd.DataFrame()) == 0.0


def test_an_estimate_is_pictures_by_epochs_by_the_time_a_picture_took(store: Store, shop: Catalog) -> None:
    make_run(store, shop)
    runs = finished_runs(store, "tiny")
    assert seconds_per_picture(runs[0]) == pytest.approx(8 / 120)  # 8 s an epoch, of 6 s at 20 pictures a second
    asked = parameters_of(TrainingRequest("triplet", given={"epochs": "10", "size": "96"}), label="articleType")
    found = estimate(runs, asked, n=600)
    assert found is not None
    assert found.seconds == pytest.approx(10 * 600 * 8 / 120)
    assert found.n_runs == 1


@pytest.mark.parametrize(
    "request_", [
        TrainingRequest("triplet", given={"size": "224"}),
        TrainingRequest("triplet", backbone="mobilenet", given={"size": "96"}),
        TrainingRequest("simclr", given={"size": "96"}),  # two views of each picture
        TrainingRequest("classify_frozen", given={"size": "96"}),
    ],
)  # fmt: skip
def test_nothing_is_told_from_runs_that_did_other_work(store: Store, shop: Catalog, request_: TrainingRequest) -> None:
    make_run(store, shop)
    assert estimate(finished_runs(store, "tiny"), parameters_of(request_, label="articleType"), n=10) is None


def test_curves_hold_both_parts_and_mark_the_epoch_that_is_kept(store: Store, shop: Catalog) -> None:
    run_id = make_run(store, shop).id
    runs = finished_runs(store, "tiny")
    table = epochs_of(runs, "loss", names={run_id: "mine"})
    assert table["run"].unique().tolist() == ["mine"]
    assert table[table["part"] == "validation"]["value"].tolist() == [5.0, 2.5, pytest.approx(5 / 3)]
    assert table[table["best"]]["epoch"].tolist() == [3.0, 3.0]
    assert measures_of(runs) == ["map_at_r", "map", "recall@1", "loss", "accuracy", "precision", "recall", "f1"]


def test_parameters_that_differ_stand_first(store: Store, shop: Catalog) -> None:
    first, second = make_run(store, shop), make_run(store, shop, OTHER_SEED)
    names = {first.id: "a", second.id: "b"}
    table = parameter_table(finished_runs(store, "tiny"), names=names)
    assert table.loc[table["differs"], "parameter"].tolist() == ["seed"]
    assert table.iloc[0][["a", "b"]].tolist() == ["0", "7"]
    assert set(table.columns) == {"parameter", "differs", "a", "b"}
    assert not parameter_table(finished_runs(store, "tiny")[:1], names=names)["differs"].any()


def test_scores_stand_highest_first_with_their_intervals(store: Store, shop: Catalog) -> None:
    low, high = make_run(store, shop, best=0.3), make_run(store, shop, OTHER_SEED, best=0.6)
    runs = finished_runs(store, "tiny")
    assert measured_names(runs, "test") == ["map_at_r", "map", "recall@1", "articleType_accuracy"]
    table = measured_table(runs, "test", "map_at_r", names={})
    assert table["run"].tolist() == [high.id, low.id]
    assert table["low"].tolist() == [pytest.approx(0.5), pytest.approx(0.2)]
    accuracy = measured_table(runs, "test", "articleType_accuracy", names={})
    assert accuracy["n"].tolist() == [4, 4]
    assert accuracy["low"].isna().all()
    assert measured_title("articleType_accuracy") == "Accuracy of articleType"
    assert measured_table(runs, "train", "map", names={}).empty


@settings(max_examples=40)
@given(st.lists(st.dictionaries(st.sampled_from(["epoch", "loss", "val_map_at_r"]), st.floats() | st.text(max_size=3))))
def test_whatever_a_history_holds_only_numbers_are_drawn(rows: list[dict[str, object]]) -> None:
    from lib.training import runs as module

    history = module._numbers(pd.DataFrame(rows))
    run = Run("r", DONE, Path(), {}, history, best_epoch=best_epoch(history.to_dict("records")))
    for name in ("loss", "map_at_r"):
        drawn = epochs_of([run], name, names={})
        assert drawn["value"].map(np.isreal).all()
        assert drawn["epoch"].notna().all()


def test_the_made_up_history_is_one_that_training_writes() -> None:
    assert {"epoch", "loss", "val_map_at_r", "finished_at", "seconds"} <= set(history_of(1)[0])
