"""Quality against cost: what is gained by paying more, and which rows nothing beats."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lib.charts.forest import error_bars
from lib.charts.theme import ACCENT, MUTED, finish, plain

_HEIGHT = 460
_HOVER = "<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>"


def cost_scatter(table: pd.DataFrame, *, title: str, subtitle: str, x: str, y: str) -> go.Figure:
    """Draw each row as a point of cost and score, and a line along those that nothing beats in both.

    Rows on the front are diamonds with their number; a table beside the chart says which number is which.

    Parameters
    ----------
    table : DataFrame
        ``title``, ``cost`` (above 0), ``value``, ``low``, ``high``, ``front`` (bool) and ``number`` (of those on the
        front, from the cheapest).
    title, subtitle, x, y : str
        `x` names the cost with its unit, `y` the score.

    Returns
    -------
    Figure
    """
    front = table[table["front"]].sort_values(["cost", "value"])
    steps = go.Scatter(
        x=front["cost"].tolist(),
        y=front["value"].tolist(),
        mode="lines",
        line={"color": ACCENT, "width": 1.5, "dash": "dot", "shape": "hv"},
        hoverinfo="skip",
    )
    figure = go.Figure([steps, _points(table[~table["front"]], on_front=False), _points(front, on_front=True)])
    finish(figure, title=title, subtitle=subtitle, x=f"{x}, log scale", y=y, height=_HEIGHT)
    figure.update_xaxes(type="log", **_log_axis(table["cost"]))
    figure.update_yaxes(zeroline=False, nticks=6)
    return figure


def _points(table: pd.DataFrame, *, on_front: bool) -> go.Scatter:
    """Return the points on the front, or the others."""
    look = {"symbol": "diamond", "size": 12, "color": ACCENT} if on_front else {"symbol": "circle", "size": 8}
    return go.Scatter(
        x=table["cost"].tolist(),
        y=table["value"].tolist(),
        mode="markers+text" if on_front else "markers",
        marker={"color": MUTED, **look},
        error_y=error_bars(table, colour=MUTED) | {"thickness": 1.2, "width": 3},
        text=[f"<b>{number}</b>" for number in table["number"]] if on_front else None,
        textposition="top left",
        textfont={"size": 14},
        customdata=[
            [plain(str(row.title), longest=160), f"{row.value:.3f} [{row.low:.3f}, {row.high:.3f}] at {row.cost:,.4g}"]
            for row in table.itertuples()
        ],
        hovertemplate=_HOVER,
        cliponaxis=False,
    )


def _log_axis(costs: pd.Series) -> dict[str, object]:
    """Return range and ticks of a logarithmic axis: 1, 2 and 5 of each power of ten, written out."""
    if costs.empty:
        return {}
    low, high = float(np.log10(costs.min())) - 0.15, float(np.log10(costs.max())) + 0.15
    powers = range(int(np.floor(low)) - 1, int(np.ceil(high)) + 1)
    every = (1, 2, 5) if high - low < 2.5 else (1,)
    ticks = [factor * 10.0**power for power in powers for factor in every]
    shown = [tick for tick in ticks if low <= np.log10(tick) <= high]
    if len(shown) < 2:
        shown = sorted(set(costs))
    return {
        "range": [low, high],
        "tickvals": shown,
        "ticktext": [f"{tick:,.4g}" if tick < 1000 else f"{tick:,.0f}" for tick in shown],
    }
