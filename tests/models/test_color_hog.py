"""The classical descriptor sees the object's colours and edges, and not what it lies on."""

import colorsys
import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lib.images.fit import fit
from lib.models.color_hog import COLOR_HOG, _content, _edge_colour, _hue, describe


def square(colour: tuple[int, int, int], *, ground: tuple[int, int, int] = (255, 255, 255)) -> Image.Image:
    """A tall picture of a coloured square."""
    pixels = np.full((80, 60, 3), ground, np.uint8)
    pixels[25:55, 15:45] = colour
    return Image.fromarray(pixels)


def disc(colour: tuple[int, int, int]) -> Image.Image:
    """A tall picture of a coloured disc."""
    y, x = np.mgrid[:80, :60]
    pixels = np.full((80, 60, 3), 255, np.uint8)
    pixels[(y - 40) ** 2 + (x - 30) ** 2 < 20**2] = colour
    return Image.fromarray(pixels)


def vector(image: Image.Image, *, how: str = "pad", size: int = 96) -> np.ndarray:
    return describe(fit(image, size=size, fit=how)[None])[0]


@pytest.mark.parametrize("size", [32, 50, 96, 128, 224])
def test_vectors_are_unit_length_and_never_negative(size: int):
    pixels = np.random.default_rng(0).integers(0, 256, (3, size, size, 3), dtype=np.uint8)
    vectors = describe(pixels)
    assert vectors.shape == (3, COLOR_HOG.dim)
    assert vectors.dtype == np.float32
    assert vectors.min() >= 0
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("level", [0, 1, 128, 255])
def test_a_picture_of_one_colour_has_a_vector(level: int):
    vectors = describe(np.full((1, 64, 64, 3), level, np.uint8))
    assert np.isfinite(vectors).all()


def test_a_vector_does_not_depend_on_the_rest_of_its_batch():
    pixels = np.random.default_rng(1).integers(0, 256, (5, 48, 48, 3), dtype=np.uint8)
    together = describe(pixels)
    np.testing.assert_array_equal(together, np.concatenate([describe(pixels[i : i + 1]) for i in range(5)]))


def test_padding_is_not_seen():
    assert vector(square((200, 30, 40)), how="pad") @ vector(square((200, 30, 40)), how="pad-white") > 0.999


def test_colour_and_shape_both_count():
    red, blue, red_disc = vector(square((200, 30, 40))), vector(square((30, 60, 200))), vector(disc((200, 30, 40)))
    darker_red = vector(square((180, 25, 35)))
    assert red @ darker_red > max(red @ blue, red @ red_disc)
    assert red @ blue < 0.95
    assert red @ red_disc < 0.95


def test_the_background_counts_for_little():
    on_white, on_grey = vector(square((200, 30, 40))), vector(square((200, 30, 40), ground=(200, 200, 200)))
    assert on_white @ on_grey > on_white @ vector(square((30, 60, 200)))


def test_bars_end_where_the_picture_begins():
    pixels = np.zeros((1, 6, 6, 3), np.uint8)
    pixels[0, :, 1:5] = 7
    assert _content(pixels, axis=1).tolist() == [[False, True, True, True, True, False]]
    assert _content(pixels, axis=2).all(), "no row is a bar from end to end"
    assert _content(np.zeros((1, 6, 6, 3), np.uint8), axis=1).all(), "an all-black picture is all content"


def test_the_background_is_the_median_along_the_edge_of_the_content():
    pixels = np.zeros((1, 8, 8, 3), np.uint8)
    pixels[0, :, 2:6] = (250, 240, 230)
    pixels[0, 3:5, 3:5] = (9, 9, 9)
    colour = _edge_colour(pixels, _content(pixels, axis=2), _content(pixels, axis=1))
    assert colour.tolist() == [[250, 240, 230]]


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_hues_are_those_of_the_standard_library(rgb: tuple[int, int, int]):
    pixel = (np.array(rgb, np.float32) / 255)[None, None, None]
    value = pixel.max(axis=3)
    spread = value - pixel.min(axis=3)
    expected = colorsys.rgb_to_hsv(*(level / 255 for level in rgb))[0] * 6
    if spread[0, 0, 0] > 0:
        difference = abs(float(_hue(pixel, value, spread)[0, 0, 0]) - expected)
        assert min(difference, 6 - difference) < 1e-3


def test_what_identifies_it_stays_so_long_as_its_vectors_do():
    assert COLOR_HOG.fingerprint(seed=7).sha256 == hashlib.sha256(b"color_hog, version 1").hexdigest()
