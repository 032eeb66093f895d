"""Where weights come from, and what is said where they cannot be had."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lib.errors import ModelError, WeightsError
from lib.models import BACKBONES
from lib.models.backbones import Backbone
from lib.models.network import Network, build_model
from lib.models.weights import Weights, available_weights, find_weights, imagenet_file, load_into

V2 = BACKBONES["mobilenet_v2"]
QUICK = BACKBONES["mobilenet"]


@pytest.fixture(autouse=True)
def keras_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of Keras."""
    home = tmp_path / "keras"
    (home / "models").mkdir(parents=True)
    monkeypatch.setenv("KERAS_HOME", str(home))
    return home


def test_random_weights_are_identified_by_backbone_and_seed():
    first, second = find_weights("none", V2, seed=1), find_weights("none", V2, seed=2)
    assert first == find_weights("none", V2, seed=1)
    assert first.label == "none"
    assert len({first.sha256, second.sha256, find_weights("none", BACKBONES["vgg16"], seed=1).sha256}) == 3


def test_imagenet_weights_in_the_cache_are_found_without_keras(keras_home: Path):
    assert available_weights() == []
    path = keras_home / "models" / "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"
    path.write_bytes(b"weights")
    found = find_weights("imagenet", V2)
    assert found.path == path == imagenet_file(V2)
    assert available_weights() == ["mobilenet_v2"]
    path.write_bytes(b"other weights")
    assert find_weights("imagenet", V2).sha256 != found.sha256


@pytest.mark.parametrize(
    "failure", [Exception("URL fetch failure on https://x: None -- [Errno -2]"), TimeoutError("timed out")]
)
def test_a_failed_download_says_which_file_to_put_where(
    failure: Exception, keras_home: Path, monkeypatch: pytest.MonkeyPatch
):
    def build(self: Backbone, size: int, *, weights: str | None = None) -> Any:
        print("Downloading data")
        raise failure

    monkeypatch.setattr(Backbone, "build", build)
    with pytest.raises(WeightsError) as caught:
        find_weights("imagenet", V2)
    assert V2.weights_file in caught.value.hint
    assert str(keras_home / "models") in caught.value.hint
    assert "vitrine_mini" in caught.value.hint
    assert "\n" not in str(caught.value)


def test_keras_download_messages_do_not_reach_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def build(self: Backbone, size: int, *, weights: str | None = None) -> Any:
        print("Downloading data")
        imagenet_file(self).write_bytes(b"weights")

    monkeypatch.setattr(Backbone, "build", build)
    assert find_weights("imagenet", V2).label == "imagenet"
    assert capsys.readouterr().out == ""


def test_a_bug_while_downloading_is_not_hidden(monkeypatch: pytest.MonkeyPatch):
    def build(self: Backbone, size: int, *, weights: str | None = None) -> Any:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(Backbone, "build", build)
    with pytest.raises(ZeroDivisionError):
        find_weights("imagenet", V2)


@pytest.mark.parametrize("spec", ["no-such-run", "missing.h5", "."])
def test_unknown_weights_say_what_is_accepted(spec: str):
    with pytest.raises(WeightsError, match="There are no weights") as caught:
        find_weights(spec, V2)
    assert all(word in caught.value.hint for word in ("imagenet", "none", ".h5", ".keras", "training run"))


def test_a_file_of_another_kind_is_refused(tmp_path: Path):
    (tmp_path / "weights.pkl").write_bytes(b"x")
    with pytest.raises(WeightsError, match="not a file of Keras weights"):
        find_weights(str(tmp_path / "weights.pkl"), V2)


@pytest.mark.parametrize(
    ("file", "label"),
    [("my best-one.weights.h5", "my_best_one"), ("a.keras", "a"), ("imagenet.h5", "imagenet_file"), ("é.h5", "file")],
)
def test_a_files_name_becomes_a_label_that_is_safe_in_an_id(file: str, label: str, tmp_path: Path):
    (tmp_path / file).write_bytes(b"x")
    assert find_weights(str(tmp_path / file), V2).label == label


def test_a_networks_key_follows_from_backbone_size_and_weights():
    weights = Weights("none", "0" * 64)
    keys = {
        Network(V2, 64, weights).key,
        Network(V2, 96, weights).key,
        Network(BACKBONES["mobilenet"], 64, weights).key,
        Network(V2, 64, Weights("none", "1" * 64)).key,
    }
    assert len(keys) == 4
    assert Network(V2, 64, weights).key in keys


@pytest.mark.slow
def test_the_same_seed_gives_the_same_network():
    pictures = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)
    first, again, other = (
        build_model(QUICK, 32, find_weights("none", QUICK, seed=seed)).predict_on_batch(pictures) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3
    assert 1e-3 < first.std() < 10, "signals neither vanish nor explode"


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".weights.h5", ".keras"])
def test_weights_come_back_from_a_file(ending: str, tmp_path: Path):
    source = QUICK.build(32)
    load_into(source, QUICK, Weights("none", "", seed=3))
    path = tmp_path / f"mine{ending}"
    source.save(path) if ending == ".keras" else source.save_weights(path)
    pictures = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)
    expected = build_model(QUICK, 32, Weights("none", "", seed=3)).predict_on_batch(pictures)
    found = build_model(QUICK, 32, find_weights(str(path), QUICK)).predict_on_batch(pictures)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.slow
def test_weights_of_another_network_are_refused(tmp_path: Path):
    BACKBONES["vgg16"].build(32).save_weights(tmp_path / "vgg.weights.h5")
    (tmp_path / "rubbish.h5").write_bytes(b"no weights at all")
    for name in ("vgg.weights.h5", "rubbish.h5"):
        with pytest.raises(WeightsError, match="do not fit MobileNet ") as caught:
            build_model(QUICK, 32, find_weights(str(tmp_path / name), QUICK))
        assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_a_picture_too_small_for_the_backbone_is_refused():
    with pytest.raises(ModelError, match="InceptionV3 cannot take pictures of 64 x 64"):
        build_model(BACKBONES["inception_v3"], 64, Weights("none", ""))


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("name", ["mobilenet", "mobilenet_v2"])
def test_the_224_checkpoint_serves_every_size(name: str, real_data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KERAS_HOME", str(real_data / "weights"))
    weights = find_weights("imagenet", BACKBONES[name])
    for size in (96, 128):
        vectors = build_model(BACKBONES[name], size, weights).predict_on_batch(np.zeros((1, size, size, 3), np.uint8))
        assert vectors.shape == (1, BACKBONES[name].dim)
        assert np.isfinite(vectors).all()
