"""The upper body of a garment: panels, sleeves and necklines, shared by tops, jackets and dresses."""

import math
from dataclasses import dataclass

from lib.catalog.sample.canvas import Canvas, Fold
from lib.catalog.sample.look import Look
from lib.catalog.sample.outline import Corner, Outline, band, flipped, mirrored, opposite, rounded
from lib.catalog.sample.paint import Paint

#: Neckline -> (half width, depth in front, rounding of the front edge).
NECKS = {
    "crew": (20.0, 21.0, 0.5),
    "scoop": (25.0, 42.0, 0.5),
    "v": (16.0, 36.0, 0.06),
    "boat": (31.0, 15.0, 0.5),
    "collar": (15.0, 20.0, 0.1),
    "straps": (24.0, 48.0, 0.5),
    "open": (15.0, 70.0, 0.1),
}
#: Sleeve -> (length, half width of the cuff, degrees away from the body).
SLEEVES = {
    "cap": (20.0, 17.0, 46.0),
    "short": (44.0, 19.0, 34.0),
    "half": (78.0, 17.0, 25.0),
    "long": (136.0, 11.5, 17.0),
    "bell": (112.0, 24.0, 22.0),
}


@dataclass(frozen=True)
class Cut:
    """The measures of an upper body, in points.

    Parameters
    ----------
    length : float
        From neck to hem.
    shoulder, chest, waist, hem : float
        Half widths.
    sleeve : str
        A key of ``SLEEVES`` or ``"none"``.
    neck : str
        A key of ``NECKS``.
    tail : float
        How much lower the hem is in the middle.
    top : float, optional
        Where the neck is; the garment is centred where it is None.
    """

    length: float = 172.0
    shoulder: float = 47.0
    chest: float = 50.0
    waist: float = 48.0
    hem: float = 49.0
    sleeve: str = "short"
    neck: str = "crew"
    tail: float = 4.0
    top: float | None = None

    @property
    def y(self) -> float:
        """Where the neck is."""
        return -self.length / 2 - 4 if self.top is None else self.top

    @property
    def bottom(self) -> float:
        """Where the hem is."""
        return self.y + self.length


def front(cut: Cut, look: Look) -> Outline:
    """Return the outline of the front panel.

    Parameters
    ----------
    cut : Cut
    look : Look

    Returns
    -------
    list of (x, y)
    """
    half, depth, roundness = NECKS[cut.neck]
    return rounded(mirrored([(0, cut.y + depth, roundness), (half, cut.y, 0.08), *sides(cut, look)]))


def sides(cut: Cut, look: Look) -> list[Corner]:
    """Return the right side of a body from the shoulder to the middle of the hem.

    Parameters
    ----------
    cut : Cut
    look : Look

    Returns
    -------
    list of corners
    """
    y, wide, nip = cut.y, look.wide, 7 * look.waisted
    shoulder = (30 if cut.neck == "straps" else cut.shoulder) * wide
    drop = 3 if cut.neck == "straps" else 13
    waist, hem = cut.waist * wide - nip, cut.hem * wide
    return [
        (shoulder, y + drop, 0.2),
        (cut.chest * wide - 2, y + 60, 0.3),
        (waist, y + 60 + (cut.length - 60) * 0.45, 0.5),
        (hem, cut.bottom, 0.1),
        (0, cut.bottom + cut.tail, 0.5),
    ]


def sleeves(canvas: Canvas, cut: Cut, look: Look, paint: Paint, *, cuff: Paint | None = None) -> None:
    """Draw both sleeves; the body goes over them.

    Parameters
    ----------
    canvas : Canvas
    cut : Cut
    look : Look
    paint : Paint
    cuff : Paint, optional
        Cloth of the cuffs, where they are set off.
    """
    if cut.sleeve == "none":
        return
    length, half, degrees = SLEEVES[cut.sleeve]
    length *= 0.88 if look.child else 1.0
    for side in (1, -1):
        corners, end = _sleeve(cut, look, length, half, degrees)
        angle = math.radians(degrees)
        down, out = (math.sin(angle), math.cos(angle)), (math.cos(angle), -math.sin(angle))
        folds = _sleeve_folds(cut, look, end, down)
        rim = [(end[0] - down[0] * 4, end[1] - down[1] * 4), (end[0] + down[0] * 4, end[1] + down[1] * 4)]
        tape = band(rim, 2 * half + 2)
        stitch = [(end[0] - down[0] * 6 + out[0] * s * half, end[1] - down[1] * 6 + out[1] * s * half) for s in (-1, 1)]
        if side < 0:
            corners, tape, stitch = flipped(corners), opposite(tape), opposite(stitch)
            folds = [Fold((-f.start[0], f.start[1]), (-f.end[0], f.end[1]), f.width, f.depth) for f in folds]
        canvas.part(rounded(corners), paint.turned(-side * degrees), folds=folds, shadow=0)
        if cuff is None:
            canvas.line(stitch, look.seam, width=0.8, strength=0.5)
        else:
            canvas.part(tape, cuff.turned(-side * degrees), shadow=0.2)


def _sleeve(
    cut: Cut, look: Look, length: float, half: float, degrees: float
) -> tuple[list[Corner], tuple[float, float]]:
    """Return the right sleeve's corners, and the middle of its end."""
    angle = math.radians(degrees)
    down, out = (math.sin(angle), math.cos(angle)), (math.cos(angle), -math.sin(angle))
    sx, sy = cut.shoulder * look.wide, cut.y + 12
    ax, ay = cut.chest * look.wide - 4, cut.y + 62
    start = (sx * 0.6 + ax * 0.4 + 3, sy * 0.6 + ay * 0.4)
    end = (start[0] + down[0] * length, start[1] + down[1] * length)
    swell = 2 if cut.sleeve in ("half", "bell") else 7
    bulge = (
        start[0] + down[0] * length * 0.45 + out[0] * (half + swell),
        start[1] + down[1] * length * 0.45 + out[1] * (half + swell),
    )
    corners: list[Corner] = [
        (sx - 16, sy - 5),
        (sx + 3, sy + 1, 0.5),
        (*bulge, 0.5),
        (end[0] + out[0] * half, end[1] + out[1] * half, 0.08),
        (end[0] - out[0] * half, end[1] - out[1] * half, 0.08),
        (ax + 1, ay + 2, 0.25),
        (ax - 16, ay - 4),
    ]
    return corners, end


def _sleeve_folds(cut: Cut, look: Look, end: tuple[float, float], down: tuple[float, float]) -> list[Fold]:
    """Return creases at the armpit and the elbow of the right sleeve."""
    ax, ay = cut.chest * look.wide - 2, cut.y + 60
    folds = [look.fold((ax, ay - 4), (ax + 12, ay - 26), width=2.5)]
    if cut.sleeve in ("long", "bell"):
        mx, my = end[0] - down[0] * 70, end[1] - down[1] * 70
        folds += [look.fold((mx - 14, my + 4), (mx + 6, my - 4)), look.fold((mx - 10, my + 18), (mx + 8, my + 10))]
        folds.append(look.fold((end[0] - 10, end[1] - 20), (end[0] + 8, end[1] - 24), width=2))
    return folds


def drape(cut: Cut, look: Look, *, depth: float = 0.26) -> list[Fold]:
    """Return creases of a hanging body: from the armpits inwards, and upright ones above the hem.

    Parameters
    ----------
    cut : Cut
    look : Look
    depth : float, default=0.26

    Returns
    -------
    list of Fold
    """
    x, y = cut.chest * look.wide, cut.y + 64
    folds = []
    for side in (1, -1):
        folds.append(look.fold((side * (x - 4), y), (side * (x - 26), y + 26), depth=depth))
        folds.append(look.fold((side * (x - 6), y + 6), (side * (x - 15), y + 46), depth=depth))
        low = cut.bottom - look.between(4, 10)
        folds.append(
            look.fold((side * look.between(10, 34), low - 60), (side * look.between(12, 36), low), depth=depth)
        )
    return folds


def back_panel(canvas: Canvas, cut: Cut, look: Look, *, rise: float = 4.0) -> None:
    """Draw what shows of the inner back through the neckline, with a label in it.

    Parameters
    ----------
    canvas : Canvas
    cut : Cut
    look : Look
    rise : float, default=4.0
        How much lower than the shoulders the back of the neck is.
    """
    half, depth, _ = NECKS[cut.neck]
    y = cut.y
    corners = [(0, y + rise, 0.5), (half, y + 0.5, 0.05), (half + 5, y + 10), (6, y + depth + 8), (0, y + depth + 8)]
    canvas.part(rounded(mirrored(corners)), look.inside, shadow=0)
    if cut.neck in ("crew", "collar", "v", "open", "scoop"):
        canvas.tint([(-6, y + rise + 3), (6, y + rise + 3), (6, y + rise + 8), (-6, y + rise + 8)], look.accent, 0.8)


def neck_rib(canvas: Canvas, cut: Cut, look: Look, paint: Paint, *, width: float = 5.0) -> None:
    """Draw the ribbed edge of a neckline, front and back.

    Parameters
    ----------
    canvas : Canvas
    cut : Cut
    look : Look
    paint : Paint
    width : float, default=5.0
    """
    half, depth, roundness = NECKS[cut.neck]
    y = cut.y
    rear = rounded([(-half, y), (0, y + 4, 0.5), (half, y)], closed=False)
    lead = rounded([(-half - 1, y), (0, y + depth + 1, roundness), (half + 1, y)], closed=False)
    lead = rounded([(-half, y), (0, y + depth, roundness), (half, y)], closed=False) if roundness < 0.3 else lead
    canvas.part(band(rear, width * 0.8), paint, shadow=0)
    canvas.part(band(lead, width), paint, shadow=0.2)
