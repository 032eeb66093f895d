"""Building experiments: stages in order, what is current kept, what fails shown and passed over, kills survived."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

import lib.retrieval
from lib.artifacts import Store
from lib.cli import main
from lib.embedding.request import EmbeddingRequest
from lib.experiment import read_experiment
from lib.makers import MAKERS
from lib.pipeline import StageResult, build, build_experiment
from lib.publish import exclusive, publish, write_manifest
from lib.retrieval.experiments import asked_as, read_records
from lib.retrieval.leaderboard import leaderboard, unavailable
from lib.schema import RESULT_FOLDERS, Manifest, artifact_id
from lib.stages import EMBED_OPTIONS, STAGE_KINDS
from tests.conftest import ROOT
from tests.factories import COLOURS, make_catalog, picture


def write(folder: Path, *, path: str | None = None, extra: str = "") -> Path:
    """A shop of twelve pictures, a model that works, one whose weights are not there, and one that is nonsense."""
    for label, colour in list(COLOURS.items())[:2]:
        (folder / "shop" / label).mkdir(parents=True, exist_ok=True)
        for i in range(6):
            picture(i, colour=colour).save(folder / "shop" / label / f"{i}.png")
    file = folder / "shop.toml"
    file.write_text(
        f'title = "A shop"\n[catalog]\nname = "shop"\nsource = "folder"\npath = "{path or folder / "shop"}"\n'
        '[[embed]]\nname = "absent"\nbackbone = "mobilenet"\nweights = "no/such/file.h5"\n'
        '[[embed]]\nname = "wrong"\nbackbone = "color_hog"\nfit = "sideways"\n'
        f'[[embed]]\nname = "hog"\nbackbone = "color_hog"\n{extra}'
    )
    return file


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    return write(tmp_path)


def run(store: Store, path: Path, **settings: str) -> list[StageResult]:
    return list(build_experiment(store, read_experiment(path, settings=settings), command="python -m lib build x.toml"))


def statuses(results: list[StageResult]) -> list[str]:
    return [result.status for result in results]


def test_stages_are_made_then_kept_and_failures_do_not_stop_the_rest(store: Store, experiment: Path) -> None:
    stages = read_experiment(experiment).stages
    first = list(build(store, stages))
    again = list(build(store, stages))

    assert [result.status for result in first] == ["made", "unavailable", "failed", "made"]
    assert [result.status for result in again] == ["kept", "unavailable", "failed", "kept"]
    assert "no/such/file.h5" in first[1].reason
    assert "sideways" in first[2].reason
    assert first[3].id.startswith("color_hog")


def test_set_reaches_a_key_of_the_file(store: Store, experiment: Path) -> None:
    stages = read_experiment(experiment, settings={"catalog.limit": "4", "catalog.name": "small"}).stages
    result = next(build(store, stages))
    assert (result.id, result.status) == ("small", "made")
    assert read_experiment(experiment, settings={"catalog.limit": "4"}).stages[0].options["limit"] == 4


def test_a_key_that_a_stage_does_not_have_fails_that_stage(store: Store, experiment: Path) -> None:
    stages = read_experiment(experiment, settings={"catalog.colour": "red"}).stages
    result = next(build(store, stages))
    assert result.status == "failed"
    assert "colour" in result.reason


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", 5),
        ("name", ""),
        ("source", ["folder"]),
        ("source", {}),
        ("path", ["x"]),
        ("path", ""),
        ("path", 3),
        ("path", "a\0b"),
        ("limit", "x"),
        ("limit", 0),
        ("limit", True),
        ("limit", 2.5),
        ("download", "yes"),
        ("id_column", 1),
    ],
)
def test_a_value_of_another_kind_fails_the_catalogue_and_all_that_needs_it(
    store: Store, experiment: Path, key: str, value: object
) -> None:
    catalog, *others = read_experiment(experiment).stages
    stages = [replace(catalog, options={**catalog.options, key: value}), *others]
    results = list(build(store, stages))
    assert [result.status for result in results] == ["failed"] * 4
    assert f"Expected [catalog] {key} to be" in results[0].reason
    assert {result.reason for result in results[1:]} == {"Its catalogue was not made."}
    assert store.catalog_names() == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "has no backbone"),
        ({"backbone": 3}, "backbone to be text"),
        ({"backbone": ["color_hog"]}, "backbone to be text"),
        ({"backbone": "color_hog", "size": "64"}, "size to be a whole number"),
        ({"backbone": "color_hog", "size": 0}, "size to be a whole number from 1 on"),
        ({"backbone": "color_hog", "weights": ""}, "weights to be text that is not empty"),
        ({"backbone": "color_hog", "fit": {}}, "fit to be text"),
        ({"backbone": "color_hog", "colour": 1}, "unknown keys: colour"),
    ],
)
def test_a_value_of_another_kind_fails_its_model_alone(
    store: Store, experiment: Path, options: dict[str, object], said: str
) -> None:
    catalog, model, *_ = read_experiment(experiment).stages
    results = list(build(store, [catalog, replace(model, options=options)]))
    assert [result.status for result in results] == ["made", "failed"]
    assert said in results[1].reason


def test_an_older_catalogue_is_not_embedded_when_the_new_one_fails(store: Store, experiment: Path) -> None:
    stages = read_experiment(experiment).stages
    list(build(store, stages[:1]))
    failing = read_experiment(experiment, settings={"catalog.path": "not/there"}).stages
    assert [result.status for result in build(store, failing)] == ["failed"] * 4
    assert store.manifests("shop", "embedding") == []


def test_the_keys_of_an_embed_table_are_what_can_be_asked_for() -> None:
    asked = [field.name for field in fields(EmbeddingRequest) if field.name != "trained"]
    assert list(EMBED_OPTIONS) == [*asked, "recipe", "run"]


def test_each_kind_of_stage_has_its_maker() -> None:
    assert MAKERS.keys() == STAGE_KINDS.keys()


EVALUATE = '[[evaluate]]\nname = "scores"\nmetric = ["cosine", "euclidean"]\n'


def test_evaluations_of_a_model_that_was_not_made_say_why(store: Store, tmp_path: Path) -> None:
    results = run(store, write(tmp_path, extra=EVALUATE))
    scores = results[4:]
    assert statuses(results[:4]) == ["made", "unavailable", "failed", "made"]
    assert statuses(scores) == ["unavailable"] * 2 + ["failed"] * 2 + ["made"] * 2
    assert "no/such/file.h5" in scores[0].reason
    assert "sideways" in scores[2].reason
    assert [result.passed_on for result in scores] == [True] * 4 + [False] * 2
    assert {result.kind for result in scores} == {"evaluation"}
    table = leaderboard(store, "shop")
    assert table["metric"].tolist() == ["cosine", "euclidean"]
    assert table["command"].iloc[0] == f"python -m lib evaluate shop --model {results[3].id} --metric cosine"
    again = run(store, tmp_path / "shop.toml")
    assert statuses(again[4:])[-2:] == ["kept"] * 2
    assert [result.id for result in again] == [result.id for result in results]


def test_the_recorded_command_makes_the_same_again(store: Store, tmp_path: Path, capsys) -> None:
    path = write(tmp_path, extra='[[evaluate]]\nmodel = "hog"\nprotocol = "test-vs-all"\nsample = 2\n')
    list(build(store, read_experiment(path).stages, seed=7))
    (manifest,) = store.manifests("shop", "evaluation")
    capsys.readouterr()
    assert main([*manifest.command.split()[3:], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == manifest.id


#: A line of an [[evaluate]] table, and what its failure says.
WRONG = {
    'metric = "hamming"': "[evaluate] metric to be one of cosine",
    'protocol = "some"': "[evaluate] protocol to be one of all",
    "sample = 0": "[evaluate] sample to be a whole number",
    'label = ""': "[evaluate] label to be text",
    "label = 3": "[evaluate] label to be text",
    "variant = 3": "[evaluate] variant to be text",
    'label = "price"': "no column 'price'",
    'colour = "red"': "[evaluate] has unknown keys: colour. It may have: model, queries-from, label",
    'protocol = "unseen-labels"': "not applicable",
}


def test_a_value_of_another_kind_fails_its_evaluation_alone(store: Store, tmp_path: Path) -> None:
    tables = [f'[[evaluate]]\nmodel = "hog"\n{line}\n' for line in [*WRONG, ""]]
    results = run(store, write(tmp_path, extra="".join(tables)))[4:]
    assert statuses(results) == ["failed"] * len(WRONG) + ["made"]
    for result, said in zip(results, WRONG.values(), strict=False):
        assert said in result.reason
        assert "\n" not in result.reason


def test_lists_multiply_and_one_bad_value_fails_alone(store: Store, tmp_path: Path) -> None:
    extra = '[[evaluate]]\nmodel = "hog"\nmetric = ["cosine", "hamming"]\nprotocol = ["all", "test-vs-all"]\n'
    results = run(store, write(tmp_path, extra=extra))
    assert statuses(results[-4:]) == ["made", "made", "failed", "failed"]


def test_a_catalogue_that_is_there_takes_the_place_of_the_table(store: Store, experiment: Path) -> None:
    make_catalog(store, "tiny")
    results = run(store, experiment, catalog="tiny")
    assert (results[0].id, results[0].status) == ("tiny", "kept")
    assert statuses(results) == ["kept", "unavailable", "failed", "made"]
    assert store.catalog_names() == ["tiny"]
    lost = run(store, experiment, catalog="nowhere")
    assert statuses(lost) == ["failed"] * 4
    assert "There is no catalogue 'nowhere'" in lost[0].reason
    assert [record.manifest.inputs["catalog"] for record in read_records(store, "tiny")] == ["tiny"]
    assert not (store.root / "nowhere").exists()


def test_what_was_asked_by_another_model_is_a_variant(store: Store, tmp_path: Path, monkeypatch) -> None:
    asked = {}

    def stand_in(_store: Store, _name: str, model: str, **options: object) -> SimpleNamespace:
        asked.update(options, model=model)
        return SimpleNamespace(evaluation=SimpleNamespace(manifest=SimpleNamespace(id="e")), was_current=False)

    monkeypatch.setattr("lib.makers.evaluate", stand_in)
    extra = (
        '[[embed]]\nname = "white"\nbackbone = "color_hog"\nfit = "pad-white"\n'
        '[[evaluate]]\nmodel = "hog"\nqueries-from = "white"\nvariant = "l2"\n'
    )
    results = run(store, write(tmp_path, extra=extra))
    assert asked["variant"] == f"l2+asked-by={results[4].id}"
    assert asked["model"] == results[3].id
    assert f"--variant l2+asked-by={results[4].id}" in asked["command"]


def test_a_threshold_is_calibrated_for_each_model_and_metric(store: Store, tmp_path: Path, monkeypatch) -> None:
    asked = []

    def calibrate(store: Store, name: str, model_id: str, *, command: str, **options: object) -> SimpleNamespace:
        asked.append((model_id, options["metric"], options["precision"], command))
        return SimpleNamespace(id=f"t-{options['metric']}", was_current=False)

    stand_in = SimpleNamespace(calibrate=calibrate)
    monkeypatch.setitem(sys.modules, "lib.retrieval.thresholds", stand_in)
    monkeypatch.setattr(lib.retrieval, "thresholds", stand_in, raising=False)
    extra = '[[threshold]]\nmodel = "hog"\nmetric = ["cosine", "euclidean"]\nprecision = 0.9\n'
    results = run(store, write(tmp_path, extra=extra))
    assert [(result.id, result.kind) for result in results[-2:]] == [
        ("t-cosine", "threshold"),
        ("t-euclidean", "threshold"),
    ]
    model = results[3].id
    assert [words[:3] for words in asked] == [(model, "cosine", 0.9), (model, "euclidean", 0.9)]
    assert asked[0][3] == f"python -m lib threshold shop --model {model} --metric cosine --precision 0.9"
    bad = run(store, write(tmp_path, extra='[[threshold]]\nmodel = "hog"\nprecision = 2\n'))
    assert "Expected [threshold] precision to be a number above 0 and at most 1" in bad[-1].reason


def test_a_recipe_is_unavailable_until_something_was_trained(store: Store, tmp_path: Path, monkeypatch) -> None:
    path = write(tmp_path, extra='[[embed]]\nname = "trained"\nrecipe = "simclr"\n')
    result = run(store, path)[-1]
    assert (result.status, result.name) == ("unavailable", "trained")
    assert "simclr" in result.reason
    assert "python -m lib train shop --recipe simclr" in result.reason

    asked = []
    monkeypatch.setattr("lib.makers.request_for", lambda _store, **options: asked.append(options) or options)
    embedded = SimpleNamespace(n_reused=0, embedding=SimpleNamespace(id="m", manifest=SimpleNamespace(n=12)))
    monkeypatch.setattr("lib.makers.embed_catalog", lambda *_args, **_options: embedded)
    runs = [add_run(store, recipe, number) for recipe in ("simclr", "other") for number in range(2)]
    assert run(store, path)[-1].status == "made"
    assert asked[-1].keys() == {"weights"}
    assert asked[-1]["weights"] in runs[:2]


@pytest.mark.slow
def test_a_trained_model_embeds_and_is_evaluated_in_one_experiment(store: Store, tmp_path: Path) -> None:
    make_catalog(store, "tiny", n=40)
    settings = "start = 'none', size = 32, batch = 8, epochs = 1, dim = 16, per_label = 2, flip = false"
    path = tmp_path / "some.toml"
    path.write_text(
        '[catalog]\nname = "tiny"\n'
        f'[[train]]\nname = "trained"\nrecipe = "supcon"\nbackbone = "mobilenet"\nset = {{ {settings} }}\n'
        '[[embed]]\nname = "model"\nrun = "trained"\n'
        '[[evaluate]]\nprotocol = "test-vs-all"\n'
    )
    assert statuses(run(store, path)) == ["kept", "made", "made", "made"]
    assert statuses(run(store, path)) == ["kept"] * 4
    (trained,) = store.manifests("tiny", "run")
    assert trained.parameters["settings"]["flip"] is False
    assert trained.command.startswith("python -m lib train tiny --recipe supcon --backbone mobilenet --set start=none")
    (embedding,) = store.manifests("tiny", "embedding")
    assert embedding.parameters["weights"] == trained.id
    path.write_text(path.read_text().replace("epochs = 1", "epochs = 0"))
    results = run(store, path)
    assert statuses(results) == ["kept", "failed", "failed", "failed"]
    assert "Expected epochs to be a whole number from 1" in results[1].reason


@pytest.mark.parametrize("other", ['backbone = "vgg16"', 'weights = "imagenet"'])
def test_a_recipe_beside_what_it_brings_is_a_mistake(store: Store, tmp_path: Path, other: str) -> None:
    result = run(store, write(tmp_path, extra=f'[[embed]]\nname = "both"\nrecipe = "simclr"\n{other}\n'))[-1]
    assert result.status == "failed"
    assert "recipe" in result.reason


@pytest.mark.parametrize("name", ["''", "5", "' '"])
def test_a_name_that_is_none_is_said(store: Store, tmp_path: Path, name: str) -> None:
    path = tmp_path / "some.toml"
    path.write_text(f"[catalog]\nname = {name}\n")
    assert "Expected [catalog] name to be text" in run(store, path)[0].reason


def test_a_build_that_waited_for_another_keeps_what_that_made(store: Store, tmp_path: Path, monkeypatch) -> None:
    """Another build makes everything between the first look and each lock."""
    path = write(tmp_path, extra='[[evaluate]]\nmodel = "hog"\n[[threshold]]\nmodel = "hog"\nprecision = 0.2\n')
    others: list[list[StageResult]] = []

    @contextlib.contextmanager
    def late(*_args: object, **_options: object) -> Iterator[None]:
        if not others:
            others.append([])
            others[0] += run(store, path)
        yield

    for module in ("catalog.importing", "embedding.extract", "retrieval.evaluate", "retrieval.thresholds"):
        monkeypatch.setattr(f"lib.{module}.exclusive", late)
    waited = run(store, path)
    assert statuses(others[0]) == ["made", "unavailable", "failed", "made", "made", "made"]
    assert statuses(waited) == ["kept", "unavailable", "failed", "kept", "kept", "kept"]


def test_two_processes_that_build_the_same_at_once_make_everything_once(store: Store, tmp_path: Path) -> None:
    """Both come to the embedding while its lock is held here; then one makes it and the other keeps it, and so on."""
    catalog = make_catalog(store)
    path = tmp_path / "race.toml"
    path.write_text(
        '[catalog]\nname = "tiny"\n[[embed]]\nname = "hash"\nbackbone = "phash"\n'
        '[[evaluate]]\nmodel = "hash"\nmetric = ["cosine", "manhattan"]\n'
        '[[threshold]]\nmodel = "hash"\nprecision = 0.2\n'
    )
    words = [sys.executable, "-m", "lib", "build", str(path), "--set", "catalog=tiny", "--json"]
    outs, notes = ([tmp_path / f"{name}{i}" for i in range(2)] for name in ("out", "note"))
    with contextlib.ExitStack() as files:
        with exclusive(catalog.folder, f"embed-{EmbeddingRequest('phash').id(catalog)}"):
            both = [
                subprocess.Popen(words, cwd=ROOT, stdout=files.enter_context(out.open("w")), stderr=note_file)
                for out, note_file in zip(outs, [files.enter_context(note.open("w")) for note in notes], strict=True)
            ]
            deadline = time.monotonic() + 180
            while time.monotonic() < deadline and not all("waiting for it" in note.read_text() for note in notes):
                time.sleep(0.02)
        codes = [process.wait(timeout=180) for process in both]
    assert codes == [0, 0], [note.read_text() for note in notes]
    assert all("waiting for it" in note.read_text() for note in notes)
    found = [json.loads(out.read_text())["stages"] for out in outs]
    pairs = list(zip(*found, strict=True))
    assert all(a["id"] == b["id"] for a, b in pairs)
    assert [sorted([a["status"], b["status"]]) for a, b in pairs] == [["kept", "kept"]] + [["kept", "made"]] * 4
    assert statuses(run(store, path, catalog="tiny")) == ["kept"] * 5
    assert [len(store.manifests("tiny", kind)) for kind in ("embedding", "evaluation", "threshold")] == [1, 2, 1]
    assert not [error for kind in RESULT_FOLDERS for error in store.damaged("tiny", kind)]
    assert len(read_records(store, "tiny")) == 1


def add_run(store: Store, recipe: str, number: int) -> str:
    parameters = {"recipe": recipe, "backbone": "mobilenet_v2", "size": 96, "fit": "pad", "number": number}
    run_id = artifact_id(f"{recipe}-run", {}, parameters)
    with publish(store.result_folder("shop", "run", run_id)) as draft:
        (draft / "history.csv").write_text("epoch\n")
        details = {"epochs": 1, "best_epoch": 1, "best_by": "loss", "label": "label", "dim": 8, "metrics": {}}
        write_manifest(draft, Manifest("run", run_id, "", {}, parameters, 1, 1, synthetic=True, details=details))
    return run_id


def test_the_record_says_what_became_of_every_stage(store: Store, tmp_path: Path) -> None:
    experiment = read_experiment(write(tmp_path, extra=EVALUATE))
    building = build_experiment(store, experiment, command="python -m lib build x.toml")
    next(building), next(building)
    (record,) = read_records(store, "shop")
    assert [stage["status"] for stage in record.stages] == ["made", "unavailable"] + ["waiting"] * 8
    assert (record.manifest.n_in, record.manifest.n) == (10, 1)
    assert record.manifest.skipped == {"unavailable": 1, "waiting": 8}
    rest = list(building)
    (record,) = read_records(store, "shop")
    assert [stage["status"] for stage in record.stages[2:]] == statuses(rest)
    assert record.title == "A shop"
    assert record.manifest.command == "python -m lib build x.toml"
    found = unavailable(store, "shop")
    assert found[["kind", "status"]].to_numpy().tolist() == [["embedding", "unavailable"], ["embedding", "failed"]]
    assert "no/such/file.h5" in found["reason"][0]
    named = asked_as(store, "shop")
    assert named["name"].tolist() == ["hog", "scores", "scores"]
    assert named["id"].tolist() == [result.id for result in rest if result.status == "made"]


def test_a_grid_of_groups_makes_the_cells_that_are_defined(store: Store, tmp_path: Path) -> None:
    grid = 'metric = ["cosine", "euclidean"]\nlinkage = ["ward", "single"]\nthreshold = 0.5\n'
    path = write(tmp_path, extra=f'[[cluster]]\nmodel = "hog"\n{grid}')
    results = run(store, path)
    made = [(m.parameters["metric"], m.parameters["linkage"]) for m in store.manifests("shop", "clustering")]
    assert sorted(made) == [("cosine", "single"), ("euclidean", "single"), ("euclidean", "ward")]
    assert statuses(results[-3:]) == ["made"] * 3
    assert statuses(run(store, path)[-3:]) == ["kept"] * 3


def test_a_mistake_in_a_late_table_is_said_before_anything_is_made(store: Store, tmp_path: Path, caplog) -> None:
    path = write(tmp_path, extra='[[train]]\nrecipe = "hybrid"\nset = {epoch = 2}\n[[evaluate]]\nmetric = "hamming"\n')
    experiment = read_experiment(path)
    building = build_experiment(store, experiment, command="python -m lib build x.toml")
    next(building)
    building.close()
    said = [message for message in caplog.messages if "will fail" in message]
    assert len(said) == 1 + 3  # One run, and an evaluation of each of three models.
    assert any("epoch" in message for message in said)
    assert any("metric to be one of cosine" in message for message in said)


def test_no_record_is_written_where_there_is_no_catalogue(store: Store, experiment: Path) -> None:
    results = run(store, experiment, **{"catalog.path": "not/there"})
    assert statuses(results) == ["failed"] * 4
    assert not (store.root / "shop" / "experiments").exists()


def test_progress_says_which_stage_of_how_many(store: Store, experiment: Path) -> None:
    said = []
    list(build(store, read_experiment(experiment).stages, reporter=lambda name: said.append(name) or (lambda *_: None)))
    assert [name.split(",")[0] for name in said] == [f"stage {k} of 4" for k in range(1, 5)]
    assert "backbone=color_hog" in said[3]


def test_the_command_prints_what_became_of_each_stage(store: Store, experiment: Path, capsys, caplog) -> None:
    assert main(["build", str(experiment), "--json", "--seed", "3"]) == 1
    captured = capsys.readouterr()
    values = json.loads(captured.out)
    assert [stage["status"] for stage in values["stages"]] == ["made", "unavailable", "failed", "made"]
    assert {"id", "kind", "status", "reason"} <= values["stages"][0].keys()
    assert "stage 2 of 4 unavailable: " in caplog.text
    assert captured.err.splitlines()[-1] == "error: 1 of 4 stages failed"
    (record,) = read_records(store, "shop")
    assert record.manifest.command == f"python -m lib build {experiment} --seed 3"


@pytest.mark.slow
def test_a_build_that_is_killed_goes_on_when_it_is_run_again(store: Store, tmp_path: Path) -> None:
    metrics, protocols = '["cosine", "euclidean", "manhattan"]', '["all", "as-s2"]'
    extra = f'[[evaluate]]\nmodel = "hog"\nprotocol = {protocols}\nmetric = {metrics}\n'
    path = write(tmp_path, extra=extra)
    words = [sys.executable, "-m", "lib", "build", str(path), "--json"]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if list((store.root / "shop" / "evaluations").glob("[!.]*")):
            break
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()

    made_before = {manifest.id for manifest in store.manifests("shop", "evaluation")}
    assert made_before
    for record in read_records(store, "shop"):
        assert len(record.stages) == 10
    results = run(store, path)
    assert statuses(results[:4]) == ["kept", "unavailable", "failed", "kept"]
    assert {result.id for result in results if result.status == "kept"} >= made_before
    assert {result.status for result in results[4:]} <= {"made", "kept"}
    assert len(leaderboard(store, "shop")) == 6
    assert list((store.root / "shop" / "experiments").glob("[!.]*"))
    assert {result.status for result in run(store, path)[4:]} == {"kept"}
