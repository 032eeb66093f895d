"""The grid of metric and linkage, and scores against the place of the cut."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lib.charts.theme import ACCENT, MUTED, PALETTE, SEQUENCE, finish, plain


def linkage_grid(
    rows: pd.DataFrame,
    *,
    score: str,
    title: str,
    subtitle: str,
    metrics: Mapping[str, str],
    linkages: Mapping[str, str],
    undefined: set[tuple[str, str]],
    dark: bool = False,
) -> go.Figure:
    """Draw a score of each metric and linkage as a cell.

    Parameters
    ----------
    rows : DataFrame
        ``metric``, ``linkage``, the score with its ``_low`` and ``_high``, ``n_clusters`` and ``threshold``; a row a
        cell.
    score : str
        A column.
    title, subtitle : str
    metrics, linkages : mapping of str to str
        Names -> as on screen, in their order.
    undefined : set of (str, str)
        Metric and linkage that do not go together.
    dark : bool, default=False
        For a dark page.

    Returns
    -------
    Figure
    """
    cells = {(row["metric"], row["linkage"]): row for _, row in rows.iterrows()}
    grid = [[cells.get((metric, linkage)) for metric in metrics] for linkage in linkages]
    lacking = [[(metric, linkage) in undefined for metric in metrics] for linkage in linkages]
    values = [[_value(cell, score) for cell in row] for row in grid]
    texts, hovers = (
        [
            [say(cell, score, not_defined=no) for cell, no in zip(*row, strict=True)]
            for row in zip(grid, lacking, strict=True)
        ]
        for say in (_text, _hover)
    )
    known = ~np.isnan(values)
    heat = go.Heatmap(
        z=values,
        x=[plain(label) for label in metrics.values()],
        y=[plain(label) for label in linkages.values()],
        text=np.where(known, texts, "").tolist(),
        customdata=hovers,
        texttemplate="%{text}",
        textfont={"size": 15},
        colorscale=list(reversed(SEQUENCE) if dark else SEQUENCE),
        zmin=min(0.0, *np.array(values)[known]) if known.any() else 0.0,
        zmax=1.0,
        hovertemplate="<b>%{x} + %{y}</b><br>%{customdata}<extra></extra>",
        hoverongaps=False,
        showscale=False,
        xgap=3,
        ygap=3,
    )
    height = 150 + 62 * len(linkages)
    figure = finish(go.Figure(heat), title=title, subtitle=subtitle, x="distance metric", y="linkage", height=height)
    for row, column in zip(*np.nonzero(~known), strict=True):
        words = texts[row][column]
        figure.add_annotation(x=int(column), y=int(row), text=words, showarrow=False, font={"size": 12, "color": MUTED})
    figure.update_xaxes(type="category", showgrid=False, zeroline=False, side="bottom")
    figure.update_yaxes(type="category", showgrid=False, zeroline=False, autorange="reversed")
    return figure


def cut_curves(
    cuts: pd.DataFrame, *, scores: Mapping[str, str], lines: Mapping[str, float], title: str, subtitle: str, x: str
) -> go.Figure:
    """Draw scores against the threshold of every cut, with some thresholds marked.

    Parameters
    ----------
    cuts : DataFrame
        As of ``Clustering.cuts``.
    scores : mapping of str to str
        Columns -> as on screen.
    lines : mapping of str to float
        Words -> threshold.
    title, subtitle, x : str

    Returns
    -------
    Figure
    """
    shown = cuts.sort_values("threshold")
    figure = go.Figure(
        [
            go.Scatter(
                x=shown["threshold"].tolist(),
                y=shown[name].tolist(),
                customdata=shown["n_clusters"].tolist(),
                name=label,
                mode="lines",
                line={"width": 2.2, "color": colour},
                hovertemplate=f"{label} %{{y:.3f}} · %{{customdata:,}} groups at %{{x:.4g}}<extra></extra>",
            )
            for (name, label), colour in zip(scores.items(), PALETTE, strict=False)
        ]
    )
    finish(figure, title=title, subtitle=subtitle, x=x, y="score", height=420)
    figure.update_layout(showlegend=True, legend={"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"})
    figure.update_yaxes(range=[min(0.0, float(shown[list(scores)].min().min())) - 0.02, 1.02], zeroline=False)
    for number, (words, threshold) in enumerate(lines.items()):
        figure.add_vline(
            x=threshold,
            line={"color": ACCENT if number == 0 else MUTED, "width": 1.6, "dash": "solid" if number == 0 else "dash"},
            annotation={
                "text": plain(words, longest=40),
                "yanchor": "bottom",
                "y": 1.0 + 0.06 * number,
                "font": {"size": 12},
            },
        )
    return figure


def _value(row: pd.Series | None, score: str) -> float:
    return float("nan") if row is None else float(row[score])


def _text(row: pd.Series | None, score: str, *, not_defined: bool) -> str:
    """Return what a cell says."""
    if not_defined:
        return "not defined"
    value = _value(row, score)
    return "–" if not np.isfinite(value) else f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def _hover(row: pd.Series | None, score: str, *, not_defined: bool) -> str:
    """Return what a cell says when it is pointed at."""
    if row is None:
        return "Ward needs Euclidean distances" if not_defined else "not made yet"
    low, high = row.get(f"{score}_low", np.nan), row.get(f"{score}_high", np.nan)
    interval = f" [{low:.3f}, {high:.3f}]" if np.isfinite(low) else ""
    at = f"cut at {row['threshold']:.4g}, " if np.isfinite(row["threshold"]) else ""
    return f"{_value(row, score):.3f}{interval}<br>{at}{int(row['n_clusters']):,} groups"
