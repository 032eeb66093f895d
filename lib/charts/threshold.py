"""What a largest distance keeps: precision, recall and the number of results against the threshold."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lib.charts.theme import ACCENT, MUTED, PALETTE, finish, plain

#: Where the curves begin to be of no interest: most of what is right is within.
_ENOUGH_RECALL = 0.5
_BAND = "rgba(20,133,142,0.18)"
_RECALL, _NEAREST = PALETTE[1], PALETTE[2]


def threshold_chart(
    curve: pd.DataFrame, *, lines: Mapping[str, float], title: str, subtitle: str, x: str, n_nearest: int
) -> go.Figure:
    """Draw shares above and the number of results below, on one axis of distances.

    Parameters
    ----------
    curve : DataFrame
        ``threshold, precision, low, high, recall, n_results, nearest``: what ``calibration.threshold_curve`` returns.
    lines : mapping of str to float
        Words -> a distance that is marked with them.
    title, subtitle, x : str
        `x` names the distance.
    n_nearest : int
        Of how many nearest items ``nearest`` is the precision.

    Returns
    -------
    Figure
    """
    shown = curve[curve["n_results"] > 0]
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.62, 0.38], vertical_spacing=0.06)
    for trace in _shares(shown, n_nearest):
        figure.add_trace(trace, row=1, col=1)
    figure.add_trace(_results(shown), row=2, col=1)
    finish(figure, title=title, subtitle=subtitle, height=540)
    figure.update_xaxes(title_text=None, row=1, col=1)
    figure.update_xaxes(title_text=x, row=2, col=1)
    figure.update_xaxes(range=[0, _right_end(shown, lines)], zeroline=False)
    figure.update_yaxes(title_text="share", range=[0, 1.02], tickformat=".0%", zeroline=False, row=1, col=1)
    figure.update_yaxes(title_text="results a query", type="log", tickformat=",", dtick=1, row=2, col=1)
    figure.update_layout(
        showlegend=True,
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "y": -0.16, "yanchor": "top"},
    )
    for number, (words, distance) in enumerate(lines.items()):
        _mark(figure, words, distance, dash="solid" if number == 0 else "dash")
    return figure


def _shares(curve: pd.DataFrame, n_nearest: int) -> list[go.Scatter]:
    """Return the traces of the upper panel; the band is drawn first, below them."""
    x, low, high = (curve[name].tolist() for name in ("threshold", "low", "high"))
    band = go.Scatter(
        x=x + x[::-1],
        y=high + low[::-1],
        fill="toself",
        fillcolor=_BAND,
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
    precision = go.Scatter(
        x=x,
        y=curve["precision"].tolist(),
        name="right of what is within",
        line={"color": ACCENT, "width": 2.5},
        customdata=curve[["low", "high"]].to_numpy().tolist(),
        hovertemplate="%{y:.1%} [%{customdata[0]:.1%}, %{customdata[1]:.1%}]",
    )
    nearest = go.Scatter(
        x=x,
        y=curve["nearest"].tolist(),
        name=f"right of the {n_nearest} nearest within",
        line={"color": _NEAREST, "width": 2, "dash": "dot"},
        hovertemplate="%{y:.1%}",
    )
    recall = go.Scatter(
        x=x,
        y=curve["recall"].tolist(),
        name="within of what is right (recall)",
        line={"color": _RECALL, "width": 2, "dash": "dash"},
        hovertemplate="%{y:.2%}",
    )
    return [band, precision, nearest, recall]


def _results(curve: pd.DataFrame) -> go.Scatter:
    return go.Scatter(
        x=curve["threshold"].tolist(),
        y=curve["n_results"].tolist(),
        name="results a query",
        line={"color": PALETTE[3], "width": 2},
        customdata=curve[["share_without"]].to_numpy().tolist(),
        hovertemplate="%{y:,.2f}; none for %{customdata[0]:.0%} of the queries",
    )


def _right_end(curve: pd.DataFrame, lines: Mapping[str, float]) -> float:
    """Return where the axis ends at first: where most of what is right is within, and beyond every line."""
    enough = curve.loc[curve["recall"] >= _ENOUGH_RECALL, "threshold"]
    last = float(curve["threshold"].max()) if len(curve) else 1.0
    end = float(enough.min()) if len(enough) else last
    return max([min(end, last), *(1.25 * distance for distance in lines.values())]) or 1.0


def _mark(figure: go.Figure, words: str, distance: float, *, dash: str) -> None:
    """Draw an upright line through both panels; its words stand in the legend, where no curve runs through them."""
    line = {"color": MUTED, "width": 2, "dash": dash}
    figure.add_shape(type="line", x0=distance, x1=distance, y0=0, y1=1, xref="x", yref="paper", line=line)
    named = go.Scatter(x=[None], y=[None], mode="lines", name=plain(words, longest=60), line=line, hoverinfo="skip")
    figure.add_trace(named, row=1, col=1)
