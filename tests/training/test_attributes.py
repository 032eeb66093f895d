"""What a trained model names of a picture, and models that are taken elsewhere."""

import json

import numpy as np
import pytest

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.embedding.attributes import name_attributes
from lib.embedding.embedder import open_embedder
from lib.embedding.extract import embed_catalog
from lib.embedding.request import request_for
from lib.errors import AppError, ArtifactError, ModelError, WeightsError
from lib.models.trained import read_trained
from lib.training.sharing import _rounded, share_model
from lib.training.train import train
from tests.factories import make_catalog
from tests.training.conftest import small_request

pytestmark = pytest.mark.slow


@pytest.fixture
def run(store: Store, shop: Catalog) -> str:
    request = small_request("hybrid", attributes="gender", per_label="0", epochs="1")
    return train(store, "tiny", request, command="x").manifest.id


def test_a_picture_is_named_by_the_run_that_embeds_it_and_wherever_its_model_is_taken(
    store: Store, shop: Catalog, run: str, tmp_path
) -> None:
    embedding = embed_catalog(store, "tiny", request_for(store, weights=run), command="x").embedding
    pictures = [shop.read_picture(product_id) for product_id in ("p000", "p003")]
    vectors = open_embedder(store, embedding.manifest).embed(pictures)
    named = name_attributes(store, embedding.manifest, vectors)
    assert [attribute.column for attribute in named] == ["articleType", "gender"]
    model = read_trained(store.result_folder("tiny", "run", run))
    shares = model.probabilities(vectors)["gender"].mean(axis=0)
    assert named[1].label == model.heads[1].classes[shares.argmax()]
    assert named[1].probability == pytest.approx(shares.max())
    assert (named[1].accuracy, named[1].n) == (model.heads[1].accuracy, (shop.frame["split"] == "test").sum())

    shared = share_model(store, "tiny", run, tmp_path / "mine", name="mine", title="Mine")
    assert (shared.title, shared.dim) == ("Mine", 16)
    card = (tmp_path / "mine" / "README.md").read_text()
    assert "# Mine\n" in card
    assert run in card
    assert "half precision" in card
    elsewhere = Store(tmp_path / "elsewhere")
    make_catalog(elsewhere, "other", n=12)
    request = request_for(elsewhere, weights=str(tmp_path / "mine"))
    found = embed_catalog(elsewhere, "other", request, command="x").embedding
    assert found.id.startswith("mine-")
    again = open_embedder(elsewhere, found.manifest).embed(pictures)
    np.testing.assert_allclose(again, vectors, atol=5e-3)  # its weights are halves
    assert [a.label for a in name_attributes(elsewhere, found.manifest, again)] == [a.label for a in named]


def test_weights_too_large_for_halves_stay_as_they_are() -> None:
    small, large = np.array([1.5, -3.0], np.float32), np.array([1.5, 7e4], np.float32)
    assert _rounded(small).dtype == np.float16
    np.testing.assert_array_equal(_rounded(large), large)
    assert _rounded(np.zeros((0, 3), np.float32)).dtype == np.float16


def test_a_model_that_is_gone_or_imported_names_nothing(store: Store, shop: Catalog, run: str) -> None:
    embedding = embed_catalog(store, "tiny", request_for(store, weights=run), command="x").embedding
    vectors = np.asarray(embedding.embeddings[:1])
    (store.result_folder("tiny", "run", run) / "weights.npz").unlink()
    assert name_attributes(store, embedding.manifest, vectors) == []
    hog = embed_catalog(store, "tiny", request_for(store, backbone="color_hog", size=32), command="x").embedding
    assert name_attributes(store, hog.manifest, np.asarray(hog.embeddings[:1])) == []


@pytest.mark.parametrize("given", [{"backbone": "vgg16"}, {"size": 64}, {"fit": "pad-white"}])
def test_what_contradicts_the_run_is_refused(store: Store, run: str, given: dict) -> None:
    with pytest.raises(ModelError, match=f"was trained with {next(iter(given))}="):
        request_for(store, weights=run, **given)


def test_bad_names_and_folders_are_refused(store: Store, run: str, tmp_path) -> None:
    for name in ("", "../x", "A", "x" * 50, "vitrine_mini", "mobilenet_v2", "imagenet"):
        with pytest.raises(ModelError, match="Expected name"):
            share_model(store, "tiny", run, tmp_path / "out", name=name)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    with pytest.raises(ArtifactError, match="holds something else"):
        share_model(store, "tiny", run, tmp_path / "full", name="mine")
    with pytest.raises(ArtifactError):
        share_model(store, "tiny", "no-such-run", tmp_path / "out", name="mine")
    share_model(store, "tiny", run, tmp_path / "out", name="mine")
    before = (tmp_path / "out" / "model.json").read_bytes()
    share_model(store, "tiny", run, tmp_path / "out", name="mine", title="Newer")
    assert (tmp_path / "out" / "model.json").read_bytes() != before
    for out, name in ((tmp_path / "out", "other"), (store.result_folder("tiny", "run", run), "mine")):
        with pytest.raises(ArtifactError, match="holds something else"):
            share_model(store, "tiny", run, out, name=name)
    with pytest.raises(ArtifactError, match="too long"):
        share_model(store, "tiny", run, tmp_path / ("x" * 300), name="mine")
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "artifacts") == ["full", "out"]
    with pytest.raises(AppError, match="There are no weights"):
        request_for(store, weights="no-such-run")


@pytest.mark.parametrize(
    "change",
    [
        {"backbone": "../x"},
        {"layers": []},
        {"size": 10**9},
        {"heads": [{"column": "a"}]},
        {"fit": None},
        {"surprise": 1},
    ],
)
def test_a_hostile_description_is_one_clear_line(store: Store, run: str, tmp_path, change: dict) -> None:
    shared = share_model(store, "tiny", run, tmp_path / "mine", name="mine")
    values = json.loads((shared.folder / "model.json").read_text())
    (shared.folder / "model.json").write_text(json.dumps({**values, **change}))
    with pytest.raises(WeightsError, match="no description of a model"):
        read_trained(shared.folder)
    (shared.folder / "model.json").write_text("[" * 100_000)
    with pytest.raises(WeightsError):
        read_trained(shared.folder)


def test_weights_of_another_network_are_refused(store: Store, run: str, tmp_path) -> None:
    shared = share_model(store, "tiny", run, tmp_path / "mine", name="mine")
    with np.load(shared.folder / "weights.npz") as file:
        arrays = {name: file[name] for name in file.files}
    first = next(iter(arrays))
    np.savez(shared.folder / "weights.npz", **{**arrays, first: arrays[first][..., :1]})
    with pytest.raises(WeightsError, match="does not fit the network"):
        read_trained(shared.folder).build()
    (shared.folder / "weights.npz").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(WeightsError, match="missing or damaged"):
        read_trained(shared.folder).build()
