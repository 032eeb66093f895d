"""Jackets: bomber, denim, puffer, biker and blazer."""

from collections.abc import Callable, Mapping

from lib.catalog.sample.canvas import CLOTH, FLAT, SOFT, THIN, Canvas
from lib.catalog.sample.colours import BRASS, INK, STEEL, WHITE, luminance
from lib.catalog.sample.knitwear import hood
from lib.catalog.sample.look import Look
from lib.catalog.sample.outline import band, box, flipped, mirrored, rounded
from lib.catalog.sample.paint import Paint
from lib.catalog.sample.tops import breast_pocket, button, collar
from lib.catalog.sample.torso import Cut, back_panel, drape, front, sleeves


def draw_jacket(canvas: Canvas, look: Look) -> None:
    """Draw a jacket of one of the kinds of ``JACKETS``.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    JACKETS[look.pick(*JACKETS)](canvas, look)


def _base(canvas: Canvas, cut: Cut, look: Look, cuff: Paint | None, *, finish_depth: float = 0.34) -> None:
    """Draw the back of the neck, sleeves and body."""
    back_panel(canvas, cut, look)
    sleeves(canvas, cut, look, look.main, cuff=cuff)
    canvas.part(front(cut, look), look.main, folds=drape(cut, look, depth=finish_depth), shadow=0.4, finish=CLOTH)


def _zip(canvas: Canvas, look: Look, top: float, bottom: float, x: float = 0.0) -> None:
    """Draw a closed zip with its puller."""
    canvas.tint([(x - 3, top), (x + 3, top), (x + 3, bottom), (x - 3, bottom)], (15, 15, 22), 0.45)
    canvas.line([(x, top), (x, bottom)], STEEL, width=2.2, dash=(1.1, 1.0))
    canvas.part(box(x - 1.8, top + 6, x + 1.8, top + 16, rounding=1.5), Paint(STEEL), finish=THIN, shadow=0.5)


def _bomber(canvas: Canvas, look: Look) -> None:
    """Ribbed collar, cuffs and hem; slanted pockets."""
    cut = Cut(length=160, shoulder=51, chest=55, waist=55, hem=50, sleeve="long", neck="crew")
    rib = Paint(look.accent, grain="knit") if look.chance(0.4) else Paint(look.trim.colour, grain="knit")
    _base(canvas, cut, look, rib)
    body = front(cut, look)
    canvas.part(box(-90, cut.bottom - 13, 90, cut.bottom + 9), rib, within=body)
    canvas.part(band(rounded([(-20, cut.y), (0, cut.y + 20, 0.5), (20, cut.y)], closed=False), 9), rib)
    _zip(canvas, look, cut.y + 17, cut.bottom)
    for side in (1, -1):
        canvas.line([(side * 36, cut.bottom - 62), (side * 25, cut.bottom - 32)], look.seam, width=2.4, strength=0.7)


def _denim(canvas: Canvas, look: Look) -> None:
    """Yoke, chest flaps, stitched panels and metal buttons."""
    cut = Cut(length=160, shoulder=50, chest=54, waist=52, hem=50, sleeve="long", neck="collar", tail=2)
    _base(canvas, cut, look, look.main)
    thread = (206, 152, 84) if luminance(look.colour) < 0.6 else look.seam
    body = front(cut, look)
    canvas.part(box(-90, cut.bottom - 12, 90, cut.bottom + 6), look.main, within=body)
    y = cut.y + 50
    for side in (1, -1):
        for path in (
            [(side * 6, y), (side * 46 * look.wide, y - 3)],
            [(side * 16, y + 18), (side * 11, cut.bottom - 13)],
            [(side * 36, y + 18), (side * 30, cut.bottom - 13)],
        ):
            canvas.line(path, look.seam, width=1.2, strength=0.6)
            canvas.line([(px + 2 * side, py + 2) for px, py in path], thread, width=0.7, dash=(2, 1.3))
        flap = [(side * 14, y), (side * 39, y), (side * 39, y + 12), (side * 26, y + 20), (side * 14, y + 12)]
        canvas.part(flap, look.main, finish=FLAT, shadow=0.45)
        button(canvas, side * 26.5, y + 12, BRASS, radius=2.4)
    canvas.part(box(-5, cut.y + 16, 5, cut.bottom), look.main, within=body, finish=FLAT, shadow=0.35)
    for i in range(5):
        button(canvas, 0, cut.y + 34 + i * (cut.length - 42) / 4.3, BRASS, radius=2.6)
    collar(canvas, cut, look, look.main)


def _puffer(canvas: Canvas, look: Look) -> None:
    """Quilted bulges, a hood and a zip."""
    hooded = look.chance(0.6)
    cut = Cut(
        length=164, shoulder=52, chest=58, waist=58, hem=56, sleeve="long", neck="crew", top=-70 if hooded else None
    )
    if hooded:
        hood(canvas, cut, look)
    _base(canvas, cut, look, None)
    body = front(cut, look)
    for i in range(7):
        top = cut.y - 2 + i * cut.length / 7
        quilt = rounded([(-75, top), (0, top + 5, 0.5), (75, top), (75, top + 25), (0, top + 31, 0.5), (-75, top + 25)])
        canvas.part(quilt, look.main, within=body, finish=SOFT, shadow=0.25)
    canvas.part(band(rounded([(-21, cut.y - 2), (0, cut.y + 19, 0.5), (21, cut.y - 2)], closed=False), 12), look.main)
    _zip(canvas, look, cut.y + 16, cut.bottom + 2)


def _biker(canvas: Canvas, look: Look) -> None:
    """Wide lapels and a slanting zip."""
    cut = Cut(length=154, shoulder=50, chest=53, waist=51, hem=49, sleeve="long", neck="open", tail=1)
    _base(canvas, cut, look, None)
    body = front(cut, look)
    canvas.tint(rounded([(-13, cut.y + 6), (13, cut.y + 6), (0, cut.y + 66)]), WHITE if look.chance(0.5) else INK, 0.9)
    lapel = [
        (13, cut.y - 4, 0.2),
        (26, cut.y + 14, 0.2),
        (40, cut.y + 26, 0.1),
        (30, cut.y + 46, 0.1),
        (-4, cut.y + 74, 0.1),
    ]
    for corners in (flipped(lapel), lapel):
        canvas.part(rounded(corners), look.main, shadow=0.5, finish=FLAT)
    _zip(canvas, look, cut.y + 70, cut.bottom, x=-4)
    canvas.part(box(-90, cut.bottom - 15, 90, cut.bottom + 4), look.main, within=body)
    canvas.part(box(-12, cut.bottom - 13, 4, cut.bottom - 2, rounding=2), Paint(STEEL), finish=THIN)
    for side in (1, -1):
        canvas.line([(side * 38, cut.bottom - 50), (side * 22, cut.bottom - 34)], STEEL, width=2, dash=(1.2, 0.9))


def _blazer(canvas: Canvas, look: Look) -> None:
    """Notched lapels over a shirt, flap pockets, two buttons."""
    cut = Cut(length=186, shoulder=51, chest=53, waist=48, hem=53, sleeve="long", neck="open", tail=3)
    _base(canvas, cut, look, None, finish_depth=0.28)
    y = cut.y
    shirt = [(0, y + 82), (-15, y + 2), (15, y + 2)]
    canvas.part(rounded(shirt), Paint((246, 246, 244)), shadow=0, finish=FLAT)
    small = Cut(length=cut.length, neck="collar", top=y + 2)
    collar(canvas, small, look, Paint((250, 250, 249)))
    lapel = [
        (13, y - 8, 0.2),
        (24, y + 4, 0.2),
        (30, y + 24, 0.05),
        (36, y + 22, 0.1),
        (30, y + 46, 0.2),
        (-1, y + 86, 0.1),
    ]
    for corners in (flipped(lapel), lapel):
        canvas.part(rounded(corners), look.main, shadow=0.5, finish=FLAT)
    canvas.line([(-1, y + 86), (-1, cut.bottom)], look.seam, width=1.2, strength=0.6)
    for i in range(2):
        button(canvas, 3, y + 92 + i * 24, look.seam, radius=2.8)
    for side in (1, -1):
        canvas.part(
            box(side * 29 - 13, y + 122, side * 29 + 13, y + 130, rounding=2), look.main, finish=FLAT, shadow=0.4
        )
    if look.chance(0.4):
        canvas.part(
            [(17, y + 60), (33, y + 60), (33, y + 63), (27, y + 54), (24, y + 58), (20, y + 52)],
            Paint(look.accent),
            finish=THIN,
        )


def _overshirt(canvas: Canvas, look: Look) -> None:
    """Draw a field jacket with four pockets."""
    cut = Cut(length=178, shoulder=50, chest=54, waist=53, hem=53, sleeve="long", neck="collar", tail=2)
    _base(canvas, cut, look, look.main)
    for side in (1, -1):
        breast_pocket(canvas, cut, look, side)
        corners = mirrored([(15, cut.bottom - 56), (15, cut.bottom - 18, 0.1), (0, cut.bottom - 16)])
        canvas.part(rounded([(x + side * 28, y, *r) for x, y, *r in corners]), look.main, finish=FLAT, shadow=0.4)
        canvas.part(
            box(side * 28 - 16, cut.bottom - 58, side * 28 + 16, cut.bottom - 48, rounding=2), look.main, finish=FLAT
        )
    canvas.part(box(-6, cut.y + 16, 6, cut.bottom), look.main, finish=FLAT, shadow=0.35)
    for i in range(6):
        button(canvas, 0, cut.y + 32 + i * 25, BRASS if look.chance(0.3) else look.seam, radius=2.5)
    collar(canvas, cut, look, look.trim)


JACKETS: Mapping[str, Callable[[Canvas, Look], None]] = {
    "bomber": _bomber,
    "denim": _denim,
    "puffer": _puffer,
    "biker": _biker,
    "blazer": _blazer,
    "overshirt": _overshirt,
}
