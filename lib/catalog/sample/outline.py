"""Outlines as short lists of corners, each with how far it is rounded off.

Coordinates are points: (0, 0) is the middle of the picture, x to the right, y down, 240 x 320 in all.
"""

import math
from collections.abc import Iterable, Sequence

Point = tuple[float, float]
#: A corner is (x, y) or (x, y, rounding), rounding from 0 (sharp) to 0.5 (the curve meets the sides half-way).
Corner = tuple[float, ...]
Outline = list[Point]

_STEPS = 7


def rounded(corners: Sequence[Corner], *, closed: bool = True, rounding: float = 0.0) -> Outline:
    """Return the points of an outline whose corners are rounded off by quadratic curves.

    Parameters
    ----------
    corners : sequence of (x, y) or (x, y, rounding)
    closed : bool, default=True
        Whether the last corner is joined to the first.
    rounding : float, default=0.0
        Rounding of the corners that have none of their own.

    Returns
    -------
    list of (x, y)

    Examples
    --------
    >>> rounded([(0, 0), (4, 0), (4, 4)])
    [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0)]
    """
    points: Outline = []
    last = len(corners) - 1
    for i, corner in enumerate(corners):
        x, y = float(corner[0]), float(corner[1])
        amount = corner[2] if len(corner) > 2 else rounding
        if amount <= 0 or (not closed and i in (0, last)):
            points.append((x, y))
            continue
        before, after = corners[i - 1], corners[(i + 1) % len(corners)]
        start = (x + (before[0] - x) * amount, y + (before[1] - y) * amount)
        end = (x + (after[0] - x) * amount, y + (after[1] - y) * amount)
        points.extend(_quadratic(start, (x, y), end))
    return points


def _quadratic(start: Point, control: Point, end: Point) -> Outline:
    """Return points along a quadratic curve."""
    points = []
    for step in range(_STEPS + 1):
        t = step / _STEPS
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        points.append((a * start[0] + b * control[0] + c * end[0], a * start[1] + b * control[1] + c * end[1]))
    return points


def mirrored(right: Sequence[Corner]) -> list[Corner]:
    """Return a closed, symmetric list of corners from its right half, listed from the top down.

    Parameters
    ----------
    right : sequence of corners

    Returns
    -------
    list of corners
    """
    return [*right, *flipped([corner for corner in reversed(right) if corner[0] != 0])]


def flipped(corners: Iterable[Corner]) -> list[Corner]:
    """Return corners mirrored at the vertical axis, in the same order.

    Parameters
    ----------
    corners : iterable of corners

    Returns
    -------
    list of corners
    """
    return [(-corner[0], *corner[1:]) for corner in corners]


def opposite(outline: Sequence[Point]) -> Outline:
    """Return an outline mirrored at the vertical axis.

    Parameters
    ----------
    outline : sequence of (x, y)

    Returns
    -------
    list of (x, y)
    """
    return [(-x, y) for x, y in outline]


def moved(corners: Iterable[Corner], dx: float, dy: float, *, scale: float = 1.0, turn: float = 0.0) -> list[Corner]:
    """Return corners scaled and turned about (0, 0), then moved.

    Parameters
    ----------
    corners : iterable of corners
    dx, dy : float
        How far to move.
    scale : float, default=1.0
    turn : float, default=0.0
        Degrees, clockwise on the screen.

    Returns
    -------
    list of corners
    """
    cos, sin = math.cos(math.radians(turn)) * scale, math.sin(math.radians(turn)) * scale
    return [(c[0] * cos - c[1] * sin + dx, c[0] * sin + c[1] * cos + dy, *c[2:]) for c in corners]


def ellipse(x: float, y: float, rx: float, ry: float | None = None, *, start: float = 0, end: float = 360) -> Outline:
    """Return points of an ellipse or of an arc of it.

    Parameters
    ----------
    x, y : float
        Centre.
    rx, ry : float
        Radii; `ry` is `rx` where it is None.
    start, end : float
        Degrees, clockwise from the right.

    Returns
    -------
    list of (x, y)
    """
    ry = rx if ry is None else ry
    n = max(8, int(abs(end - start) / 360 * (16 + 0.5 * max(rx, ry))))
    angles = [math.radians(start + (end - start) * i / n) for i in range(n + 1)]
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


def box(x0: float, y0: float, x1: float, y1: float, *, rounding: float = 0.0) -> Outline:
    """Return a rectangle whose corners are rounded off by `rounding` points.

    Parameters
    ----------
    x0, y0, x1, y1 : float
    rounding : float, default=0.0
        Radius in points.

    Returns
    -------
    list of (x, y)
    """
    r = min(rounding, (x1 - x0) / 2, (y1 - y0) / 2)
    if r <= 0:
        return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    corners = [(x1 - r, y0 + r, -90), (x1 - r, y1 - r, 0), (x0 + r, y1 - r, 90), (x0 + r, y0 + r, 180)]
    return [point for x, y, a in corners for point in ellipse(x, y, r, start=a, end=a + 90)]


def band(path: Sequence[Point], width: float, *, end_width: float | None = None) -> Outline:
    """Return the outline of a strip along a path, such as a strap.

    Parameters
    ----------
    path : sequence of (x, y)
    width : float
        Width at the start.
    end_width : float, optional
        Width at the end; the same unless given.

    Returns
    -------
    list of (x, y)
    """
    end_width = width if end_width is None else end_width
    left: Outline = []
    right: Outline = []
    for i, (x, y) in enumerate(path):
        (ax, ay), (bx, by) = path[max(i - 1, 0)], path[min(i + 1, len(path) - 1)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        half = (width + (end_width - width) * i / max(len(path) - 1, 1)) / 2
        nx, ny = -(by - ay) / length * half, (bx - ax) / length * half
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    return left + right[::-1]
