"""How far models agree: a square of shares."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from lib.charts.theme import SEQUENCE, finish, plain, wrapped
from lib.retrieval.ranks import Floats

_ROW = 56


def agreement_map(
    shares: Floats, names: Sequence[str], *, title: str, subtitle: str, notes: Sequence[Sequence[str]] | None = None,
    dark: bool = False,
) -> go.Figure:  # fmt: skip
    """Draw the share that each pair of models has in common; a model with itself is left blank.

    Parameters
    ----------
    shares : ndarray of shape (n, n), float64
        0 to 1; NaN where it is not known.
    names : sequence of str
        The models', in the order of rows and columns.
    title, subtitle : str
    notes : sequence of sequence of str, optional
        What a pair's tooltip says beside its share, such as the interval.
    dark : bool, default=False
        For a dark page: little stays near the background there too.

    Returns
    -------
    Figure
    """
    n = len(names)
    shown = np.where(np.eye(n, dtype=bool), np.nan, shares)
    said = notes if notes is not None else [[""] * n for _ in range(n)]
    places = list(range(n))
    cells = go.Heatmap(
        z=[[None if np.isnan(value) else float(value) for value in row] for row in shown],
        x=places,
        y=places,
        colorscale=list(reversed(SEQUENCE) if dark else SEQUENCE),
        zmin=0,
        zmax=1,
        texttemplate="%{z:.0%}",
        customdata=[[[plain(b, longest=60), plain(a, longest=60), plain(said[i][j], longest=80)]
                     for j, a in enumerate(names)] for i, b in enumerate(names)],
        hovertemplate="<b>%{customdata[0]}</b> and <b>%{customdata[1]}</b><br>%{z:.1%} in common"
        " %{customdata[2]}<extra></extra>",
        hoverongaps=False,
        showscale=False,
        xgap=2,
        ygap=2,
    )  # fmt: skip
    figure = finish(go.Figure(cells), title=title, subtitle=subtitle, height=150 + _ROW * (n + 1))
    labels = [wrapped(name, width=18) for name in names]
    figure.update_xaxes(tickmode="array", tickvals=places, ticktext=labels, showgrid=False, zeroline=False)
    figure.update_yaxes(
        tickmode="array", tickvals=places, ticktext=labels, showgrid=False, zeroline=False, autorange="reversed"
    )
    return figure
