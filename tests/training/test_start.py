"""Runs that go on from trained models: the same function at first, the mean of several, and what is refused."""

import shutil

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.embedding.extract import embed_catalog
from lib.embedding.request import request_for
from lib.errors import AppError, ModelError, WeightsError
from lib.models import BACKBONES
from lib.models.arrays import read_arrays
from lib.models.seen import read_seen
from lib.models.start import find_start
from lib.training.live import live_runs
from lib.training.train import request_of_run, train
from tests.training.conftest import small_request

pytestmark = pytest.mark.slow
#: Steps so small that nothing changes.
STILL = {"learning_rate": "1e-7", "average": "0", "epochs": "1"}


def trained(store: Store, recipe: str = "hybrid", *, seed: int = 0, **given: str) -> str:
    return train(store, "tiny", small_request(recipe, seed=seed, **given), command="x").manifest.id


def last_row(store: Store, run: str) -> pd.Series:
    return pd.read_csv(store.result_folder("tiny", "run", run) / "history.csv").iloc[-1]


def arrays(store: Store, run: str) -> dict[str, np.ndarray]:
    return read_arrays(store.result_folder("tiny", "run", run) / "weights.npz")


def test_a_run_goes_on_where_another_ended_heads_and_all(store: Store, shop: Catalog) -> None:
    first = trained(store, attributes="gender")
    again = trained(store, attributes="gender", start=first, **STILL)
    assert again != first
    manifest = next(run for run in store.manifests("tiny", "run") if run.id == again)
    assert manifest.parameters["settings"]["start"] == first
    kept = arrays(store, first)
    for name, found in arrays(store, again).items():
        if "moving" not in name:  # batch norm's running means follow the new batches: it began at random
            np.testing.assert_allclose(found, kept[name], atol=2e-4, err_msg=name)


def test_pictures_that_its_start_had_learnt_are_counted_and_said(
    store: Store, shop: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    counts = shop.frame["split"].value_counts()
    first = trained(store, splits="train+val", epochs="1")
    embedding = embed_catalog(store, "tiny", request_for(store, weights=first), command="x").embedding
    assert embedding.manifest.details["seen"] == {"train": counts["train"], "val": counts["val"]}
    again = trained(store, start=first, **STILL)
    manifest = next(run for run in store.manifests("tiny", "run") if run.id == again)
    assert manifest.details["seen_before"] == {"val": counts["val"]}
    assert f"has learnt {counts['val']} pictures of the val split" in caplog.text
    card = (store.result_folder("tiny", "run", again) / "README.md").read_text()
    assert f"which flatters: {counts['val']} of val." in card
    seen = read_seen(store.result_folder("tiny", "run", again))
    assert len(seen) == counts["train"] + counts["val"]  # what the start learnt is not forgotten


def test_several_begin_at_their_mean(store: Store, shop: Catalog) -> None:
    pair = [trained(store, seed=seed, epochs="1") for seed in (0, 1)]
    start = find_start(store, ", ".join(pair), BACKBONES["toy"])
    assert (start.label, start.fixed_norm) == (",".join(pair), False)
    both = [arrays(store, run) for run in pair]
    found = start.arrays()
    assert found.keys() == both[0].keys()
    for name, mean in found.items():
        np.testing.assert_allclose(mean, (both[0][name] + both[1][name]) / 2, atol=1e-6)
    assert find_start(store, ",".join(pair[::-1]), BACKBONES["toy"]).sha256 != start.sha256
    again = trained(store, start=",".join(pair), **STILL)
    assert not np.allclose(arrays(store, again)["head/articleType/kernel"], both[0]["head/articleType/kernel"])


def test_a_head_for_other_labels_begins_anew(store: Store, shop: Catalog, caplog: pytest.LogCaptureFixture) -> None:
    first = trained(store)
    request = small_request("hybrid", start=first, **STILL)
    other = train(store, "tiny", type(request)(**{**vars(request), "label": "baseColour"}), command="x").manifest.id
    assert other != first
    assert "head/baseColour/kernel" in arrays(store, other)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"dim": "8"}, "it has the dense layers 16 linear, asked for is 8 linear"),
        ({"pixels": "unit"}, "it has the pixels backbone, asked for is unit"),
    ],
)
def test_a_model_of_another_shape_is_refused(store: Store, shop: Catalog, given: dict[str, str], says: str) -> None:
    first = trained(store, epochs="1")
    with pytest.raises(ModelError, match=says):
        train(store, "tiny", small_request("hybrid", start=first, **given), command="x")


@pytest.mark.parametrize("spec", ["nothing", "nothing,vitrine_mini", ",", "vitrine_mini,"])
def test_what_is_no_model_is_refused(store: Store, shop: Catalog, spec: str) -> None:
    with pytest.raises(WeightsError, match=r"There (are no weights|is no trained model)"):
        find_start(store, spec, BACKBONES["mobilenet_v2"])


def test_the_shipped_model_is_a_start(store: Store) -> None:
    start = find_start(store, "vitrine_mini", BACKBONES["mobilenet_v2"])
    assert (start.label, start.fixed_norm, start.weights) == ("vitrine_mini", True, None)
    assert "articleType" in start.classes()
    mini = start.models[0]
    start.check({"backbone": "mobilenet_v2", "pixels": mini.pixels, "layers": mini.layers, "unit": True})


def test_a_stopped_run_whose_start_is_gone_says_so(store: Store, shop: Catalog) -> None:
    first = trained(store, epochs="1")
    going = small_request("hybrid", start=first, epochs="4")

    def stop(done: int, _total: int, _reused: int) -> None:
        if done > 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(store, "tiny", going, command="x", report=stop)
    shutil.rmtree(store.result_folder("tiny", "run", first))
    (live,) = live_runs(store, "tiny")
    with pytest.raises(AppError, match="There are no weights"):
        request_of_run(store, "tiny", live.id)
