"""A product cut out of its background: parts laid over each other, each with fabric, volume and a soft shadow."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from lib.catalog.sample.colours import RGB
from lib.catalog.sample.outline import Outline, Point, rounded
from lib.catalog.sample.paint import Paint

WIDTH, HEIGHT = 240, 320
#: Pixels a point of the cut-out; masks are drawn twice as fine again and reduced, for smooth edges.
SCALE = 2
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Finish:
    """How a part takes the light, which comes from the upper left.

    Parameters
    ----------
    rim : float
        How much darker the edges are.
    relief : float
        How much brighter the edges towards the light are, and darker those away from it.
    radius : float
        How far from the edge that reaches, in points.
    fall : float
        How much the light falls off from the upper left to the lower right of the picture.
    """

    rim: float = 0.34
    relief: float = 0.5
    radius: float = 9.0
    fall: float = 0.10


CLOTH = Finish()
FLAT = Finish(rim=0.12, relief=0.25, radius=3.0, fall=0.06)
SOFT = Finish(rim=0.42, relief=0.75, radius=14.0)
GLOSSY = Finish(rim=0.30, relief=1.3, radius=7.0, fall=0.05)
THIN = Finish(rim=0.25, relief=0.9, radius=2.2, fall=0.0)


@dataclass(frozen=True)
class Fold:
    """A crease of cloth: a lens-shaped shade from one point to another, with a light edge beside it.

    Parameters
    ----------
    start, end : Point
    width : float, default=3.0
        In the middle, in points.
    depth : float, default=0.35
        How dark, 0 to 1.
    """

    start: Point
    end: Point
    width: float = 3.0
    depth: float = 0.35


class Canvas:
    """Draws one product, without a background, in points (see ``outline``)."""

    def __init__(self) -> None:
        self.image = Image.new("RGBA", (WIDTH * SCALE, HEIGHT * SCALE), (0, 0, 0, 0))

    def part(
        self,
        outline: Sequence[Point],
        paint: Paint,
        *,
        finish: Finish = CLOTH,
        shadow: float = 0.25,
        folds: Sequence[Fold] = (),
        within: Sequence[Point] | None = None,
    ) -> None:
        """Lay a shaded part over what is there.

        Parameters
        ----------
        outline : list of (x, y)
        paint : Paint
        finish : Finish
        shadow : float, default=0.25
            How dark a shadow it casts on the parts below.
        folds : sequence of Fold
        within : list of (x, y), optional
            Only what lies inside of this outline is drawn.
        """
        area = _area(outline, margin=finish.radius + 2)
        if area is None:
            return
        mask = _mask(outline, area)
        if within is not None:
            mask = ImageChops.multiply(mask, _mask(within, area))
        if shadow:
            self._cast(mask, area, shadow)
        dark, light = _shade(mask, area, finish, folds)
        drawn = ImageChops.screen(ImageChops.multiply(paint.crop(area), dark), light)
        drawn.putalpha(mask)
        self.image.alpha_composite(drawn, dest=area[:2])

    def tint(
        self, outline: Sequence[Point], colour: RGB, strength: float, *, blur: float = 0.0, on_top: bool = True
    ) -> None:
        """Blend a colour over an area: highlights, shades, prints and glass.

        Parameters
        ----------
        outline : list of (x, y)
        colour : (red, green, blue)
        strength : float
            0 leaves what is there, 1 covers it.
        blur : float, default=0.0
            How soft its edge is, in points.
        on_top : bool, default=True
            Whether only what is drawn already is tinted; otherwise the tint may also extend it.
        """
        area = _area(outline, margin=2 + blur * 2.5)
        if area is None:
            return
        mask = _mask(outline, area).point(lambda value: value * strength)
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur * SCALE))
        if on_top:
            mask = ImageChops.multiply(mask, self.image.crop(area).getchannel("A"))
        layer = Image.new("RGB", mask.size, colour)
        layer.putalpha(mask)
        self.image.alpha_composite(layer, dest=area[:2])

    def line(
        self,
        path: Sequence[Point],
        colour: RGB,
        *,
        width: float = 1.0,
        strength: float = 1.0,
        dash: tuple[float, float] | None = None,
    ) -> None:
        """Draw a thin line: a seam, a stitch where it is dashed, a cord.

        Parameters
        ----------
        path : sequence of (x, y)
        colour : (red, green, blue)
        width : float, default=1.0
        strength : float, default=1.0
        dash : (on, off), optional
            Lengths in points.
        """
        pieces = [list(path)] if dash is None else _dashes(path, dash)
        area = _area(path, margin=width + 2)
        if area is None:
            return
        mask = Image.new("L", ((area[2] - area[0]) * 2, (area[3] - area[1]) * 2), 0)
        draw = ImageDraw.Draw(mask)
        for piece in pieces:
            draw.line(
                _to_pixels(piece, area), fill=round(255 * strength), width=round(width * SCALE * 2), joint="curve"
            )
        layer = Image.new("RGB", (area[2] - area[0], area[3] - area[1]), colour)
        layer.putalpha(mask.reduce(2))
        self.image.alpha_composite(layer, dest=area[:2])

    def stamp(self, other: Image.Image, dx: float, dy: float, *, below: bool = False) -> None:
        """Lay another cut-out over or below this one.

        Parameters
        ----------
        other : Image
            As large as this one.
        dx, dy : float
            How far it is moved, in points.
        below : bool, default=False
        """
        moved = ImageChops.offset(other, round(dx * SCALE), round(dy * SCALE))
        layers = (moved, self.image) if below else (self.image, moved)
        self.image = Image.alpha_composite(*layers)

    def _cast(self, mask: Image.Image, area: Box, strength: float) -> None:
        """Darken what lies below a part, a little to its lower right."""
        shadow = ImageChops.offset(mask.reduce(2).filter(ImageFilter.GaussianBlur(2.5)), 1, 2).resize(mask.size)
        below = self.image.crop(area)
        keep = shadow.point(lambda value: 255 - value * strength)
        darker = ImageChops.multiply(below.convert("RGB"), Image.merge("RGB", (keep, keep, keep)))
        darker.putalpha(below.getchannel("A"))
        self.image.paste(darker, area[:2])


def _area(outline: Sequence[Point], *, margin: float) -> Box | None:
    """Return the box of pixels around an outline, on even pixels and inside the picture; None where that is empty."""
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    left, top = max(0, int(min(xs) - margin) + WIDTH // 2), max(0, int(min(ys) - margin) + HEIGHT // 2)
    right, bottom = min(WIDTH, int(max(xs) + margin) + WIDTH // 2), min(HEIGHT, int(max(ys) + margin) + HEIGHT // 2)
    if right <= left or bottom <= top:
        return None
    return left * SCALE, top * SCALE, right * SCALE, bottom * SCALE


def _to_pixels(points: Sequence[Point], area: Box, scale: float = SCALE * 2) -> list[Point]:
    """Return points as pixels of a mask of `area`, at `scale` pixels a point."""
    left, top = area[0] / SCALE - WIDTH / 2, area[1] / SCALE - HEIGHT / 2
    return [((x - left) * scale, (y - top) * scale) for x, y in points]


def _mask(outline: Sequence[Point], area: Box) -> Image.Image:
    """Return the smooth-edged mask of an outline."""
    fine = Image.new("L", ((area[2] - area[0]) * 2, (area[3] - area[1]) * 2), 0)
    ImageDraw.Draw(fine).polygon(_to_pixels(outline, area), fill=255)
    return fine.reduce(2)


def _shade(mask: Image.Image, area: Box, finish: Finish, folds: Sequence[Fold]) -> tuple[Image.Image, Image.Image]:
    """Return what to multiply a part by and what to screen it with, as RGB pictures of the mask's size."""
    small = mask.reduce(SCALE)
    soft = np.asarray(small.filter(ImageFilter.GaussianBlur(finish.radius / 2)), np.float32) / 255
    shift = max(1, round(finish.radius / 4))
    slope = np.roll(soft, (-shift, -shift), (0, 1)) - np.roll(soft, (shift, shift), (0, 1))
    left, top = area[0] // SCALE, area[1] // SCALE
    fall = _fall()[top : top + small.height, left : left + small.width]
    shade = 1.03 - finish.rim * (1 - soft) + finish.relief * slope * 0.5 - finish.fall * fall
    if folds:
        shade += _creases(folds, area, small.size)
    return _as_rgb(np.minimum(shade, 1), mask.size), _as_rgb(np.maximum(shade - 1, 0) * 0.8, mask.size)


def _creases(folds: Sequence[Fold], area: Box, size: tuple[int, int]) -> np.ndarray:
    """Return how folds lighten and darken, as an array at one pixel a point."""
    layer = Image.new("L", size, 128)
    draw = ImageDraw.Draw(layer)
    for offset, sign in ((-0.8, 0.7), (0.6, -1.0)):
        for fold in folds:
            lens = _lens(fold, offset)
            draw.polygon(_to_pixels(lens, area, 1), fill=int(np.clip(128 + sign * fold.depth * 127, 0, 255)))
    soft = layer.filter(ImageFilter.GaussianBlur(1.6))
    creases: np.ndarray = (np.asarray(soft, np.float32) - 128) / 127
    return creases


def _lens(fold: Fold, offset: float) -> Outline:
    """Return a fold's lens, moved sideways by `offset` widths."""
    (ax, ay), (bx, by) = fold.start, fold.end
    length = float(np.hypot(bx - ax, by - ay)) or 1.0
    nx, ny = -(by - ay) / length * fold.width, (bx - ax) / length * fold.width
    if nx < 0:
        nx, ny = -nx, -ny
    mx, my = (ax + bx) / 2 + nx * offset, (ay + by) / 2 + ny * offset
    return rounded([(ax, ay), (mx + nx, my + ny, 0.5), (bx, by), (mx - nx, my - ny, 0.5)])


@cache
def _fall() -> np.ndarray:
    """Return the distance from the light, 0 upper left to 1 lower right, one value a point."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    fall: np.ndarray = (x / WIDTH + y / HEIGHT) / 2
    return fall


def _as_rgb(values: np.ndarray, size: tuple[int, int]) -> Image.Image:
    """Return values in 0..1 as a grey RGB picture of a size."""
    grey = Image.fromarray((np.clip(values, 0, 1) * 255).astype(np.uint8)).resize(size, Image.Resampling.BILINEAR)
    return Image.merge("RGB", (grey, grey, grey))


def _dashes(path: Sequence[Point], dash: tuple[float, float]) -> list[list[Point]]:
    """Cut a path into dashes."""
    on, off = dash
    pieces = []
    for (ax, ay), (bx, by) in pairwise(path):
        length = float(np.hypot(bx - ax, by - ay))
        for start in np.arange(0, length, on + off):
            stop = min(start + on, length)
            ends = [(ax + (bx - ax) * at / length, ay + (by - ay) * at / length) for at in (start, stop)]
            pieces.append(ends)
    return pieces
