"""Printed and woven patterns, drawn on a whole texture."""

import math
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from lib.catalog.sample.colours import RGB, WHITE, darker, lighter, luminance, mix
from lib.catalog.sample.emblems import draw_emblem
from lib.catalog.sample.paint import TEXTURE

Colours = tuple[RGB, RGB, RGB]
Pattern = Callable[[Colours, np.random.Generator], Image.Image]


def _ground(colour: RGB) -> Image.Image:
    """Return an empty texture."""
    return Image.new("RGB", (TEXTURE, TEXTURE), colour)


def _stripes(image: Image.Image, colour: RGB, *, step: float, width: float, start: float, upright: bool) -> None:
    """Draw parallel stripes over a texture."""
    draw = ImageDraw.Draw(image)
    for at in np.arange(start % step - step, TEXTURE, step):
        ends = (at, 0, at + width, TEXTURE) if upright else (0, at, TEXTURE, at + width)
        draw.rectangle(ends, fill=colour)


def _striped(colours: Colours, rng: np.random.Generator) -> Image.Image:
    """Breton stripes, pinstripes, or a stripe beside a thin third colour."""
    ground, accent, third = colours
    image = _ground(ground)
    kind = rng.choice(["breton", "pin", "double", "even"])
    upright = bool(rng.random() < (0.8 if kind == "pin" else 0.25))
    step = float(rng.uniform(22, 40)) if kind != "pin" else float(rng.uniform(12, 20))
    width = {"breton": 0.35, "pin": 0.14, "double": 0.28, "even": 0.5}[str(kind)] * step
    _stripes(image, accent, step=step, width=width, start=4, upright=upright)
    if kind == "double":
        _stripes(image, third, step=step, width=step * 0.1, start=4 + width * 1.5, upright=upright)
    return image


def _checked(colours: Colours, rng: np.random.Generator) -> Image.Image:
    """Gingham, tartan or window-pane: translucent stripes both ways."""
    ground, accent, third = colours
    image = _ground(ground)
    step = float(rng.uniform(22, 56))
    share = float(rng.choice([0.5, 0.32, 0.1]))
    for upright in (False, True):
        layer = image.copy()
        _stripes(layer, accent, step=step, width=step * share, start=step / 3, upright=upright)
        if share < 0.5:
            _stripes(layer, third, step=step, width=max(2, step * 0.06), start=step * 0.85, upright=upright)
        image = Image.blend(image, layer, 0.55)
    return image


def _dots(colours: Colours, rng: np.random.Generator) -> Image.Image:
    """Polka dots in staggered rows."""
    image = _ground(colours[0])
    step = float(rng.uniform(18, 36))
    radius = step * float(rng.uniform(0.14, 0.26))
    side = math.ceil(2 * radius) + 2
    dot = Image.new("L", (side * 4, side * 4), 0)
    ImageDraw.Draw(dot).ellipse(((side / 2 - radius) * 4,) * 2 + ((side / 2 + radius) * 4,) * 2, fill=255)
    dot = dot.reduce(4)
    for row, y in enumerate(np.arange(0, TEXTURE, step)):
        for x in np.arange(step / 2 * (row % 2), TEXTURE, step):
            image.paste(colours[1], (int(x), int(y)), dot)
    return image


def _flower(radius: float, petals: int, colour: RGB, heart: RGB, turn: float) -> Image.Image:
    """Return one flower seen from above, on nothing."""
    side = int(radius * 2.6) * 2
    image = Image.new("RGBA", (side, side), (*colour, 0))
    draw = ImageDraw.Draw(image)
    middle, far, petal = side / 2, radius * 1.15, radius * 0.78
    for step in range(petals):
        angle = turn + 2 * math.pi * step / petals
        x, y = middle + far * math.cos(angle), middle + far * math.sin(angle)
        draw.ellipse((x - petal, y - petal, x + petal, y + petal), fill=(*lighter(colour, 0.12 * (step % 2)), 255))
    core = radius * 0.62
    draw.ellipse((middle - core, middle - core, middle + core, middle + core), fill=(*heart, 255))
    return image.reduce(2)


def _leaf(radius: float, colour: RGB, turn: float) -> Image.Image:
    """Return one leaf, on nothing."""
    side = int(radius * 5)
    image = Image.new("RGBA", (side, side), (*colour, 0))
    x, y = math.cos(turn), math.sin(turn)
    points = [(side / 2 + x * a - y * b, side / 2 + y * a + x * b) for a, b in _LEAF * radius * 2.2]
    ImageDraw.Draw(image).polygon(points, fill=(*colour, 255))
    return image.reduce(2)


_LEAF = np.array([(-1, 0), (-0.6, 0.26), (0, 0.36), (0.5, 0.22), (1, 0), (0.5, -0.22), (0, -0.36), (-0.6, -0.26)])


def _floral(colours: Colours, rng: np.random.Generator) -> Image.Image:
    """Flowers and leaves scattered evenly."""
    ground, accent, third = colours
    image = _ground(ground)
    size, petals = float(rng.uniform(9, 20)), int(rng.integers(5, 8))
    green = mix((74, 122, 84), ground, 0.15)
    kinds = [_leaf(size * 0.9, green, turn) for turn in rng.uniform(0, 6.3, 5)]
    flowers = [_flower(size, petals, accent, third, turn) for turn in rng.uniform(0, 6.3, 3)]
    flowers += [_flower(size * 0.6, 5, third, accent, turn) for turn in rng.uniform(0, 6.3, 2)]
    step = size * 2.5
    for row, y in enumerate(np.arange(-step, TEXTURE, step)):
        for x in np.arange(-step * (1 + row % 2 / 2), TEXTURE, step):
            stamp = (kinds if rng.random() < 0.42 else flowers)[int(rng.integers(5))]
            at = (x + rng.uniform(-0.3, 0.3) * step, y + rng.uniform(-0.3, 0.3) * step)
            image.paste(stamp, (int(at[0]), int(at[1])), stamp)
    return image


def _colour_block(colours: Colours, rng: np.random.Generator) -> Image.Image:
    """Two or three broad bands."""
    image = _ground(colours[0])
    draw = ImageDraw.Draw(image)
    top = TEXTURE / 2 + float(rng.uniform(-110, 30))
    draw.rectangle((0, 0, TEXTURE, top), fill=colours[1])
    if rng.random() < 0.6:
        draw.rectangle((0, top, TEXTURE, top + float(rng.uniform(14, 70))), fill=colours[2])
    return image


def _camouflage(colours: Colours, rng: np.random.Generator) -> Image.Image:
    """Blotches in three tones."""
    ground = colours[0]
    image = _ground(ground)
    for tone, level in ((darker(ground, 0.35), 131), (lighter(ground, 0.3), 134), (darker(ground, 0.65), 137)):
        noise = rng.integers(0, 256, (TEXTURE // 4, TEXTURE // 4), dtype=np.uint8)
        soft = Image.fromarray(noise).filter(ImageFilter.GaussianBlur((3.6, 2.4)))
        mask = soft.resize(image.size, Image.Resampling.BICUBIC).point(lambda value, level=level: (value - level) * 90)
        image.paste(tone, (0, 0), mask)
    return image


def _chevron(colours: Colours, rng: np.random.Generator) -> Image.Image:
    """Zigzag lines."""
    image = _ground(colours[0])
    draw = ImageDraw.Draw(image)
    step, height = float(rng.uniform(22, 36)), float(rng.uniform(10, 18))
    xs = np.arange(-step, TEXTURE + step, step)
    for row, y in enumerate(np.arange(-height, TEXTURE + height, height * 2.6)):
        points = [(x, y + (height if i % 2 else 0)) for i, x in enumerate(xs)]
        draw.line(points, fill=colours[1 + row % 2], width=round(height * 0.6), joint="curve")
    return image


def _graphic(colours: Colours, rng: np.random.Generator) -> Image.Image:
    """Plain, with a printed emblem on the chest."""
    image = _ground(colours[0])
    size = int(rng.uniform(120, 180)) if rng.random() < 0.75 else 56
    emblem = draw_emblem(size, colours[1:], rng)
    across = 0 if size > 100 else 52
    image.paste(emblem, (TEXTURE // 2 - size // 2 + across, TEXTURE // 2 - size // 2 - 76), emblem)
    return image


#: Pattern -> how it is drawn; "plain" has no texture.
PATTERNS: Mapping[str, Pattern | None] = {
    "plain": None,
    "striped": _striped,
    "checked": _checked,
    "polka dots": _dots,
    "floral": _floral,
    "colour block": _colour_block,
    "graphic": _graphic,
    "camouflage": _camouflage,
    "chevron": _chevron,
}


def texture_of(pattern: str, colours: Colours, rng: np.random.Generator) -> Image.Image | None:
    """Draw a pattern in given colours.

    Parameters
    ----------
    pattern : str
        A key of ``PATTERNS``.
    colours : three (red, green, blue)
        Ground, accent and third colour.
    rng : Generator

    Returns
    -------
    Image or None
        None for "plain".

    Raises
    ------
    ValueError
        If there is no such pattern.
    """
    if pattern not in PATTERNS:
        raise ValueError(f"Expected pattern to be one of {sorted(PATTERNS)}. Received: pattern={pattern!r}")
    draw = PATTERNS[pattern]
    return None if draw is None else draw(colours, rng)


def third_colour(ground: RGB, accent: RGB) -> RGB:
    """Return a third colour that shows on both others.

    Parameters
    ----------
    ground, accent : (red, green, blue)

    Returns
    -------
    (red, green, blue)
    """
    if abs(luminance(ground) - luminance(accent)) > 0.35:
        return mix(ground, accent, 0.5)
    return WHITE if luminance(ground) < 0.6 else darker(accent, 0.5)
