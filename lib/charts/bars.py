"""Bars: how often each value occurs, and how long the tail of rare ones is."""

import math

import pandas as pd
import plotly.graph_objects as go

from lib.charts.colours import colour_of
from lib.charts.theme import ACCENT, HEIGHT, MUTED, PALETTE, count, finish, plain

_ROW, _FRAME = 26, 132
_HOVER = "<b>%{customdata[0]}</b><br>%{customdata[1]:,} pictures · %{customdata[2]:.1%}<extra></extra>"


def frequency_bars(table: pd.DataFrame, *, title: str, n_distinct: int, in_colour: bool = False) -> go.Figure:
    """Draw how often each value occurs, one horizontal bar a value, the first on top.

    Parameters
    ----------
    table : DataFrame
        ``value``, ``n``, ``share``: what ``statistics.frequencies`` returns.
    title : str
        The column's name.
    n_distinct : int
        How many values there are in all; the subtitle says so where `table` holds fewer.
    in_colour : bool, default=False
        Draw each bar in the colour that its value names, hatched where that is no one colour.

    Returns
    -------
    Figure
    """
    shown = len(table) < n_distinct
    which = f"the {len(table)} commonest of {n_distinct:,} values" if shown else count(n_distinct, "value")
    bars = go.Bar(
        x=table["n"].tolist(),
        y=[plain(value) for value in table["value"]],
        orientation="h",
        marker=_named_colours(table["value"].tolist()) if in_colour else {"color": ACCENT},
        text=[f"{n:,}" for n in table["n"]],
        textposition="outside",
        textangle=0,
        customdata=[[plain(v, longest=80), n, s] for v, n, s in table.itertuples(index=False)],
        hovertemplate=_HOVER,
        cliponaxis=False,
    )
    figure = finish(
        go.Figure(bars),
        title=title,
        subtitle=f"{count(int(table['n'].sum()), 'picture')}, {which}",
        x="pictures",
        height=_FRAME + _ROW * len(table),
    )
    room = [0, 1.18 * int(table["n"].max())] if len(table) else None  # for the number behind the longest bar
    figure.update_xaxes(tickformat=",", nticks=5, range=room)
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False)
    return figure


def _named_colours(names: list[str]) -> dict[str, object]:
    """Fill each bar with the colour it names; an outline keeps white ones visible."""
    fills = [colour_of(name) for name in names]
    return {
        "color": [fill or MUTED for fill in fills],
        "pattern": {"shape": ["" if fill else "/" for fill in fills]},
        "line": {"color": MUTED, "width": 1},
    }


def column_bars(table: pd.DataFrame, *, title: str) -> go.Figure:
    """Draw how often each value occurs as upright bars, in the order of the table: for years and other sequences.

    Parameters
    ----------
    table : DataFrame
        ``value``, ``n``, ``share``.
    title : str

    Returns
    -------
    Figure
    """
    bars = go.Bar(
        x=[plain(value) for value in table["value"]],
        y=table["n"].tolist(),
        marker={"color": ACCENT},
        customdata=[[plain(v, longest=80), n, s] for v, n, s in table.itertuples(index=False)],
        hovertemplate=_HOVER,
    )
    subtitle = f"{count(int(table['n'].sum()), 'picture')}, {count(len(table), 'value')}"
    figure = finish(go.Figure(bars), title=title, subtitle=subtitle, y="pictures")
    figure.update_xaxes(type="category")
    figure.update_yaxes(tickformat=",")
    return figure


def tail_chart(table: pd.DataFrame, *, title: str, rare: int) -> go.Figure:
    """Draw labels from the commonest to the rarest on a logarithmic scale, and the line below which they are rare.

    Parameters
    ----------
    table : DataFrame
        ``rank, value, n, covered``: what ``balance.long_tail`` returns.
    title : str
    rare : int
        Labels with fewer pictures are called rare.

    Returns
    -------
    Figure
    """
    line = go.Scatter(
        x=table["rank"].tolist(),
        y=table["n"].tolist(),
        mode="lines+markers",
        line={"color": ACCENT, "width": 2, "shape": "hvh"},
        marker={"size": 5, "color": ACCENT},
        fill="tozeroy",
        fillcolor="rgba(20,133,142,0.15)",
        customdata=[[plain(v, longest=80), n, c] for _, v, n, c in table.itertuples(index=False)],
        hovertemplate=(
            "<b>%{customdata[0]}</b>, number %{x}<br>%{customdata[1]:,} pictures"
            "<br>up to here %{customdata[2]:.1%} of all<extra></extra>"
        ),
    )
    figure = finish(
        go.Figure(line),
        title=title,
        subtitle=f"{count(int(table['n'].sum()), 'picture')}, {count(len(table), 'label')}, commonest first",
        x="rank of the label",
        y="pictures (log scale)",
        height=HEIGHT,
    )
    figure.update_yaxes(type="log", dtick=1, tickformat=",")
    figure.add_hline(y=rare, line={"dash": "dot", "color": PALETTE[1]})
    # On a logarithmic axis an annotation stands at the exponent, a line at the value.
    figure.add_annotation(
        text=f"rare: below {rare}", x=1, xref="paper", xanchor="right", y=math.log10(rare), yanchor="bottom",
        showarrow=False, font={"size": 12},
    )  # fmt: skip
    return figure
