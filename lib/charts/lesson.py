"""What the worked examples draw: one ranking, resampled means, a number that follows from another."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from lib.charts.theme import ACCENT, MUTED, PALETTE, SEQUENCE, finish, plain
from lib.retrieval.bootstrap import Estimate

#: For what does not count: it recedes on a light page as on a dark one.
_OUT = "#97a3a9"
_DASHES = ("solid", "dash", "dot", "dashdot")


def ranking_strip(grades: Sequence[int], *, title: str, subtitle: str, cut: int | None = None) -> go.Figure:
    """Draw one ranking as a row of boxes, nearest first: a tick or a grade where an item is relevant, else a cross.

    Parameters
    ----------
    grades : sequence of int
        0 for an item that is not relevant.
    title, subtitle : str
    cut : int, optional
        Draw a line behind so many items.

    Returns
    -------
    Figure
    """
    top, ranks = max(*grades, 1), list(range(1, len(grades) + 1))
    said = [("✓" if top == 1 else str(grade)) if grade else "×" for grade in grades]
    boxes = go.Heatmap(
        z=[[grade / top for grade in grades]],
        x=ranks,
        y=[""],
        text=[said],
        texttemplate="%{text}",
        textfont={"size": 18},
        colorscale=[[0.0, _OUT], [0.34, SEQUENCE[1]], [0.67, SEQUENCE[3]], [1.0, SEQUENCE[5]]],
        zmin=0,
        zmax=1,
        showscale=False,
        xgap=4,
        hovertemplate="rank %{x}: %{text}<extra></extra>",
    )
    figure = finish(go.Figure(boxes), title=title, subtitle=subtitle, x="rank", height=160)
    figure.update_xaxes(tickvals=ranks, showgrid=False, zeroline=False)
    figure.update_yaxes(showticklabels=False, showgrid=False, zeroline=False)
    if cut is not None and cut <= len(grades):
        figure.add_vline(x=cut + 0.5, line={"color": PALETTE[1], "width": 3})
    return figure


def resampled_bars(means: npt.NDArray[np.floating], found: Estimate, *, title: str, x: str) -> go.Figure:
    """Draw how often each mean came out of resampling, and the interval that is cut from them.

    Parameters
    ----------
    means : ndarray of shape (n_resamples,)
    found : Estimate
        The mean and the ends of the interval.
    title, x : str

    Returns
    -------
    Figure
    """
    values, counts = np.unique(means[np.isfinite(means)].round(9), return_counts=True)
    if len(values) > 40:
        counts, edges = np.histogram(means[np.isfinite(means)], bins=40)
        values = (edges[:-1] + edges[1:]) / 2
    inside = (values >= found.low - 1e-9) & (values <= found.high + 1e-9)
    bars = go.Bar(
        x=values.tolist(),
        y=counts.tolist(),
        marker={"color": [ACCENT if is_inside else _OUT for is_inside in inside]},
        hovertemplate="mean %{x:.3f}<br>%{y:,} of the draws<extra></extra>",
    )
    said = f"{int(counts.sum()):,} draws; coloured: the interval from {found.low:.3f} to {found.high:.3f}"
    figure = finish(go.Figure(bars), title=title, subtitle=said, x=x, y="draws", height=320)
    figure.add_vline(x=found.value, line={"color": PALETTE[1], "width": 2, "dash": "dash"})
    figure.update_layout(bargap=0.06)
    return figure


def curves(
    x: Sequence[float],
    lines: Mapping[str, Sequence[float]],
    *,
    title: str,
    subtitle: str,
    x_title: str,
    y_title: str,
    at: float | None = None,
    log: bool = False,
) -> go.Figure:
    """Draw numbers that follow from another one, and where that stands now.

    Parameters
    ----------
    x : sequence of float
        Ascending.
    lines : dict of str to sequence of float
        Name -> values.
    title, subtitle, x_title, y_title : str
    at : float, optional
        Where a line marks the present choice.
    log : bool, default=False
        Whether `x` is on a logarithmic scale.

    Returns
    -------
    Figure
    """
    figure = go.Figure(
        [
            go.Scatter(
                x=list(x),
                y=list(values),
                mode="lines+markers",
                name=plain(name),
                line={"color": PALETTE[place], "width": 2.5, "dash": _DASHES[place % len(_DASHES)]},
                hovertemplate=f"<b>{plain(name)}</b> %{{y:.3f}}<br>{plain(x_title)} %{{x}}<extra></extra>",
            )
            for place, (name, values) in enumerate(lines.items())
        ]
    )
    finish(figure, title=title, subtitle=subtitle, x=x_title, y=y_title, height=340)
    legend = {"orientation": "h", "x": 0, "xanchor": "left", "y": -0.22, "yanchor": "top", "itemclick": False}
    figure.update_layout(showlegend=len(lines) > 1, legend=legend)
    figure.update_xaxes(type="log" if log else "linear", **({"tickvals": list(x)} if log else {}))
    if at is not None:
        figure.add_vline(x=at, line={"color": MUTED, "width": 2, "dash": "dot"})
    return figure


def count_bars(values: Sequence[int], counts: Sequence[int], *, title: str, subtitle: str, x: str, y: str) -> go.Figure:
    """Draw how many items have each count.

    Parameters
    ----------
    values, counts : sequence of int
    title, subtitle, x, y : str

    Returns
    -------
    Figure
    """
    bars = go.Bar(
        x=list(values),
        y=list(counts),
        marker={"color": ACCENT},
        hovertemplate=f"{plain(x)} %{{x}}: %{{y:,}}<extra></extra>",
    )
    figure = finish(go.Figure(bars), title=title, subtitle=subtitle, x=x, y=y, height=320)
    figure.update_layout(bargap=0.08)
    return figure
