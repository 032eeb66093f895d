"""Dresses and skirts."""

from lib.catalog.sample.canvas import FLAT, Canvas, Fold
from lib.catalog.sample.look import Look
from lib.catalog.sample.outline import Corner, band, ellipse, flipped, mirrored, rounded
from lib.catalog.sample.paint import Paint
from lib.catalog.sample.torso import NECKS, Cut, back_panel, drape, neck_rib, sides, sleeves


def draw_dress(canvas: Canvas, look: Look) -> None:
    """Draw a dress: bodice, waist and a skirt that is straight, A-line or full.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    length = look.between(190, 226) if look.child else look.between(210, 272)
    neck = look.pick("straps", "scoop", "v", "crew", "boat")
    sleeve = "none" if neck == "straps" else look.pick("none", "cap", "short", "bell", "none")
    waist = look.between(92, 106)
    cut = Cut(length=length, chest=46, shoulder=43, waist=42, hem=46, sleeve=sleeve, neck=neck, top=-length / 2)
    flare = look.between(0.0, 1.0) ** 0.8
    back_panel(canvas, cut, look, rise=4 if neck != "straps" else 28)
    sleeves(canvas, cut, look, look.main)
    _skirt_panel(canvas, look, cut.y + waist, cut.bottom, 36 * look.wide, (44 + 46 * flare) * look.wide, flare)
    _bodice(canvas, cut, look, waist)
    if neck in ("crew", "scoop", "boat"):
        neck_rib(canvas, cut, look, look.trim, width=2.6)
    _waist(canvas, look, cut.y + waist, 37 * look.wide)


def _bodice(canvas: Canvas, cut: Cut, look: Look, waist: float) -> None:
    """Draw the upper part of a dress, down to the waist."""
    half, depth, roundness = NECKS[cut.neck]
    shoulder, armpit = sides(cut, look)[:2]
    nip = 37 * look.wide
    right: list[Corner] = [(0, cut.y + depth, roundness), (half, cut.y, 0.08), shoulder, armpit]
    right += [(nip, cut.y + waist, 0.1), (0, cut.y + waist + 3, 0.5)]
    folds = [f for f in drape(cut, look, depth=0.24) if f.end[1] < cut.y + waist]
    folds += [look.fold((s * 24, cut.y + 78), (s * 18, cut.y + waist), width=2.4) for s in (1, -1)]
    canvas.part(rounded(mirrored(right)), look.main, folds=folds, shadow=0.35)


def _waist(canvas: Canvas, look: Look, y: float, half: float) -> None:
    """Draw the waist: a seam, a sash with a bow, or a narrow belt."""
    kind = look.pick("seam", "sash", "belt", "seam")
    path = [(-half, y), (0, y + 3), (half, y)]
    if kind == "seam":
        canvas.line(path, look.seam, width=1.0, strength=0.5)
    elif kind == "belt":
        canvas.part(band(path, 7), Paint(look.accent, grain="leather"), finish=FLAT, shadow=0.4)
        canvas.part(ellipse(0, y + 3, 5), Paint((206, 170, 92)), finish=FLAT, shadow=0.4)
        canvas.part(ellipse(0, y + 3, 2.6), Paint(look.accent), finish=FLAT, shadow=0)
    else:
        paint = Paint(look.accent) if look.chance(0.5) else look.trim
        canvas.part(band(path, 10), paint, shadow=0.35)
        loop: list[Corner] = [(0, 0), (9, -9, 0.5), (20, -3, 0.5), (9, 5, 0.5)]
        end: list[Corner] = [(0, 0), (9, 16, 0.3), (13, 34), (6, 36), (3, 14, 0.3)]
        for corners in (end, flipped(end), loop, flipped(loop)):
            canvas.part(rounded([(c[0] + 16, c[1] + y + 2, *c[2:]) for c in corners]), paint, shadow=0.35)


def _skirt_panel(
    canvas: Canvas, look: Look, top: float, bottom: float, waist: float, hem: float, flare: float, *, pleats: int = 0
) -> None:
    """Draw a skirt from the waist to a waved hem."""
    hip = waist + (hem - waist) * 0.4 + 8 * (1 - flare)
    n_waves = 2 + round(3 * flare)
    edge: list[Corner] = [(hem, bottom - 6 * flare, 0.1)]
    edge += [
        (hem * i / (2 * n_waves), bottom + (4.0 * flare if i % 2 else -2.0 * flare), 0.5)
        for i in range(2 * n_waves - 1, 0, -1)
    ]
    right: list[Corner] = [(0, top), (waist, top, 0.1), (hip, top + (bottom - top) * 0.35, 0.5), *edge, (0, bottom)]
    folds = _skirt_folds(look, top, bottom, waist, hem, n=pleats or 3 + round(4 * flare), sharp=bool(pleats))
    canvas.part(rounded(mirrored(right)), look.main, folds=folds, shadow=0)
    half = hem - 2
    stitch = [(-half, bottom - 7 * flare - 6), (0, bottom - 7), (half, bottom - 7 * flare - 6)]
    canvas.line(stitch, look.seam, width=0.6, strength=0.3)


def _skirt_folds(look: Look, top: float, bottom: float, waist: float, hem: float, *, n: int, sharp: bool) -> list[Fold]:
    """Return upright folds that fan out from the waist."""
    folds = []
    for i in range(n):
        share = -0.85 + 1.7 * (i + 0.5) / n
        start, end = (share * waist, top + 4), (share * hem, bottom - 2)
        if sharp:
            folds.append(Fold(start, end, width=2.6, depth=0.45))
        else:
            low = look.between(0.0, 0.35)
            begin = (start[0] + (end[0] - start[0]) * low, start[1] + (end[1] - start[1]) * low)
            folds.append(look.fold(begin, end, width=5.0, depth=0.34))
    return folds


def draw_skirt(canvas: Canvas, look: Look) -> None:
    """Draw a skirt: pencil, A-line, full or pleated.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    kind = look.pick("pencil", "a-line", "full", "pleated")
    flare = {"pencil": 0.05, "a-line": 0.45, "full": 1.0, "pleated": 0.75}[kind]
    length = look.between(96, 120) if look.child or look.chance(0.35) else look.between(136, 206)
    top, waist = -length / 2, 35 * (0.94 if look.child else 1.0)
    hem = 45 + 44 * flare
    _skirt_panel(canvas, look, top + 8, top + length, waist + 1, hem, flare, pleats=13 if kind == "pleated" else 0)
    belt = rounded(
        [
            (-waist, top),
            (0, top + 4, 0.5),
            (waist, top),
            (waist + 2, top + 12),
            (0, top + 16, 0.5),
            (-waist - 2, top + 12),
        ]
    )
    canvas.part(belt, look.trim, finish=FLAT, shadow=0.35)
    if look.chance(0.35):
        for i in range(5):
            canvas.part(ellipse(0, top + 24 + i * length / 6, 2.6), Paint(look.accent), finish=FLAT, shadow=0.4)
    elif look.chance(0.3):
        canvas.part(
            band([(-waist - 1, top + 8), (0, top + 12), (waist + 1, top + 8)], 7), Paint(look.accent), finish=FLAT
        )
