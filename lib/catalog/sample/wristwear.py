"""Watches and sunglasses."""

import math

from lib.catalog.sample.canvas import FLAT, GLOSSY, THIN, Canvas
from lib.catalog.sample.colours import BRASS, INK, RGB, STEEL, WHITE, darker, lighter, luminance
from lib.catalog.sample.look import Look
from lib.catalog.sample.outline import Corner, Outline, band, box, ellipse, flipped, moved, rounded
from lib.catalog.sample.paint import Paint

_METALS: dict[str, RGB] = {"Gold": BRASS, "Silver": STEEL}


def draw_watch(canvas: Canvas, look: Look) -> None:
    """Draw a watch: leather, metal or rubber strap, round or square case, dial with hands.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    metallic = look.colour if look.chance(0.55) else None
    case = _METALS["Gold" if look.chance(0.4) else "Silver"] if metallic is None else metallic
    size = (38 if look.waisted > 0.5 else 46) * look.between(0.94, 1.06)
    half = size * look.between(0.5, 0.62)
    square = look.chance(0.25)
    if metallic is not None and luminance(look.colour) > 0.3 and look.chance(0.75):
        _links(canvas, look.colour, half)
    else:
        _strap(canvas, look, half)
    canvas.part(box(size - 2, -6, size + 8, 6, rounding=2), Paint(darker(case, 0.15)), finish=THIN, shadow=0.3)
    outer = box(-size, -size, size, size, rounding=12) if square else ellipse(0, 0, size)
    inner = box(-size + 7, -size + 7, size - 7, size - 7, rounding=8) if square else ellipse(0, 0, size - 7)
    canvas.part(outer, Paint(case), finish=GLOSSY, shadow=0.5)
    face: RGB = look.accent if look.chance(0.35) else (246, 245, 241) if look.chance(0.55) else (32, 36, 46)
    canvas.part(inner, Paint(darker(face, 0.1)), finish=FLAT, shadow=0.4)
    _dial(canvas, look, size - 10, face, case)
    shine: list[Corner] = [
        (-size * 0.5, -size * 0.55),
        (-size * 0.1, -size * 0.75),
        (-size * 0.55, size * 0.5),
        (-size * 0.72, size * 0.2),
    ]
    canvas.tint(rounded(shine), WHITE, 0.14)


def _strap(canvas: Canvas, look: Look, half: float) -> None:
    """Draw a leather or rubber strap, with stitches, holes and a buckle."""
    rubber = look.chance(0.25)
    paint = Paint(
        look.colour if luminance(look.colour) < 0.7 else darker(look.colour, 0.45),
        grain="none" if rubber else "leather",
    )
    for sign in (-1, 1):
        low = 140
        corners: list[Corner] = [
            (-half, sign * 30),
            (half, sign * 30),
            (half * 0.76, sign * low, 0.2),
            (-half * 0.76, sign * low, 0.2),
        ]
        canvas.part(rounded(corners), paint, shadow=0.2)
        for side in (1, -1):
            canvas.line(
                [(side * (half - 3.5), sign * 44), (side * (half * 0.76 - 3), sign * (low - 5))],
                lighter(paint.colour, 0.45),
                width=0.8,
                dash=(2.6, 1.6),
            )
    for i in range(5):
        canvas.tint(ellipse(0, 84 + i * 11, 2), INK, 0.75)
    canvas.part(box(-half * 0.9, -148, half * 0.9, -130, rounding=4), Paint(STEEL), finish=THIN, shadow=0.4)
    canvas.part(box(-half * 0.62, -144, half * 0.62, -134, rounding=2), paint, finish=FLAT, shadow=0)


def _links(canvas: Canvas, colour: RGB, half: float) -> None:
    """Draw a metal bracelet of links in three columns."""
    for sign in (-1, 1):
        for i in range(11):
            y, width = sign * (38 + i * 10.2), half * (1 - 0.022 * i)
            canvas.part(box(-width, y - 5, width, y + 5, rounding=2), Paint(colour), finish=THIN, shadow=0.3)
            canvas.part(
                box(-width * 0.42, y - 5, width * 0.42, y + 5, rounding=2),
                Paint(lighter(colour, 0.25)),
                finish=THIN,
                shadow=0.25,
            )


def _dial(canvas: Canvas, look: Look, radius: float, face: RGB, case: RGB) -> None:
    """Draw the indices, sometimes small dials, and the hands at ten past ten or so."""
    canvas.part(ellipse(0, 0, radius), Paint(face), finish=FLAT, shadow=0.2)
    ink = (240, 240, 236) if luminance(face) < 0.5 else (44, 46, 54)
    for hour in range(12):
        angle = math.radians(hour * 30)
        x, y = math.sin(angle), -math.cos(angle)
        inner = radius * (0.74 if hour % 3 == 0 else 0.82)
        canvas.line(
            [(x * inner, y * inner), (x * radius * 0.93, y * radius * 0.93)], ink, width=2.2 if hour % 3 == 0 else 1.2
        )
    if look.chance(0.4):
        for x, y in ((-0.4, 0.0), (0.4, 0.0), (0.0, 0.4)):
            at = ellipse(x * radius, y * radius, radius * 0.23)
            canvas.part(at, Paint(darker(face, 0.12)), finish=FLAT, shadow=0)
            canvas.line([(x * radius, y * radius), (x * radius + 3, y * radius - 4)], ink, width=1)
    for degrees, length, width in ((-58 + look.between(-8, 8), 0.5, 3.0), (60 + look.between(-8, 8), 0.72, 2.2)):
        angle = math.radians(degrees)
        tip = (math.sin(angle) * radius * length, -math.cos(angle) * radius * length)
        canvas.part(
            band([(-tip[0] * 0.15, -tip[1] * 0.15), tip], width, end_width=width * 0.5),
            Paint(ink),
            finish=FLAT,
            shadow=0.3,
        )
    angle = math.radians(look.between(130, 230))
    canvas.line([(0, 0), (math.sin(angle) * radius * 0.78, -math.cos(angle) * radius * 0.78)], (196, 62, 54), width=0.9)
    canvas.part(ellipse(0, 0, 2.6), Paint(case), finish=THIN, shadow=0.3)


_LENSES: dict[str, list[Corner]] = {
    "square": [(8, -26, 0.12), (84, -29, 0.12), (80, 16, 0.3), (66, 26, 0.3), (26, 26, 0.3), (12, 12, 0.3)],
    "aviator": [(10, -24, 0.3), (76, -28, 0.3), (84, -2, 0.5), (62, 36, 0.5), (28, 30, 0.5), (10, 0, 0.4)],
    "cat-eye": [(8, -16, 0.3), (62, -30, 0.3), (94, -42, 0.1), (84, 8, 0.5), (48, 28, 0.5), (14, 14, 0.4)],
    "sporty": [(4, -20, 0.2), (70, -26, 0.4), (100, -20, 0.2), (80, 12, 0.5), (40, 24, 0.5), (10, 8, 0.4)],
}


def draw_sunglasses(canvas: Canvas, look: Look) -> None:
    """Sunglasses from the front: square, round, aviator, cat-eye or sporty.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    kind = look.pick("square", "aviator", "round", "cat-eye" if look.waisted > 0.5 else "sporty")
    lens = ellipse(47, 0, 33) if kind == "round" else rounded(_LENSES[kind])
    thin = kind in ("aviator", "round")
    frame = Paint(look.colour)
    glass: RGB = darker(look.accent, 0.55) if look.chance(0.6) else (52, 46, 44)
    _temples(canvas, frame, thin=thin)
    bridge = rounded([(-16, -14), (0, -22, 0.5), (16, -14)], closed=False)
    canvas.part(band(bridge, 4 if thin else 9), frame, finish=THIN, shadow=0.2)
    if kind == "aviator":
        canvas.part(band([(-30, -27), (30, -27)], 3.5), frame, finish=THIN, shadow=0.2)
    for side in (1, -1):
        outline = lens if side > 0 else [(-x, y) for x, y in lens]
        _rim(canvas, outline, frame, glass, grow=1.07 if thin else 1.17, side=side)


def _temples(canvas: Canvas, frame: Paint, *, thin: bool) -> None:
    """Draw the two arms, folded out behind."""
    arm: list[Corner] = [
        (86, -24),
        (100, -26, 0.3),
        (106, -10, 0.4),
        (98, 22, 0.4),
        (92, 30),
        (90, 24),
        (96, -6, 0.4),
        (86, -12),
    ]
    for corners in (arm, flipped(arm)):
        canvas.part(rounded(moved(corners, 0, 0)), Paint(darker(frame.colour, 0.3)), finish=THIN, shadow=0)
    if not thin:
        for side in (1, -1):
            canvas.part(box(side * 88 - 6, -26, side * 88 + 6, -14, rounding=3), frame, finish=THIN, shadow=0.2)


def _rim(canvas: Canvas, outline: Outline, frame: Paint, glass: RGB, *, grow: float, side: int) -> None:
    """Draw one lens in its frame: glass darker above, with a bright reflection."""
    cx = sum(x for x, _ in outline) / len(outline)
    cy = sum(y for _, y in outline) / len(outline)
    outer = [(cx + (x - cx) * grow, cy + (y - cy) * (grow + 0.04)) for x, y in outline]
    canvas.part(outer, frame, finish=GLOSSY, shadow=0.25)
    canvas.part(outline, Paint(glass), finish=FLAT, shadow=0.2)
    low = [(x, y) for x, y in outline if y > cy - 2]
    canvas.tint(low, lighter(glass, 0.55), 0.5, blur=6)
    shine = [(cx - 20, cy - 24), (cx - 6, cy - 26), (cx - 20, cy + 16), (cx - 28, cy + 8)]
    canvas.tint(shine, WHITE, 0.22)
    canvas.tint([(x + 19, y) for x, y in shine[:2]] + [(cx - 7, cy + 18), (cx - 12, cy + 17)], WHITE, 0.14)
