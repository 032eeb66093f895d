"""Disturbances: what may happen to a picture on its way to a search, each of one fixed strength.

They are applied to queries, to measure how much worse a model finds what it found for the undisturbed picture.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

DEGREES = 15
KEPT = 0.8
BLUR = 0.01
QUALITY = 20


@dataclass(frozen=True)
class Disturbance:
    """One thing that may happen to a picture.

    Parameters
    ----------
    name : str
        As in a variant and on the command line.
    title : str
        As on screen.
    explanation : str
        One sentence for a person, with the exact strength.
    apply : callable
        RGB picture -> RGB picture, always the same for the same pixels; the picture given is left as it was.
    """

    name: str
    title: str
    explanation: str
    apply: Callable[[Image.Image], Image.Image]


def rotate(image: Image.Image) -> Image.Image:
    """Turn a picture by 15 degrees around its centre; what it does not cover gets the colour of its edge.

    Parameters
    ----------
    image : Image
        Mode ``RGB``.

    Returns
    -------
    Image
        Of the same size: the corners are cut off.
    """
    return image.rotate(DEGREES, Image.Resampling.BILINEAR, fillcolor=edge_colour(image))


def edge_colour(image: Image.Image) -> tuple[int, int, int]:
    """Return the median colour, channel by channel, of a picture's outermost pixels.

    Parameters
    ----------
    image : Image
        Mode ``RGB``.

    Returns
    -------
    (int, int, int)

    Examples
    --------
    >>> edge_colour(Image.new("RGB", (1, 1), (7, 8, 9)))
    (7, 8, 9)
    """
    pixels = np.asarray(image)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[1:-1, 0], pixels[1:-1, -1]])
    red, green, blue = np.sort(edge, axis=0)[len(edge) // 2].tolist()
    return red, green, blue


def mirror(image: Image.Image) -> Image.Image:
    """Swap left and right.

    Parameters
    ----------
    image : Image

    Returns
    -------
    Image
    """
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def crop(image: Image.Image) -> Image.Image:
    """Keep the central 80 % of a picture's width and of its height, at least one pixel.

    Parameters
    ----------
    image : Image

    Returns
    -------
    Image
    """
    width, height = (max(1, round(KEPT * side)) for side in image.size)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def darken(image: Image.Image) -> Image.Image:
    """Halve every value, rounding down.

    Parameters
    ----------
    image : Image

    Returns
    -------
    Image
    """
    return image.point([level // 2 for level in range(256)] * len(image.getbands()))


def blur(image: Image.Image) -> Image.Image:
    """Blur by a Gaussian whose standard deviation is 1 % of the longest side: .8 px of 80, 2.2 px of 224.

    Parameters
    ----------
    image : Image

    Returns
    -------
    Image
    """
    return image.filter(ImageFilter.GaussianBlur(BLUR * max(image.size)))


def recompress(image: Image.Image) -> Image.Image:
    """Save a picture as a JPEG of quality 20 and read it back.

    Parameters
    ----------
    image : Image
        Mode ``RGB``.

    Returns
    -------
    Image
    """
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY)
    with Image.open(buffer, formats=["JPEG"]) as saved:
        return saved.convert("RGB")


#: Name -> disturbance, in the order in which a person is offered them.
DISTURBANCES: dict[str, Disturbance] = {
    disturbance.name: disturbance
    for disturbance in (
        Disturbance(
            "rotated",
            "Rotated",
            f"Turned by {DEGREES} degrees counter-clockwise; the corners get the median colour of the picture's edge.",
            rotate,
        ),
        Disturbance("mirrored", "Mirrored", "Left and right swapped.", mirror),
        Disturbance("cropped", "Cropped", f"The central {100 * KEPT:.0f} % of its width and of its height.", crop),
        Disturbance("darkened", "Darkened", "Half the brightness: every value halved.", darken),
        Disturbance(
            "blurred",
            "Blurred",
            f"A Gaussian blur whose standard deviation is {100 * BLUR:.0f} % of the longest side (.8 px of 80 px).",
            blur,
        ),
        Disturbance("recompressed", "Recompressed", f"Saved as a JPEG of quality {QUALITY} and read back.", recompress),
    )
}
