"""Fabric: a colour or a printed pattern with a little grain, cut out at any place and angle."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from lib.catalog.sample.colours import RGB

#: Pixels of a side of every texture: the cut-out's diagonal fits in.
TEXTURE = 832
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Paint:
    """What a part is covered with.

    Parameters
    ----------
    colour : (red, green, blue)
        The ground colour.
    texture : Image, optional
        A pattern of ``TEXTURE`` x ``TEXTURE`` pixels, its middle at the middle of the picture.
    grain : str, default="none"
        A key of ``GRAINS``.
    angle : float, default=0.0
        Degrees the texture is turned by, clockwise.
    """

    colour: RGB
    texture: Image.Image | None = None
    grain: str = "none"
    angle: float = 0.0

    def turned(self, angle: float) -> "Paint":
        """Return the same fabric cut at another angle.

        Parameters
        ----------
        angle : float
            Degrees, clockwise.

        Returns
        -------
        Paint
        """
        return replace(self, angle=angle)

    def crop(self, area: Box) -> Image.Image:
        """Return the fabric that lies in a box of the cut-out's pixels.

        Parameters
        ----------
        area : (left, top, right, bottom)

        Returns
        -------
        Image
            Of mode RGB.
        """
        size = (area[2] - area[0], area[3] - area[1])
        cloth = Image.new("RGB", size, self.colour) if self.texture is None else self._cut(area, size)
        if self.grain == "none":
            return cloth
        grain = _grain(self.grain).crop((area[0], area[1], area[2], area[3]))
        return ImageChops.multiply(cloth, grain)

    def _cut(self, area: Box, size: tuple[int, int]) -> Image.Image:
        """Cut the texture, turned about the middle of the box."""
        if self.texture is None or not self.angle:
            left, top = area[0] + (TEXTURE - 480) // 2, area[1] + (TEXTURE - 640) // 2
            return (self.texture or Image.new("RGB", size)).crop((left, top, left + size[0], top + size[1]))
        cos, sin = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        cx, cy, middle = size[0] / 2, size[1] / 2, TEXTURE / 2
        coefficients = (cos, sin, middle - cos * cx - sin * cy, -sin, cos, middle + sin * cx - cos * cy)
        return self.texture.transform(size, Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR)


def _noise(seed: int, *, blur: tuple[float, float], low: float) -> np.ndarray:
    """Return smooth noise in low..1, blurred by (x, y) pixels."""
    values = np.random.default_rng(seed).integers(0, 256, (640, 480), dtype=np.uint8)
    soft = np.asarray(Image.fromarray(values).filter(ImageFilter.GaussianBlur(blur)), np.float32)
    soft = (soft - soft.min()) / (soft.max() - soft.min())
    noise: np.ndarray = low + (1 - low) * soft
    return noise


def _weave() -> np.ndarray:
    """Plain cloth: faint threads both ways."""
    weave: np.ndarray = _noise(1, blur=(3, 0.4), low=0.965) * _noise(2, blur=(0.4, 3), low=0.965)
    return weave


def _knit() -> np.ndarray:
    """Knitwear: ribs of small loops."""
    y, x = np.mgrid[0:640, 0:480].astype(np.float32)
    loops = 0.5 + 0.5 * np.cos(2 * np.pi * (x / 7)) * (
        0.75 + 0.25 * np.cos(2 * np.pi * (y / 6 + np.abs((x % 7) - 3.5) / 5))
    )
    knit: np.ndarray = 0.84 + 0.16 * loops
    return knit


def _denim() -> np.ndarray:
    """Denim: slanted threads and uneven dye along the leg."""
    y, x = np.mgrid[0:640, 0:480].astype(np.float32)
    twill = 0.97 + 0.03 * np.cos(2 * np.pi * (x + y) / 4)
    denim: np.ndarray = twill * _noise(3, blur=(0.6, 9), low=0.86) * _noise(4, blur=(26, 40), low=0.88)
    return denim


def _leather() -> np.ndarray:
    """Leather: small pores and slow clouds."""
    leather: np.ndarray = _noise(5, blur=(1.6, 1.6), low=0.90) * _noise(6, blur=(30, 30), low=0.93)
    return leather


def _heather() -> np.ndarray:
    """Melange yarn: fine specks, drawn out sideways."""
    return _noise(7, blur=(2.6, 0.5), low=0.80)


def _mesh() -> np.ndarray:
    """Sports mesh: a grid of small holes."""
    y, x = np.mgrid[0:640, 0:480].astype(np.float32)
    holes = np.cos(2 * np.pi * x / 7) * np.cos(2 * np.pi * (y / 7 + 0.5 * np.floor(x / 3.5) % 1))
    mesh: np.ndarray = 0.93 + 0.07 * np.clip(holes * 2, -1, 1)
    return mesh


GRAINS: Mapping[str, Callable[[], np.ndarray]] = {
    "weave": _weave,
    "knit": _knit,
    "denim": _denim,
    "leather": _leather,
    "heather": _heather,
    "mesh": _mesh,
}


@cache
def _grain(name: str) -> Image.Image:
    """Return a grain as a grey RGB picture of the cut-out's size."""
    grey = Image.fromarray((np.clip(GRAINS[name](), 0, 1) * 255).astype(np.uint8))
    return Image.merge("RGB", (grey, grey, grey))
