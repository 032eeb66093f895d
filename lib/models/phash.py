"""The perceptual hash as a descriptor: 64 zeros and ones.

The squared Euclidean distance and the Manhattan distance between two such vectors are both the number of bits in which
they differ, so that both rank as the Hamming distance does. It finds the same photograph again; it was not made to
find another of the same kind.
"""

import numpy as np
from PIL import Image

from lib.images.perceptual_hash import HASH_SIDE, SIDE, grey, hash_bits
from lib.models.descriptor import Descriptor, Floats, Pixels


def describe(pixels: Pixels) -> Floats:
    """Return the perceptual hash of each picture, one bit a number.

    Parameters
    ----------
    pixels : ndarray of shape (n, size, size, 3), uint8

    Returns
    -------
    ndarray of shape (n, 64), float32 in {0, 1}
    """
    greys = [grey(Image.fromarray(picture)) for picture in pixels]
    return hash_bits(np.stack(greys)).astype(np.float32) if greys else np.zeros((0, HASH_SIDE**2), np.float32)


PHASH = Descriptor("phash", "Perceptual hash", SIDE, HASH_SIDE**2, SIDE, describe=describe)
