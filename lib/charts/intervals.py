"""Bars with intervals: one score for each label or each value of an attribute."""

import pandas as pd
import plotly.graph_objects as go

from lib.charts.theme import ACCENT, MUTED, finish, plain

_ROW, _FRAME = 30, 140


def score_bars(table: pd.DataFrame, *, title: str, subtitle: str, x: str) -> go.Figure:
    """Draw a score with its interval and its number of queries for each value, the first on top.

    Parameters
    ----------
    table : DataFrame
        ``value`` (None for queries without one), ``n_queries``, ``mean``, ``low``, ``high``.
    title, subtitle, x : str
        `x` names the score.

    Returns
    -------
    Figure
    """
    names = [str(value) if isinstance(value, str) else "(no value)" for value in table["value"]]
    mean = table["mean"].fillna(0.0)
    low, high = table["low"].fillna(mean), table["high"].fillna(mean)
    bars = go.Bar(
        x=mean.tolist(),
        y=list(range(len(table))),
        orientation="h",
        marker={"color": ACCENT},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": (high - mean).tolist(),
            "arrayminus": (mean - low).tolist(),
            "color": MUTED,
            "thickness": 1.5,
            "width": 4,
        },
        customdata=[
            [plain(name, longest=80), f"{value:.3f} [{lo:.3f}, {hi:.3f}], {n:,} queries"]
            for name, value, lo, hi, n in zip(names, mean, low, high, table["n_queries"], strict=True)
        ],
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>",
    )
    figure = finish(go.Figure(bars), title=title, subtitle=subtitle, x=x, height=_FRAME + _ROW * len(table))
    named = [f"{plain(name, longest=22)} <i>n {n:,}</i>" for name, n in zip(names, table["n_queries"], strict=True)]
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(table))),
        ticktext=named,
        range=[len(table) - 0.4, -0.6],
        showgrid=False,
        zeroline=False,
    )
    figure.update_xaxes(rangemode="tozero", nticks=6)
    return figure
