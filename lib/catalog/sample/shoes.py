"""Closed shoes, seen from the side with the toe to the left."""

from lib.catalog.sample.canvas import FLAT, GLOSSY, THIN, Canvas
from lib.catalog.sample.colours import BRASS, INK, RGB, WHITE, darker, lighter, luminance, mix
from lib.catalog.sample.look import Look
from lib.catalog.sample.outline import Corner, Outline, band, box, ellipse, rounded
from lib.catalog.sample.paint import Paint

GUM: RGB = (176, 128, 80)


def _upper(*, collar: float = 0.0, toe: float = 0.0) -> Outline:
    """Return the side of a low shoe; `collar` raises the ankle, `toe` flattens the toe."""
    corners: list[Corner] = [
        (-97, 32),
        (-104, 17 + toe, 0.45),
        (-88, -2 + toe, 0.5),
        (-54, -6 + toe * 0.4, 0.5),
        (-22, -25, 0.3),
        (8, -49 - collar, 0.25),
        (22, -47 - collar, 0.3),
        (46, -24 - collar, 0.5),
        (68, -30 - collar, 0.4),
        (88, -45 - collar, 0.4),
        (92, -18, 0.4),
        (94, 32),
    ]
    return rounded(corners)


def _opening(canvas: Canvas, look: Look, lining: RGB, *, collar: float = 0.0, tongue: Paint | None = None) -> None:
    """Draw the lining that shows at the ankle, and the tongue."""
    far: list[Corner] = [(6, -44 - collar), (34, -40 - collar, 0.5), (88, -47 - collar, 0.3), (82, -16), (30, -8)]
    canvas.part(rounded(far), Paint(darker(lining, 0.25)), shadow=0)
    if tongue is not None:
        shape: list[Corner] = [
            (-30, -16),
            (0, -58 - collar, 0.2),
            (15, -62 - collar, 0.4),
            (23, -45 - collar, 0.3),
            (2, -8),
        ]
        canvas.part(rounded(shape), tongue, shadow=0.2)


def draw_sports_shoe(canvas: Canvas, look: Look) -> None:
    """Draw a running shoe: mesh upper, overlays, laces and a thick shaped sole.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    accent, sole = Paint(look.accent), Paint(WHITE if look.chance(0.7) else look.accent)
    _opening(canvas, look, look.accent, tongue=look.trim)
    upper = _upper(toe=look.between(-2, 4))
    canvas.part(upper, look.main, shadow=0.3)
    overlay = look.trim if look.chance(0.5) else accent
    toe: list[Corner] = [(-110, 40), (-110, 0), (-86, -4, 0.3), (-66, 14, 0.5), (-56, 40)]
    heel: list[Corner] = [(100, 40), (100, -44), (80, -44, 0.2), (60, -14, 0.5), (52, 40)]
    for corners in (toe, heel):
        canvas.part(rounded(corners), overlay, within=upper, shadow=0.3)
    _side_mark(canvas, look, upper)
    _laces(canvas, look, upper, n=5)
    _running_sole(canvas, look, sole)
    pull = rounded([(84, -43), (94, -53, 0.4), (99, -37, 0.4), (91, -26)])
    canvas.part(pull, accent, shadow=0.3, finish=FLAT)


def _side_mark(canvas: Canvas, look: Look, upper: Outline) -> None:
    """Draw an abstract decoration on the side."""
    kind = look.pick("arch", "wave", "dots", "peaks")
    paint = Paint(look.accent)
    if kind == "arch":
        arch = rounded([(-34, 24), (-8, -26, 0.5), (34, -18, 0.5), (46, 24)], closed=False)
        canvas.part(band(arch, 9, end_width=5), paint, within=upper, shadow=0.15, finish=FLAT)
    elif kind == "wave":
        path = rounded([(-62, 27), (-30, -6, 0.5), (4, 18, 0.5), (34, -10, 0.5), (64, 2)], closed=False)
        canvas.part(band(path, 8, end_width=3), paint, within=upper, shadow=0.15, finish=FLAT)
    elif kind == "dots":
        for i in range(6):
            canvas.tint(ellipse(-34 + i * 15, 6 - i * 2.4, 5.4 - i * 0.55), look.accent, 0.95)
    else:
        peaks = [(-44, 16), (-22, -6), (-6, 14), (18, -14), (36, 12), (60, -6)]
        canvas.line(peaks, look.accent, width=4.5)


def _laces(canvas: Canvas, look: Look, upper: Outline, *, n: int, rise: float = 0.0) -> None:
    """Draw the eyestay and the laces across it."""
    stay: list[Corner] = [
        (-54, -8),
        (-24, -27),
        (8, -51 - rise),
        (23, -45 - rise, 0.3),
        (12, -26, 0.4),
        (-16, 1, 0.3),
        (-40, 7, 0.4),
    ]
    canvas.part(rounded(stay), look.trim, within=upper, shadow=0.3, finish=FLAT)
    colour = WHITE if luminance(look.colour) < 0.75 else look.seam
    for i in range(n):
        t = (i + 0.4) / n
        x, y = -46 + 48 * t, -10 - 38 * t - rise * t
        canvas.part(band([(x - 2, y - 1), (x + 16, y + 9)], 5), Paint(colour), finish=THIN, shadow=0.45)
    loop = rounded([(2, -44 - rise), (-12, -54 - rise, 0.5), (-18, -40 - rise, 0.5), (0, -42 - rise)], closed=False)
    canvas.line(loop, colour, width=2.4)


def _running_sole(canvas: Canvas, look: Look, paint: Paint) -> None:
    """Draw a thick wedge of a sole, with grooves and a tread."""
    shape: list[Corner] = [
        (-106, 24, 0.3), (-60, 26, 0.4), (-10, 24, 0.5), (50, 14, 0.5), (97, 8, 0.2), (106, 26, 0.3), (98, 50, 0.3),
        (40, 54, 0.2), (-70, 54, 0.3), (-104, 40, 0.4),
    ]  # fmt: skip
    outline = rounded(shape)
    canvas.part(outline, paint, finish=GLOSSY, shadow=0.4)
    canvas.part(
        box(-110, 48, 110, 58), Paint(look.accent if look.chance(0.6) else INK), within=outline, finish=FLAT, shadow=0.2
    )
    groove = rounded([(-96, 36), (-30, 40, 0.5), (30, 32, 0.5), (98, 26)], closed=False)
    canvas.line(groove, darker(paint.colour, 0.3), width=1.6, strength=0.7)
    for i in range(6):
        canvas.line([(46 + i * 9, 34), (42 + i * 9, 46)], darker(paint.colour, 0.35), width=1.6, strength=0.5)


def draw_casual_shoe(canvas: Canvas, look: Look) -> None:
    """Draw a plimsoll, a court shoe, a high top, a slip-on or a loafer.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    kind = look.pick("canvas", "court", "high", "slip-on", "loafer")
    if kind == "loafer":
        _loafer(canvas, look)
        return
    collar = 34 if kind == "high" else 0
    _opening(canvas, look, (226, 220, 208), collar=collar, tongue=None if kind == "slip-on" else look.trim)
    upper = _upper(collar=collar, toe=4)
    canvas.part(upper, look.main, shadow=0.3)
    if kind in ("canvas", "high"):
        cap = rounded([(-112, 40), (-112, -2), (-88, -2, 0.3), (-74, 14, 0.5), (-72, 40)])
        canvas.part(cap, Paint(WHITE), within=upper, shadow=0.3, finish=GLOSSY)
    if kind == "high":
        ankle = rounded([(34, -62, 0.3), (100, -84), (100, -30), (60, -24, 0.4)])
        canvas.part(ankle, Paint(look.accent), within=upper, shadow=0.3, finish=FLAT)
    if kind == "slip-on":
        gore: list[Corner] = [(-6, -50), (18, -50), (20, -18, 0.3), (0, -8, 0.3), (-18, -28)]
        canvas.part(rounded(gore), Paint(look.seam, grain="knit"), within=upper, shadow=0.3)
    else:
        _laces(canvas, look, upper, n=6 if kind == "high" else 5, rise=collar)
    heel = rounded([(100, 40), (100, -50), (84, -44, 0.2), (74, 0, 0.4), (76, 40)])
    canvas.part(heel, Paint(look.accent) if look.chance(0.5) else look.trim, within=upper, shadow=0.25)
    canvas.line(
        rounded([(-64, 26), (-36, -2, 0.5), (70, 4)], closed=False), look.seam, width=0.8, strength=0.6, dash=(2.4, 1.4)
    )
    _flat_sole(canvas, look)


def _flat_sole(canvas: Canvas, look: Look) -> None:
    """Draw a level rubber sole with a coloured line."""
    colour = GUM if look.chance(0.25) else WHITE
    outline = rounded([(-105, 22, 0.3), (96, 22, 0.3), (99, 34, 0.3), (95, 48, 0.3), (-98, 48, 0.4), (-108, 36, 0.4)])
    canvas.part(outline, Paint(colour), finish=FLAT, shadow=0.4)
    canvas.line(
        [(-103, 31), (97, 31)], look.accent if look.chance(0.6) else darker(colour, 0.25), width=2.0, strength=0.9
    )
    canvas.line([(-98, 44), (95, 44)], darker(colour, 0.3), width=1.2, strength=0.6)


def _loafer(canvas: Canvas, look: Look) -> None:
    """Draw a slip-on leather shoe with an apron seam and a strap."""
    canvas.part(
        rounded([(-20, -28), (30, -36, 0.5), (88, -48, 0.3), (86, -10), (0, -4)]), Paint((150, 112, 78)), shadow=0
    )
    outline = rounded([
        (-98, 30), (-104, 12, 0.45), (-84, -8, 0.5), (-48, -16, 0.4), (-18, -36, 0.3), (4, -36, 0.3), (34, -14, 0.5),
        (66, -28, 0.4), (88, -46, 0.4), (94, -16, 0.4), (94, 32),
    ])  # fmt: skip
    canvas.part(outline, Paint(look.colour, grain="leather"), finish=GLOSSY, shadow=0.3)
    apron = rounded([(-92, 6), (-62, -2, 0.5), (-16, -12, 0.4), (-2, -34)], closed=False)
    canvas.line(apron, look.seam, width=1.6, strength=0.8)
    strap = rounded([(-36, -30), (-12, -44, 0.2), (12, -6, 0.2), (-6, 26), (-30, 26), (-20, -2, 0.3)])
    canvas.part(strap, Paint(darker(look.colour, 0.15), grain="leather"), within=outline, shadow=0.4, finish=FLAT)
    if look.chance(0.6):
        canvas.part(box(-21, -16, -3, -9, rounding=3), Paint(BRASS), finish=THIN, shadow=0.5)
    _leather_sole(canvas, look)


def _leather_sole(canvas: Canvas, look: Look) -> None:
    """Draw a thin sole with a stacked heel."""
    colour = mix(INK, (92, 58, 36), 0.6 if luminance(look.colour) > 0.15 else 0.0)
    canvas.part(
        rounded([(42, 30), (96, 28), (95, 52, 0.1), (46, 52, 0.1)]), Paint(darker(colour, 0.2)), finish=FLAT, shadow=0.2
    )
    sole = rounded(
        [(-104, 26, 0.4), (97, 26, 0.2), (98, 35, 0.2), (40, 37, 0.3), (-20, 40, 0.5), (-60, 46, 0.4), (-100, 38, 0.5)]
    )
    canvas.part(sole, Paint(colour), finish=FLAT, shadow=0.4)
    canvas.line([(-98, 29), (94, 29)], lighter(colour, 0.4), width=0.8, dash=(2, 1.4))


def draw_formal_shoe(canvas: Canvas, look: Look) -> None:
    """Draw a laced leather shoe: cap toe, brogue or plain.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    leather = Paint(look.colour, grain="leather")
    _opening(canvas, look, (168, 130, 92), tongue=Paint(darker(look.colour, 0.1)))
    upper = _upper(toe=7)
    canvas.part(upper, leather, finish=GLOSSY, shadow=0.3)
    kind = look.pick("cap", "brogue", "plain")
    if kind != "plain":
        cap = rounded([(-112, 40), (-112, -8), (-74, -10), (-66, 14, 0.5), (-68, 40)])
        canvas.part(cap, Paint(darker(look.colour, 0.08), grain="leather"), within=upper, finish=GLOSSY, shadow=0.4)
    quarter = rounded(
        [
            (-34, -14),
            (8, -52),
            (24, -46, 0.2),
            (48, -22, 0.5),
            (94, -44),
            (96, 34),
            (6, 34),
            (-12, 10, 0.3),
            (-40, 2, 0.4),
        ]
    )
    canvas.part(quarter, leather, within=upper, finish=FLAT, shadow=0.45)
    if kind == "brogue":
        path = rounded([(-36, -8), (-12, 4, 0.4), (6, 30)], closed=False)
        canvas.line(path, darker(look.colour, 0.6), width=1.8, dash=(1.6, 2.2))
        canvas.line(
            rounded([(-71, 3), (-66, 14, 0.5), (-69, 30)], closed=False),
            darker(look.colour, 0.6),
            width=1.8,
            dash=(1.6, 2.2),
        )
    for i in range(4):
        x, y = -20 + i * 8, -16 - i * 7.4
        canvas.part(band([(x - 6, y - 3), (x + 10, y + 7)], 2.8), Paint(look.seam), finish=THIN, shadow=0.4)
    canvas.tint(ellipse(-80, 4, 12, 4), WHITE, 0.35, blur=3)
    canvas.tint(ellipse(70, -12, 5, 18), WHITE, 0.2, blur=4)
    _leather_sole(canvas, look)
