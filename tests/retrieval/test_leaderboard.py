"""The leaderboard: every evaluation a row, what is stale or superseded told, the best and its equals named."""

import dataclasses
import json
import shutil
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import Store
from lib.catalog import Catalog, load_catalog
from lib.embedding import load_embedding
from lib.embedding.naming import model_title
from lib.errors import MissingArtifact
from lib.publish import publish, write_manifest
from lib.retrieval.evaluate import evaluate
from lib.retrieval.evaluation import Evaluation, compare, load_evaluation
from lib.retrieval.experiments import KIND as EXPERIMENT
from lib.retrieval.leaderboard import (
    ASKED_COLUMNS,
    COST_COLUMNS,
    leaderboard,
    metric_columns,
    metric_names,
    models_by_score,
    standing,
    unavailable,
)
from lib.schema import Manifest, artifact_id
from tests.factories import encoded, make_catalog, make_embedding, picture, replace_pictures

COMMAND = "python -m lib evaluate tiny --model toy"


@pytest.fixture
def tiny(store: Store) -> Catalog:
    catalog = make_catalog(store)
    make_embedding(store, catalog)
    return catalog


def made(store: Store, model: str = "toy", **options: object) -> Evaluation:
    return evaluate(store, "tiny", model, command=COMMAND, **options).evaluation


def remake(store: Store, evaluation: Evaluation, *, parameters: dict | None = None, details: dict | None = None) -> str:
    """Copy an evaluation under other parameters or details, as another version might have made it; returns its id."""
    old = evaluation.manifest
    asked = {k: v for k, v in {**old.parameters, **(parameters or {})}.items() if v != "drop"}
    prefix = old.id.rpartition("-")[0]
    new_id = artifact_id(prefix, old.inputs, asked)
    source = store.result_folder("tiny", "evaluation", old.id)
    with publish(store.result_folder("tiny", "evaluation", new_id)) as draft:
        for path in source.iterdir():
            if path.name != "manifest.json":
                shutil.copy(path, draft)
        changed = {k: v for k, v in {**old.details, **(details or {})}.items() if v != "drop"}
        write_manifest(draft, dataclasses.replace(old, id=new_id, parameters=asked, details=changed))
    return new_id


def test_each_evaluation_is_a_row_with_its_numbers(store: Store, tiny: Catalog) -> None:
    by_type, by_gender = made(store), made(store, label="gender", metric="euclidean", protocol="test-vs-all", seed=3)
    table = leaderboard(store, "tiny")

    assert sorted(table["evaluation"]) == sorted([by_type.id, by_gender.id])
    row = table.set_index("evaluation").loc[by_gender.id]
    assert (row["label"], row["metric"], row["protocol"], row["seed"]) == ("gender", "euclidean", "test-vs-all", 3)
    assert (row["n_queries"], row["n_sampled_from"], row["n_gallery"]) == (4, 4, 24)
    assert (row["variant"], row["stale"], row["self_counted"], row["command"]) == ("", False, False, COMMAND)
    assert row["dim"] == 8
    for metric in metric_names(table):
        found = by_gender.details["metrics"].get(metric, {})
        numbers = [found.get("value"), found.get("low"), found.get("high"), by_gender.details["macro"].get(metric)]
        expected = [np.nan if number is None else number for number in numbers]
        np.testing.assert_array_equal(row[list(metric_columns(metric))].to_numpy(float), expected)
    assert metric_names(table)[:2] == ["recall@1", "recall@5"]
    assert table.dtypes["map"].kind == "f"
    assert table.dtypes["stale"].kind == "b"


def test_a_catalogue_without_evaluations_has_an_empty_leaderboard(store: Store, tiny: Catalog) -> None:
    table = leaderboard(store, "tiny")
    assert list(table.columns) == [*ASKED_COLUMNS, *COST_COLUMNS]
    assert table.empty
    with pytest.raises(MissingArtifact):
        leaderboard(store, "nowhere")


def test_an_evaluation_made_before_costs_and_variants_has_none(store: Store, tiny: Catalog) -> None:
    old = made(store)
    remake(store, old, parameters={"variant": "drop", "version": 0}, details={"cost": "drop", "variant": "drop"})
    shutil.rmtree(store.result_folder("tiny", "evaluation", old.id))
    (row,) = leaderboard(store, "tiny").to_dict("records")
    assert row["variant"] == ""
    assert np.isnan([row["bytes_per_item"], row["ms_per_query"], row["images_per_second"], row["index_recall"]]).all()


def test_costs_and_the_recall_of_an_index_are_read(store: Store, tiny: Catalog) -> None:
    cost = {"dim": 4, "bytes_per_item": 16, "ms_per_query": 0.5, "images_per_second": None}
    cost |= {"ms_per_query_p95": 0.6, "n_timed": 50}
    details = {"cost": cost, "index": {"kind": "hnsw", "recall@10": 0.97, "n_queries": 24}}
    changed = remake(store, made(store), parameters={"variant": "pca=4+hnsw"}, details=details)
    row = leaderboard(store, "tiny").set_index("evaluation").loc[changed]
    assert (row["variant"], row["dim"], row["bytes_per_item"]) == ("pca=4+hnsw", 4, 16)
    assert (row["ms_per_query"], row["index_recall"]) == (0.5, 0.97)


def test_the_speed_of_an_embedding_is_what_was_measured_last(store: Store, tiny: Catalog) -> None:
    evaluation = made(store)
    folder = store.result_folder("tiny", "embedding", evaluation.manifest.inputs["embedding"])
    for speed in (12.5, 99.0):
        values = json.loads((folder / "manifest.json").read_text())
        values["details"]["images_per_second"] = speed
        (folder / "manifest.json").write_text(json.dumps(values))
        assert leaderboard(store, "tiny")["images_per_second"].tolist() == [speed]


def test_damaged_evaluations_are_left_out(store: Store, tiny: Catalog) -> None:
    one, other = made(store), made(store, label="gender")
    (store.result_folder("tiny", "evaluation", one.id) / "manifest.json").write_text("{}")
    assert leaderboard(store, "tiny")["evaluation"].tolist() == [other.id]


def test_changed_pictures_tables_and_embeddings_make_it_stale(store: Store, tiny: Catalog) -> None:
    made(store)
    replace_pictures(store, tiny, {0: encoded(picture(99))})
    assert leaderboard(store, "tiny")["stale"].tolist() == [True]
    make_embedding(store, load_catalog(store, "tiny"))
    made(store, f"{load_embedding_ids(store)[-1]}")
    assert sorted(leaderboard(store, "tiny")["stale"].tolist()) == [False, True]


def load_embedding_ids(store: Store) -> list[str]:
    current = load_catalog(store, "tiny").pictures_sha256
    manifests = store.manifests("tiny", "embedding")
    return [manifest.id for manifest in manifests if manifest.inputs["pictures_sha256"] == current]


def test_without_its_embedding_it_is_stale_and_goes_by_the_id(store: Store, tiny: Catalog) -> None:
    model = made(store).manifest.inputs["embedding"]
    shutil.rmtree(store.result_folder("tiny", "embedding", model))
    (row,) = leaderboard(store, "tiny").to_dict("records")
    assert (row["title"], row["stale"]) == (model, True)


def test_an_answer_takes_the_place_of_an_older_one_to_the_same_question(store: Store, tiny: Catalog) -> None:
    now = made(store)
    remake(store, now, parameters={"version": 0, "variant": "drop"})
    assert leaderboard(store, "tiny")["evaluation"].tolist() == [now.id]
    newer = remake(store, now, parameters={"version": 99})
    assert leaderboard(store, "tiny")["evaluation"].tolist() == [newer]
    made(store, seed=1), made(store, sample=5)
    assert len(leaderboard(store, "tiny")) == 3


def test_a_sample_that_holds_every_query_is_the_same_question(store: Store, tiny: Catalog) -> None:
    made(store), made(store, sample=1000), made(store, sample=10)
    assert sorted(leaderboard(store, "tiny")["n_queries"]) == [10, 24]


def test_a_hundred_evaluations_are_read_at_once(store: Store, tiny: Catalog) -> None:
    evaluation = made(store)
    for seed in range(99):
        remake(store, evaluation, parameters={"seed": seed + 1})
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        assert len(leaderboard(store, "tiny")) == 100
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.2


def pretend(values: dict[str, list[float]], *, metric: str = "map", ids: dict[str, list[str]] | None = None):
    """Rows and evaluations of made-up values, one a query."""
    rows = pd.DataFrame({"evaluation": list(values), "label": "type", "protocol": "all"})
    manifest = Manifest("evaluation", "e", "", {}, {"label": "type", "protocol": "all"}, 1, 1, synthetic=True)
    evaluations = {}
    for name, column in values.items():
        products = (ids or {}).get(name, [f"p{i}" for i in range(len(column))])
        columns = {"product_id": products, "label": "x", "n_relevant": 1, "n_near_duplicates": 0, metric: column}
        neighbors = np.zeros((len(column), 20), np.int32)
        evaluations[name] = Evaluation(pd.DataFrame(columns), pd.DataFrame(), pd.DataFrame(), neighbors, manifest)
    return rows, evaluations.__getitem__


def test_the_best_and_what_cannot_be_told_from_it_are_named() -> None:
    rng = np.random.default_rng(0)
    best = rng.random(200)
    rows, load = pretend({"b": best + rng.normal(-0.001, 0.1, 200), "a": best, "c": best - 0.2, "d": list(best)})
    assert standing(rows, load, metric="map").tolist() == ["tied", "best", "", "tied"]
    assert compare(load("a"), load("b"), metric="map").verdict == "no difference shown"


def test_standing_is_what_the_paired_difference_says() -> None:
    rng = np.random.default_rng(1)
    base = rng.random(60)
    for shift in np.linspace(0, 0.05, 12):
        rows, load = pretend({"a": base, "b": base - shift + rng.normal(0, 0.1, 60)})
        names = ("a", "b") if load("a").queries["map"].mean() >= load("b").queries["map"].mean() else ("b", "a")
        verdict = compare(load(names[0]), load(names[1]), metric="map").verdict
        expected = {names[0]: "best", names[1]: "tied" if verdict == "no difference shown" else ""}
        assert standing(rows, load, metric="map").tolist() == [expected["a"], expected["b"]]


def test_a_lucky_sample_is_not_best_but_one_that_is_better_on_the_same_queries_is() -> None:
    full = np.r_[np.ones(50), np.zeros(150)]
    rows, load = pretend({"full": full, "lucky": [1.0] * 40})
    assert standing(rows, load, metric="map").tolist() == ["best", "tied"]
    products = {"better": [f"p{i}" for i in range(100, 180)]}
    rows, load = pretend({"full": full, "better": [0.5] * 80}, ids=products)
    assert standing(rows, load, metric="map").tolist() == ["", "best"]


def test_what_cannot_be_compared_has_no_standing() -> None:
    rows, load = pretend({"a": [1.0, 0.0], "b": [1.0, 0.0]}, ids={"b": ["q0", "q1"]})
    assert standing(rows, load, metric="map").tolist() == ["best", None]
    assert standing(rows, load, metric="silhouette").tolist() == [None, None]
    assert standing(rows.iloc[:0], load, metric="map").tolist() == []
    with pytest.raises(ValueError, match="one label"):
        standing(rows.assign(protocol=["all", "as-s2"]), load, metric="map")


def test_real_rows_have_a_standing(store: Store, tiny: Catalog) -> None:
    made(store), made(store, metric="euclidean")
    rows = leaderboard(store, "tiny")
    verdicts = standing(rows, lambda name: load_evaluation(store, "tiny", name), metric="map_at_r")
    assert "best" in verdicts.tolist()


def record(store: Store, stages: object, *, title: str = "An experiment") -> Path:
    inputs = {"catalog": "tiny"}
    experiment_id = artifact_id("some", inputs, {"title": title})
    folder = store.result_folder("tiny", EXPERIMENT, experiment_id)
    with publish(folder) as draft:
        (draft / "stages.json").write_text(json.dumps(stages))
        details = {"title": title}
        manifest = Manifest(
            EXPERIMENT, experiment_id, "python -m lib build x.toml", inputs, {"title": title}, 1, 1, True
        )
        write_manifest(draft, dataclasses.replace(manifest, details=details))
    return folder


def stage(status: str, *, asked: str = "vgg16", passed_on: bool = False) -> dict[str, object]:
    return {
        "name": "v",
        "kind": "embed",
        "asked": asked,
        "id": "",
        "status": status,
        "reason": f"{status} because",
        "passed_on": passed_on,
    }


def test_what_an_experiment_did_not_get_is_listed_once(store: Store, tiny: Catalog) -> None:
    assert unavailable(store, "tiny").columns.tolist() == ["experiment", "kind", "asked", "status", "reason"]
    stages = [stage("made"), stage("unavailable"), stage("unavailable", passed_on=True), stage("failed", asked="fly")]
    record(store, stages)
    record(store, {"not": "a list"}, title="Foreign")
    found = unavailable(store, "tiny")
    assert found["asked"].tolist() == ["vgg16", "fly"]
    assert found["status"].tolist() == ["unavailable", "failed"]
    assert set(found["experiment"]) == {"An experiment"}


def test_a_damaged_record_is_left_out(store: Store, tiny: Catalog) -> None:
    folder = record(store, [stage("failed")])
    (folder / "stages.json").write_text("[")
    assert unavailable(store, "tiny").empty


@pytest.mark.parametrize(
    ("parameters", "title"),
    [
        ({}, "MobileNetV2 · 224 px · pad"),
        ({"precision": "bf16"}, "MobileNetV2 · 224 px · pad · bf16"),
        ({"weights": "my-run"}, "MobileNetV2 · 224 px · pad · my-run"),
        ({"weights": "none"}, "MobileNetV2 · 224 px · pad · random weights"),
        ({"backbone": "color_hog", "size": 96, "weights": "none"}, "Colour + HOG · 96 px · pad"),
        ({"backbone": "imported"}, "m-1"),
        ({"backbone": None}, "m-1"),
    ],
)
def test_a_model_has_a_title_for_people(parameters: dict[str, object], title: str) -> None:
    asked = {"backbone": "mobilenet_v2", "size": 224, "fit": "pad", "weights": "imagenet", "precision": "f32"}
    assert (
        model_title(Manifest("embedding", "m-1", "", {}, asked | parameters, 1, 1, synthetic=False), runs={}) == title
    )


def test_the_embedding_that_a_row_names_can_be_loaded(store: Store, tiny: Catalog) -> None:
    made(store)
    (model,) = leaderboard(store, "tiny")["model"]
    assert load_embedding(store, "tiny", model).id == model


def _row(model: str, **values: object) -> dict[str, object]:
    plain = {"variant": "", "label": "kind", "stale": False, "self_counted": False, "protocol": "all", "map_at_r": 0.5}
    return {"model": model, **plain, **values}


def test_models_stand_by_their_best_distance_under_the_protocol_that_most_were_measured_by():
    rows = pd.DataFrame(
        [
            _row("a", map_at_r=0.3),
            _row("a", map_at_r=0.6),
            _row("b", map_at_r=0.5),
            _row("b", map_at_r=0.9, variant="pca=2"),
            _row("b", map_at_r=0.9, stale=True),
            _row("b", map_at_r=0.9, self_counted=True),
            _row("b", map_at_r=0.9, label="colour"),
            _row("c", map_at_r=0.99, protocol="test-vs-test"),
            _row("d", map_at_r=float("nan")),
        ]
    )
    assert models_by_score(rows, label="kind") == ["a", "b"]


def test_without_a_measurement_no_model_stands_first():
    assert models_by_score(pd.DataFrame([_row("a", stale=True)]), label="kind") == []
    assert models_by_score(pd.DataFrame(columns=["variant"]), label="kind") == []
