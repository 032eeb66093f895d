"""The backbone table says what Keras says."""

from typing import Any

import pytest

from lib.errors import ModelError
from lib.models import BACKBONES, DESCRIPTORS, MODELS, Descriptor
from lib.models.backbones import MAX_SIZE

#: Keras offers their ImageNet weights, without the classifier, under this name at this size only.
ONLY_AT_NATIVE_SIZE = {"mobilenet", "mobilenet_v2", "nasnet_mobile"}


def test_every_row_is_found_under_its_own_name():
    assert all(name == row.name for name, row in MODELS.items())
    assert len({row.title for row in MODELS.values()}) == len(MODELS)
    assert len({row.weights_file for row in BACKBONES.values()}) == len(BACKBONES) == 17


def test_descriptors_stand_beside_the_backbones():
    assert list(DESCRIPTORS) == ["color_hog", "phash", "lbp", "orb"]
    assert all(isinstance(row, Descriptor) for row in DESCRIPTORS.values())
    assert set(BACKBONES) | set(DESCRIPTORS) | {"vitrine_mini"} == set(MODELS)


@pytest.mark.parametrize("name", BACKBONES)
def test_sizes_that_a_backbone_cannot_take_are_refused(name: str):
    row = BACKBONES[name]
    row.check_size(row.size)
    for size in (0, row.minimum_size - 1, MAX_SIZE + 1):
        with pytest.raises(ModelError, match=f"cannot take pictures of {size} x {size}"):
            row.check_size(size)


@pytest.mark.slow
@pytest.mark.parametrize("name", BACKBONES)
def test_dimension_smallest_size_and_weights_file_are_keras_own(name: str, monkeypatch: pytest.MonkeyPatch):
    import keras

    row = BACKBONES[name]
    asked: list[str] = []

    def get_file(fname: str, *_: Any, **__: Any) -> str:
        asked.append(fname)
        return fname

    monkeypatch.setattr("keras.src.utils.file_utils.get_file", get_file)
    monkeypatch.setattr(keras.Model, "load_weights", lambda self, path: None)
    size = row.size if name in ONLY_AT_NATIVE_SIZE else row.minimum_size
    network = row.build(size, weights="imagenet")
    assert network.output_shape == (None, row.dim)
    assert asked == [row.weights_file]
    factory = getattr(keras.applications, row.factory)
    with pytest.raises(ValueError, match="at least"):
        factory(include_top=False, weights=None, input_shape=(row.minimum_size - 1,) * 2 + (3,))


@pytest.mark.slow
def test_only_efficientnet_b0_differs_by_who_loads_its_weights(monkeypatch: pytest.MonkeyPatch):
    import keras

    monkeypatch.setattr("keras.src.utils.file_utils.get_file", lambda fname, *_, **__: fname)
    monkeypatch.setattr(keras.Model, "load_weights", lambda self, path: None)
    for name in ("efficientnet_b0", "efficientnet_v2_b0", "mobilenet_v3_small"):
        row = BACKBONES[name]
        differs = len(row.build(64).layers) != len(row.build(64, weights="imagenet").layers)
        assert differs == row.keras_loads, name
