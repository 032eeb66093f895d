"""Step sizes, averaged weights, states that come back, and what ends a run."""

import dataclasses

import numpy as np
import pytest

from lib.errors import ModelError
from lib.models.recipes import RECIPES, Settings
from lib.models.recipes.recipe import EMBEDDING, LABEL

pytestmark = pytest.mark.slow
keras = pytest.importorskip("keras")


@pytest.fixture(scope="module")
def fitting():
    from lib.neural import fitting

    return fitting


def trainee(fitting, settings: Settings, *, recipe: str = "classify"):
    """A trainee whose encoder is one small layer, ready to fit."""
    from lib.neural.trainee import Trainee

    given = keras.Input((4, 4, 3))
    encoder = keras.Model(given, keras.layers.Dense(3)(keras.layers.Flatten()(given / 255.0)))
    model = Trainee(encoder, RECIPES[recipe], settings, classes={LABEL: 2}, seed=0)
    model(np.zeros((2, 4, 4, 3), np.uint8), training=True)
    fitting.compile_trainee(model, settings, steps=10)
    return model


def batch(n: int = 4) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    pixels = np.random.default_rng(0).integers(0, 255, (n, 4, 4, 3)).astype(np.uint8)
    return pixels, {LABEL: np.arange(n, dtype=np.int32) % 2}


def test_the_step_size_rises_and_falls(fitting) -> None:
    cosine = fitting._schedule(Settings(schedule="cosine", warmup=1.0, epochs=3, learning_rate=0.5), 10)
    sizes = [float(cosine(step)) for step in (0, 5, 10, 20, 30)]
    assert sizes == pytest.approx([0.0, 0.25, 0.5, (0.5 + 0.005) / 2, 0.005], abs=1e-4)
    held = fitting._schedule(Settings(warmup=1.0, epochs=3, learning_rate=0.5), 10)
    assert [float(held(step)) for step in (10, 29)] == pytest.approx([0.5, 0.5])
    assert fitting._schedule(Settings(learning_rate=0.5), 10) == 0.5


def test_the_average_follows_at_first_and_then_holds(fitting) -> None:
    settings = Settings(average=0.9, learning_rate=0.1, flip=False)
    model = trainee(fitting, settings)
    expected = [np.asarray(variable) for variable in model.trainable_variables]
    pixels, labels = batch()
    for step in range(1, 6):
        model.train_on_batch(pixels, labels)
        decay = min(0.9, (1 + step) / (10 + step))
        now = [np.asarray(variable) for variable in model.trainable_variables]
        expected = [decay * before + (1 - decay) * value for before, value in zip(expected, now, strict=True)]
    raw = [np.asarray(variable) for variable in model.trainable_variables]
    with fitting.averaged(model):
        for variable, value in zip(model.trainable_variables, expected, strict=True):
            np.testing.assert_allclose(np.asarray(variable), value, atol=0.02)
    for variable, value in zip(model.trainable_variables, raw, strict=True):
        np.testing.assert_array_equal(np.asarray(variable), value)


def test_a_state_comes_back_whole_and_only_into_its_own_network(fitting) -> None:
    settings = Settings(average=0.9, learning_rate=0.1)
    model, other = trainee(fitting, settings), trainee(fitting, settings)
    pixels, labels = batch()
    model.train_on_batch(pixels, labels)
    fitting.restore(other, fitting.state_of(model))
    for _ in range(2):
        losses = [float(one.train_on_batch(pixels, labels)[0]) for one in (model, other)]
        assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    wider = trainee(fitting, dataclasses.replace(settings, optimizer="adamw", average=0.0))
    with pytest.raises(ModelError, match="another network"):
        fitting.restore(wider, fitting.state_of(model))


def test_pictures_are_asked_as_they_are_and_in_their_order(fitting) -> None:
    model = trainee(fitting, Settings(flip=True, rotation=0.3))
    pixels, _ = batch(7)
    found = fitting.answers(model, pixels, batch=4)
    assert {name: values.shape for name, values in found.items()} == {EMBEDDING: (7, 3), LABEL: (7, 2)}
    alone = fitting.answers(model, pixels[5:6], batch=4)
    np.testing.assert_allclose(found[EMBEDDING][5:6], alone[EMBEDDING], rtol=1e-5)


def test_out_of_memory_is_said_with_a_smaller_batch_and_other_errors_are_bugs(fitting) -> None:
    with pytest.raises(fitting.OutOfMemoryError, match=r"batch of 64 .*--set batch=32"), fitting.memory_errors(64):
        raise MemoryError
    with pytest.raises(fitting.OutOfMemoryError), fitting.memory_errors(64):
        raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
    with pytest.raises(RuntimeError, match="something else"), fitting.memory_errors(64):
        raise RuntimeError("something else")


def test_a_precision_lasts_as_long_as_its_block(fitting) -> None:
    before = keras.config.dtype_policy().name
    for asked, policy in (("f32", "float32"), ("bf16", "mixed_bfloat16"), ("f16", "mixed_float16")):
        with fitting.precision_of(asked) as chosen:
            assert (chosen, keras.config.dtype_policy().name) == (asked, policy)
    assert keras.config.dtype_policy().name == before


@pytest.mark.parametrize("precision", ["bf16", "f16"])
def test_half_precision_trains(fitting, precision: str) -> None:
    with fitting.precision_of(precision):
        model = trainee(fitting, Settings(learning_rate=0.05, flip=False))
        pixels, labels = batch()
        losses = [float(model.train_on_batch(pixels, labels)[0]) for _ in range(30)]
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("precision", ["f32", "bf16", "f16"])
def test_weights_are_averaged_in_every_precision(fitting, precision: str) -> None:
    with fitting.precision_of(precision):
        model = trainee(fitting, Settings(average=0.9, learning_rate=0.1, flip=False))
        pixels, labels = batch()
        for _ in range(6):
            model.train_on_batch(pixels, labels)
        now = [np.asarray(weight) for weight in model.trainable_variables]
        with fitting.averaged(model):
            mean = [np.asarray(weight) for weight in model.trainable_variables]
        back = [np.asarray(weight) for weight in model.trainable_variables]
    assert max(np.abs(a - b).max() for a, b in zip(now, mean, strict=True)) > 1e-4
    for a, b in zip(now, back, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_feed_gives_each_epoch_its_own_batches(fitting) -> None:
    from lib.neural.feed import Feed

    pixels = np.arange(6, dtype=np.uint8)[:, None, None, None]
    orders = {epoch: np.roll(np.arange(6), epoch).reshape(3, 2) for epoch in range(4)}
    feed = Feed(pixels, {LABEL: np.arange(6, dtype=np.int32)}, batches=orders.__getitem__, epoch=2)
    assert [feed[i][1][LABEL].tolist() for i in range(len(feed))] == orders[2].tolist()
    feed.on_epoch_end()
    assert feed[0][0].ravel().tolist() == orders[3][0].tolist()
