"""Engines agree, and step aside with a reason where they cannot run."""

import errno
import logging
import os
import resource
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from lib.artifacts import Store
from lib.embedding import choice, engines, ir
from lib.embedding.choice import choose_engine, open_for_query
from lib.embedding.engines import NumpyEngine, Pixels, Vectors, open_engine
from lib.embedding.ir import EngineUnavailable, converted, engines_folder, is_converted
from lib.errors import ArtifactError, ModelError
from lib.models import BACKBONES, COLOR_HOG
from lib.models.network import Network
from lib.models.weights import find_weights
from tests.embedding.conftest import SMALL


def small_network() -> Network:
    return Network(BACKBONES[SMALL.backbone], SMALL.size, SMALL.find_weights())


def noise(n: int, size: int) -> Pixels:
    return np.random.default_rng(0).integers(0, 256, (n, size, size, 3), dtype=np.uint8)


def lowest_cosine(first: Vectors, second: Vectors) -> float:
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return float(((first * second).sum(axis=1) / lengths).min())


def all_vectors(engine: engines.Engine, pixels: Pixels) -> Vectors:
    whole = range(0, len(pixels), engine.batch)
    return np.concatenate(list(engine.stream(pixels[start : start + engine.batch] for start in whole)))


def test_numpy_gives_batches_back_in_order():
    engine = NumpyEngine(COLOR_HOG, batch=2)
    pixels = noise(12, 32)
    np.testing.assert_array_equal(all_vectors(engine, pixels), COLOR_HOG.describe(pixels))


def test_unknown_engines_and_purposes_are_refused(store: Store):
    for wrong in ({"engine": "tpu"}, {"purpose": "fun"}):
        with pytest.raises(ValueError, match="Received"):
            open_engine(
                store.root,
                small_network(),
                **{"engine": "keras", "precision": "f32", "purpose": "query", **wrong},
            )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mobilenet", "resnet50"])
def test_both_engines_agree_in_f32(name: str, store: Store):
    size = 64
    network = Network(BACKBONES[name], size, find_weights("none", BACKBONES[name]))
    pixels = noise(32, size)
    opened = {
        (engine, purpose): open_engine(store.root, network, engine=engine, precision="f32", purpose=purpose)
        for engine in ("keras", "openvino")
        for purpose in ("catalog", "query")
    }
    vectors = {key: all_vectors(engine, pixels) for key, engine in opened.items()}
    expected = vectors["keras", "catalog"]
    assert expected.shape == (32, BACKBONES[name].dim)
    for found in vectors.values():
        assert lowest_cosine(found, expected) >= 0.9999


@pytest.mark.slow
def test_a_converted_network_is_checked_and_made_again_when_damaged(warm_store: Store):
    folder, network = engines_folder(warm_store.root), small_network()
    assert is_converted(folder, network)
    path = folder / network.key / "model.bin"
    data = bytearray(path.read_bytes())
    data[1000] ^= 0xFF
    path.write_bytes(data)
    assert not is_converted(folder, network)
    converted(folder, network)
    assert is_converted(folder, network)
    (folder / network.key / "manifest.json").write_text("[]")
    assert not is_converted(folder, network)


@pytest.mark.slow
def test_a_stream_that_is_left_early_can_be_followed_by_another(warm_store: Store):
    engine = open_engine(
        engines_folder(warm_store.root), small_network(), engine="openvino", precision="f32", purpose="catalog"
    )
    pixels = noise(8 * engine.batch, SMALL.size)
    batches = [pixels[start : start + engine.batch] for start in range(0, len(pixels), engine.batch)]
    first = engine.stream(iter(batches))
    expected = next(first)
    first.close()
    np.testing.assert_array_equal(next(engine.stream(iter(batches))), expected)


@pytest.mark.slow
def test_bf16_is_refused_on_a_cpu_without_it(warm_store: Store, monkeypatch: pytest.MonkeyPatch):
    import openvino

    class Old(openvino.Core):
        def get_property(self, device: str, name: str) -> object:
            return ["FP32"] if name == "OPTIMIZATION_CAPABILITIES" else super().get_property(device, name)

    monkeypatch.setattr(openvino, "Core", Old)
    for engine in ("auto", "openvino"):
        with pytest.raises(ModelError, match="does not compute in bf16"):
            choose_engine(engines_folder(warm_store.root), small_network(), engine=engine, precision="bf16")
    with pytest.raises(ModelError, match="does not compute in bf16"):
        open_for_query(engines_folder(warm_store.root), small_network(), precision="bf16")


def test_keras_does_not_offer_bf16(store: Store):
    with pytest.raises(EngineUnavailable, match="f32"):
        choose_engine(store.root, small_network(), engine="keras", precision="bf16")


class Fake:
    """An engine that does nothing."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.batch = 1

    def stream(self, batches: Iterable[Pixels]) -> Iterator[Vectors]:
        for batch in batches:
            yield np.zeros((len(batch), 3), np.float32)


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines that open at once."""
    for name in ("keras", "openvino"):
        monkeypatch.setitem(engines.ENGINES, name, lambda *_, name=name: Fake(name))


@pytest.mark.usefixtures("fakes")
@pytest.mark.parametrize("faster", ["keras", "openvino"])
def test_auto_takes_the_faster_engine_and_remembers_it(faster: str, store: Store, monkeypatch: pytest.MonkeyPatch):
    speeds = {"keras": 100.0, "openvino": 100.0} | {faster: 250.0}
    monkeypatch.setattr(choice, "measure", lambda opened, size: speeds)
    network = small_network()
    (store.root / network.key).mkdir(parents=True)
    engine, found = choose_engine(store.root, network, engine="auto", precision="f32")
    assert (engine.name, found) == (faster, speeds)
    monkeypatch.setattr(choice, "measure", lambda opened, size: pytest.fail("measured twice"))
    engine, found = choose_engine(store.root, network, engine="auto", precision="f32")
    assert (engine.name, found) == (faster, speeds)


def test_a_measurement_counts_pictures(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(choice, "_SECONDS", 0.01)
    speeds = choice.measure([Fake("keras"), Fake("openvino")], size=8)
    assert set(speeds) == {"keras", "openvino"}
    assert min(speeds.values()) > 0


@pytest.mark.slow
def test_a_disk_that_cannot_hold_a_converted_network_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import openvino
    from openvino import opset13

    pixels = opset13.parameter([1, 4], np.float32)
    weights = opset13.constant(np.random.default_rng(0).random((100_000, 4), dtype=np.float32))
    model = openvino.Model([opset13.add(pixels, weights)], [pixels], "large")
    monkeypatch.setattr(ir, "_convert", lambda network: model)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
    try:
        with pytest.raises(ArtifactError, match="could not be written") as error:
            converted(tmp_path, small_network())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "Free some space" in error.value.hint
    assert "\n" not in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == [".locks"]
    converted(tmp_path, small_network())
    assert is_converted(tmp_path, small_network())


@pytest.mark.usefixtures("fakes")
def test_keras_answers_a_query_where_no_network_can_be_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def forbidden(*_: object) -> Fake:
        raise ArtifactError("It may not be written (a reason).")

    monkeypatch.setitem(engines.ENGINES, "openvino", forbidden)
    assert open_for_query(store.root, small_network(), precision="f32").name == "keras"
    assert "a reason" in caplog.text
    with pytest.raises(ArtifactError):
        open_for_query(store.root, small_network(), precision="bf16")


def test_speeds_that_cannot_be_kept_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / small_network().key).mkdir()
    monkeypatch.setattr("lib.publish.os.fsync", full)
    with pytest.raises(ArtifactError, match="disk is full"):
        ir.write_speeds(tmp_path, small_network(), {"keras": 9.5})


@pytest.mark.usefixtures("fakes")
@pytest.mark.parametrize("engine", ["auto", "query"])
def test_keras_computes_where_openvino_cannot_and_the_log_says_why(
    engine: str, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def unavailable(*_: object) -> Fake:
        raise EngineUnavailable("OpenVINO cannot convert it (a reason).")

    monkeypatch.setitem(engines.ENGINES, "openvino", unavailable)
    with caplog.at_level(logging.WARNING):
        if engine == "query":
            opened = open_for_query(store.root, small_network(), precision="f32")
        else:
            opened, _ = choose_engine(store.root, small_network(), engine=engine, precision="f32")
    assert opened.name == "keras"
    assert "a reason" in caplog.text
    with pytest.raises(EngineUnavailable):
        choose_engine(store.root, small_network(), engine="openvino", precision="f32")
    with pytest.raises(EngineUnavailable):
        open_for_query(store.root, small_network(), precision="bf16")


@pytest.mark.slow
def test_openvino_steps_aside_on_other_backends_than_tensorflow(store: Store, monkeypatch: pytest.MonkeyPatch):
    import keras

    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(EngineUnavailable, match="not jax's"):
        converted(store.root, small_network())


@pytest.mark.slow
def test_openvino_steps_aside_where_it_cannot_convert(store: Store, monkeypatch: pytest.MonkeyPatch):
    import openvino

    def fail(model: object) -> None:
        raise RuntimeError("No conversion rule found\nfor operation X")

    monkeypatch.setattr(openvino, "convert_model", fail)
    with pytest.raises(EngineUnavailable, match="cannot convert MobileNet \\(No conversion rule found\\)"):
        converted(store.root, small_network())
    assert not is_converted(store.root, small_network())


def test_openvino_steps_aside_where_it_is_not_installed(store: Store, monkeypatch: pytest.MonkeyPatch):
    import sys

    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(EngineUnavailable, match="not installed"):
        converted(store.root, small_network())


def test_speeds_that_cannot_be_read_or_are_another_machines_are_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    network = small_network()
    (tmp_path / network.key).mkdir()
    ir.write_speeds(tmp_path, network, {"keras": 9.5, "openvino": 20.0})
    assert ir.read_speeds(tmp_path, network) == {"keras": 9.5, "openvino": 20.0}
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("KERAS_BACKEND", "jax")
        assert ir.read_speeds(tmp_path, network) == {}
    for text in ("", "[]", '{"machine": [], "speeds": 3}'):
        (tmp_path / network.key / "speed.json").write_text(text)
        assert ir.read_speeds(tmp_path, network) == {}
