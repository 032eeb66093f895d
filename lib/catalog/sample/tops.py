"""T-shirts, shirts, tops, kurtas and knitwear."""

from lib.catalog.sample.canvas import FLAT, THIN, Canvas
from lib.catalog.sample.colours import darker, lighter, luminance, seam
from lib.catalog.sample.look import Look
from lib.catalog.sample.outline import band, box, ellipse, flipped, rounded
from lib.catalog.sample.paint import Paint
from lib.catalog.sample.torso import Cut, back_panel, drape, front, neck_rib, sleeves


def draw_tshirt(canvas: Canvas, look: Look) -> None:
    """Draw a T-shirt: crew, V or scoop neck, or a polo collar.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    neck = look.pick("crew", "crew", "crew", "v", "scoop" if look.waisted else "crew")
    polo = look.pattern in ("plain", "striped", "colour block") and look.chance(0.22)
    cut = Cut(
        length=158 if look.child else look.between(166, 182) - 10 * look.waisted,
        sleeve="long" if look.chance(0.1) else "cap" if look.waisted > 0.5 and look.chance(0.5) else "short",
        neck="collar" if polo else neck,
    )
    ringer = look.chance(0.18)
    rib = Paint(look.accent, grain=look.main.grain) if ringer else look.trim
    back_panel(canvas, cut, look)
    sleeves(canvas, cut, look, look.main, cuff=rib if ringer else None)
    canvas.part(front(cut, look), look.main, folds=drape(cut, look), shadow=0.35)
    hem_stitch(canvas, cut, look)
    if polo:
        placket(canvas, cut, look, length=46, n_buttons=3)
        collar(canvas, cut, look, rib)
    else:
        neck_rib(canvas, cut, look, rib)


def draw_shirt(canvas: Canvas, look: Look) -> None:
    """Draw a buttoned shirt with a collar, a curved hem and a breast pocket.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    cut = Cut(
        length=166 if look.child else look.between(182, 192) - 8 * look.waisted,
        chest=52,
        waist=50,
        hem=50,
        sleeve="short" if look.chance(0.25) else "half" if look.chance(0.12) else "long",
        neck="collar",
        tail=look.between(8, 14),
    )
    contrast = look.chance(0.12)
    trim = Paint((248, 247, 244)) if contrast else look.main
    back_panel(canvas, cut, look)
    sleeves(canvas, cut, look, look.main, cuff=trim.turned(8))
    canvas.part(front(cut, look), look.main, folds=drape(cut, look, depth=0.3), shadow=0.35)
    hem_stitch(canvas, cut, look)
    placket(canvas, cut, look, length=cut.length - 16, n_buttons=7)
    pockets = (1, -1) if look.chance(0.2) else (1,) if look.chance(0.7) and not look.waisted > 0.5 else ()
    for side in pockets:
        breast_pocket(canvas, cut, look, side)
    collar(canvas, cut, look, trim)


def draw_top(canvas: Canvas, look: Look) -> None:
    """Draw a woman's top: sleeveless, cap or bell sleeves, sometimes with a peplum.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    neck = look.pick("straps", "scoop", "boat", "v", "crew")
    sleeve = "none" if neck == "straps" else look.pick("none", "cap", "bell", "half", "cap")
    flare = look.between(0, 16)
    cut = Cut(
        length=look.between(140, 166),
        chest=47,
        waist=44 + flare * 0.4,
        hem=46 + flare,
        sleeve=sleeve,
        neck=neck,
        tail=6,
    )
    back_panel(canvas, cut, look, rise=4 if neck != "straps" else 26)
    sleeves(canvas, cut, look, look.main)
    folds = drape(cut, look, depth=0.3)
    folds += [look.fold((x, cut.y + 92), (x * 1.25, cut.bottom), depth=0.28) for x in (-30, -12, 10, 28)]
    canvas.part(front(cut, look), look.main, folds=folds, shadow=0.35)
    hem_stitch(canvas, cut, look)
    if neck in ("crew", "scoop", "boat"):
        neck_rib(canvas, cut, look, look.trim, width=3)
    if look.chance(0.3):
        waist = cut.y + 60 + (cut.length - 60) * 0.45
        half = cut.waist * look.wide - 5
        canvas.part(band([(-half, waist), (0, waist + 3), (half, waist)], 7), look.trim, finish=FLAT)


def draw_kurta(canvas: Canvas, look: Look) -> None:
    """Draw a long tunic with side slits and an embroidered neckline.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    cut = Cut(
        length=look.between(232, 256),
        chest=49,
        waist=48,
        hem=58,
        sleeve=look.pick("half", "long", "half"),
        neck="collar",
        tail=0,
    )
    gold = look.accent if look.chance(0.5) else (205, 168, 88)
    back_panel(canvas, cut, look)
    sleeves(canvas, cut, look, look.main, cuff=Paint(gold) if look.chance(0.5) else None)
    folds = drape(cut, look) + [
        look.fold((x, cut.y + 110), (x * 1.4, cut.bottom), depth=0.25) for x in (-34, -14, 12, 32)
    ]
    body = front(cut, look)
    canvas.part(body, look.main, folds=folds, shadow=0.35)
    canvas.part(box(-7, cut.y + 12, 7, cut.y + 84, rounding=4), Paint(gold), finish=FLAT, within=body)
    for i in range(6):
        canvas.part(ellipse(0, cut.y + 26 + i * 10, 2.2), look.plain, finish=THIN)
    canvas.part(box(-90, cut.bottom - 9, 90, cut.bottom + 8), Paint(gold), finish=FLAT, within=body)
    collar_band = rounded([(-15, cut.y), (0, cut.y + 20, 0.1), (15, cut.y)], closed=False)
    canvas.part(band(collar_band, 7), Paint(gold), finish=FLAT)
    for side in (1, -1):
        canvas.line(
            [(side * 50 * look.wide, cut.bottom), (side * 46 * look.wide, cut.bottom - 64)],
            look.seam,
            width=1.2,
            strength=0.7,
        )


def collar(canvas: Canvas, cut: Cut, look: Look, paint: Paint) -> None:
    """Draw a shirt collar: the stand behind, two leaves in front.

    Parameters
    ----------
    canvas : Canvas
    cut : Cut
    look : Look
    paint : Paint
    """
    y, tip = cut.y, look.between(18, 24)
    stand = rounded(
        [(-16, y + 1), (-13, y - 9, 0.4), (13, y - 9, 0.4), (16, y + 1), (12, y + 3), (0, y + 5, 0.5), (-12, y + 3)]
    )
    canvas.part(stand, look.inside, shadow=0, finish=FLAT)
    rear = rounded([(-14, y - 8), (0, y - 12, 0.5), (14, y - 8), (13, y - 4), (0, y - 6, 0.5), (-13, y - 4)])
    canvas.part(rear, paint, shadow=0, finish=FLAT)
    leaf = [(12, y - 10, 0.2), (21, y + 3, 0.3), (tip, y + 24, 0.06), (1, y + 20, 0.05), (13, y - 3, 0.3)]
    for side, corners in ((1, leaf), (-1, flipped(leaf))):
        canvas.part(rounded(corners), paint.turned(side * 24), shadow=0.45, finish=FLAT)
        edge = [(side * 19, y + 5), (side * (tip - 2), y + 22), (side * 4, y + 18.5)]
        canvas.line(edge, look.seam, width=0.6, strength=0.45)


def placket(canvas: Canvas, cut: Cut, look: Look, *, length: float, n_buttons: int) -> None:
    """Draw a button strip down the front.

    Parameters
    ----------
    canvas : Canvas
    cut : Cut
    look : Look
    length : float
    n_buttons : int
    """
    top, bottom = cut.y + 16, cut.y + 16 + length - 6
    body = front(cut, look)
    canvas.tint([(4, top), (7, top), (7, bottom), (4, bottom)], (20, 20, 30), 0.22, blur=1.2)
    canvas.part([(-5, top), (5, top), (5, bottom), (-5, bottom)], look.main, within=body, finish=FLAT, shadow=0.15)
    for side in (-3.6, 3.6):
        canvas.line([(side, top + 4), (side, bottom - 2)], look.seam, width=0.5, strength=0.5)
    light = luminance(look.colour) > 0.5
    face = look.pick("bone", "tone")
    colour = (
        (240, 236, 226) if face == "bone" and not light else seam(look.colour) if light else lighter(look.colour, 0.4)
    )
    step = (bottom - top - 18) / max(n_buttons - 1, 1)
    for i in range(n_buttons):
        button(canvas, 0, top + 10 + i * step, colour)


def button(canvas: Canvas, x: float, y: float, colour: tuple[int, int, int], *, radius: float = 2.3) -> None:
    """Draw a button with its four holes.

    Parameters
    ----------
    canvas : Canvas
    x, y : float
    colour : (red, green, blue)
    radius : float, default=2.3
    """
    canvas.part(ellipse(x, y, radius), Paint(colour), finish=THIN, shadow=0.4)
    for dx, dy in ((-0.6, -0.6), (0.6, -0.6), (-0.6, 0.6), (0.6, 0.6)):
        canvas.tint(ellipse(x + dx * radius / 2, y + dy * radius / 2, 0.35), darker(colour, 0.6), 0.8)


def breast_pocket(canvas: Canvas, cut: Cut, look: Look, side: int) -> None:
    """Draw a patch pocket on the chest.

    Parameters
    ----------
    canvas : Canvas
    cut : Cut
    look : Look
    side : int
        1 is the right half of the picture, -1 the left.
    """
    x, y = side * 25.0, cut.y + 54
    corners = [(x - 12, y), (x + 12, y), (x + 12, y + 22, 0.1), (x, y + 28, 0.1), (x - 12, y + 22, 0.1)]
    canvas.part(rounded(corners), look.main, finish=FLAT, shadow=0.3)
    canvas.line([(x - 12, y + 4.5), (x + 12, y + 4.5)], look.seam, width=0.6, strength=0.6)


def hem_stitch(canvas: Canvas, cut: Cut, look: Look) -> None:
    """Draw the stitches above the hem.

    Parameters
    ----------
    canvas : Canvas
    cut : Cut
    look : Look
    """
    half = cut.hem * look.wide - 2
    path = rounded([(-half, cut.bottom - 5), (0, cut.bottom + cut.tail - 5, 0.5), (half, cut.bottom - 5)], closed=False)
    canvas.line(path, look.seam, width=0.7, strength=0.5, dash=(2.2, 1.2))
