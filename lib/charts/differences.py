"""What one change does: rows before and after as dumbbells, and differences with their intervals around zero."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from lib.charts.forest import error_bars, height_of, name_rows
from lib.charts.theme import ACCENT, MUTED, PALETTE, finish, plain

#: plotly's name of a symbol -> the same as text, for the line below the title.
_SYMBOLS = {"circle": "●", "diamond": "◆", "square": "■", "triangle-up": "▲", "x": "✕"}
#: Verdict -> symbol, colour and word.
VERDICTS = {
    "a is better": ("triangle-up", ACCENT, "better"),
    "b is better": ("triangle-down", PALETTE[1], "worse"),
    "no difference shown": ("circle-open", MUTED, "no difference shown"),
}


def dumbbell(table: pd.DataFrame, *, names: Sequence[str], title: str, subtitle: str, x: str) -> go.Figure:
    """Draw the scores of rows that differ in one thing, on one line a row; equal ones stay visible behind each other.

    Parameters
    ----------
    table : DataFrame
        ``row`` (what the scores have in common), ``name`` (what differs), ``value``.
    names : sequence of str
        The values of ``name``; the line below the title says which symbol is which.
    title, subtitle, x : str

    Returns
    -------
    Figure
    """
    rows = list(dict.fromkeys(table["row"]))
    places = table["row"].map({row: place for place, row in enumerate(rows)})
    figure = go.Figure()
    for place in range(len(rows)):
        values = table.loc[places == place, "value"]
        figure.add_scatter(
            x=[float(values.min()), float(values.max())], y=[place, place], mode="lines", hoverinfo="skip",
            line={"color": MUTED, "width": 3},
        )  # fmt: skip
    said = []
    for i, name in enumerate(names):
        of_name = table["name"] == name
        symbol, sign = list(_SYMBOLS.items())[i % len(_SYMBOLS)]
        colour = PALETTE[i % len(PALETTE)]
        said.append(f'<span style="color:{colour}">{sign}</span> {plain(name)}')
        figure.add_scatter(
            x=table.loc[of_name, "value"].tolist(),
            y=places[of_name].tolist(),
            mode="markers",
            name=plain(name),
            marker={"symbol": symbol, "size": max(17 - 4 * i, 7), "color": colour},
            customdata=[[plain(row, longest=160)] for row in table.loc[of_name, "row"]],
            hovertemplate="<b>%{customdata[0]}</b><br>%{fullData.name}: %{x:.3f}<extra></extra>",
        )
    finish(figure, title=title, subtitle=f"{'   '.join(said)}<br>{subtitle}", x=x, height=height_of(rows) + 20)
    name_rows(figure, rows)
    figure.update_xaxes(zeroline=False, nticks=5)
    figure.update_layout(margin={"t": 92})
    return figure


def difference_forest(table: pd.DataFrame, *, title: str, subtitle: str, x: str) -> go.Figure:
    """Draw paired differences with their intervals, and the line of no difference.

    Parameters
    ----------
    table : DataFrame
        ``title``, ``value`` (the difference), ``low``, ``high`` and ``verdict`` (a key of ``VERDICTS``).
    title, subtitle, x : str

    Returns
    -------
    Figure
    """
    looks, (low, high) = [VERDICTS[verdict] for verdict in table["verdict"]], _around_zero(table)
    said = [f"{value:+.4f} {look[2]}" for value, look in zip(table["value"], looks, strict=True)]
    points = go.Scatter(
        x=table["value"].tolist(),
        y=list(range(len(table))),
        mode="markers+text",
        marker={
            "symbol": [look[0] for look in looks],
            "color": [look[1] for look in looks],
            "size": 11,
            "line": {"width": 1.5, "color": [look[1] for look in looks]},
        },
        error_x=error_bars(table, colour=MUTED),
        text=said,
        textposition=["top left" if value > (low + high) / 2 else "top right" for value in table["value"]],
        customdata=[
            [plain(str(row.title), longest=160), f"{text} [{row.low:+.4f}, {row.high:+.4f}]"]
            for row, text in zip(table.itertuples(), said, strict=True)
        ],
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>",
        cliponaxis=False,
    )
    figure = finish(go.Figure(points), title=title, subtitle=subtitle, x=x, height=height_of(table["title"]))
    name_rows(figure, table["title"].tolist())
    figure.add_vline(x=0, line={"dash": "dot", "color": MUTED})
    figure.update_xaxes(zeroline=False, tickformat="+.3~f", range=[low, high], nticks=5)
    return figure


def _around_zero(table: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of an axis that holds every interval, and zero with room on either side."""
    if table.empty:
        return -1.0, 1.0
    least, most = float(table["low"].min()), float(table["high"].max())
    reach = 0.3 * 1.25 * max(abs(least), abs(most), 1e-6)
    return min(least * 1.15, -reach), max(most * 1.15, reach)
