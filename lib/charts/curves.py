"""Training curves: a measure epoch by epoch, one colour a run, solid for pictures held back, dotted for the others."""

import pandas as pd
import plotly.graph_objects as go

from lib.charts.theme import MUTED, PALETTE, finish, plain, wrapped
from lib.training.comparison import TRAINED

_FEW = 40
_LEGEND_ROW = 24
_FEW_TICKS = 12


def curves(
    table: pd.DataFrame, *, title: str, subtitle: str, y: str, share: bool, height: int = 380, legend: bool = True
) -> go.Figure:
    """Draw a measure of runs epoch by epoch.

    Parameters
    ----------
    table : DataFrame
        ``run, part, epoch, value, best``: what ``lib.training.comparison.epochs_of`` returns.
    title, subtitle, y : str
        `y` names the measure.
    share : bool
        Whether values lie between 0 and 1.
    height : int, default=380
        Pixels, without the legend.
    legend : bool, default=True
        Off where one run is drawn and the subtitle says what is dotted.

    Returns
    -------
    Figure
    """
    runs = list(dict.fromkeys(table["run"]))
    digits = ".3f" if share else ".4g"
    traces = []
    for place, name in enumerate(runs):
        colour = PALETTE[place % len(PALETTE)]
        for part, drawn in table[table["run"] == name].groupby("part", sort=False):
            traces.append(_line(drawn, name, str(part), colour, digits, alone=len(runs) == 1))
    shown_legend = legend and len(traces) > 1
    room = _LEGEND_ROW * len(traces) if shown_legend else 0
    figure = finish(go.Figure(traces), title=title, subtitle=subtitle, x="epoch", y=y, height=height + room)
    figure.update_layout(
        showlegend=shown_legend,
        hovermode="x unified",
        legend={"orientation": "v", "x": 0, "xref": "paper", "y": 0, "yref": "container", "yanchor": "bottom"},
    )
    if shown_legend:
        figure.update_layout(margin_b=room + 16)
    last = float(table["epoch"].max()) if len(table) else 1.0
    steps = {"dtick": 1} if last <= _FEW_TICKS else {"nticks": _FEW_TICKS}
    figure.update_xaxes(range=[0.5, max(last, 2.0) + 0.5], tickformat="d", tick0=0, zeroline=False, **steps)
    figure.update_yaxes(range=_span(table["value"], share), zeroline=False, tickformat=".2f" if share else "")
    return figure


def _span(values: pd.Series, share: bool) -> list[float] | None:
    """Return an axis that holds all values with some room; shares stay within 0 and 1."""
    if values.empty:
        return None
    low, high = float(values.min()), float(values.max())
    room = max(0.08 * (high - low), 0.02 if share else 0.02 * abs(high), 1e-6)
    return [max(0.0, low - room), min(1.0, high + room)] if share else [low - room, high + room]


def _line(drawn: pd.DataFrame, name: str, part: str, colour: str, digits: str, *, alone: bool) -> go.Scatter:
    """Return the trace of one part of one run; a star is the epoch whose weights are kept."""
    held_back = part != TRAINED
    dots = len(drawn) == 1 or (held_back and len(drawn) <= _FEW)
    kept = [bool(best) and held_back for best in drawn["best"]]
    words = part if alone else f"{plain(name, longest=60)}, {part}"
    return go.Scatter(
        x=drawn["epoch"].tolist(),
        y=drawn["value"].tolist(),
        name=words,
        mode="lines+markers",
        opacity=1.0 if held_back else 0.75,
        line={"color": colour, "width": 2.4 if held_back else 1.8, "dash": "solid" if held_back else "dot"},
        marker={
            "color": colour,
            "opacity": 1,
            "symbol": ["star" if best else "circle" for best in kept],
            "size": [13 if best else 6 if dots else 0 for best in kept],
        },
        hovertemplate=f"%{{y:{digits}}}",
    )


def mark_reference(figure: go.Figure, value: float, *, low: float | None, high: float | None, words: str) -> go.Figure:
    """Draw an upright line, with its interval as a band, through a chart of horizontal rows.

    Parameters
    ----------
    figure : Figure
        Changed in place.
    value : float
    low, high : float or None
        The interval's ends.
    words : str
        Said at the line's foot.

    Returns
    -------
    Figure
        The same one.
    """
    if low is not None and high is not None:
        figure.add_vrect(x0=low, x1=high, fillcolor=MUTED, opacity=0.16, line_width=0, layer="below")
    figure.add_vline(x=value, line={"color": MUTED, "width": 2, "dash": "dash"}, layer="below")
    figure.add_annotation(
        x=value,
        y=1,
        xref="x",
        yref="paper",
        yanchor="bottom",
        text=wrapped(words, width=34),
        showarrow=False,
        font={"size": 12},
    )
    ends = [each for each in (value, low, high) if each is not None]
    shown = figure.layout.xaxis.range
    if shown is not None:
        room = 0.08 * (max(*ends, shown[1]) - min(*ends, shown[0]))
        figure.update_xaxes(range=[min(shown[0], min(ends) - room), max(shown[1], max(ends) + room)])
    return figure
