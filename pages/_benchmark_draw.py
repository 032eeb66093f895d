"""How rows of a leaderboard are drawn, those of a catalogue and published ones alike: as a forest, and as a table."""

from textwrap import wrap
from typing import Literal

import pandas as pd
import streamlit as st

from lib.charts.forest import forest
from lib.charts.theme import count
from lib.definitions import help_text
from lib.report.wording import distance_title, metric_title, variant_words
from lib.retrieval.leaderboard import COST_COLUMNS, metric_names
from pages import _shared as shared
from pages._benchmark_rows import interval
from pages._explain import explained

#: Rows that the chart draws; the table holds all.
MOST = 25
#: Height of a row in which a name takes several lines where it must; Streamlit wraps in rows above 4 rem.
SEVERAL_LINES = 66
#: Rows of a table that is shown whole, and pixels of a longer one.
_SHORT, _HEIGHT = 15, 640
#: Pixels of a name, and the characters that stand on one line of it: on a phone, name, standing, score and interval
#: stand side by side.
NAME_WIDTH, _LINE = 140, 20
#: Standing -> what the table says: as in the chart, but short.
SHORTLY: dict[str | None, str] = {"best": "best", "tied": "tied", "": "", None: "unknown"}
_DECIMAL = "%.3f"


def draw_forest(rows: pd.DataFrame, score: str, *, label: str, key: str) -> None:
    """Draw the best of some rows, which have a ``name`` and a ``standing``, with their intervals."""
    name = metric_title(score)
    drawn = rows[rows[score].notna()].head(MOST)
    figure = forest(
        pd.DataFrame(
            {
                "title": drawn["name"],
                "value": drawn[score],
                "low": drawn[f"{score}_low"],
                "high": drawn[f"{score}_high"],
                "standing": drawn["standing"],
                "note": [f"{n:,} queries" for n in drawn["n_queries"]],
            }
        ),
        title=f"{name}, {label}",
        subtitle=f"{of_all(len(drawn), int(rows[score].notna().sum()))}; 95 % intervals; axis not from 0",
        x=name,
    )
    shared.chart(figure, key=key, alt=f"{name} of each row with its 95 % interval")


def of_all(n: int, n_all: int) -> str:
    """Return how many rows are drawn."""
    return count(n, "row") if n == n_all else f"the best {n} of {count(n_all, 'row')}"


def draw_rows(rows: pd.DataFrame, score: str, *, alt: str) -> None:
    """Draw rows as a table that one can sort."""
    metrics = [name for name in metric_names(rows) if name != score and rows[name].notna().any()]
    shown = pd.DataFrame(
        {
            "Row": rows["name"],
            "Standing": [SHORTLY[name if isinstance(name, str) else None] for name in rows["standing"]],
            score: rows[score],
            "95 % interval": [interval(a, b) for a, b in zip(rows[f"{score}_low"], rows[f"{score}_high"], strict=True)],
            "State": ["stale" if stale else "current" for stale in rows["stale"]],
            "Distance": [distance_title(name) for name in rows["metric"]],
            "Variant": [variant_words(text) if text else "" for text in rows["variant"]],
            f"macro_{score}": rows[f"macro_{score}"],
            **{name: rows[name] for name in metrics},
            "Queries": [
                of_queries(n, n_all) for n, n_all in zip(rows["n_queries"], rows["n_sampled_from"], strict=True)
            ],
            **{name: rows[name] for name in COST_COLUMNS},
            "model": rows["model"],
        }
    )
    empty = [name for name in shown if shown[name].isna().all() or set(shown[name]) <= {"", "current"}]
    st.dataframe(
        shown.drop(columns=empty),
        hide_index=True,
        placeholder="–",
        height=height_of(len(shown)),
        row_height=row_height(rows["name"]),
        column_config=columns(score, metrics),
        alt=alt,
    )
    explained(score, *metrics, "interval", "difference", "macro", "cost")


def row_height(names: pd.Series, *, line: int = _LINE) -> int:
    """Return how high rows are so that the longest name has all the lines it takes, of so many characters."""
    lines = max((len(wrap(name, line)) for name in names), default=1)
    return max(SEVERAL_LINES, 20 * lines + 6)


def height_of(n: int) -> int | Literal["content"]:
    """Return the height of a table: all of it where it is short, else a part that scrolls."""
    return "content" if n <= _SHORT else _HEIGHT


def of_queries(n: int, n_all: int) -> str:
    """Return how many queries were asked, and of how many they are a sample."""
    return f"{n:,}" if n == n_all else f"{n:,} of {n_all:,}"


def columns(score: str, metrics: list[str]) -> dict[str, object]:
    """Return how each column is headed, explained and written."""
    number = st.column_config.NumberColumn
    return {
        "Row": st.column_config.TextColumn(width=NAME_WIDTH, pinned=True),
        "Standing": st.column_config.TextColumn(width=72, help=help_text("difference")),
        "95 % interval": st.column_config.TextColumn("95 %", width=66, help=help_text("interval")),
        "Variant": st.column_config.TextColumn(width=120),
        **{name: number(metric_title(name), format=_DECIMAL, help=help_text(name)) for name in metrics},
        score: number(metric_title(score), format=_DECIMAL, width=72, help=help_text(score)),
        f"macro_{score}": number(f"Macro {metric_title(score)}", format=_DECIMAL, help=help_text("macro")),
        "dim": number("Dimensions", format="localized", help=help_text("cost", said="Length of a vector.")),
        "bytes_per_item": number(
            "Bytes an item", format="localized", help=help_text("cost", said="What a stored vector takes.")
        ),
        "ms_per_query": number(
            "ms a query", format="%.2f", help=help_text("cost", said="Median time to rank the gallery for one query.")
        ),
        "images_per_second": number(
            "Pictures/s", format="%.0f", help=help_text("cost", said="Embedding speed where the embedding was made.")
        ),
        "index_recall": number("Recall of the index", format=_DECIMAL, help=help_text("index_recall")),
        "model": st.column_config.TextColumn("Id", help="Of the embedding, as commands call it"),
    }
