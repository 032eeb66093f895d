"""Fitting keeps aspect and colours, and is the same wherever it writes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lib.images.fit import FITS, fit, fitted_size
from tests.factories import picture


def test_pad_keeps_the_aspect_and_centres_on_black() -> None:
    square = fit(Image.new("RGB", (60, 80), (200, 30, 40)), size=224, fit="pad")
    assert square.shape == (224, 224, 3)
    assert (square[:, 28:196] == (200, 30, 40)).all()
    assert not square[:, :28].any()
    assert not square[:, 196:].any()


def test_pad_white_is_white_beside_a_wide_picture() -> None:
    square = fit(Image.new("RGB", (100, 50), (0, 0, 0)), size=20, fit="pad-white")
    assert (square[:5] == 255).all()
    assert (square[15:] == 255).all()
    assert not square[5:15].any()


def test_resize_is_pillows_bilinear_stretch() -> None:
    image = picture(5)
    expected = np.asarray(image.resize((128, 128), Image.Resampling.BILINEAR))
    assert (fit(image, size=128, fit="resize") == expected).all()


def test_a_picture_of_the_size_is_untouched() -> None:
    image = picture(5, size=(64, 64))
    for how in FITS:
        assert (fit(image, size=64, fit=how) == np.asarray(image)).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 96), st.sampled_from(sorted(FITS)))
def test_every_pixel_is_written_and_a_given_array_gets_the_same(width: int, height: int, size: int, how: str) -> None:
    image = Image.new("RGB", (width, height), (7, 8, 9))
    out = np.full((size, size, 3), 123, np.uint8)
    assert fit(image, size=size, fit=how, out=out) is out
    fresh = fit(image, size=size, fit=how)
    assert (fresh == out).all()
    assert set(np.unique(out)) <= {7, 8, 9, 0 if how == "pad" else 255}
    assert max(fitted_size(image.size, size=size)) == size


def test_extreme_aspects_keep_a_pixel() -> None:
    assert fitted_size((1, 10_000), size=32) == (1, 32)


def test_the_largest_size() -> None:
    assert fit(picture(1), size=2048, fit="pad").shape == (2048, 2048, 3)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"size": 32, "fit": "crop"}, "Expected fit to be one of"),
        ({"size": 0, "fit": "pad"}, "size=0"),
        ({"size": 2049, "fit": "pad"}, "size=2049"),
    ],
)
def test_bad_arguments_are_named(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        fit(picture(1), **arguments)


def test_only_rgb_is_fitted() -> None:
    with pytest.raises(ValueError, match="mode='L'"):
        fit(Image.new("L", (3, 3)), size=8, fit="pad")
