"""Disturbances do what their explanation says, on pictures of any size, and always the same."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lib.images.disturb import DISTURBANCES, edge_colour
from tests.factories import picture


def disturbed(name: str, image: Image.Image) -> np.ndarray:
    return np.asarray(DISTURBANCES[name].apply(image), np.int16)


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def test_each_is_found_under_its_name_and_says_its_strength():
    assert list(DISTURBANCES) == ["rotated", "mirrored", "cropped", "darkened", "blurred", "recompressed"]
    assert all(name == found.name and found.title for name, found in DISTURBANCES.items())
    strengths = ("15 degrees", "swapped", "80 %", "halved", "1 %", "quality 20")
    assert all(said in found.explanation for said, found in zip(strengths, DISTURBANCES.values(), strict=True))


@pytest.mark.parametrize("name", DISTURBANCES)
@given(width=st.integers(1, 12), height=st.integers(1, 12), seed=st.integers(0, 9))
def test_tiny_pictures_stay_rgb_and_the_same_twice(name: str, width: int, height: int, seed: int):
    image = noise(width, height, seed)
    before = image.tobytes()
    result = DISTURBANCES[name].apply(image)
    assert result.mode == "RGB"
    assert min(result.size) >= 1
    assert (result.size == image.size) or name == "cropped"
    assert result.tobytes() == DISTURBANCES[name].apply(image).tobytes()
    assert image.tobytes() == before, "the picture that was given is left alone"


def test_turned_corners_have_the_colour_of_the_edge_and_the_middle_stays():
    image = Image.new("RGB", (60, 80), (250, 240, 230))
    image.paste((10, 20, 200), (20, 30, 40, 50))
    turned = disturbed("rotated", image)
    for corner in (turned[0, 0], turned[0, -1], turned[-1, 0], turned[-1, -1]):
        assert corner.tolist() == [250, 240, 230]
    assert turned[40, 30].tolist() == [10, 20, 200]
    assert (turned != np.asarray(image)).any()


def test_turning_is_counter_clockwise_by_fifteen_degrees():
    image = Image.new("RGB", (201, 201), "white")
    image.putpixel((180, 100), (0, 0, 0))
    row, column = np.unravel_index(disturbed("rotated", image)[..., 0].argmin(), (201, 201))
    assert column == pytest.approx(100 + 80 * np.cos(np.radians(15)), abs=1)
    assert row == pytest.approx(100 - 80 * np.sin(np.radians(15)), abs=1)


def test_the_edge_is_counted_once_around():
    image = Image.new("RGB", (3, 3), (0, 0, 0))
    for place in ((0, 0), (1, 0), (2, 0), (0, 1), (2, 1)):
        image.putpixel(place, (9, 8, 7))
    image.putpixel((1, 1), (255, 255, 255))
    assert edge_colour(image) == (9, 8, 7), "five of the eight"
    assert edge_colour(Image.new("RGB", (1, 4), (1, 2, 3))) == (1, 2, 3)


def test_mirrored_twice_is_the_picture():
    image = noise(7, 5)
    assert (disturbed("mirrored", image) == np.asarray(image)[:, ::-1]).all()


def test_cropped_is_the_middle():
    image = noise(10, 20)
    assert (disturbed("cropped", image) == np.asarray(image)[2:18, 1:9]).all()


def test_darkened_is_half():
    levels = Image.fromarray(np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, axis=2))
    assert (disturbed("darkened", levels)[0, :, 0] == np.arange(256) // 2).all()


def test_blur_keeps_one_colour_and_is_wider_in_larger_pictures():
    assert (disturbed("blurred", Image.new("RGB", (50, 40), (3, 4, 5))) == (3, 4, 5)).all()
    widths = []
    for side in (100, 200):
        halves = np.zeros((side, side, 3), np.uint8)
        halves[:, side // 2 :] = 255
        row = disturbed("blurred", Image.fromarray(halves))[side // 2, :, 0]
        widths.append(np.count_nonzero((row > 20) & (row < 235)))
    assert 2 <= widths[0] < widths[1] <= 3 * widths[0]


def test_recompressed_is_what_pillow_saves_at_quality_20():
    image = picture(3, size=(60, 80))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=20)
    assert (disturbed("recompressed", image) == np.asarray(Image.open(buffer))).all()
    assert np.abs(disturbed("recompressed", noise(40, 40)) - np.asarray(noise(40, 40))).max() > 20
