"""Brightness and sharpness by hand; the pixel digest sees pixels, not files."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from lib.images.decode import decode
from lib.images.measure import measure, pixels_sha256
from tests.factories import encoded, picture


@pytest.mark.parametrize(("colour", "luma"), [("black", 0), ("white", 1), ((255, 0, 0), 0.299), ((0, 255, 0), 0.587)])
def test_brightness_is_the_mean_luma(colour: object, luma: float) -> None:
    assert measure(Image.new("RGB", (9, 7), colour)).brightness == pytest.approx(luma, abs=0.003)


def test_sharpness_by_hand() -> None:
    pixels = np.zeros((3, 4, 3), np.uint8)
    pixels[1, 1] = 100
    # Two inner pixels: 4 x -100 at the dot, +100 beside it: variance of (-400, 100) is 250 squared.
    assert measure(Image.fromarray(pixels)).sharpness == 250**2


def test_blur_lowers_sharpness_and_flat_has_none() -> None:
    image = picture(3)
    assert measure(image.filter(ImageFilter.GaussianBlur(2))).sharpness < measure(image).sharpness / 4
    assert measure(Image.new("RGB", (8, 8), "red")).sharpness == 0
    assert measure(Image.new("RGB", (2, 900), "red")).sharpness == 0


def test_the_digest_is_of_pixels_not_files() -> None:
    image = picture(3)
    first, second = encoded(image, compress_level=1), encoded(image, "BMP")
    assert first != second
    assert pixels_sha256(decode(first)) == pixels_sha256(decode(second))
    assert pixels_sha256(image) != pixels_sha256(picture(4))


def test_the_digest_knows_the_shape() -> None:
    assert pixels_sha256(Image.new("RGB", (2, 3))) != pixels_sha256(Image.new("RGB", (3, 2)))
