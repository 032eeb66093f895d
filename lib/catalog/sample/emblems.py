"""Abstract prints for the chest of a T-shirt: no letters, no trademarks."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw

from lib.catalog.sample.colours import RGB, lighter

Emblem = Callable[[ImageDraw.ImageDraw, int, Sequence[RGB]], None]


def _sunset(draw: ImageDraw.ImageDraw, side: int, colours: Sequence[RGB]) -> None:
    """Draw a sun cut into bands."""
    draw.ellipse((side * 0.1, side * 0.1, side * 0.9, side * 0.9), fill=(*colours[0], 255))
    for i in range(5):
        y = side * (0.5 + i * 0.085)
        draw.rectangle((0, y, side, y + side * (0.012 + i * 0.009)), fill=(0, 0, 0, 0))


def _mountains(draw: ImageDraw.ImageDraw, side: int, colours: Sequence[RGB]) -> None:
    """Two peaks and a moon."""
    draw.ellipse((side * 0.58, side * 0.12, side * 0.82, side * 0.36), fill=(*colours[1], 255))
    draw.polygon([(0, side * 0.8), (side * 0.36, side * 0.22), (side * 0.7, side * 0.8)], fill=(*colours[0], 255))
    light = lighter(colours[0], 0.35)
    draw.polygon([(side * 0.4, side * 0.8), (side * 0.7, side * 0.42), (side, side * 0.8)], fill=(*light, 255))


def _waves(draw: ImageDraw.ImageDraw, side: int, colours: Sequence[RGB]) -> None:
    """Rows of waves."""
    for row in range(5):
        y = side * (0.22 + row * 0.14)
        points = [
            (side * (0.08 + 0.84 * i / 40), y + side * 0.05 * math.sin(i / 40 * 4 * math.pi + row)) for i in range(41)
        ]
        draw.line(points, fill=(*colours[row % 2], 255), width=max(2, side // 22), joint="curve")


def _burst(draw: ImageDraw.ImageDraw, side: int, colours: Sequence[RGB]) -> None:
    """Rays about a disc."""
    middle = side / 2
    for i in range(16):
        angle = 2 * math.pi * i / 16
        x, y = math.cos(angle), math.sin(angle)
        ends = [
            (middle + x * side * 0.3, middle + y * side * 0.3),
            (middle + x * side * 0.45, middle + y * side * 0.45),
        ]
        draw.line(ends, fill=(*colours[1], 255), width=max(2, side // 26))
    draw.ellipse((side * 0.27, side * 0.27, side * 0.73, side * 0.73), fill=(*colours[0], 255))


def _bars(draw: ImageDraw.ImageDraw, side: int, colours: Sequence[RGB]) -> None:
    """Bars of different heights, like a skyline."""
    for i, height in enumerate((0.4, 0.7, 0.55, 0.85, 0.5, 0.65, 0.35)):
        x = side * (0.1 + i * 0.118)
        draw.rectangle((x, side * (0.9 - height * 0.8), x + side * 0.085, side * 0.9), fill=(*colours[i % 2], 255))


def _rings(draw: ImageDraw.ImageDraw, side: int, colours: Sequence[RGB]) -> None:
    """Circles in each other."""
    for i, radius in enumerate((0.44, 0.33, 0.22, 0.11)):
        at = (side * (0.5 - radius), side * (0.5 - radius), side * (0.5 + radius), side * (0.5 + radius))
        draw.ellipse(at, fill=(*colours[i % 2], 255))


def _fern(draw: ImageDraw.ImageDraw, side: int, colours: Sequence[RGB]) -> None:
    """Draw a stem with leaves in pairs."""
    draw.line([(side / 2, side * 0.95), (side / 2, side * 0.1)], fill=(*colours[0], 255), width=max(2, side // 40))
    for i in range(6):
        y, reach = side * (0.84 - i * 0.125), side * (0.34 - i * 0.042)
        for sign in (-1, 1):
            tip = (side / 2 + sign * reach, y - reach * 0.75)
            sag = (side / 2 + sign * reach * 0.75, y - reach * 0.1)
            rise = (side / 2 + sign * reach * 0.3, y - reach * 0.65)
            draw.polygon([(side / 2, y), sag, tip, rise], fill=(*colours[0], 255))


def _diamond(draw: ImageDraw.ImageDraw, side: int, colours: Sequence[RGB]) -> None:
    """Nested diamonds."""
    for i, reach in enumerate((0.45, 0.34, 0.23, 0.12)):
        ends = [(0.5, 0.5 - reach), (0.5 + reach, 0.5), (0.5, 0.5 + reach), (0.5 - reach, 0.5)]
        draw.polygon([(side * x, side * y) for x, y in ends], fill=(*colours[i % 2], 255))


EMBLEMS: Mapping[str, Emblem] = {
    "sunset": _sunset,
    "mountains": _mountains,
    "waves": _waves,
    "burst": _burst,
    "bars": _bars,
    "rings": _rings,
    "fern": _fern,
    "diamond": _diamond,
}


def draw_emblem(side: int, colours: Sequence[RGB], rng: np.random.Generator) -> Image.Image:
    """Draw one of the emblems.

    Parameters
    ----------
    side : int
        Its width and height in pixels.
    colours : two (red, green, blue)
    rng : Generator

    Returns
    -------
    Image
        Of mode RGBA.
    """
    image = Image.new("RGBA", (side * 2, side * 2), (*colours[0], 0))
    names = list(EMBLEMS)
    EMBLEMS[names[int(rng.integers(len(names)))]](ImageDraw.Draw(image), side * 2, colours)
    return image.reduce(2)
