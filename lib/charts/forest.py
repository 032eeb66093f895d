"""Forest charts: a point and its interval a row, and in words which is best and which cannot be told from it."""

from collections.abc import Iterable, Sequence

import pandas as pd
import plotly.graph_objects as go

from lib.charts.theme import ACCENT, MUTED, finish, plain, wrapped

FRAME, _ROW, _LINE = 132, 46, 18
#: Standing -> symbol, size, colour, and the word beside the number: what colour says is also said without it.
STANDINGS: dict[str | None, tuple[str, int, str, str]] = {
    "best": ("star", 15, ACCENT, "best"),
    "tied": ("diamond", 11, ACCENT, "tied with best"),
    "": ("circle", 9, MUTED, ""),
    None: ("circle-open", 9, MUTED, "not comparable"),
}
_HOVER = "<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>"


def forest(table: pd.DataFrame, *, title: str, subtitle: str, x: str, digits: int = 3) -> go.Figure:
    """Draw one row a model: its score, the interval, and how it stands to the best.

    Parameters
    ----------
    table : DataFrame
        ``title``, ``value``, ``low``, ``high``, ``standing`` (a key of ``STANDINGS``) and ``note``, which is shown with
        the row under the pointer. The first row is on top.
    title, subtitle, x : str
        `x` names the score.
    digits : int, default=3
        Decimals.

    Returns
    -------
    Figure
    """
    if table.empty:
        return finish(go.Figure(), title=title, subtitle=subtitle, x=x, height=FRAME)
    low, high = ends(table)
    middle = (float(low.min()) + float(high.max())) / 2
    looks = [STANDINGS[_known(name)] for name in table["standing"]]
    said = [f"{value:.{digits}f} {look[3]}".rstrip() for value, look in zip(table["value"], looks, strict=True)]
    points = go.Scatter(
        x=table["value"].tolist(),
        y=list(range(len(table))),
        mode="markers+text",
        marker={
            "symbol": [look[0] for look in looks],
            "opacity": 1,
            "size": [look[1] for look in looks],
            "color": [look[2] for look in looks],
            "line": {"width": 1.5, "color": [look[2] for look in looks]},
        },
        error_x=error_bars(table, colour=MUTED),
        text=said,
        textposition=["top left" if value > middle else "top right" for value in table["value"]],
        customdata=[
            [plain(str(row.title), longest=160), f"{text} [{lo:.{digits}f}, {hi:.{digits}f}]<br>{plain(str(row.note))}"]
            for row, text, lo, hi in zip(table.itertuples(), said, low, high, strict=True)
        ],
        hovertemplate=_HOVER,
        cliponaxis=False,
    )
    figure = finish(go.Figure(points), title=title, subtitle=subtitle, x=x, height=height_of(table["title"]))
    name_rows(figure, table["title"].tolist())
    _fit_axis(figure, float(low.min()), float(high.max()))
    return figure


def ends(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the ends of each row's interval; the value itself where there is none.

    Parameters
    ----------
    table : DataFrame
        ``value``, ``low``, ``high``.

    Returns
    -------
    low, high : Series
    """
    return table["low"].fillna(table["value"]), table["high"].fillna(table["value"])


def error_bars(table: pd.DataFrame, *, colour: str) -> dict[str, object]:
    """Return the intervals of a table as plotly takes them: how far they reach to either side.

    Parameters
    ----------
    table : DataFrame
        ``value``, ``low``, ``high``.
    colour : str

    Returns
    -------
    dict
    """
    low, high = ends(table)
    return {
        "type": "data",
        "symmetric": False,
        "array": (high - table["value"]).tolist(),
        "arrayminus": (table["value"] - low).tolist(),
        "color": colour,
        "thickness": 2,
        "width": 5,
    }


def height_of(names: Iterable[str]) -> int:
    """Return the height of a chart with a row a name: names that need three lines get higher rows.

    Parameters
    ----------
    names : iterable of str

    Returns
    -------
    int
        Pixels.
    """
    lines = [wrapped(name).count("<br>") + 1 for name in names]
    return FRAME + len(lines) * max(_ROW, _LINE * max(lines, default=1) + 6)


def name_rows(figure: go.Figure, names: Sequence[str]) -> None:
    """Name the rows of a chart whose rows stand at 0, 1, 2 ..., the first on top; equal names stay rows of their own.

    Parameters
    ----------
    figure : Figure
        Changed in place.
    names : sequence of str
    """
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=[wrapped(name) for name in names],
        range=[len(names) - 0.4, -0.75],
        showgrid=False,
        zeroline=False,
    )


def _known(standing: object) -> str | None:
    """Return a standing; whatever pandas made of None is None."""
    return standing if isinstance(standing, str) else None


def _fit_axis(figure: go.Figure, low: float, high: float) -> None:
    """Let the axis hold every interval and some room: differences are small, so it need not begin at zero."""
    room = max((high - low) * 0.08, 0.005)
    digits = 2 if high - low > 0.05 else 3
    figure.update_xaxes(range=[low - room, high + room], nticks=5, zeroline=False, tickformat=f".{digits}f")
