"""Jewellery, perfume and make-up."""

import math

from lib.catalog.sample.canvas import FLAT, GLOSSY, THIN, Canvas
from lib.catalog.sample.colours import BRASS, INK, RGB, STEEL, WHITE, darker, lighter, luminance, parse
from lib.catalog.sample.look import Look
from lib.catalog.sample.outline import Corner, band, box, ellipse, mirrored, rounded
from lib.catalog.sample.paint import Paint

_STONES = ("1f8f6b", "c23a4b", "2f5fb3", "7a4fa3", "33aeb5", "f3f1ea", "2a2a30", "e7a1b0")


def _metal(look: Look) -> RGB:
    """Return gold or silver: the product's own colour where it is one."""
    if _metal_like(look.colour):
        return look.colour
    return BRASS if look.chance(0.6) else STEEL


def _stone(canvas: Canvas, x: float, y: float, radius: float, colour: RGB, metal: RGB) -> None:
    """Draw a cut stone in its setting, with facets and a glint."""
    canvas.part(ellipse(x, y, radius + 2), Paint(metal), finish=THIN, shadow=0.35)
    canvas.part(ellipse(x, y, radius), Paint(colour), finish=GLOSSY, shadow=0)
    for i in range(6):
        angle = math.radians(i * 60 + 15)
        wedge = [(x, y), (x + math.cos(angle) * radius, y + math.sin(angle) * radius)]
        wedge.append((x + math.cos(angle + 0.5) * radius, y + math.sin(angle + 0.5) * radius))
        canvas.tint(wedge, WHITE, 0.22 if i % 2 else 0.08)
    canvas.tint(ellipse(x - radius * 0.35, y - radius * 0.35, radius * 0.25), WHITE, 0.85, blur=0.4)


def _stone_colour(look: Look) -> RGB:
    """Return the stones' colour: the product's own unless that is the metal."""
    return parse(look.pick(*_STONES)) if _metal_like(look.colour) else look.colour


def _metal_like(colour: RGB) -> bool:
    """Return whether a colour is close to gold, or a bright grey."""
    from_gold = sum(abs(a - b) for a, b in zip(colour, BRASS, strict=True))
    return from_gold < 70 or (max(colour) - min(colour) < 24 and luminance(colour) > 0.55)


def draw_necklace(canvas: Canvas, look: Look) -> None:
    """Draw a necklace: a fine chain with a pendant, beads, or a row of drops.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    metal, stone = _metal(look), _stone_colour(look)
    kind = look.pick("pendant", "beads", "drops")
    reach, low = look.between(58, 76), look.between(40, 74)
    path = rounded([(-reach * 0.55, -128), (-reach * 1.35, -40, 0.5), (-reach * 0.5, low, 0.5), (0, low + 8, 0.5),
                    (reach * 0.5, low, 0.5), (reach * 1.35, -40, 0.5), (reach * 0.55, -128)], closed=False)  # fmt: skip
    canvas.line(path, darker(metal, 0.25), width=3.0, dash=(3.0, 1.4))
    canvas.line(path, lighter(metal, 0.25), width=1.4, dash=(2.2, 2.2))
    bottom = max(y for _, y in path)
    if kind == "pendant":
        shape = look.pick("round", "drop")
        canvas.part(ellipse(0, bottom + 5, 4), Paint(metal), finish=THIN)
        if shape == "drop":
            drop = rounded([(0, bottom + 6), (17, bottom + 38, 0.5), (0, bottom + 58, 0.5), (-17, bottom + 38, 0.5)])
            canvas.part(drop, Paint(metal), finish=GLOSSY, shadow=0.3)
        _stone(canvas, 0, bottom + (36 if shape == "drop" else 24), 11 if shape == "drop" else 15, stone, metal)
        return
    beads = [p for p in path if p[1] > (-96 if kind == "beads" else bottom - 46)]
    for i, (x, y) in enumerate(beads):
        if kind == "beads":
            canvas.part(ellipse(x, y, 6.5), Paint(stone if i % 3 else metal), finish=GLOSSY, shadow=0.35)
        elif i % 2 == 0:
            size = 5 + 5 * max(0.0, 1 - abs(x) / 60)
            _stone(canvas, x, y + size + 4, size, stone, metal)


def draw_earrings(canvas: Canvas, look: Look) -> None:
    """Draw a pair of earrings: hoops, drops, or tiers with small beads.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    metal, stone = _metal(look), _stone_colour(look)
    kind = look.pick("hoop", "drop", "tiers", "stud")
    size = look.between(0.9, 1.2)
    for x in (-46, 46):
        if kind == "stud":
            _stone(canvas, x, 0, 20 * size, stone, metal)
            continue
        hook = rounded([(x + 7, -66), (x + 6, -92, 0.5), (x - 6, -92, 0.5), (x - 1, -62)], closed=False)
        canvas.line(hook, metal, width=2.2)
        if kind == "hoop":
            canvas.part(
                band(ellipse(x, -26, 33 * size, 37 * size, start=-90, end=271), 6), Paint(metal), finish=THIN, shadow=0
            )
            _stone(canvas, x, -26 + 37 * size, 6, stone, metal)
        else:
            _dangling(canvas, x, size, stone, metal, tiers=kind == "tiers")


def _dangling(canvas: Canvas, x: float, size: float, stone: RGB, metal: RGB, *, tiers: bool) -> None:
    """Draw what hangs from one hook: a drop, or a bell with beads below."""
    _stone(canvas, x, -52, 9 * size, stone, metal)
    if not tiers:
        drop: list[Corner] = [(x, -40), (x + 19 * size, 8, 0.5), (x, 36 * size, 0.5), (x - 19 * size, 8, 0.5)]
        canvas.part(rounded(drop), Paint(metal), finish=GLOSSY, shadow=0.3)
        _stone(canvas, x, 6, 11 * size, stone, metal)
        return
    bell = rounded(
        [
            (x - 4, -40),
            (x + 4, -40),
            (x + 27 * size, 4, 0.4),
            (x + 25 * size, 12),
            (x - 25 * size, 12),
            (x - 27 * size, 4, 0.4),
        ]
    )
    canvas.part(bell, Paint(metal), finish=GLOSSY, shadow=0.3)
    for i in range(7):
        at = x + (i - 3) * 7.6 * size
        canvas.line([(at, 10), (at, 22)], metal, width=1.2)
        canvas.part(ellipse(at, 25, 3.8), Paint(stone if i % 2 else lighter(metal, 0.2)), finish=GLOSSY, shadow=0.2)


def draw_perfume(canvas: Canvas, look: Look) -> None:
    """Draw a flask of tinted glass with a cap and a label.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    low, kind = 104.0, look.pick("block", "round", "tall", "facet")
    shapes: dict[str, list[Corner]] = {
        "block": [(0, -38), (52, -38, 0.12), (64, -26, 0.3), (64, low, 0.06), (0, low)],
        "round": [(0, -42), (20, -42, 0.2), (70, -10, 0.5), (72, 70, 0.5), (40, low, 0.3), (0, low)],
        "tall": [(0, -66), (34, -66, 0.2), (42, -54, 0.3), (42, low, 0.06), (0, low)],
        "facet": [(0, -40), (30, -40), (68, 20), (54, low, 0.04), (0, low)],
    }
    glass = rounded(mirrored(shapes[kind]))
    top = shapes[kind][0][1]
    tint = lighter(look.colour, 0.35)
    canvas.part(glass, Paint(lighter(look.colour, 0.75)), finish=GLOSSY, shadow=0)
    scaled = [(x * 0.86, (y - (top + low) / 2) * 0.9 + (top + low) / 2 + 3) for x, y in glass]
    canvas.part(box(-80, top + look.between(18, 44), 80, low), Paint(tint), within=scaled, finish=GLOSSY, shadow=0.1)
    cap_colour = look.colour if look.chance(0.3) else BRASS if look.chance(0.5) else INK
    canvas.part(
        box(-13, top - 12, 13, top + 2, rounding=2),
        Paint(STEEL if cap_colour == INK else BRASS),
        finish=THIN,
        shadow=0.2,
    )
    if look.chance(0.3):
        canvas.part(ellipse(0, top - 32, 25), Paint(cap_colour), finish=GLOSSY, shadow=0.3)
    else:
        canvas.part(box(-21, top - 54, 21, top - 9, rounding=4), Paint(cap_colour), finish=GLOSSY, shadow=0.3)
    _label(canvas, look, y=(top + low) / 2 + 14, half=28 if kind == "tall" else 34)
    edge = min(x for x, _ in glass)
    canvas.tint(
        rounded(
            [(edge * 0.84, top + 24), (edge * 0.7, top + 20, 0.3), (edge * 0.7, low - 14, 0.3), (edge * 0.84, low - 20)]
        ),
        WHITE,
        0.5,
        blur=1.5,
    )


def _label(canvas: Canvas, look: Look, *, y: float, half: float) -> None:
    """Draw a paper label with a few lines on it."""
    canvas.part(box(-half, y - 21, half, y + 21, rounding=2), Paint((250, 247, 240)), finish=FLAT, shadow=0.25)
    ink = darker(look.colour, 0.55)
    for dy, share, width in ((-7, 0.6, 3.0), (3, 0.4, 1.4), (9, 0.5, 1.2)):
        canvas.line([(-half * share, y + dy), (half * share, y + dy)], ink, width=width, strength=0.85)


def draw_nail_polish(canvas: Canvas, look: Look) -> None:
    """Draw a small bottle of nail polish with a long cap.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    round_bottle = look.chance(0.5)
    body: list[Corner] = [(0, 8), (16, 8, 0.2), (46, 30, 0.5), (48, 100, 0.35), (0, 104)]
    square: list[Corner] = [(0, 10), (34, 10, 0.2), (40, 20, 0.3), (40, 104, 0.08), (0, 104)]
    glass = rounded(mirrored(body if round_bottle else square))
    canvas.part(glass, Paint(lighter(look.colour, 0.55)), finish=GLOSSY, shadow=0)
    fill = [(x * 0.88, (y - 56) * 0.9 + 58) for x, y in glass]
    canvas.part(fill, Paint(look.colour), finish=GLOSSY, shadow=0.1)
    cap = INK if look.chance(0.6) else (236, 234, 230)
    canvas.part(box(-14, 2, 14, 12), Paint(STEEL), finish=THIN, shadow=0.1)
    tall: list[Corner] = [(0, -104), (13, -104, 0.2), (19, 4, 0.05), (0, 4)]
    canvas.part(rounded(mirrored(tall)), Paint(cap), finish=GLOSSY, shadow=0.2)
    canvas.tint(box(-12, -94, -7, -6, rounding=2), WHITE, 0.4, blur=1)
    canvas.tint(rounded([(-32, 40), (-26, 34, 0.3), (-26, 84, 0.3), (-32, 78)]), WHITE, 0.55, blur=1.2)


def draw_lipstick(canvas: Canvas, look: Look) -> None:
    """Draw an open lipstick, its cap beside it.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    case = INK if look.chance(0.5) else BRASS if look.chance(0.6) else (232, 228, 224)
    ring = STEEL if case == BRASS else BRASS
    bullet: list[Corner] = [(-50, -14), (-50, -74, 0.1), (-32, -100, 0.5), (-12, -84, 0.4), (-12, -14)]
    canvas.part(rounded(bullet), Paint(look.colour), finish=GLOSSY, shadow=0)
    facet: list[Corner] = [(-49, -72), (-32, -98, 0.4), (-14, -84, 0.4), (-24, -68, 0.4)]
    canvas.tint(rounded(facet), WHITE, 0.28, blur=0.8)
    canvas.part(box(-55, -18, -7, 22, rounding=2), Paint(ring), finish=GLOSSY, shadow=0.3)
    canvas.part(box(-60, 18, -2, 104, rounding=4), Paint(case), finish=GLOSSY, shadow=0.3)
    canvas.part(box(10, 4, 66, 104, rounding=5), Paint(case), finish=GLOSSY, shadow=0.3)
    canvas.part(box(10, 90, 66, 98), Paint(ring), finish=THIN, shadow=0.1)
    for x in (-54, 16):
        canvas.tint(box(x, 24, x + 5, 100, rounding=2), WHITE, 0.32, blur=1.2)
