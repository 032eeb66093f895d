"""Jeans, trousers, track pants, leggings and shorts."""

from dataclasses import dataclass

from lib.catalog.sample.canvas import FLAT, THIN, Canvas, Fold
from lib.catalog.sample.colours import BRASS, RGB, WHITE, lighter, luminance
from lib.catalog.sample.look import Look
from lib.catalog.sample.outline import Corner, Outline, band, box, ellipse, mirrored, rounded
from lib.catalog.sample.paint import Paint


@dataclass(frozen=True)
class Legs:
    """The measures of trousers, in points.

    Parameters
    ----------
    length : float
        From waist to hem.
    waist, hip : float
        Half widths.
    knee, hem : float
        Widths of one leg.
    spread : float
        How far the hems are from the middle, at their inner side.
    """

    length: float = 268.0
    waist: float = 38.0
    hip: float = 47.0
    knee: float = 33.0
    hem: float = 28.0
    spread: float = 9.0

    @property
    def top(self) -> float:
        """Where the waist is."""
        return -self.length / 2

    @property
    def crotch(self) -> float:
        """Where the legs part."""
        return self.top + min(84.0, self.length * 0.62)


def _outline(legs: Legs) -> Outline:
    """Return the outline of both legs."""
    top, low = legs.top, legs.length / 2
    knee = legs.crotch + (low - legs.crotch) * 0.5
    inner = legs.spread * 0.5
    right: list[Corner] = [
        (0, top + 4, 0.5),
        (legs.waist, top, 0.05),
        (legs.hip, top + 48, 0.4),
        (inner + legs.knee + 5, knee, 0.4),
        (legs.spread + legs.hem, low, 0.06),
        (legs.spread, low + 1, 0.06),
        (inner, knee, 0.4),
        (1.2, legs.crotch, 0.1),
    ]
    return rounded([*right, *mirrored(right)[len(right) :]])


def _folds(legs: Legs, look: Look, *, depth: float = 0.32) -> list[Fold]:
    """Return creases at the crotch, the knees and the hems."""
    low, folds = legs.length / 2, []
    knee = legs.crotch + (low - legs.crotch) * 0.5
    for side in (1, -1):
        folds.append(look.fold((side * 3, legs.crotch), (side * 28, legs.crotch - 14), depth=depth))
        folds.append(look.fold((side * 4, legs.crotch + 6), (side * 26, legs.crotch + 12), depth=depth))
        if legs.length > 180:
            middle = side * (legs.spread * 0.5 + legs.knee / 2)
            folds += [
                look.fold((middle - 10, knee + dy), (middle + 10, knee + dy - 5), depth=depth, width=2.2)
                for dy in (-8, 4, 14)
            ]
            end = side * (legs.spread + legs.hem / 2)
            folds += [
                look.fold((end - 9, low + dy), (end + 9, low + dy + 4), depth=depth, width=2) for dy in (-16, -26)
            ]
        folds.append(look.fold((side * 30, legs.top + 52), (side * 26, low - 20), depth=depth * 0.5, width=5))
    return folds


def _waistband(canvas: Canvas, legs: Legs, look: Look, paint: Paint, *, loops: bool = True) -> None:
    """Draw the waistband with its loops and button."""
    top, half = legs.top, legs.waist
    inner = rounded([(-half, top), (0, top - 3, 0.5), (half, top), (0, top + 5, 0.5)])
    canvas.part(inner, look.inside, shadow=0, finish=FLAT)
    corners: list[Corner] = [
        (-half, top),
        (0, top + 5, 0.5),
        (half, top),
        (half + 2, top + 12),
        (0, top + 17, 0.5),
        (-half - 2, top + 12),
    ]
    canvas.part(rounded(corners), paint, finish=FLAT, shadow=0.35)
    if loops:
        for x in (-26, -11, 11, 26):
            y = top + 4.5 - abs(x) * 0.1
            canvas.part(box(x - 2, y - 2, x + 2, y + 13), paint, finish=THIN, shadow=0.45)


def _pockets(canvas: Canvas, legs: Legs, look: Look, thread: RGB) -> None:
    """Draw curved front pockets and the fly."""
    top = legs.top + 14
    for side in (1, -1):
        curve = rounded([(side * 21, top), (side * 25, top + 20, 0.5), (side * (legs.hip - 2), top + 26)], closed=False)
        canvas.line(curve, look.seam, width=1.3, strength=0.7)
        canvas.line([(x - side * 2, y + 2) for x, y in curve], thread, width=0.7, dash=(2, 1.2))
    fly = rounded([(9, top + 2), (9, top + 38, 0.4), (1, top + 50)], closed=False)
    canvas.line(fly, thread, width=0.7, dash=(2, 1.2))
    canvas.line([(0, top + 2), (0, legs.crotch)], look.seam, width=1.0, strength=0.6)


def draw_jeans(canvas: Canvas, look: Look) -> None:
    """Jeans with a washed-out thigh, contrast stitches and a leather patch.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    legs = _fitted(look, look.pick("skinny", "straight", "straight", "boot"))
    body = _outline(legs)
    thread: RGB = (208, 156, 88) if luminance(look.colour) < 0.62 else look.seam
    canvas.part(body, look.main, folds=_folds(legs, look, depth=0.4), shadow=0)
    wash = lighter(look.colour, 0.55)
    strength = look.between(0.0, 0.5)
    for side in (1, -1):
        canvas.tint(ellipse(side * 25, legs.top + 92, 10, 46), wash, strength, blur=8)
        canvas.tint(ellipse(side * 24, legs.length / 2 - 60, 7, 26), wash, strength * 0.7, blur=7)
        low = legs.length / 2
        canvas.line(
            [(side * legs.spread, low - 5), (side * (legs.spread + legs.hem), low - 6)],
            thread,
            width=0.7,
            dash=(2, 1.2),
        )
    if look.chance(0.25):
        _turn_ups(canvas, legs, look, Paint(lighter(look.colour, 0.45), grain="denim"))
    _pockets(canvas, legs, look, thread)
    _waistband(canvas, legs, look, look.main)
    canvas.part(ellipse(0, legs.top + 10, 3), Paint(BRASS), finish=THIN, shadow=0.5)


def _fitted(look: Look, fit: str) -> Legs:
    """Return full-length legs of a fit and a person's build."""
    knee, hem = {"skinny": (27, 19), "straight": (33, 28), "boot": (31, 37), "wide": (42, 48), "jogger": (35, 22)}[fit]
    scale = 0.92 if look.child else 1.0
    wide = 1.04 if look.gender == "Men" else 0.96
    length = 222 if look.child else look.between(262, 280)
    return Legs(
        length=length,
        waist=36 * wide,
        hip=(45 + 3 * look.waisted) * wide,
        knee=knee * wide * scale,
        hem=hem * wide * scale,
    )


def _turn_ups(canvas: Canvas, legs: Legs, look: Look, paint: Paint, *, height: float = 12.0) -> None:
    """Draw turned-up hems."""
    low = legs.length / 2
    for side in (1, -1):
        x0, x1 = sorted((side * (legs.spread - 1.5), side * (legs.spread + legs.hem + 1.5)))
        canvas.part(box(x0, low - height, x1, low + 2, rounding=2), paint, finish=FLAT, shadow=0.35)


def draw_trousers(canvas: Canvas, look: Look) -> None:
    """Chinos or suit trousers with a pressed crease.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    wide = look.waisted > 0.5 and look.chance(0.45)
    legs = _fitted(look, "wide" if wide else look.pick("straight", "skinny", "straight"))
    canvas.part(_outline(legs), look.main, folds=_folds(legs, look, depth=0.22), shadow=0)
    low = legs.length / 2
    for side in (1, -1):
        x = side * (legs.spread + legs.hem / 2)
        crease = [(side * 22, legs.top + 30), (x - side * 2, low - 2)]
        canvas.line(crease, look.seam, width=0.9, strength=0.45)
        canvas.line([(side * 29, legs.top + 16), (side * 41, legs.top + 52)], look.seam, width=1.2, strength=0.65)
    canvas.line([(0, legs.top + 16), (0, legs.crotch)], look.seam, width=1.0, strength=0.5)
    if look.chance(0.25):
        _turn_ups(canvas, legs, look, look.trim, height=9)
    _waistband(canvas, legs, look, look.main)
    canvas.part(ellipse(3, legs.top + 10, 2.4), Paint(look.seam), finish=THIN, shadow=0.4)


def draw_track_pants(canvas: Canvas, look: Look) -> None:
    """Track pants with ribbed cuffs, piping along the legs and a cord.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    legs = _fitted(look, look.pick("jogger", "jogger", "straight"))
    body = _outline(legs)
    canvas.part(body, look.main, folds=_folds(legs, look, depth=0.36), shadow=0)
    low, middle = legs.length / 2, legs.crotch + legs.length * 0.33
    for side in (1, -1):
        outer = legs.spread + legs.hem - 3
        path = rounded(
            [
                (side * (legs.waist - 3), legs.top),
                (side * (legs.hip - 4), legs.top + 48, 0.4),
                (side * (legs.spread * 0.5 + legs.knee + 1), middle - 20, 0.4),
                (side * outer, low),
            ],
            closed=False,
        )
        canvas.part(band(path, look.between(3, 6)), Paint(look.accent), within=body, shadow=0, finish=FLAT)
    if legs.hem < 25:
        _turn_ups(canvas, legs, look, Paint(look.trim.colour, grain="knit"), height=15)
    _waistband(canvas, legs, look, Paint(look.trim.colour, grain="knit"), loops=False)
    _cord(canvas, legs.top + 14)


def _cord(canvas: Canvas, y: float) -> None:
    """Draw the two ends of a waist cord."""
    for side in (1, -1):
        canvas.line(
            rounded([(side * 2, y), (side * 7, y + 14, 0.5), (side * 5, y + 32)], closed=False), WHITE, width=1.8
        )
        canvas.line([(side * 5, y + 29), (side * 5, y + 33)], (60, 60, 66), width=2.2)


def draw_leggings(canvas: Canvas, look: Look) -> None:
    """Close-fitting leggings.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    length = 214 if look.child else look.between(240, 268)
    legs = Legs(length=length, waist=31, hip=40, knee=25, hem=15, spread=12)
    body = _outline(legs)
    canvas.part(body, look.main, folds=_folds(legs, look, depth=0.24), shadow=0)
    if look.chance(0.35):
        low = legs.length / 2
        for side in (1, -1):
            panel = [
                (side * 40, legs.top + 30),
                (side * 27, legs.top + 60),
                (side * 30, low - 40),
                (side * 40, low - 60),
            ]
            canvas.part(panel, Paint(look.accent), within=body, finish=FLAT, shadow=0)
    _waistband(canvas, legs, look, look.trim, loops=False)


def draw_shorts(canvas: Canvas, look: Look) -> None:
    """Shorts: chino with turn-ups, cargo with pockets, or sports with a cord.

    Parameters
    ----------
    canvas : Canvas
    look : Look
    """
    kind = look.pick("chino", "cargo", "sports")
    long = look.gender in ("Men", "Boys")
    length = look.between(128, 158) if long else look.between(104, 124)
    legs = Legs(length=length, waist=41, hip=54, knee=51, hem=54 if long else 57, spread=6 if long else 4)
    body = _outline(legs)
    canvas.part(body, look.main, folds=_folds(legs, look, depth=0.34), shadow=0)
    low = legs.length / 2
    if kind == "sports":
        for side in (1, -1):
            strip = [
                (side * 44, legs.top),
                (side * 54, legs.top + 46),
                (side * 60, low),
                (side * 52, low),
                (side * 46, legs.top + 40),
            ]
            canvas.part(strip, Paint(look.accent), within=body, finish=FLAT, shadow=0.1)
        _waistband(canvas, legs, look, look.trim, loops=False)
        _cord(canvas, legs.top + 14)
        return
    if kind == "cargo":
        for side in (1, -1):
            x = side * 43
            canvas.part(
                box(x - 13, low - 62, x + 13, low - 26, rounding=2), look.main, within=body, finish=FLAT, shadow=0.4
            )
            canvas.part(
                box(x - 14, low - 65, x + 14, low - 54, rounding=2), look.main, within=body, finish=FLAT, shadow=0.4
            )
    elif look.chance(0.6):
        _turn_ups(canvas, legs, look, look.trim, height=12)
    _pockets(canvas, legs, look, look.seam)
    _waistband(canvas, legs, look, look.main)
    canvas.part(ellipse(0, legs.top + 10, 2.6), Paint(look.seam), finish=THIN, shadow=0.4)
