"""Handbags, backpacks, clutches and wallets."""

from lib.catalog.sample.canvas import FLAT, SOFT, THIN, Canvas
from lib.catalog.sample.colours import BRASS, STEEL, WHITE, lighter, luminance
from lib.catalog.sample.look import Look
from lib.catalog.sample.outline import Corner, Outline, band, box, ellipse, flipped, mirrored, rounded
from lib.catalog.sample.paint import Paint


def _metal(look: Look) -> Paint:
    """Return the colour of the fittings."""
    return Paint(BRASS if look.chance(0.6) else STEEL)


def _stitched(canvas: Canvas, outline: Outline, look: Look) -> None:
    """Draw stitches along an outline."""
    thread = lighter(look.colour, 0.45) if luminance(look.colour) < 0.5 else look.seam
    canvas.line([*outline, outline[0]], thread, width=0.7, strength=0.8, dash=(2.4, 1.4))


def draw_handbag(canvas: Canvas, look: Look) -> None:
    """Draw a tote, a satchel with a flap, a bowling bag or a bucket.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    {"tote": _tote, "satchel": _satchel, "dome": _dome, "bucket": _bucket}[
        look.pick("tote", "satchel", "dome", "bucket")
    ](canvas, look)


def _handles(canvas: Canvas, look: Look, *, y: float, half: float, rise: float, width: float = 7, metal: Paint) -> None:
    """Draw two arched handles, one behind the other, with rings; the bag goes below the front one."""
    for dy, shade in ((-6, look.inside), (0, look.trim)):
        path = rounded(
            [(-half, y + 16), (-half * 0.92, y - rise + dy, 0.5), (half * 0.92, y - rise + dy, 0.5), (half, y + 16)],
            closed=False,
        )
        canvas.part(band(path, width), Paint(shade.colour, grain="leather"), shadow=0.3)
    for side in (1, -1):
        canvas.part(ellipse(side * half, y + 17, 7), metal, finish=THIN, shadow=0.45)
        canvas.part(ellipse(side * half, y + 17, 3.8), look.plain, finish=THIN, shadow=0)
        canvas.part(
            box(side * half - 5, y + 20, side * half + 5, y + 34, rounding=3), look.trim, finish=FLAT, shadow=0.4
        )


def _tote(canvas: Canvas, look: Look) -> None:
    """Draw an open shopper."""
    flare, metal = look.between(-8, 14), _metal(look)
    top, low = -30.0, 100.0
    canvas.part(
        rounded([(-80 - flare, top), (0, top - 9, 0.5), (80 + flare, top), (0, top + 12)]), look.inside, shadow=0
    )
    body = rounded(
        mirrored([(0, top + 4, 0.5), (82 + flare, top, 0.05), (78, low - 4, 0.12), (70, low, 0.3), (0, low)])
    )
    folds = [look.fold((s * 60, top + 26), (s * 46, low - 30), depth=0.22, width=5) for s in (1, -1)]
    canvas.part(body, look.main, finish=SOFT, shadow=0.3, folds=folds)
    canvas.part(box(-120, low - 22, 120, low + 2), look.trim, within=body, finish=FLAT, shadow=0.2)
    _handles(canvas, look, y=top, half=40, rise=look.between(56, 84), metal=metal)
    if look.chance(0.5):
        canvas.line([(40, top + 36), (44, top + 60)], look.seam, width=1.6)
        canvas.part(
            box(37, top + 58, 51, top + 86, rounding=3), Paint(look.accent, grain="leather"), finish=FLAT, shadow=0.4
        )


def _satchel(canvas: Canvas, look: Look) -> None:
    """Draw a bag with a flap and a clasp."""
    metal, top, low = _metal(look), -36.0, 84.0
    _handles(canvas, look, y=top - 6, half=34, rise=46, metal=metal)
    body = rounded(mirrored([(0, top), (84, top, 0.12), (90, low - 8, 0.2), (78, low, 0.3), (0, low)]))
    canvas.part(body, look.main, finish=SOFT, shadow=0.3)
    drop = low - look.between(26, 52)
    flap = rounded(mirrored([(0, top - 5), (86, top - 5, 0.12), (89, drop - 30, 0.3), (48, drop, 0.4), (0, drop + 4)]))
    canvas.part(flap, look.trim, finish=SOFT, shadow=0.55)
    _stitched(
        canvas,
        rounded(mirrored([(0, top), (81, top, 0.12), (84, drop - 32, 0.3), (46, drop - 5, 0.4), (0, drop - 1)])),
        look,
    )
    canvas.part(box(-12, drop - 12, 12, drop + 12, rounding=4), metal, finish=THIN, shadow=0.5)
    canvas.part(box(-5, drop - 3, 5, drop + 6, rounding=2), Paint(lighter(metal.colour, 0.4)), finish=THIN, shadow=0.4)


def _dome(canvas: Canvas, look: Look) -> None:
    """Draw a bowling bag with a zip over its top."""
    metal, top, low = _metal(look), -42.0, 80.0
    body = rounded(mirrored([(0, top), (62, top, 0.5), (92, low - 30, 0.5), (90, low, 0.2), (0, low)]))
    canvas.part(body, look.main, finish=SOFT, shadow=0)
    arc = rounded([(-78, low - 34), (-58, top + 12, 0.5), (58, top + 12, 0.5), (78, low - 34)], closed=False)
    canvas.line(arc, look.seam, width=4, strength=0.8)
    canvas.line(arc, metal.colour, width=2, dash=(1.3, 1.2))
    for side in (1, -1):
        corner: list[Corner] = [(58, low + 4), (96, low + 4), (96, low - 34), (84, low - 30, 0.3), (64, low - 16, 0.5)]
        canvas.part(rounded(corner if side > 0 else flipped(corner)), look.trim, within=body, finish=FLAT, shadow=0.35)
    _handles(canvas, look, y=top + 16, half=34, rise=62, metal=metal)


def _bucket(canvas: Canvas, look: Look) -> None:
    """Draw a gathered bucket bag on a long strap."""
    metal, top, low = _metal(look), -24.0, 104.0
    strap = rounded([(-56, top + 12), (-70, -142, 0.5), (70, -142, 0.5), (56, top + 12)], closed=False)
    canvas.part(band(strap, 6), look.trim, finish=THIN, shadow=0)
    canvas.part(rounded([(-58, top), (0, top - 14, 0.5), (58, top), (0, top + 14, 0.5)]), look.inside, shadow=0)
    body = rounded(
        mirrored(
            [
                (0, top + 9, 0.5),
                (60, top - 2, 0.1),
                (56, top + 26, 0.4),
                (74, low - 16, 0.4),
                (66, low, 0.3),
                (0, low + 2),
            ]
        )
    )
    folds = [look.fold((x * 0.8, top + 24), (x, top + 84), width=3.4, depth=0.4) for x in (-48, -28, -8, 14, 34, 52)]
    canvas.part(body, look.main, finish=SOFT, shadow=0.3, folds=folds)
    cord = rounded([(-58, top + 22), (0, top + 33, 0.5), (58, top + 22)], closed=False)
    canvas.part(band(cord, 5), Paint(look.accent, grain="leather"), finish=THIN, shadow=0.4)
    for side in (1, -1):
        end = rounded([(side * 3, top + 28), (side * 12, top + 52, 0.4), (side * 8, top + 76)], closed=False)
        canvas.part(band(end, 4), Paint(look.accent, grain="leather"), finish=THIN, shadow=0.4)
        canvas.part(ellipse(side * 57, top + 8, 5), metal, finish=THIN, shadow=0.4)
    canvas.part(box(-120, low - 18, 120, low + 6), look.trim, within=body, finish=FLAT, shadow=0.25)


def draw_backpack(canvas: Canvas, look: Look) -> None:
    """Draw a backpack with a front pocket, zips, a handle and straps that show at its sides.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    top, low, accent = -112.0, 112.0, Paint(look.accent)
    strap: list[Corner] = [
        (50, -70),
        (92, -46, 0.5),
        (90, 60, 0.5),
        (62, 104),
        (56, 96),
        (76, 50, 0.5),
        (78, -34, 0.5),
        (46, -56),
    ]
    for corners in (strap, flipped(strap)):
        canvas.part(rounded(corners), look.inside, shadow=0)
    canvas.part(
        band(rounded([(-18, top + 6), (-14, top - 22, 0.5), (14, top - 22, 0.5), (18, top + 6)], closed=False), 8),
        look.trim,
        shadow=0,
    )
    body = rounded(
        mirrored([(0, top), (48, top, 0.5), (76, top + 60, 0.5), (78, low - 20, 0.3), (62, low, 0.3), (0, low)])
    )
    canvas.part(body, look.main, finish=SOFT, shadow=0.3)
    arc = rounded(
        [(-66, 10), (-64, top + 36, 0.5), (-30, top + 16, 0.4), (30, top + 16, 0.4), (64, top + 36, 0.5), (66, 10)],
        closed=False,
    )
    canvas.line(arc, look.seam, width=3.6, strength=0.8)
    canvas.line(arc, STEEL, width=1.8, dash=(1.3, 1.1))
    block = accent if look.chance(0.4) else look.main
    pocket = rounded(mirrored([(0, 4), (50, 4, 0.25), (62, 40, 0.4), (60, low - 12, 0.25), (0, low - 8)]))
    canvas.part(pocket, block, finish=SOFT, shadow=0.5)
    canvas.line([(-46, 22), (46, 22)], look.seam, width=3.4, strength=0.8)
    canvas.line([(-46, 22), (46, 22)], STEEL, width=1.6, dash=(1.3, 1.1))
    canvas.part(box(38, 22, 43, 40, rounding=2), accent, finish=THIN, shadow=0.5)
    canvas.part(box(-17, -46, 17, -28, rounding=4), Paint(look.accent, grain="leather"), finish=FLAT, shadow=0.35)
    canvas.line([(-9, -37), (9, -37)], WHITE if luminance(look.accent) < 0.6 else look.colour, width=2.2, strength=0.8)


def draw_clutch(canvas: Canvas, look: Look) -> None:
    """Draw an evening bag: an envelope or a box with a frame and a chain.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    metal = _metal(look)
    if look.chance(0.5):
        chain = rounded([(-84, -26), (-60, -96, 0.5), (60, -96, 0.5), (84, -26)], closed=False)
        canvas.line(chain, metal.colour, width=3.2, dash=(3.4, 1.6))
    body = rounded([(-98, -46, 0.1), (98, -46, 0.1), (96, 58, 0.08), (-96, 58, 0.08)])
    canvas.part(body, look.main, finish=SOFT, shadow=0.3)
    if look.chance(0.5):
        flap = rounded([(-98, -48, 0.03), (98, -48, 0.03), (96, -30), (8, 26, 0.2), (-8, 26, 0.2), (-96, -30)])
        canvas.part(flap, look.main, finish=FLAT, shadow=0.6)
        canvas.part(ellipse(0, 18, 7), metal, finish=THIN, shadow=0.5)
        return
    canvas.part(box(-99, -52, 99, -40, rounding=4), metal, finish=THIN, shadow=0.45)
    for x in (-5, 5):
        canvas.part(ellipse(x, -56, 6), Paint(lighter(metal.colour, 0.2)), finish=THIN, shadow=0.4)
    for i in range(1, 6):
        canvas.line([(-98 + i * 33, -38), (-98 + i * 33, 56)], look.seam, width=1.2, strength=0.35)


def draw_wallet(canvas: Canvas, look: Look) -> None:
    """Draw a wallet, folded in two or long with a clasp.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    long = look.gender == "Women"
    half, top, low = (92.0, -46.0, 46.0) if long else (70.0, -54.0, 54.0)
    canvas.part(box(-half + 3, top - 4, half + 3, low - 4, rounding=7), look.inside, shadow=0)
    body = box(-half, top, half, low, rounding=8)
    canvas.part(body, look.main, finish=SOFT, shadow=0.4)
    _stitched(canvas, box(-half + 5, top + 5, half - 5, low - 5, rounding=5), look)
    if long:
        canvas.part(box(-half, top - 1, half, top + 34, rounding=8), look.trim, finish=FLAT, shadow=0.45)
        canvas.part(ellipse(0, top + 34, 7), _metal(look), finish=THIN, shadow=0.5)
        return
    canvas.line([(-half + 12, top), (-half + 12, low)], look.seam, width=1.4, strength=0.6)
    canvas.part(
        box(half - 34, low - 24, half - 12, low - 13, rounding=2),
        Paint(look.accent, grain="leather"),
        finish=FLAT,
        shadow=0.3,
    )
    if look.chance(0.5):
        canvas.part(box(-half, -8, half, 8), look.trim, within=body, finish=FLAT, shadow=0.2)
