"""Thumbnails are small WebP pictures that keep the aspect."""

import numpy as np
import pytest
from PIL import Image

from lib.images.decode import decode
from lib.images.thumbnail import thumbnail
from tests.factories import picture


@pytest.mark.parametrize(
    ("size", "expected"), [((60, 80), (60, 80)), ((1000, 500), (256, 128)), ((10, 2560), (1, 256))]
)
def test_longest_side_and_no_enlargement(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert decode(thumbnail(Image.new("RGB", size, "red"))).size == expected


def test_it_looks_like_the_picture_and_leaves_it_alone() -> None:
    image = picture(1, size=(600, 800))
    small = np.asarray(decode(thumbnail(image)), float)
    expected = np.asarray(image.resize((192, 256)), float)
    assert np.abs(small - expected).mean() < 6
    assert image.size == (600, 800)
