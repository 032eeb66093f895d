"""Distributions of numbers."""

import pandas as pd
import plotly.graph_objects as go

from lib.charts.theme import ACCENT, SEQUENCE, count, finish


def histogram_bars(table: pd.DataFrame, *, title: str, x: str, digits: str = ",.2f") -> go.Figure:
    """Draw a histogram.

    Parameters
    ----------
    table : DataFrame
        ``left``, ``right``, ``n``: what ``statistics.histogram`` returns.
    title, x : str
        What is measured, and its axis title with the unit.
    digits : str, default=",.2f"
        Format of the numbers on the axis, as in d3.

    Returns
    -------
    Figure
    """
    bars = go.Bar(
        x=((table["left"] + table["right"]) / 2).tolist(),
        y=table["n"].tolist(),
        width=(table["right"] - table["left"]).tolist(),
        marker={"color": ACCENT, "line": {"width": 0}},
        customdata=table[["left", "right"]].to_numpy().tolist(),
        hovertemplate=f"%{{customdata[0]:{digits}}} to %{{customdata[1]:{digits}}}<br>%{{y:,}} pictures<extra></extra>",
    )
    figure = finish(
        go.Figure(bars), title=title, subtitle=count(int(table["n"].sum()), "picture"), x=x, y="pictures", height=320
    )
    figure.update_layout(bargap=0.04)
    figure.update_yaxes(tickformat=",")
    return figure


def size_map(table: pd.DataFrame) -> go.Figure:
    """Draw which picture sizes there are: a disc a size, its area the number of pictures.

    Parameters
    ----------
    table : DataFrame
        ``width``, ``height``, ``n``.

    Returns
    -------
    Figure
    """
    largest = max(int(table["n"].max()), 1) if len(table) else 1
    discs = go.Scatter(
        x=table["width"].tolist(),
        y=table["height"].tolist(),
        mode="markers",
        marker={
            "size": table["n"].tolist(),
            "sizemode": "area",
            "sizeref": 2 * largest / 44**2,
            "sizemin": 4,
            "color": ACCENT,
            "opacity": 0.75,
            "line": {"color": SEQUENCE[1], "width": 1},
        },
        customdata=table[["n"]].to_numpy().tolist(),
        hovertemplate="%{x} × %{y} px<br>%{customdata[0]:,} pictures<extra></extra>",
    )
    return finish(
        go.Figure(discs),
        title="Picture size",
        subtitle=f"{count(int(table['n'].sum()), 'picture')}, {count(len(table), 'size')}; area: how many",
        x="width (px)",
        y="height (px)",
        height=320,
    )
