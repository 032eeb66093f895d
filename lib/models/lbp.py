"""Local binary patterns: how often each small pattern of lighter and darker neighbours occurs, part by part.

References
----------
Ojala, Pietikäinen and Mäenpää, "Multiresolution gray-scale and rotation invariant texture classification with local
binary patterns", PAMI 2002 (uniform patterns); Ahonen, Hadid and Pietikäinen, "Face description with local binary
patterns", PAMI 2006 (histograms on a grid).
"""

import numpy as np
import numpy.typing as npt

from lib.models.descriptor import Descriptor, Floats, Pixels

GRID = 4
#: Row and column of each neighbour beside its pixel, clockwise from the upper left; the first is the lowest bit.
NEIGHBOURS = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))
#: Patterns that change at most twice between lighter and darker on the way round, and one for all others.
N_PATTERNS = 59


def pattern_numbers() -> npt.NDArray[np.uint8]:
    """Return the number of each of the 256 codes' pattern: 0 to 57 for uniform ones, ascending, 58 for all others.

    Returns
    -------
    ndarray of shape (256,), uint8

    Examples
    --------
    >>> pattern_numbers()[[0, 1, 2, 3, 5, 255]].tolist()
    [0, 1, 2, 3, 58, 57]
    """
    bits = (np.arange(256)[:, None] >> np.arange(8)) & 1
    uniform = (bits != np.roll(bits, 1, axis=1)).sum(axis=1) <= 2
    return np.where(uniform, uniform.cumsum() - 1, N_PATTERNS - 1).astype(np.uint8)


def patterns(greys: Pixels) -> Pixels:
    """Return the number of the pattern around each inner pixel.

    Parameters
    ----------
    greys : ndarray of shape (n, size, size), uint8

    Returns
    -------
    ndarray of shape (n, size - 2, size - 2), uint8
        As of ``pattern_numbers``; a neighbour counts as lighter from the pixel's own value on.

    Examples
    --------
    >>> patterns(np.array([[[5, 9, 1], [4, 6, 7], [2, 3, 3]]], np.uint8))  # 9 and 7 are lighter: not next to each other
    array([[[58]]], dtype=uint8)
    """
    size = greys.shape[1]
    centre = greys[:, 1:-1, 1:-1]
    codes = np.zeros(centre.shape, np.uint8)
    for bit, (down, right) in enumerate(NEIGHBOURS):
        neighbour = greys[:, 1 + down : size - 1 + down, 1 + right : size - 1 + right]
        codes |= (neighbour >= centre).astype(np.uint8) << np.uint8(bit)
    return pattern_numbers()[codes]


def describe(pixels: Pixels) -> Floats:
    """Return the histograms of patterns in the cells of a grid, square-rooted, of length 1 together.

    Parameters
    ----------
    pixels : ndarray of shape (n, size, size, 3), uint8

    Returns
    -------
    ndarray of shape (n, 944), float32
        None negative; a picture of one colour is all one pattern and has a vector too.
    """
    found = patterns(light(pixels)).astype(np.int64)
    n, side = found.shape[:2]
    cell = np.arange(side) * GRID // side
    place = cell[:, None] * GRID + cell[None, :]
    offset = (np.arange(n)[:, None, None] * GRID**2 + place) * N_PATTERNS
    counts = np.bincount((offset + found).ravel(), minlength=n * GRID**2 * N_PATTERNS)
    shares = counts.reshape(n, GRID**2, N_PATTERNS) / np.bincount(place.ravel())[:, None]
    return (np.sqrt(shares).reshape(n, -1) / GRID).astype(np.float32)


def light(pixels: Pixels) -> Pixels:
    """Return pictures in grey: .299 R + .587 G + .114 B, rounded.

    Parameters
    ----------
    pixels : ndarray of shape (n, size, size, 3), uint8

    Returns
    -------
    ndarray of shape (n, size, size), uint8
    """
    weighed = pixels.astype(np.uint32) @ np.array([19595, 38470, 7471], np.uint32)
    grey: Pixels = ((weighed + 0x8000) >> 16).astype(np.uint8)
    return grey


LBP = Descriptor("lbp", "Local binary patterns", 96, GRID**2 * N_PATTERNS, 32, describe=describe)
