"""From a cut-out product to a photograph: view, background, shadow and light."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from lib.catalog.sample.colours import RGB, lighter, luminance, mix, parse

Size = tuple[int, int]
#: Size of a picture -> how often it is used.
SIZES: Mapping[Size, float] = {(240, 320): 0.8, (270, 360): 0.12, (300, 300): 0.08}
#: Pale grounds of the coloured backdrops.
BACKDROPS = ("e9e4dc", "dfe6ea", "ece0dc", "e2e8dd", "e6e1ec", "f0e8d6", "d9dfe4", "eadfd3")


@dataclass(frozen=True)
class Shot:
    """How one picture is taken.

    Parameters
    ----------
    size : (width, height)
    fill : float
        Share of the frame that the product fills; above 1 it is cropped.
    turn : float
        Degrees, clockwise.
    squeeze : float
        Factor for the width: a product turned aside looks narrower.
    lean : float
        Shear.
    mirrored : bool
    focus : (x, y)
        What is in the middle of the frame, as shares of the product's box from its middle.
    backdrop : (red, green, blue)
    glow : float
        How much brighter the middle of the backdrop is than its corners.
    light : (red, green, blue)
        Factors that tint the whole picture.
    """

    size: Size
    fill: float
    turn: float = 0.0
    squeeze: float = 1.0
    lean: float = 0.0
    mirrored: bool = False
    focus: tuple[float, float] = (0.0, 0.0)
    backdrop: RGB = (255, 255, 255)
    glow: float = 0.0
    light: tuple[float, float, float] = (1.0, 1.0, 1.0)


def shot_of(view: str, colour: RGB, *, standing: bool, rng: np.random.Generator) -> Shot:
    """Decide how a view of a product is taken.

    Parameters
    ----------
    view : str
        A key of ``VIEWS``.
    colour : (red, green, blue)
        The product's; a white product is not put on a pure white ground.
    standing : bool
        Whether it stands on the floor rather than lying flat.
    rng : Generator

    Returns
    -------
    Shot

    Raises
    ------
    ValueError
        If there is no such view.
    """
    if view not in VIEWS:
        raise ValueError(f"Expected view to be one of {sorted(VIEWS)}. Received: view={view!r}")
    sizes = list(SIZES)
    size = sizes[int(rng.choice(len(sizes), p=list(SIZES.values())))]
    backdrop, glow = _backdrop(colour, coloured=view == "styled" or rng.random() < 0.12, rng=rng)
    wobble = float(rng.normal(0, 0.5 if standing else 1.2))
    shot = Shot(size, fill=float(rng.uniform(0.82, 0.9)), turn=wobble, backdrop=backdrop, glow=glow)
    changed: Shot = VIEWS[view](shot, standing, rng)
    return changed


def _backdrop(colour: RGB, *, coloured: bool, rng: np.random.Generator) -> tuple[RGB, float]:
    """Choose a ground: white, off-white, or a pale colour."""
    if coloured:
        base = parse(BACKDROPS[int(rng.integers(len(BACKDROPS)))])
        return lighter(base, float(rng.uniform(0, 0.35))), float(rng.uniform(0.04, 0.10))
    if luminance(colour) > 0.85:
        return mix((238, 238, 238), (229, 231, 234), float(rng.random())), 0.05
    return mix((255, 255, 255), (245, 245, 244), float(rng.random())), float(rng.choice([0.0, 0.0, 0.03]))


def _front(shot: Shot, standing: bool, rng: np.random.Generator) -> Shot:
    """Show it as a shop shows it first."""
    return shot


def _turned(shot: Shot, standing: bool, rng: np.random.Generator) -> Shot:
    """Turn it aside a little."""
    sign = 1 if rng.random() < 0.5 else -1
    lean, turn = sign * float(rng.uniform(0.02, 0.07)), 0.0 if standing else sign * float(rng.uniform(4, 11))
    return replace(shot, squeeze=float(rng.uniform(0.8, 0.9)), lean=lean, turn=shot.turn + turn)


def _other_side(shot: Shot, standing: bool, rng: np.random.Generator) -> Shot:
    """Mirror it: from the other side."""
    return replace(shot, mirrored=True, fill=shot.fill * float(rng.uniform(0.86, 0.96)))


def _close_up(shot: Shot, standing: bool, rng: np.random.Generator) -> Shot:
    """Go so near that it leaves the frame."""
    focus = (float(rng.uniform(-0.12, 0.12)), float(rng.uniform(-0.24, 0.02)))
    return replace(shot, fill=float(rng.uniform(1.35, 1.8)), focus=focus)


def _styled(shot: Shot, standing: bool, rng: np.random.Generator) -> Shot:
    """Put it on a coloured ground, in warmer or cooler light."""
    warm = float(rng.uniform(-0.045, 0.045))
    turn = 0.0 if standing else float(rng.uniform(-7, 7))
    fill = float(rng.uniform(0.68, 0.82))
    return replace(shot, light=(1 + min(warm, 0), 0.985, 1 - max(warm, 0)), turn=shot.turn + turn, fill=fill)


#: View -> how it changes a shot.
VIEWS = {"front": _front, "turned": _turned, "other side": _other_side, "close-up": _close_up, "styled": _styled}


def photograph(cutout: Image.Image, shot: Shot, *, standing: bool) -> Image.Image:
    """Take the picture.

    Parameters
    ----------
    cutout : Image
        The product on nothing, of mode RGBA.
    shot : Shot
    standing : bool
        Whether its shadow lies on the floor or around it.

    Returns
    -------
    Image
        Of mode RGB and size ``shot.size``.
    """
    product = _placed(cutout, shot)
    scene = _ground(shot, standing=standing)
    shadow = _floor_shadow(product) if standing and shot.fill <= 1 else _flat_shadow(product)
    scene = ImageChops.multiply(scene, Image.merge("RGB", (shadow, shadow, shadow)))
    scene.paste(product, (0, 0), product)
    if shot.light == (1.0, 1.0, 1.0):
        return scene
    tables = [round(min(255.0, value * factor)) for factor in shot.light for value in range(256)]
    return scene.point(tables)


def _placed(cutout: Image.Image, shot: Shot) -> Image.Image:
    """Return the product as it lies in the frame."""
    if shot.mirrored:
        cutout = cutout.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    left, top, right, bottom = cutout.getbbox() or (0, 0, *cutout.size)
    width, height = right - left, bottom - top
    frame = (shot.size[0] * 2, shot.size[1] * 2)
    scale = min(frame[0] * shot.fill / width, frame[1] * shot.fill / height)
    cos, sin = math.cos(math.radians(shot.turn)) / scale, math.sin(math.radians(shot.turn)) / scale
    matrix = np.array([[cos, sin], [-sin, cos]]) @ np.array([[1 / shot.squeeze, shot.lean], [0, 1]])
    middle = np.array([(left + right) / 2 + shot.focus[0] * width, (top + bottom) / 2 + shot.focus[1] * height])
    offset = middle - matrix @ (np.array(frame) / 2)
    data = (*matrix[0], offset[0], *matrix[1], offset[1])
    return cutout.transform(frame, Image.Transform.AFFINE, data, Image.Resampling.BILINEAR).reduce(2)


def _ground(shot: Shot, *, standing: bool) -> Image.Image:
    """Return the backdrop: brighter in the middle, and a floor below things that stand."""
    if not shot.glow:
        return Image.new("RGB", shot.size, shot.backdrop)
    y, x = np.mgrid[-1:1:40j, -1:1:30j]
    level = 1 + shot.glow * (0.3 - (x**2 + (y + 0.2) ** 2) * 0.6)
    if standing:
        level -= shot.glow * 1.1 / (1 + np.exp(-(y - 0.42) * 16))
    pixels = np.clip(np.asarray(shot.backdrop) * level[:, :, None], 0, 255).astype(np.uint8)
    return Image.fromarray(pixels).resize(shot.size, Image.Resampling.BICUBIC)


def _flat_shadow(product: Image.Image) -> Image.Image:
    """Return the light left around a product that lies flat: a wide soft shadow and a tight one."""
    alpha = product.getchannel("A")
    wide = _shifted(alpha.filter(ImageFilter.GaussianBlur(7)), 3, 6).point(lambda value: 255 - value * 0.20)
    tight = _shifted(alpha.filter(ImageFilter.GaussianBlur(1.6)), 1, 2).point(lambda value: 255 - value * 0.22)
    return ImageChops.multiply(wide, tight)


def _shifted(mask: Image.Image, dx: int, dy: int) -> Image.Image:
    """Return a mask moved right and down; what comes in at the border repeats it."""
    moved = mask.copy()
    moved.paste(mask.crop((0, 0, mask.width - dx, mask.height - dy)), (dx, dy))
    return moved


def _floor_shadow(product: Image.Image) -> Image.Image:
    """Return the light left below a product that stands."""
    left, _, right, bottom = product.getbbox() or (0, 0, *product.size)
    light = Image.new("L", product.size, 0)
    draw = ImageDraw.Draw(light)
    inset, height = (right - left) * 0.04, 5 + (right - left) * 0.03
    draw.ellipse((left + inset, bottom - height, right - inset * 0.2, bottom + height * 0.8), fill=74)
    wide = light.filter(ImageFilter.GaussianBlur(6))
    draw.ellipse((left + inset * 2, bottom - height * 0.5, right - inset * 2, bottom + 2), fill=104)
    return ImageChops.add(wide, light.filter(ImageFilter.GaussianBlur(2.2)), scale=1.6).point(lambda value: 255 - value)
