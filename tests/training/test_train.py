"""Whole runs of every recipe, killed and resumed ones, and bad input."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import Store, read_result
from lib.catalog import Catalog
from lib.embedding.embedder import open_embedder
from lib.embedding.extract import embed_catalog
from lib.embedding.request import request_for
from lib.errors import AppError, ArtifactError, CatalogError, ModelError, StaleArtifact
from lib.models.arrays import read_arrays
from lib.models.recipes import RECIPES
from lib.models.recipes.recipe import LABEL
from lib.models.trained import read_trained
from lib.training.live import CANCELLED, DIED, FAILED, LiveRun, live_run, live_runs
from lib.training.train import request_of_run, train
from tests.factories import encoded, make_catalog, picture, replace_pictures
from tests.training.conftest import SMALL, small_request

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]

CHILD = """
import os, signal, sys
from pathlib import Path
from lib.artifacts import Store
from lib.training.train import train
from tests.training.conftest import small_request
from tests.training.toy import add_toy
add_toy()
root, kill_at, how = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
def report(done, total, n_reused):
    if done >= kill_at:
        os.kill(os.getpid(), getattr(signal, how))
train(Store(root), "tiny", small_request(), command="python -m lib train tiny --recipe supcon", report=report)
"""


def run_child(store: Store, *, kill_at: int, how: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CHILD, str(store.root), str(kill_at), how]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=env)


def test_a_run_leaves_a_model_that_embeds_as_it_was_measured(store: Store, shop: Catalog) -> None:
    request = small_request("hybrid", attributes="baseColour,gender", finer="articleType+baseColour", per_label="0")
    counts: list[tuple[int, int, int]] = []
    result = train(store, "tiny", request, command="python -m lib train tiny", report=lambda *c: counts.append(c))
    folder = store.result_folder("tiny", "run", result.manifest.id)
    assert read_result(folder, "run") == result.manifest
    assert {"weights.npz", "model.json", "model.keras", "history.csv", "README.md"} <= set(result.manifest.files)
    assert not live_runs(store, "tiny")
    steps = 24 // 8
    assert counts == [(done, 3 * steps, 0) for done in range(1, 3 * steps + 1)]
    history = pd.read_csv(folder / "history.csv")
    assert history["epoch"].tolist() == [1, 2, 3]
    assert {"loss", "accuracy", "val_map_at_r", "val_accuracy", "val_f1", "val_gender_accuracy"} <= set(history)
    best = result.manifest.details["best_epoch"]
    assert history["val_map_at_r"].max() == history["val_map_at_r"][best - 1]
    assert (folder / "README.md").read_text().startswith("---\nlibrary_name:")

    embedding = embed_catalog(store, "tiny", request_for(store, weights=result.manifest.id), command="x").embedding
    assert embedding.id.startswith(result.manifest.id)
    assert embedding.dim == 16
    np.testing.assert_allclose(np.linalg.norm(embedding.embeddings, axis=1), 1.0, atol=1e-5)
    assert embedding.manifest.details["trained_on"]["label"] == "articleType"
    query = open_embedder(store, embedding.manifest).embed([shop.read_picture("p003")])
    np.testing.assert_allclose(query[0], embedding.embeddings[embedding.row_of["p003"]], atol=1e-5)

    model = read_trained(folder)
    probabilities = model.probabilities(np.asarray(embedding.embeddings))
    assert probabilities.keys() == {"articleType", "baseColour", "gender"}
    named = np.array(model.heads[0].classes)[probabilities["articleType"].argmax(axis=1)]
    val = shop.frame["split"].to_numpy() == "val"
    accuracy = (named == shop.frame["articleType"].to_numpy())[val].mean()
    assert accuracy == pytest.approx(result.manifest.details["metrics"]["val"]["articleType_accuracy"])

    again = train(store, "tiny", request, command="x")
    assert again.was_current
    assert again.manifest == result.manifest


@pytest.mark.parametrize("recipe", [name for name in RECIPES if name != "hybrid"])
def test_every_recipe_runs(store: Store, shop: Catalog, recipe: str) -> None:
    given = {"epochs": "1", "even": "false", "limit": "16"}
    result = train(store, "tiny", small_request(recipe, **given), command="x")
    measured = result.manifest.details["metrics"]
    assert 0 <= measured["test"]["map_at_r"]["low"] <= measured["test"]["map_at_r"]["value"] <= 1
    assert ("articleType_accuracy" in measured["test"]) == (recipe not in ("simclr", "triplet", "supcon"))


def test_pictures_that_cannot_be_measured_are_counted_and_said(
    store: Store, shop: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    first = shop.frame[shop.frame["split"] == "test"].iloc[0]
    (shop.folder / "images" / first["image"]).write_bytes(b"no picture")
    result = train(store, "tiny", small_request("classify", epochs="1"), command="x")
    details = result.manifest.details
    assert {split: sum(left.values()) for split, left in details["left_out"].items()} == {"val": 0, "test": 1}
    assert details["metrics"]["test"]["n"] == (shop.frame["split"] == "test").sum() - 1
    card = (store.result_folder("tiny", "run", result.manifest.id) / "README.md").read_text()
    assert "Pictures that could not be read are not in it: 1 of test." in card
    assert "Of the test split 1 of" in caplog.text


def test_more_pictures_than_memory_has_room_for_are_refused(
    store: Store, shop: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.training.pictures.memory", lambda: (15_950_000, 16_000_000))
    with pytest.raises(ModelError, match=r"24 pictures of 32 x 32 pixels need 0\.0 GB of memory; 0\.0 GB are free"):
        train(store, "tiny", small_request(), command="x")
    assert live_run(store, "tiny", small_request().id_with(shop, small_request().start(store))).status().state == FAILED


def test_the_largest_seed_is_one(store: Store, shop: Catalog) -> None:
    request = small_request("hybrid", seed=2**32 - 1, epochs="1", dropout="0.1", limit="16")
    assert train(store, "tiny", request, command="x").manifest.seed == 2**32 - 1


def test_of_equal_epochs_the_first_gives_the_weights_and_is_called_the_best(
    store: Store, shop: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    import lib.training.loop as loop

    saved = {}
    whole = loop.LiveRun.save_best
    monkeypatch.setattr(loop, "means", lambda _scores: {"map_at_r": 0.5})

    def save_best(self: LiveRun, epoch: int, arrays: dict) -> None:
        saved[epoch] = arrays
        whole(self, epoch, arrays)

    monkeypatch.setattr(loop.LiveRun, "save_best", save_best)
    result = train(store, "tiny", small_request(), command="x")
    assert (result.manifest.details["best_epoch"], list(saved)) == (1, [1])
    kept = read_arrays(store.result_folder("tiny", "run", result.manifest.id) / "weights.npz")
    for name, array in saved[1].items():
        np.testing.assert_array_equal(kept[name], array)


def test_accuracy_stands_in_the_history_only_where_something_is_named(store: Store, shop: Catalog) -> None:
    for recipe, named in (("supcon", False), ("classify", True)):
        run = train(store, "tiny", small_request(recipe, epochs="1"), command="x").manifest.id
        history = pd.read_csv(store.result_folder("tiny", "run", run) / "history.csv")
        assert {"accuracy" in history, "val_accuracy" in history} == {named}


@pytest.mark.parametrize(("how", "state"), [("SIGKILL", DIED), ("SIGINT", CANCELLED)])
def test_a_killed_run_goes_on_after_its_last_epoch_with_every_epoch_once(
    store: Store, shop: Catalog, how: str, state: str
) -> None:
    killed = run_child(store, kill_at=5, how=how)  # three steps an epoch: in the second
    assert killed.returncode != 0
    (live,) = live_runs(store, "tiny")
    assert live.status().state == state
    assert [row["epoch"] for row in live.history()] == [1]
    request = request_of_run(store, "tiny", live.id)
    counts: list[tuple[int, int, int]] = []
    result = train(store, "tiny", request, command="x", report=lambda *c: counts.append(c))
    assert (result.manifest.id, result.resumed_from_epoch) == (live.id, 1)
    assert counts[0] == (4, 9, 3)
    folder = store.result_folder("tiny", "run", live.id)
    assert pd.read_csv(folder / "history.csv")["epoch"].tolist() == [1, 2, 3]
    with pytest.raises(ArtifactError, match="is finished"):
        request_of_run(store, "tiny", live.id)


def test_a_resumed_run_ends_where_one_that_was_never_stopped_ends(store: Store, shop: Catalog, tmp_path: Path) -> None:
    run_child(store, kill_at=5, how="SIGKILL")
    resumed = train(store, "tiny", small_request(), command="x")
    other = Store(tmp_path / "other")
    make_catalog(other, n=40)
    whole = train(other, "tiny", small_request(), command="x")
    assert (resumed.resumed_from_epoch, whole.resumed_from_epoch) == (1, 0)
    histories = [
        pd.read_csv(s.result_folder("tiny", "run", r.manifest.id) / "history.csv")
        for s, r in ((store, resumed), (other, whole))
    ]
    for name in ("loss", "val_map_at_r"):
        np.testing.assert_allclose(histories[0][name], histories[1][name], rtol=1e-4)


def test_a_catalogue_that_changed_under_a_run_is_another_run(store: Store, shop: Catalog) -> None:
    run_child(store, kill_at=5, how="SIGKILL")
    (live,) = live_runs(store, "tiny")
    replace_pictures(store, shop, {0: encoded(picture(99))})
    with pytest.raises(StaleArtifact, match="changed since"):
        request_of_run(store, "tiny", live.id)


def test_a_loss_that_is_no_number_ends_the_run_and_says_so(
    store: Store, shop: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lib.neural import losses

    whole = losses.supervised_contrastive
    monkeypatch.setattr(losses, "supervised_contrastive", lambda *args, **options: whole(*args, **options) * np.nan)
    with pytest.raises(ModelError, match="loss is not a number in epoch 1, step 1"):
        train(store, "tiny", small_request(), command="x")
    (live,) = live_runs(store, "tiny")
    assert live.status().state == FAILED
    assert "learning_rate" in live.status().message


def test_a_full_disk_ends_the_run_and_keeps_what_there_was(
    store: Store, shop: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    whole = LiveRun.save

    def save(self: LiveRun, epoch: int, *rest: object) -> None:
        if epoch == 2:
            from lib.publish import disk_errors

            with disk_errors(self.folder):
                raise OSError(errno.ENOSPC, "No space left on device")
        whole(self, epoch, *rest)

    monkeypatch.setattr(LiveRun, "save", save)
    with pytest.raises(ArtifactError, match="disk is full"):
        train(store, "tiny", small_request(), command="x")
    (live,) = live_runs(store, "tiny")
    assert live.status().state == FAILED
    monkeypatch.setattr(LiveRun, "save", whole)
    assert train(store, "tiny", small_request(), command="x").resumed_from_epoch == 1


@pytest.mark.parametrize(
    ("request_of", "error", "says"),
    [
        (lambda: small_request(batch="4000"), ModelError, "larger than the 24 training pictures"),
        (lambda: small_request("hybrid", attributes="size"), CatalogError, "no column 'size'"),
        (lambda: small_request(finer="articleType+nothing"), CatalogError, "no column 'nothing'"),
        (lambda: small_request("classify", trained_layers="0", dim="16", size="8"), AppError, "8 x 8"),
    ],
)
def test_what_does_not_suit_the_catalogue_is_refused_before_anything_is_trained(
    store: Store, shop: Catalog, request_of, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        train(store, "tiny", request_of(), command="x")
    assert store.manifests("tiny", "run") == []
    assert live_runs(store, "tiny") == []


def test_one_label_or_three_pictures_are_too_few(store: Store) -> None:
    catalog = make_catalog(store, n=3)
    with pytest.raises(AppError) as caught:
        train(store, "tiny", small_request(), command="x")
    assert "larger than" in str(caught.value) or "at least two labels" in str(caught.value)
    assert catalog.name == "tiny"
    one = make_catalog(store, "one", n=24)
    frame = one.frame.assign(articleType="Shirts")
    from lib.training.classes import find_classes

    with pytest.raises(CatalogError, match="only one, 'Shirts'"):
        find_classes(one, frame, RECIPES["supcon"], small_request().settings, label="articleType")


def test_two_processes_that_ask_for_the_same_run_train_it_once(store: Store, shop: Catalog) -> None:
    code = CHILD.replace("if done >= kill_at:", "if False:")
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, str(store.root), "0", "SIGINT"]
    children = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, env=env) for _ in range(2)]
    assert [child.wait() for child in children] == [0, 0]
    assert len(store.manifests("tiny", "run")) == 1


def test_the_command_prints_what_it_promises(store: Store, shop: Catalog) -> None:
    words = [word for key, value in {**SMALL, "epochs": "1"}.items() for word in ("--set", f"{key}={value}")]
    command = [sys.executable, "-m", "lib", "train", "tiny", "--recipe", "supcon", "--backbone", "mobilenet", *words]
    done = subprocess.run([*command, "--json"], cwd=ROOT, capture_output=True, text=True)
    values = json.loads(done.stdout)
    assert {"run", "resumed_from_epoch", "metrics"} <= values.keys()
    assert done.returncode == 0
    wrong = subprocess.run([*command, "--set", "epochs"], cwd=ROOT, capture_output=True, text=True)
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "is not KEY=VALUE" in wrong.stderr


def test_cancelling_ends_it_soon(store: Store, shop: Catalog) -> None:
    code = CHILD.replace("if done >= kill_at:", "if False:").replace("small_request()", 'small_request(epochs="500")')
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen([sys.executable, "-c", code, str(store.root), "0", "SIGINT"], cwd=ROOT, env=env)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not any(run.history() for run in live_runs(store, "tiny")):
        time.sleep(0.1)
    child.send_signal(signal.SIGINT)
    assert child.wait(timeout=20) != 0
    (live,) = live_runs(store, "tiny")
    assert live.status().state == CANCELLED
    assert live_run(store, "tiny", live.id).newest() is not None


def test_labels_that_no_training_picture_has_are_not_learnt(store: Store, shop: Catalog) -> None:
    from lib.training.classes import find_classes

    unseen = shop.frame["articleType"].iloc[0]
    rows = shop.frame[shop.frame["articleType"] != unseen]
    classes = find_classes(shop, rows, RECIPES["supcon"], small_request().settings, label="articleType")
    codes = classes.codes(shop.frame)[LABEL].to_numpy()
    np.testing.assert_array_equal(codes == -1, (shop.frame["articleType"] == unseen).to_numpy())


@pytest.mark.parametrize(
    "given",
    [
        {"attributes": "articleType,gender"},  # the label among them
        {"attributes": "label", "finer": "label+gender"},  # a column of the name that the label once had
        {"attributes": "embedding"},
        {"attributes": "a/b"},
        {"attributes": "nothing_known,gender"},
    ],
)
def test_columns_of_any_name_are_learnt(store: Store, given: dict[str, str]) -> None:
    shop = make_catalog(store, n=40)
    frame = shop.frame.assign(label=shop.frame["gender"], embedding=shop.frame["gender"], nothing_known=None)
    frame["a/b"] = shop.frame["gender"]
    shop = dataclasses.replace(shop, frame=frame)
    settings = small_request("hybrid", **given).settings
    from lib.training.classes import find_classes

    rows = frame[frame["split"] == "train"]
    classes = find_classes(shop, rows, RECIPES["hybrid"], settings, label="articleType")
    assert classes.names[LABEL] == tuple(sorted(rows["articleType"].unique()))
    assert "nothing_known" not in classes.heads
    assert set(classes.heads) <= {LABEL, "gender", "label", "embedding", "a/b"}


def test_a_label_that_is_an_attribute_too_is_learnt_once(store: Store, shop: Catalog) -> None:
    run = train(store, "tiny", small_request("hybrid", attributes="articleType,gender"), command="x").manifest
    model = read_trained(store.result_folder("tiny", "run", run.id))
    assert [head.column for head in model.heads] == ["articleType", "gender"]


def test_a_shops_own_other_is_part_of_the_joined_one_and_not_of_what_nobody_learnt() -> None:
    from lib.training.classes import OTHER, _coded

    values = pd.Series(["A", "B", "OTHER", None])
    assert _coded(values, ("A", OTHER), joined=True).tolist() == [0, 1, 1, -1]
    assert _coded(values, ("A", OTHER), joined=False).tolist() == [0, -1, 1, -1]


def test_a_finished_run_leaves_nothing_to_resume(store: Store, shop: Catalog) -> None:
    train(store, "tiny", small_request(), command="x")
    live = live_run(store, "tiny", store.manifests("tiny", "run")[0].id)
    live.begin(small_request().to_json())  # as if it had been killed after it was published
    assert len(live_runs(store, "tiny")) == 1
    assert train(store, "tiny", small_request(), command="x").was_current
    assert live_runs(store, "tiny") == []
