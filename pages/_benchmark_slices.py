"""Scores of the queries of each value of an attribute on the Benchmark page, and the table of any such scores."""

import pandas as pd
import streamlit as st

from lib.charts.intervals import score_bars
from lib.charts.theme import count
from lib.definitions import help_text
from lib.report.wording import metric_title
from pages import _shared as shared
from pages._benchmark_draw import NAME_WIDTH
from pages._benchmark_rows import Board, find_slices, interval
from pages._explain import explained
from pages._filters import facets

_TOP = 15


def draw_table(table: pd.DataFrame, score: str, *, first: str) -> None:
    """Draw scores with their intervals and counts."""
    number = st.column_config.NumberColumn
    shown = table.rename(columns={"value": first}).assign(
        **{"95 %": [interval(a, b) for a, b in zip(table["low"], table["high"], strict=True)]}
    )
    st.dataframe(
        shown.drop(columns=["low", "high"]),
        hide_index=True,
        placeholder="–",
        column_order=[first, "mean", "95 %", "n_queries", "n_gallery"],
        column_config={
            first: st.column_config.TextColumn(width=NAME_WIDTH, pinned=True),
            "n_queries": number("Queries", format="localized"),
            "n_gallery": number("Pictures", format="localized"),
            "mean": number(metric_title(score), format="%.3f", width=72, help=help_text(score)),
            "95 %": st.column_config.TextColumn(width=120, help=help_text("interval")),
        },
        alt=f"Scores by {first}",
    )
    explained(score, "interval")


def draw_slices(board: Board, evaluation: str, least: int) -> None:
    """Draw the score of the queries of each value of an attribute."""
    names = [name for name in facets(board.catalog) if name != board.label]
    if not names:
        return
    st.header("By another attribute", anchor=False, help="Right is still what has the query's label.")
    column = shared.linked_choice("Attribute", names, key="slice", help="The queries are grouped by its values.")
    table = find_slices(board, evaluation, column).sort_values(["mean"], kind="stable", ignore_index=True)
    drawn = table[table["n_queries"] >= least].head(_TOP)
    name = metric_title(board.score)
    figure = score_bars(
        drawn,
        title=f"{name} by {column}, worst first",
        subtitle=f"{len(drawn)} of {count(len(table), 'value')}, with at least {least:,} queries",
        x=name,
    )
    shared.chart(figure, key="slices", alt=f"{name} of the queries of each {column}")
    draw_table(table, board.score, first=column)
