"""Belts, caps, ties, scarves and socks."""

from lib.catalog.sample.canvas import FLAT, SOFT, THIN, Canvas
from lib.catalog.sample.colours import BRASS, INK, STEEL, lighter, luminance
from lib.catalog.sample.emblems import draw_emblem
from lib.catalog.sample.look import Look
from lib.catalog.sample.outline import Corner, band, box, ellipse, rounded
from lib.catalog.sample.paint import Paint


def draw_belt(canvas: Canvas, look: Look) -> None:
    """Draw a belt laid in a loop, its buckle in front.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    leather = Paint(look.colour, grain="leather")
    width = 15 if look.waisted > 0.5 and look.chance(0.5) else look.between(20, 26)
    metal = Paint(BRASS if look.chance(0.4) else STEEL)
    canvas.part(
        band(ellipse(0, -6, 92, 34, start=176, end=364), width), Paint(look.inside.colour), finish=FLAT, shadow=0
    )
    front = ellipse(0, -6, 92, 40, start=-2, end=182)
    canvas.part(band(front, width), leather, finish=SOFT, shadow=0.4)
    for grow in (-1, 1):
        edge = ellipse(0, -6 + grow * (width / 2 - 2.5), 91, 40, start=4, end=176)
        canvas.line(
            edge, lighter(look.colour, 0.4) if luminance(look.colour) < 0.5 else look.seam, width=0.8, dash=(2.4, 1.6)
        )
    for i in range(5):
        canvas.tint(ellipse(32 + i * 10, 32 - i * 2.2, 1.8), INK, 0.8)
    tall = width / 2 + 5
    canvas.part(box(-20, 34 - tall, 16, 34 + tall, rounding=5), metal, finish=THIN, shadow=0.5)
    canvas.part(box(-13, 34 - tall + 6, 9, 34 + tall - 6, rounding=2), leather, finish=FLAT, shadow=0.2)
    canvas.part(box(-16, 32, 18, 36, rounding=2), Paint(lighter(metal.colour, 0.25)), finish=THIN, shadow=0.5)
    canvas.part(box(21, 33 - width / 2 - 2, 28, 33 + width / 2 + 2, rounding=2), leather, finish=FLAT, shadow=0.5)


def draw_cap(canvas: Canvas, look: Look) -> None:
    """Draw a baseball cap from the front left, with panels, a button and an emblem.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    crown = rounded(
        [(-74, 30), (-82, -26, 0.5), (-44, -76, 0.5), (24, -78, 0.5), (74, -30, 0.5), (76, 30), (0, 44, 0.5)]
    )
    canvas.part(crown, look.main, finish=SOFT, shadow=0, folds=[look.fold((44, -40), (58, 10), width=4)])
    for path in (
        [(-8, -72), (-22, -20, 0.5), (-20, 38)],
        [(-8, -72), (36, -54, 0.5), (52, 32)],
        [(-8, -72), (-58, -54, 0.5), (-66, 24)],
    ):
        curve = rounded([(float(c[0]), *c[1:]) for c in path], closed=False)
        canvas.line(curve, look.seam, width=1.2, strength=0.55)
        canvas.line([(x + 2.5, y) for x, y in curve], look.seam, width=0.6, strength=0.5, dash=(2, 1.4))
    for x, y in ((14, -44), (-42, -42)):
        canvas.tint(ellipse(x, y, 2.2), INK, 0.55)
    brim_paint = Paint(look.accent, grain="weave") if look.chance(0.35) else look.trim
    brim = rounded(
        [(-78, 26, 0.3), (-30, 20, 0.5), (34, 22, 0.4), (60, 34, 0.4), (20, 66, 0.5), (-70, 78, 0.5), (-106, 58, 0.5)]
    )
    canvas.part(brim, brim_paint, finish=SOFT, shadow=0.5)
    for i in range(3):
        arc = rounded([(-92 + i * 7, 52 - i * 2), (-50, 68 - i * 7, 0.5), (28, 54 - i * 6)], closed=False)
        canvas.line(arc, look.seam, width=0.7, strength=0.5, dash=(2.2, 1.4))
    canvas.part(ellipse(-8, -74, 6, 4), brim_paint, finish=THIN, shadow=0.4)
    if look.chance(0.7):
        emblem = draw_emblem(64, (look.accent, look.third), look.rng)
        canvas.image.alpha_composite(emblem, (240 - 32 + 2, 320 - 60))


def draw_tie(canvas: Canvas, look: Look) -> None:
    """Draw a tie with a knot.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    half = look.between(17, 25)
    loop = rounded([(-15, -118), (-34, -140, 0.4), (34, -140, 0.4), (15, -118)], closed=False)
    canvas.part(band(loop, 12), look.inside, shadow=0)
    tail = rounded([(-6, -92), (8, -92), (half - 6, 104), (6, 116), (-half + 12, 104)])
    canvas.part([(x + 5, y - 12) for x, y in tail], look.inside, finish=FLAT, shadow=0)
    blade = rounded([(-9, -96), (9, -96), (half, 104, 0.04), (0, 138, 0.02), (-half, 104, 0.04)])
    folds = [look.fold((-3, -92), (-6, -40), width=2.4), look.fold((4, -92), (5, -56), width=2)]
    canvas.part(blade, look.main.turned(38), finish=FLAT, shadow=0.45, folds=folds)
    knot = rounded([(-18, -124, 0.2), (18, -124, 0.2), (10, -94, 0.2), (-10, -94, 0.2)])
    canvas.part(knot, look.main.turned(-38), shadow=0.5)
    if look.chance(0.2):
        canvas.part(box(-14, 8, 14, 12, rounding=2), Paint(STEEL), finish=THIN, shadow=0.5)


def draw_scarf(canvas: Canvas, look: Look) -> None:
    """Draw a scarf laid in a loop with two fringed ends.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    fringe = lighter(look.colour, 0.15)
    for x, low, turn in ((-26.0, 118.0, -5.0), (28.0, 96.0, 6.0)):
        end = [(x - 27 + turn, low), (x + 27 + turn, low)]
        for i in range(12):
            at = end[0][0] + 2 + i * 4.6
            canvas.line([(at, low - 3), (at + look.between(-2, 2), low + 17)], fringe, width=2.0)
        strip = rounded([(x * 0.5 - 22, -40), (x * 0.5 + 22, -40), (end[1][0], low, 0.02), (end[0][0], low, 0.02)])
        folds = [look.fold((x * 0.5 + d, -30), (x + turn + d * 1.3, low), width=4.5, depth=0.42) for d in (-14, -2, 10)]
        canvas.part(strip, look.main.turned(turn), shadow=0.45, folds=folds)
    back: list[Corner] = [
        (-62, -66, 0.5),
        (-40, -120, 0.5),
        (40, -120, 0.5),
        (62, -66, 0.5),
        (30, -72, 0.5),
        (0, -92, 0.5),
        (-30, -72, 0.5),
    ]
    canvas.part(rounded(back), look.inside, shadow=0)
    ring: list[Corner] = [
        (-66, -76, 0.4),
        (-44, -98, 0.5),
        (0, -62, 0.5),
        (44, -98, 0.5),
        (66, -76, 0.4),
        (54, -28, 0.5),
        (0, -12, 0.5),
        (-54, -28, 0.5),
    ]
    folds = [look.fold((-52, -72 + d), (48, -62 + d * 0.8), width=5, depth=0.45) for d in (0, 14, 28)]
    canvas.part(rounded(ring), look.main.turned(70), finish=SOFT, shadow=0.55, folds=folds)


def draw_socks(canvas: Canvas, look: Look) -> None:
    """Draw a pair of socks, one lying on the other.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    high = look.between(40, 104)
    trim = Paint(look.accent, grain="knit") if look.chance(0.6) else look.trim
    for dx, dy in ((20, -10), (-14, 8)):
        leg: list[Corner] = [
            (8, -high),
            (50, -high),
            (50, 40, 0.3),
            (36, 76, 0.5),
            (-26, 94, 0.4),
            (-62, 90, 0.5),
            (-58, 58, 0.5),
            (-12, 46, 0.4),
            (6, 20, 0.3),
        ]
        outline = [(x + dx, y + dy) for x, y in rounded(leg)]
        folds = [look.fold((6 + dx, 22 + dy), (34 + dx, 40 + dy)), look.fold((10 + dx, dy), (36 + dx, 6 + dy))]
        canvas.part(outline, look.main, shadow=0.5, folds=folds)
        canvas.part(
            box(4 + dx, -high - 4 + dy, 54 + dx, -high + 16 + dy), trim, within=outline, finish=FLAT, shadow=0.2
        )
        canvas.part(ellipse(52 + dx, 66 + dy, 30, 26), trim, within=outline, finish=FLAT, shadow=0.15)
        canvas.part(ellipse(-66 + dx, 78 + dy, 26, 24), trim, within=outline, finish=FLAT, shadow=0.15)
