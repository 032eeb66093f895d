"""Sweaters and sweatshirts."""

from lib.catalog.sample.canvas import FLAT, Canvas
from lib.catalog.sample.colours import darker, lighter, luminance
from lib.catalog.sample.look import Look
from lib.catalog.sample.outline import box, flipped, mirrored, rounded
from lib.catalog.sample.paint import Paint
from lib.catalog.sample.torso import Cut, back_panel, drape, front, neck_rib, sleeves


def draw_sweater(canvas: Canvas, look: Look) -> None:
    """Knitwear with ribbed neck, cuffs and hem.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    cut = Cut(
        length=168 - 6 * look.waisted,
        shoulder=49,
        chest=52,
        waist=52,
        hem=49,
        sleeve="long",
        neck=look.pick("crew", "crew", "v"),
    )
    rib = Paint(look.accent, grain="knit") if look.chance(0.25) else look.trim
    _pullover(canvas, cut, look, rib)
    neck_rib(canvas, cut, look, rib, width=7)


def draw_sweatshirt(canvas: Canvas, look: Look) -> None:
    """Draw a sweatshirt, mostly with a hood, cords and a pouch pocket.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    hooded = look.chance(0.65)
    cut = Cut(
        length=166, shoulder=50, chest=54, waist=54, hem=50, sleeve="long", neck="crew", top=-72 if hooded else None
    )
    if hooded:
        hood(canvas, cut, look)
    _pullover(canvas, cut, look, look.trim)
    if hooded:
        y, pouch = cut.bottom, [(20, -62, 0.1), (38, -34, 0.2), (38, -16, 0.1), (0, -16)]
        corners = [(x, y + dy, r[0] if r else 0) for x, dy, *r in pouch]
        canvas.part(rounded(mirrored([(0, y - 62), *corners])), look.main, shadow=0.4, finish=FLAT)
        collar_cords(canvas, cut, look)
    else:
        neck_rib(canvas, cut, look, look.trim, width=7)


def _pullover(canvas: Canvas, cut: Cut, look: Look, rib: Paint) -> None:
    """Draw sleeves, body and ribbed hem."""
    back_panel(canvas, cut, look)
    sleeves(canvas, cut, look, look.main, cuff=rib)
    body = front(cut, look)
    canvas.part(body, look.main, folds=drape(cut, look, depth=0.34), shadow=0.35)
    canvas.part(box(-90, cut.bottom - 11, 90, cut.bottom + 9), rib, within=body, shadow=0.25)


def hood(canvas: Canvas, cut: Cut, look: Look) -> None:
    """Draw a hood lying open behind the neck.

    Parameters
    ----------
    canvas : Canvas
    cut : Cut
    look : Look
    """
    y = cut.y
    outer = [(0, y - 46, 0.5), (36, y - 40, 0.5), (34, y - 4, 0.4), (24, y + 18, 0.2), (0, y + 26)]
    inner = [(0, y - 36, 0.5), (24, y - 30, 0.5), (22, y + 2, 0.4), (8, y + 22, 0.3), (0, y + 26)]
    canvas.part(rounded(mirrored(outer)), look.main, shadow=0, folds=[look.fold((-20, y - 30), (-26, y))])
    canvas.part(rounded(mirrored(inner)), look.inside, shadow=0.3)


def collar_cords(canvas: Canvas, cut: Cut, look: Look) -> None:
    """Draw the overlapping front edges of a hood and its two cords.

    Parameters
    ----------
    canvas : Canvas
    cut : Cut
    look : Look
    """
    y = cut.y
    right = [(17, y - 6, 0.2), (27, y + 2, 0.4), (8, y + 26, 0.2), (-4, y + 20, 0.2), (9, y + 12, 0.4)]
    for corners in (flipped(right), right):
        canvas.part(rounded(corners), look.main, shadow=0.35)
    cord = lighter(look.colour, 0.75) if luminance(look.colour) < 0.6 else darker(look.colour, 0.5)
    for side in (1, -1):
        canvas.line([(side * 9, y + 20), (side * 10, y + 40), (side * 9, y + 58)], cord, width=1.8)
