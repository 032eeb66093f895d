"""One look for every figure: colours that colour-blind people can tell apart, and no background of its own.

Text and grid colours are left to the page, which knows whether it is light or dark; what a trace fills itself is chosen
to be readable on both.
"""

import textwrap

from plotly.graph_objects import Figure

#: For parts of one thing, in this order: Okabe and Ito's colours, led by the house's own.
PALETTE = ("#14858e", "#d55e00", "#0072b2", "#cc79a7", "#b8860b", "#009e73", "#56b4e9", "#7d8a92")
#: For one series.
ACCENT = PALETTE[0]
#: For what a series is set against: an outline, a mean.
MUTED = "#7d8a92"
#: From few to many; readable as lightness alone, and on a dark page as on a light one.
SEQUENCE = ("#dcecee", "#a9d3d7", "#74b6bd", "#3f97a0", "#17767f", "#0b555d", "#05363c")
HEIGHT = 380
_LONGEST = 30
_NO_BREAK = "\N{NO-BREAK SPACE}"


def plain(text: str, *, longest: int = _LONGEST) -> str:
    """Return a value as plotly shows it literally: never as mark-up, and cut where it is long.

    Parameters
    ----------
    text : str
    longest : int, default=30

    Returns
    -------
    str
    """
    short = text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def wrapped(text: str, *, width: int = 26, lines: int = 3) -> str:
    """Return a value as plotly shows it literally, on as many short lines as it needs: names stay whole on a phone.

    Parameters
    ----------
    text : str
    width : int, default=26
        Characters a line, at most; a longer word is broken.
    lines : int, default=3
        At most; what is left over is cut off with an ellipsis.

    Returns
    -------
    str

    Examples
    --------
    A dot between parts stays behind the part before it, and a unit with its number:

    >>> wrapped("MobileNetV2 · 224 px · pad", width=16)
    'MobileNetV2 ·<br>224 px · pad'
    """
    joined = text.replace(" · ", f"{_NO_BREAK}· ").replace(" px", f"{_NO_BREAK}px")
    parts = [
        part.replace(_NO_BREAK, " ")
        for part in textwrap.wrap(joined, width=width, max_lines=lines, placeholder="…") or [""]
    ]
    return "<br>".join(plain(part, longest=width + 1) for part in parts)


def count(n: int, noun: str, plural: str = "") -> str:
    """Return a count with its noun and a separator for thousands.

    Parameters
    ----------
    n : int
    noun : str
    plural : str, default=""
        The noun's plural where it is not the noun and an s.

    Returns
    -------
    str

    Examples
    --------
    >>> count(39869, "picture")
    '39,869 pictures'
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def finish(
    figure: Figure, *, title: str, subtitle: str, x: str | None = None, y: str | None = None, height: int = HEIGHT
) -> Figure:
    """Give a figure the house's title, axis titles, margins and number format.

    Parameters
    ----------
    figure : Figure
        Changed in place.
    title : str
    subtitle : str
        How many items it counts, and what it leaves out.
    x, y : str, optional
        Axis titles.
    height : int, default=380
        Pixels.

    Returns
    -------
    Figure
        The same one.
    """
    figure.update_layout(
        title={
            "text": plain(title, longest=60),
            "subtitle": {"text": subtitle, "font": {"size": 13}},
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "font": {"size": 16},
        },
        height=height,
        margin={"l": 8, "r": 12, "t": 72, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        separators=".,",
        colorway=list(PALETTE),
        hoverlabel={"align": "left"},
        showlegend=False,
        bargap=0.25,
    )
    figure.update_xaxes(title_text=x, automargin=True, title_standoff=8)
    figure.update_yaxes(title_text=y, automargin=True, title_standoff=14)
    return figure
