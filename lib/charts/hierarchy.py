"""Drilling down a hierarchy of labels."""

import pandas as pd
import plotly.graph_objects as go

from lib.charts.theme import PALETTE, count, finish, plain

#: What can be drawn -> the plotly trace that draws it.
SHAPES: dict[str, type] = {"treemap": go.Treemap, "sunburst": go.Sunburst, "icicle": go.Icicle}


_EDGE = {"width": 1, "color": "rgba(255,255,255,0.55)"}


def drill_down(nodes: pd.DataFrame, *, levels: str, shape: str = "treemap") -> go.Figure:
    """Draw a hierarchy whose parts open when clicked.

    Parameters
    ----------
    nodes : DataFrame
        ``id``, ``parent``, ``label``, ``n``: what ``statistics.hierarchy_counts`` returns.
    levels : str
        The names of its levels, for the title.
    shape : str, default="treemap"
        A key of ``SHAPES``.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If there is no such shape.
    """
    if shape not in SHAPES:
        raise ValueError(f"Expected shape to be one of {sorted(SHAPES)}. Received: shape={shape!r}")
    top = nodes.loc[nodes["parent"] == ""]
    order = top.sort_values("n", ascending=False)["id"].tolist()
    colours = {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(order)}
    trace = SHAPES[shape](
        ids=nodes["id"].tolist(),
        parents=nodes["parent"].tolist(),
        labels=[plain(label) for label in nodes["label"]],
        values=nodes["n"].tolist(),
        branchvalues="total",
        marker={
            "colors": [colours[i.split("/")[0]] for i in nodes["id"]],
            "line": {"width": 1, "color": "rgba(255,255,255,0.55)"},
        },
        textinfo="label+value",
        texttemplate="%{label}<br>%{value:,}",
        hovertemplate="<b>%{label}</b><br>%{value:,} pictures · %{percentParent:.1%} of its parent<extra></extra>",
        textfont={"color": "#ffffff"},
        maxdepth=3,
    )
    n = int(top["n"].sum())
    return finish(
        go.Figure(trace), title=levels, subtitle=f"{count(n, 'picture')}; click a part to open it", height=560
    )
