"""The perceptual hash: 64 bits that say which of a picture's lowest frequencies stand out.

References
----------
Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010, section 3.2.1 (the DCT hash).
"""

import numpy as np
import numpy.typing as npt
from PIL import Image

SIDE = 32
HASH_SIDE = 8

Greys = npt.NDArray[np.uint8]


def grey(image: Image.Image) -> Greys:
    """Return a picture as 32 x 32 grey pixels.

    Parameters
    ----------
    image : Image

    Returns
    -------
    ndarray of shape (32, 32), uint8
    """
    return np.asarray(image.convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def hash_bits(greys: Greys) -> npt.NDArray[np.bool_]:
    """Return, for each picture, which of its 8 x 8 lowest frequencies (DCT-II) exceed their median.

    Parameters
    ----------
    greys : ndarray of shape (n, 32, 32), uint8

    Returns
    -------
    ndarray of shape (n, 64), bool

    Examples
    --------
    >>> hash_bits(np.full((1, 32, 32), 9, np.uint8)).nonzero()[1].tolist()  # one colour has a mean and nothing else
    [0]
    """
    angles = np.pi * np.outer(np.arange(HASH_SIDE), np.arange(SIDE) + 0.5) / SIDE
    basis = np.cos(angles)
    frequencies = (basis @ greys.astype(np.float64) @ basis.T).reshape(len(greys), -1).round(6)
    bits: npt.NDArray[np.bool_] = frequencies > np.median(frequencies, axis=1, keepdims=True)
    return bits


def perceptual_hashes(greys: Greys) -> npt.NDArray[np.uint64]:
    """Return the 64-bit hash of each picture: its bits, packed.

    Parameters
    ----------
    greys : ndarray of shape (n, 32, 32), uint8

    Returns
    -------
    ndarray of shape (n,), uint64

    Examples
    --------
    >>> ramp = np.tile(np.arange(32, dtype=np.uint8), (1, 32, 1))
    >>> bool(perceptual_hashes(ramp)[0] == perceptual_hashes(ramp * 2)[0])
    True
    """
    return np.packbits(hash_bits(greys), axis=1).view(np.uint64).ravel()
