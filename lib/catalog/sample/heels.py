"""Heels and flats from the side; sandals and flip-flops as a pair from above."""

from lib.catalog.sample.canvas import FLAT, GLOSSY, THIN, Canvas
from lib.catalog.sample.colours import BRASS, INK, WHITE, darker, lighter, luminance, mix
from lib.catalog.sample.look import Look
from lib.catalog.sample.outline import Corner, band, box, ellipse, flipped, moved, rounded
from lib.catalog.sample.paint import Paint

_FOOT: tuple[Corner, ...] = (
    (-14, -110, 0.4), (8, -114, 0.5), (30, -94, 0.5), (37, -50, 0.4), (28, 10, 0.5), (29, 70, 0.5), (20, 110, 0.5),
    (-8, 114, 0.5), (-25, 92, 0.5), (-21, 20, 0.5), (-34, -40, 0.5), (-31, -92, 0.4),
)  # fmt: skip


def draw_heel(canvas: Canvas, look: Look) -> None:
    """Draw a pump or a sandal on a stiletto, a block heel or a wedge.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    heel, open_toe, strap = look.pick("stiletto", "block", "wedge"), look.chance(0.35), look.chance(0.45)
    shiny = GLOSSY if look.chance(0.6) else FLAT
    lining = (214, 178, 140)
    base = darker(look.colour, 0.12)
    shapes: dict[str, list[Corner]] = {
        "stiletto": [(58, -12), (88, -24), (86, 0, 0.4), (81, 58), (74, 58), (72, 4, 0.4)],
        "block": [(44, 2), (88, -24), (90, 58, 0.05), (58, 58, 0.05)],
        "wedge": [(-60, 44), (0, 30), (50, -4), (89, -24), (92, 58, 0.05), (-56, 58, 0.2)],
    }
    cork = heel == "wedge" and look.chance(0.6)
    canvas.part(
        rounded(shapes[heel]), Paint((196, 156, 108), grain="leather") if cork else Paint(base), finish=shiny, shadow=0
    )
    far: list[Corner] = [(-50, 14), (-12, 2, 0.5), (34, -42, 0.4), (82, -68, 0.2), (86, -30), (10, 24), (-44, 30)]
    canvas.part(rounded(far), Paint(lining), shadow=0, finish=FLAT)
    toe: list[Corner] = [(-100, 44, 0.4), (-84, 16, 0.5)] if not open_toe else [(-84, 44, 0.2), (-80, 20, 0.4)]
    upper: list[Corner] = [
        *toe, (-46, 8, 0.25), (-10, 16, 0.5), (34, -26, 0.5), (80, -68, 0.3), (92, -42, 0.3), (89, -20, 0.2),
        (58, -6, 0.4), (14, 28, 0.5), (-34, 54, 0.4), (-60, 54),
    ]  # fmt: skip
    canvas.part(rounded(upper), look.main, finish=shiny, shadow=0.4)
    sole: list[Corner] = [(-106, 50, 0.4), (-36, 47, 0.4), (12, 24, 0.5), (60, -10, 0.4), (88, -22),
        (88, -17), (60, -4, 0.4),
                          (14, 32, 0.5), (-34, 58, 0.4), (-98, 58, 0.4)]  # fmt: skip
    canvas.part(rounded(sole), Paint(mix(base, INK, 0.35)), finish=FLAT, shadow=0.2)
    _trimmings(canvas, look, strap=strap)


def _trimmings(canvas: Canvas, look: Look, *, strap: bool) -> None:
    """Draw an ankle strap with a buckle, or a bow on the toe, and the shine."""
    if strap:
        path = rounded(
            [(84, -64), (60, -96, 0.5), (16, -92, 0.5), (6, -78, 0.5), (40, -70, 0.5), (86, -62)], closed=False
        )
        canvas.part(band(path, 5), look.plain, finish=THIN, shadow=0.3)
        canvas.part(ellipse(22, -84, 4.5), Paint(BRASS), finish=THIN, shadow=0.4)
        canvas.part(band(rounded([(85, -62), (83, -40)], closed=False), 6), look.plain, finish=THIN, shadow=0.2)
    elif look.chance(0.5):
        loop: list[Corner] = [(0, 0), (-12, -9, 0.5), (-22, -1, 0.5), (-12, 7, 0.5)]
        for corners in (loop, flipped(loop)):
            canvas.part(rounded(moved(corners, -58, 12, turn=-14)), Paint(look.accent), shadow=0.4)
        canvas.part(ellipse(-58, 12, 4), Paint(look.accent), finish=THIN, shadow=0.4)
    canvas.tint(ellipse(-78, 30, 10, 5), WHITE, 0.4, blur=3)
    canvas.tint(ellipse(76, -42, 4, 13), WHITE, 0.28, blur=3)


def draw_flat(canvas: Canvas, look: Look) -> None:
    """Draw a ballerina: low, with a bow, a strap or a buckle.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    far: list[Corner] = [(-48, 2), (-6, -6, 0.5), (50, -8, 0.5), (88, -34, 0.2), (90, 6), (0, 26)]
    canvas.part(rounded(far), Paint((222, 190, 156)), shadow=0, finish=FLAT)
    upper: list[Corner] = [
        (-98, 36), (-102, 20, 0.4), (-82, -2, 0.5), (-46, -6, 0.3), (-14, 10, 0.5), (40, 8, 0.5),
        (70, -10, 0.4), (88, -32, 0.3), (97, -4, 0.4), (95, 36),
    ]  # fmt: skip
    canvas.part(rounded(upper), look.main, finish=GLOSSY, shadow=0.4)
    piping = rounded([(-46, -6), (-14, 10, 0.5), (40, 8, 0.5), (70, -10, 0.4), (88, -32)], closed=False)
    canvas.line(piping, look.seam, width=1.8, strength=0.8)
    sole = rounded([(-105, 32, 0.3), (98, 31, 0.2), (98, 42, 0.2), (62, 43), (58, 39), (-96, 41, 0.3)])
    canvas.part(sole, Paint(mix(INK, (120, 84, 56), 0.6)), finish=FLAT, shadow=0.4)
    kind = look.pick("bow", "strap", "buckle", "plain")
    if kind == "bow":
        loop: list[Corner] = [(0, 0), (-10, -9, 0.5), (-19, 0, 0.5), (-10, 7, 0.5)]
        for corners in (loop, flipped(loop)):
            canvas.part(rounded(moved(corners, -54, -4, turn=-10)), look.trim, shadow=0.45)
        canvas.part(ellipse(-54, -4, 3.6), look.trim, finish=THIN, shadow=0.4)
    elif kind == "strap":
        path = rounded([(-4, 20), (4, -26, 0.5), (26, -30, 0.5), (34, 16)], closed=False)
        canvas.part(band(path, 7), look.trim, finish=THIN, shadow=0.4)
    elif kind == "buckle":
        canvas.part(box(-66, -8, -50, 3, rounding=3), Paint(BRASS), finish=THIN, shadow=0.5)


def draw_flip_flop(canvas: Canvas, look: Look) -> None:
    """Draw a pair of flip-flops from above.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    bed = Paint(look.accent) if look.chance(0.4) else look.main
    strap = Paint(look.accent if bed.texture is not None or bed.colour == look.colour else look.colour)
    rim = Paint(lighter(look.colour, 0.35) if luminance(look.colour) < 0.6 else darker(look.colour, 0.3))
    for side in (1, -1):
        _sole(canvas, side, rim, bed)
        for path in ([(-10, -64), (-24, -34, 0.5), (-27, 6)], [(-10, -64), (18, -44, 0.5), (31, -2)]):
            corners = path if side > 0 else flipped(path)
            curve = [(x + side * 46, y) for x, y in rounded(corners, closed=False)]
            canvas.part(band(curve, 7, end_width=14), strap, finish=GLOSSY, shadow=0.5)
        canvas.part(ellipse(side * 36, -65, 5), strap, finish=GLOSSY, shadow=0.4)


def _sole(canvas: Canvas, side: int, rim: Paint, bed: Paint) -> None:
    """Draw one sole from above: the rim, the bed and where foot has worn it."""
    foot = list(_FOOT) if side > 0 else flipped(_FOOT)
    canvas.part(rounded(moved(foot, side * 46, 2, scale=1.06)), rim, finish=FLAT, shadow=0)
    canvas.part(rounded(moved(foot, side * 46, 0)), bed, finish=FLAT, shadow=0)
    canvas.tint(ellipse(side * 46, -58, 20, 26), (20, 20, 30), 0.12, blur=8)
    canvas.tint(ellipse(side * 47, 76, 15, 20), (20, 20, 30), 0.12, blur=8)


def draw_sandal(canvas: Canvas, look: Look) -> None:
    """Draw a pair of sandals from above: two broad straps, a cross, or thin ones with a buckle.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    kind = look.pick("bands", "cross", "thin")
    bed = Paint((196, 158, 114) if look.chance(0.6) else darker(look.colour, 0.35), grain="leather")
    strap = Paint(look.colour, grain="leather")
    tables: dict[str, list[tuple[list[Corner], float]]] = {
        "bands": [([(-38, -66), (0, -76, 0.5), (40, -60)], 26), ([(-31, -14), (0, -24, 0.5), (36, -10)], 22)],
        "cross": [([(-38, -74), (0, -56, 0.4), (34, -8)], 19), ([(40, -70), (4, -60, 0.4), (-29, -8)], 19)],
        "thin": [
            ([(-38, -70), (0, -80, 0.5), (40, -64)], 9),
            ([(-34, -48), (0, -58, 0.5), (39, -42)], 9),
            ([(0, -78), (2, -30)], 7),
        ],
    }
    for side in (1, -1):
        _sole(canvas, side, Paint(mix(INK, bed.colour, 0.3)), bed)
        foot = list(_FOOT) if side > 0 else flipped(_FOOT)
        limit = rounded(moved(foot, side * 46, 2, scale=1.1))
        for path, width in tables[kind]:
            corners = path if side > 0 else flipped(path)
            curve = [(x + side * 46, y) for x, y in rounded(corners, closed=False)]
            canvas.part(band(curve, width), strap, finish=GLOSSY, shadow=0.5, within=limit)
        ankle = rounded([(side * 46 - 28, 40), (side * 46, 26, 0.5), (side * 46 + 30, 40)], closed=False)
        canvas.part(band(ankle, 10), strap, finish=GLOSSY, shadow=0.5, within=limit)
        x = side * 70
        canvas.part(box(x - 6, 28, x + 6, 42, rounding=2), Paint(BRASS), finish=THIN, shadow=0.5)
        canvas.part(box(x - 3, 31, x + 3, 39, rounding=1), strap, finish=THIN, shadow=0)
