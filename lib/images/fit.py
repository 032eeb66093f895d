"""Fitting a picture to a model's square input."""

import numpy as np
import numpy.typing as npt
from PIL import Image

MAX_SIZE = 2048

#: How a picture that is not square becomes square: the fill beside it, or None where it is stretched.
FITS: dict[str, int | None] = {"pad": 0, "pad-white": 255, "resize": None}


def fit(image: Image.Image, *, size: int, fit: str, out: npt.NDArray[np.uint8] | None = None) -> npt.NDArray[np.uint8]:
    """Fit a picture to a square, bilinearly; small pictures are enlarged.

    Parameters
    ----------
    image : Image
        Mode ``RGB``.
    size : int
        Side of the square, 1 to 2048.
    fit : str
        ``"pad"``: the aspect is kept, the picture centred on black. ``"pad-white"``: the same on white.
        ``"resize"``: stretched.
    out : ndarray of shape (size, size, 3), uint8, optional
        Where to write; a new array by default. A row of a batch spares a copy.

    Returns
    -------
    ndarray of shape (size, size, 3), uint8

    Raises
    ------
    ValueError
        If an argument is none of these.

    Examples
    --------
    >>> fit(Image.new("RGB", (1, 2), "red"), size=2, fit="pad-white")[0].tolist()
    [[255, 0, 0], [255, 255, 255]]
    """
    _check(image, size, fit)
    square = np.empty((size, size, 3), np.uint8) if out is None else out
    fill = FITS[fit]
    if fill is None:
        square[:] = np.asarray(_resized(image, size, size))
        return square
    width, height = fitted_size(image.size, size=size)
    left, top = (size - width) // 2, (size - height) // 2
    square[:top] = square[top + height :] = fill
    square[top : top + height, :left] = square[top : top + height, left + width :] = fill
    square[top : top + height, left : left + width] = np.asarray(_resized(image, width, height))
    return square


def fitted_size(dimensions: tuple[int, int], *, size: int) -> tuple[int, int]:
    """Return width and height whose longest is `size`, the aspect kept and neither below 1.

    Parameters
    ----------
    dimensions : (int, int)
        Width and height.
    size : int

    Returns
    -------
    (int, int)

    Examples
    --------
    >>> fitted_size((60, 80), size=224)
    (168, 224)
    """
    longest = max(dimensions)
    width, height = (max(1, round(side * size / longest)) for side in dimensions)
    return width, height


def _resized(image: Image.Image, width: int, height: int) -> Image.Image:
    """Resize bilinearly (averaging where the picture shrinks), or leave a picture that has the size already."""
    if image.size == (width, height):
        return image
    return image.resize((width, height), Image.Resampling.BILINEAR)


def _check(image: Image.Image, size: int, fit: str) -> None:
    """Refuse what cannot be meant."""
    if fit not in FITS:
        raise ValueError(f"Expected fit to be one of {list(FITS)}. Received: fit={fit!r}")
    if not 1 <= size <= MAX_SIZE:
        raise ValueError(f"Expected size to be from 1 to {MAX_SIZE}. Received: size={size!r}")
    if image.mode != "RGB":
        raise ValueError(f"Expected an image of mode 'RGB'. Received: mode={image.mode!r}")
