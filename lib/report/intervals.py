"""Intervals drawn as inline SVG, all of one table on one scale."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT, _MARGIN = 240.0, 26.0, 8.0
#: Steps between ticks: these times a power of ten.
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """A common scale from a low to a high value.

    Parameters
    ----------
    low, high : float
        With `low` below `high`.
    ticks : tuple of float
        Round values between them.
    """

    low: float
    high: float
    ticks: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> "Scale":
        """Return a scale that holds all finite values, with a few round ticks; it need not begin at 0.

        Shares stay between 0 and 1.

        Parameters
        ----------
        values : iterable of float

        Returns
        -------
        Scale
        """
        finite = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
        low, high = min(finite), max(finite)
        pad = (high - low) * 0.04 or abs(high) * 0.05 or 0.5
        shares = low >= 0 and high <= 1
        low, high = (max(low - pad, 0.0), min(high + pad, 1.0)) if shares else (low - pad, high + pad)
        rough = (high - low) / 4
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(factor * power for factor in _STEPS if factor * power >= rough * 0.999)
        ticks = (math.ceil(low / step) * step + i * step for i in range(8))
        return cls(low, high, tuple(tick for tick in ticks if tick <= high))

    def x(self, value: float) -> float:
        """Return where a value lies across the drawing.

        Parameters
        ----------
        value : float

        Returns
        -------
        float
        """
        return round(_MARGIN + (value - self.low) / (self.high - self.low) * (_WIDTH - 2 * _MARGIN), 2)


def axis_svg(scale: Scale) -> str:
    """Return the scale's ticks with their values.

    Parameters
    ----------
    scale : Scale

    Returns
    -------
    str
        An svg element.
    """
    labels = "".join(
        f'<text class="axis" x="{scale.x(tick)}" y="18" text-anchor="middle">{tick:.4g}</text>' for tick in scale.ticks
    )
    return f"{_open('Scale')}{labels}</svg>"


def interval_svg(scale: Scale, value: float, low: float, high: float) -> str:
    """Return a value with its interval.

    Parameters
    ----------
    scale : Scale
    value, low, high : float
        NaN where there is none: a value without an interval is a dot, and no value is an empty drawing.

    Returns
    -------
    str
        An svg element that says in words what it shows.
    """
    words = "not defined" if math.isnan(value) else f"{value:.4f}"
    grid = "".join(f'<line class="grid" x1="{x}" x2="{x}" y1="0" y2="26"/>' for x in map(scale.x, scale.ticks))
    drawn = ""
    if math.isfinite(low) and math.isfinite(high):
        words += f", 95 % interval from {low:.4f} to {high:.4f}"
        a, b = scale.x(low), scale.x(high)
        drawn += f'<path class="span" d="M{a} 13H{b}M{a} 8V18M{b} 8V18"/>'
    if math.isfinite(value):
        drawn += f'<circle class="point" cx="{scale.x(value)}" cy="13" r="4"/>'
    return f"{_open(words)}{grid}{drawn}</svg>"


def _open(words: str) -> str:
    return f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" aria-label="{escape(words)}" fill="none">'
