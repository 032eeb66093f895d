"""Heat maps of two attributes."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lib.charts.theme import SEQUENCE, count, finish, plain

_ROW = 30


def heatmap(
    table: pd.DataFrame, *, rows: str, columns: str, n_both: int, shares: bool = False, dark: bool = False
) -> go.Figure:
    """Draw how often each pair of values occurs together; pairs that never do stay empty.

    Parameters
    ----------
    table : DataFrame of int
        What ``statistics.cross_table`` returns.
    rows, columns : str
        What its index and its header are values of.
    n_both : int
        Pictures that have both attributes; more than `table` counts where it holds only the commonest values.
    shares : bool, default=False
        Colour and label each cell by its share of its row instead of by its count.
    dark : bool, default=False
        For a dark page: few stays near the background there too.

    Returns
    -------
    Figure
    """
    counts = table.to_numpy(dtype=float)
    totals = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
    shown = np.where(counts > 0, share if shares else counts, np.nan)
    few = table.shape[1] <= 12 and table.shape[0] <= 30
    cells = go.Heatmap(
        z=shown.tolist(),
        x=[plain(str(name), longest=22) for name in table.columns],
        y=[plain(str(name), longest=22) for name in table.index],
        colorscale=list(reversed(SEQUENCE) if dark else SEQUENCE),
        zmin=0,
        customdata=np.dstack([counts, share]).tolist(),
        texttemplate=("%{z:.0%}" if shares else "%{z:,}") if few else None,
        hovertemplate=(
            "<b>%{y} × %{x}</b><br>%{customdata[0]:,} pictures<br>%{customdata[1]:.1%} of %{y}<extra></extra>"
        ),
        hoverongaps=False,
        showscale=not few,
        xgap=2,
        ygap=2,
        colorbar={"title": {"text": "share of row" if shares else "pictures"}, "thickness": 12, "outlinewidth": 0}
        | ({"tickformat": ".0%"} if shares else {"tickformat": ","}),
    )
    figure = finish(
        go.Figure(cells),
        title=f"{rows} × {columns}",
        subtitle=_how_many(int(counts.sum()), n_both, table.shape),
        x=columns,
        y=rows,
        height=max(260, 170 + _ROW * len(table)),
    )
    figure.update_xaxes(type="category", showgrid=False, zeroline=False)
    figure.update_yaxes(type="category", showgrid=False, zeroline=False, autorange="reversed")
    return figure


def _how_many(n: int, n_both: int, shape: tuple[int, ...]) -> str:
    """Say how many pictures a table counts, and which values it is cut to."""
    if n == n_both:
        return f"{count(n, 'picture')} that have both"
    return f"{n:,} of {count(n_both, 'picture')} that have both: the commonest {shape[0]} × {shape[1]} values"
