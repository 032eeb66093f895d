"""The classical descriptor: an HSV colour histogram beside a histogram of oriented gradients. It needs no weights.

Both look at the object rather than at what it lies on: the background's colour is read off the picture's edge, black
bars that padding added are painted with it, and colours count by how far they are from it.

References
----------
Dalal and Triggs, "Histograms of oriented gradients for human detection", CVPR 2005; Swain and Ballard, "Color
indexing", IJCV 1991.
"""

import numpy as np
import numpy.typing as npt

from lib.models.descriptor import Descriptor, Floats, Pixels

_N_HUES, _N_GREYS = 12, 6
_N_COLOURS = _N_HUES * 4 + _N_GREYS
_COLOUR_GRID = 2
_N_ORIENTATIONS = 9
_HOG_GRID = 8
#: Below this saturation or value a pixel is a grey: its hue is noise.
_GREY_SATURATION, _GREY_VALUE = 0.15, 0.15
#: Distances from the background's colour (0 to 1) at which a pixel begins, and fully counts, as the object.
_OBJECT_FROM, _OBJECT_FULLY = 0.04, 0.16
_COLOUR_WEIGHT = 0.2

_DIM = _N_COLOURS * (1 + _COLOUR_GRID**2) + _N_ORIENTATIONS * _HOG_GRID**2


def describe(pixels: Pixels) -> Floats:
    """Return the descriptor of each picture.

    Parameters
    ----------
    pixels : ndarray of shape (n, size, size, 3), uint8
        RGB pictures fitted to a square.

    Returns
    -------
    ndarray of shape (n, dim), float32
        Each of length 1, none negative, so that a cosine similarity is between 0 and 1.
    """
    filled, objectness = _separate(pixels)
    colours = _colour_blocks(filled, objectness)
    gradients = _gradient_blocks(filled)
    share = np.float32(_COLOUR_WEIGHT)
    return np.concatenate([np.sqrt(share) * colours, np.sqrt(1 - share) * gradients], axis=1)


def _separate(pixels: Pixels) -> tuple[Floats, Floats]:
    """Return pictures (0 to 1) whose padding has the background's colour, and how much each pixel is the object."""
    rows, columns = _content(pixels, axis=2), _content(pixels, axis=1)
    content = rows[:, :, None] & columns[:, None, :]
    background = _edge_colour(pixels, rows, columns)
    filled = np.where(content[..., None], pixels, background[:, None, None, :]).astype(np.float32) / np.float32(255)
    distance = np.abs(filled - background[:, None, None, :].astype(np.float32) / np.float32(255)).max(axis=3)
    objectness = np.clip((distance - _OBJECT_FROM) / (_OBJECT_FULLY - _OBJECT_FROM), 0, 1)
    nothing = objectness.mean(axis=(1, 2)) < 0.01
    objectness[nothing] = content[nothing]
    return filled, objectness.astype(np.float32)


def _content(pixels: Pixels, *, axis: int) -> npt.NDArray[np.bool_]:
    """Return which rows (axis 2) or columns (axis 1) lie between the black bars at either end.

    White bars stay: beside a product on white they are more of the same ground.
    """
    bar = pixels.max(axis=(axis, 3)) == 0
    inside = ~(np.logical_and.accumulate(bar, axis=1) | np.logical_and.accumulate(bar[:, ::-1], axis=1)[:, ::-1])
    everything: npt.NDArray[np.bool_] = inside | ~inside.any(axis=1, keepdims=True)
    return everything


def _edge_colour(pixels: Pixels, rows: npt.NDArray[np.bool_], columns: npt.NDArray[np.bool_]) -> Pixels:
    """Return the median colour along the edge of each picture's content."""
    n, size = len(pixels), pixels.shape[1]
    each = np.arange(n)
    top, left = rows.argmax(axis=1), columns.argmax(axis=1)
    bottom, right = size - 1 - rows[:, ::-1].argmax(axis=1), size - 1 - columns[:, ::-1].argmax(axis=1)
    edge = np.stack([pixels[each, top], pixels[each, bottom], pixels[each, :, left], pixels[each, :, right]], axis=1)
    used = np.stack([columns, columns, rows, rows], axis=1)
    values = np.where(used[..., None], edge, 0).reshape(n, -1, 3)
    values.sort(axis=1)
    middle = values.shape[1] - 1 - used.reshape(n, -1).sum(axis=1) // 2
    return np.take_along_axis(values, middle[:, None, None], axis=1)[:, 0]


def _colour_blocks(filled: Floats, objectness: Floats) -> Floats:
    """Return the colour histograms of each picture as a whole and of the cells of a grid, of length 1 together."""
    n, size = filled.shape[:2]
    lower, upper, share = _colour_bins(filled)
    cell = np.minimum(np.arange(size) * _COLOUR_GRID // size, _COLOUR_GRID - 1)
    place = cell[:, None] * _COLOUR_GRID + cell[None, :]
    offset = (np.arange(n)[:, None, None] * _COLOUR_GRID**2 + place[None]) * _N_COLOURS
    length = n * _COLOUR_GRID**2 * _N_COLOURS
    counts = np.bincount((offset + lower).ravel(), (objectness * (1 - share)).ravel(), minlength=length)
    counts += np.bincount((offset + upper).ravel(), (objectness * share).ravel(), minlength=length)
    cells = counts.reshape(n, _COLOUR_GRID**2, _N_COLOURS)
    blocks = np.concatenate([cells.sum(axis=1, keepdims=True), cells], axis=1)
    blocks /= np.maximum(blocks.sum(axis=2, keepdims=True), 1e-9)
    return _unit(np.sqrt(blocks).reshape(n, -1))


def _colour_bins(filled: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
    """Return, for each pixel, the two colours between which it lies and the share of the second."""
    value = filled.max(axis=3)
    spread = value - filled.min(axis=3)
    saturation = spread / np.maximum(value, np.float32(1e-6))
    hue = _hue(filled, value, np.maximum(spread, np.float32(1e-6))) * np.float32(_N_HUES / 6)
    grey = (saturation < _GREY_SATURATION) | (value < _GREY_VALUE)
    kind = 2 * (saturation > 0.5) + (value > 0.6)
    first = np.floor(hue).astype(np.int64)
    position = value * np.float32(_N_GREYS - 1)
    darker = np.minimum(position.astype(np.int64), _N_GREYS - 2)
    base = kind * _N_HUES
    lower = np.where(grey, 4 * _N_HUES + darker, base + first % _N_HUES)
    upper = np.where(grey, 4 * _N_HUES + darker + 1, base + (first + 1) % _N_HUES)
    share = np.where(grey, position - darker, hue - first)
    return lower, upper, share.astype(np.float32)


def _hue(filled: Floats, value: Floats, spread: Floats) -> Floats:
    """Return hues from 0 to 6 (red, yellow, green, cyan, blue, magenta)."""
    red, green, blue = filled[..., 0], filled[..., 1], filled[..., 2]
    hue = np.where(value == red, (green - blue) / spread, (blue - red) / spread + 2)
    hue = np.where((value == blue) & (value != red) & (value != green), (red - green) / spread + 4, hue)
    return np.mod(hue, np.float32(6))


def _gradient_blocks(filled: Floats) -> Floats:
    """Return a histogram of edge directions for each cell of a grid, evened out by its neighbours' energy."""
    n, size = filled.shape[:2]
    light = filled @ np.array([0.299, 0.587, 0.114], np.float32)
    across, down = np.zeros_like(light), np.zeros_like(light)
    across[:, :, 1:-1] = light[:, :, 2:] - light[:, :, :-2]
    down[:, 1:-1] = light[:, 2:] - light[:, :-2]
    strength = np.sqrt(across**2 + down**2)
    angle = np.mod(np.arctan2(down, across) * np.float32(_N_ORIENTATIONS / np.pi), np.float32(_N_ORIENTATIONS))
    first = angle.astype(np.int64)
    share = angle - first
    cell = np.minimum(np.arange(size) * _HOG_GRID // size, _HOG_GRID - 1)
    place = cell[:, None] * _HOG_GRID + cell[None, :]
    offset = (np.arange(n)[:, None, None] * _HOG_GRID**2 + place[None]) * _N_ORIENTATIONS
    length = n * _HOG_GRID**2 * _N_ORIENTATIONS
    counts = np.bincount((offset + first % _N_ORIENTATIONS).ravel(), (strength * (1 - share)).ravel(), minlength=length)
    counts += np.bincount(
        (offset + (first + 1) % _N_ORIENTATIONS).ravel(), (strength * share).ravel(), minlength=length
    )
    return _unit(np.sqrt(counts).reshape(n, -1))


def _unit(vectors: npt.NDArray[np.float64]) -> Floats:
    """Return each row at length 1; a row of zeros becomes even."""
    flat = vectors.sum(axis=1, keepdims=True) == 0
    filled = np.where(flat, 1.0, vectors)
    unit: Floats = (filled / np.linalg.norm(filled, axis=1, keepdims=True)).astype(np.float32)
    return unit


COLOR_HOG = Descriptor("color_hog", "Colour + HOG", 96, _DIM, 32, describe=describe)
