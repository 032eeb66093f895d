"""One drawn product on a plain background, in a picture of any shape: to show what is done to pictures."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageFilter

from lib.catalog.sample.drawing import cut_out
from lib.catalog.sample.plan import Product

#: How much of the shorter and the longer side the product may take.
_FILLED = 0.9


@lru_cache(maxsize=8)
def _cut_out(pattern: str) -> Image.Image:
    """Return a drawn shirt of a pattern on nothing, without the empty space around it."""
    shirt = Product(
        seed=0,
        number=1,
        group_id="specimen",
        title="Specimen",
        gender="Men",
        article_type="Tshirts",
        base_colour="Blue",
        season=None,
        year=2018,
        usage="Casual",
        pattern=pattern,
        price=0.0,
        views=("front",),
        label="Tshirts",
    )
    image, _ = cut_out(shirt)
    return image.crop(image.getbbox())


def specimen(
    width: int, height: int, *, pattern: str = "striped", background: int = 255, blur: float = 0.0
) -> Image.Image:
    """Draw a T-shirt in a picture of some shape; the same arguments give the same pixels.

    Parameters
    ----------
    width, height : int
        Of the picture.
    pattern : str, default="striped"
        A key of ``patterns.PATTERNS``.
    background : int, default=255
        Grey level behind the product.
    blur : float, default=0
        Radius of a Gaussian blur, in pixels.

    Returns
    -------
    Image
        Mode ``RGB``.

    Examples
    --------
    >>> specimen(60, 90, background=200).getpixel((0, 0))
    (200, 200, 200)
    """
    product = _cut_out(pattern)
    scale = _FILLED * min(width / product.width, height / product.height)
    size = (max(1, round(product.width * scale)), max(1, round(product.height * scale)))
    small = product.resize(size, Image.Resampling.LANCZOS)
    picture = Image.fromarray(np.full((height, width, 3), background, np.uint8))
    picture.paste(small, ((width - size[0]) // 2, (height - size[1]) // 2), small)
    return picture.filter(ImageFilter.GaussianBlur(blur)) if blur else picture
