"""The perceptual hash: the 64 lowest frequencies against their median."""

import numpy as np
from PIL import Image

from lib.images.perceptual_hash import grey, hash_bits, perceptual_hashes


def test_the_hash_is_that_of_the_cosine_transform():
    from scipy.fft import dctn

    greys = np.random.default_rng(0).integers(0, 256, (20, 32, 32), dtype=np.uint8)
    low = dctn(greys.astype(np.float64), axes=(1, 2), type=2)[:, :8, :8].reshape(20, 64)
    bits = low > np.median(low, axis=1, keepdims=True)
    assert hash_bits(greys).tolist() == bits.tolist()
    assert perceptual_hashes(greys).tolist() == np.packbits(bits, axis=1).view(np.uint64).ravel().tolist()


def test_the_hash_of_a_wave_is_that_wave():
    """A mean of 128 and one horizontal wave of two half periods: bits 0 and 2, and nothing else."""
    wave = np.cos(np.pi * 2 * (np.arange(32) + 0.5) / 32)
    picture = np.tile((128 + 100 * wave), (32, 1)).round().astype(np.uint8)
    frequencies = hash_bits(picture[None])[0].reshape(8, 8)
    assert frequencies[0, [0, 2]].tolist() == [True, True]
    assert not frequencies[1:].any(), "nothing changes from row to row"
    assert not hash_bits(255 - picture[None])[0].reshape(8, 8)[0, 2], "the negative has the opposite wave"


def test_grey_is_32_by_32_whatever_it_was():
    assert grey(Image.new("RGB", (1, 1), (200, 200, 200))).tolist() == [[200] * 32] * 32
    assert grey(Image.new("RGB", (300, 20), "white")).shape == (32, 32)
