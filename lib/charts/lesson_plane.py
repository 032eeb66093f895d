"""Points and arrows in the plane: what two numbers a vector are enough to show."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from lib.charts.theme import ACCENT, MUTED, PALETTE, finish, plain

HEIGHT = 420
#: One symbol a group, in this order: what colour says is also said without it.
SYMBOLS = ("circle", "square", "diamond", "triangle-up")
#: With more points than this, names would cover each other: they are under the pointer only.
_MOST_NAMED = 24
Points = npt.NDArray[np.floating]


def arrows(x: Points, y: Points, *, title: str, subtitle: str) -> go.Figure:
    """Draw two vectors from the origin, the straight way between their tips and the way along the axes.

    Parameters
    ----------
    x, y : ndarray of shape (2,)
    title, subtitle : str

    Returns
    -------
    Figure
    """
    figure = go.Figure(
        [
            _way([x, y], name="Euclidean: the straight way", dash="dash", colour=PALETTE[1]),
            _way([x, np.array([y[0], x[1]]), y], name="Manhattan: along the axes", dash="dot", colour=PALETTE[2]),
        ]
    )
    for name, tip, colour in (("x", x, ACCENT), ("y", y, PALETTE[3])):
        figure.add_annotation(
            x=tip[0], y=tip[1], ax=0, ay=0, xref="x", yref="y", axref="x", ayref="y", showarrow=True,
            arrowhead=2, arrowsize=1.2, arrowwidth=3, arrowcolor=colour, text="",
        )  # fmt: skip
        figure.add_annotation(
            x=tip[0], y=tip[1], text=f"<b>{name}</b>", showarrow=False, xshift=12, yshift=12, font={"size": 16}
        )
    finish(figure, title=title, subtitle=subtitle, height=HEIGHT)
    return _square(figure, np.stack([x, y, np.zeros(2)]), legend=True)


def _way(points: Sequence[Points], *, name: str, dash: str, colour: str) -> go.Scatter:
    return go.Scatter(
        x=[float(point[0]) for point in points],
        y=[float(point[1]) for point in points],
        mode="lines",
        line={"color": colour, "width": 2.5, "dash": dash},
        name=name,
        hoverinfo="skip",
    )


def plane(
    points: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    links: Sequence[tuple[int, int]] = (),
    axis: tuple[Points, Points] | None = None,
) -> go.Figure:
    """Draw named points of the plane, one colour and one symbol a group.

    Parameters
    ----------
    points : DataFrame
        ``name``, ``x``, ``y``, ``group``; where it has them, ``size`` (pixels), ``hollow`` (bool), ``faded``
        (bool: takes no part) and ``note`` (shown under the pointer).
    title, subtitle : str
    links : sequence of (int, int), optional
        Rows that a line joins.
    axis : tuple of two ndarray of shape (2,), optional
        The ends of a line to draw through the points.

    Returns
    -------
    Figure
    """
    figure = go.Figure()
    xy = points[["x", "y"]].to_numpy(float)
    for one, other in links:
        figure.add_trace(_way([xy[one], xy[other]], name="", dash="solid", colour=MUTED).update(showlegend=False))
    if axis is not None:
        figure.add_trace(_way(axis, name="first axis", dash="solid", colour=PALETTE[1]))
    for place, (group, rows) in enumerate(points.groupby("group", sort=False)):
        figure.add_trace(_group(rows, str(group), place, named=len(points) <= _MOST_NAMED))
    finish(figure, title=title, subtitle=subtitle, height=HEIGHT)
    return _square(figure, xy, legend=len(points["group"].unique()) > 1 or axis is not None)


def _group(rows: pd.DataFrame, name: str, place: int, *, named: bool) -> go.Scatter:
    """Return the points of one group."""
    colour = PALETTE[place % len(PALETTE)]
    hollow, symbol = rows.get("hollow", pd.Series(False, rows.index)), SYMBOLS[place % len(SYMBOLS)]
    faded = rows.get("faded", pd.Series(False, rows.index))
    notes = rows.get("note", pd.Series("", rows.index))
    return go.Scatter(
        x=rows["x"].tolist(),
        y=rows["y"].tolist(),
        mode="markers+text" if named else "markers",
        name=plain(name),
        text=[plain(text) for text in rows["name"]] if named else None,
        textposition="top center",
        marker={
            "symbol": [f"{symbol}-open" if is_hollow else symbol for is_hollow in hollow],
            "color": colour,
            "size": rows.get("size", pd.Series(13, rows.index)).tolist(),
            "opacity": [0.25 if is_faded else 1.0 for is_faded in faded],
            "line": {"width": [3 if is_hollow else 0 for is_hollow in hollow], "color": colour},
        },
        customdata=[[plain(a), plain(b, longest=80)] for a, b in zip(rows["name"], notes, strict=True)],
        hovertemplate="<b>%{customdata[0]}</b> (%{x:.2f}, %{y:.2f})<br>%{customdata[1]}<extra></extra>",
        cliponaxis=False,
    )


def _square(figure: go.Figure, xy: Points, *, legend: bool) -> go.Figure:
    """Give both axes one scale, and room around what is drawn."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    room = 0.12 * max(float((high - low).max()), 1e-6)
    figure.update_xaxes(range=[low[0] - room, high[0] + room], constrain="domain", zeroline=True)
    figure.update_yaxes(range=[low[1] - room, high[1] + room], scaleanchor="x", constrain="domain", zeroline=True)
    figure.update_layout(
        showlegend=legend,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": -0.08, "yanchor": "top", "itemclick": False},
        margin={"b": 40},
    )
    return figure
