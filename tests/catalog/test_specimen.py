"""The specimen is a drawn product, in a picture of any shape, the same every time."""

import numpy as np

from lib.catalog.sample.specimen import specimen
from lib.images.measure import measure


def test_it_fills_a_picture_of_any_shape_and_stays_within() -> None:
    for size in ((60, 400), (400, 60), (224, 224)):
        pixels = np.asarray(specimen(*size))
        assert pixels.shape == (size[1], size[0], 3)
        rows, columns = np.nonzero((pixels != 255).any(axis=2))
        assert max(np.ptp(rows) / size[1], np.ptp(columns) / size[0]) > 0.8
        assert (pixels[0] == 255).all()


def test_it_is_the_same_every_time_and_blur_takes_detail() -> None:
    assert specimen(80, 100).tobytes() == specimen(80, 100).tobytes()
    assert measure(specimen(80, 100, blur=3)).sharpness < measure(specimen(80, 100)).sharpness / 10
    assert measure(specimen(80, 100, pattern="plain")).sharpness < measure(specimen(80, 100)).sharpness
