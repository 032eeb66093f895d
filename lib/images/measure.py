"""What is measured on every picture at import."""

import hashlib
from dataclasses import dataclass

import numpy as np
from PIL import Image

#: Sharpness is measured at this longest side at most, so that pictures of different sizes can be compared.
MEASURED_SIDE = 512


@dataclass(frozen=True)
class Measurement:
    """Two numbers that show odd pictures.

    Parameters
    ----------
    brightness : float
        Mean luma, 0 (black) to 1 (white).
    sharpness : float
        Variance of the Laplacian of the grey picture, 0 for one flat colour; blurred pictures have little.
    """

    brightness: float
    sharpness: float


def measure(image: Image.Image) -> Measurement:
    """Measure brightness and sharpness.

    Parameters
    ----------
    image : Image
        Any size; larger than 512 px it is reduced first.

    Returns
    -------
    Measurement

    Notes
    -----
    Luma is .299 R + .587 G + .114 B. The Laplacian of a grey level g (0..255) is the sum of its four neighbours minus
    4 g, taken where all four exist; a picture under 3 x 3 px has none, and sharpness 0.

    Examples
    --------
    >>> measure(Image.new("RGB", (4, 4), "white"))
    Measurement(brightness=1.0, sharpness=0.0)
    """
    grey = image.convert("L")
    grey.thumbnail((MEASURED_SIDE, MEASURED_SIDE), Image.Resampling.BILINEAR)
    levels = np.asarray(grey, dtype=np.int16)
    return Measurement(brightness=float(levels.mean() / 255), sharpness=_sharpness(levels))


def _sharpness(levels: np.ndarray) -> float:
    """Variance of the four-neighbour Laplacian over the inner pixels."""
    if min(levels.shape) < 3:
        return 0.0
    inner = levels[1:-1, 1:-1]
    laplacian = levels[:-2, 1:-1] + levels[2:, 1:-1] + levels[1:-1, :-2] + levels[1:-1, 2:] - 4 * inner
    return float(laplacian.var(dtype=np.float64))


def pixels_sha256(image: Image.Image) -> str:
    """Return a digest of the pixels: equal for pictures that look the same to the last bit, whatever their files are.

    Parameters
    ----------
    image : Image
        Mode ``RGB``.

    Returns
    -------
    str
        SHA-256 over width, height and the RGB bytes.
    """
    digest = hashlib.sha256(f"{image.width}x{image.height}\n".encode())
    digest.update(image.tobytes())
    return digest.hexdigest()
