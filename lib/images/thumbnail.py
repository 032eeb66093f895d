"""Thumbnails as the pages show them."""

import io

from PIL import Image

LONGEST = 256
_QUALITY = 82
_EFFORT = 1


def thumbnail(image: Image.Image, *, longest: int = LONGEST) -> bytes:
    """Return a small WebP of a picture; the aspect is kept and nothing is enlarged.

    Parameters
    ----------
    image : Image
        Mode ``RGB``.
    longest : int, default=256
        Longest side in pixels.

    Returns
    -------
    bytes
    """
    small = image
    if max(image.size) > longest:
        small = image.copy()
        small.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=_QUALITY, method=_EFFORT)
    return buffer.getvalue()
