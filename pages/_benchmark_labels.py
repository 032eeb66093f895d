"""Scores by label and by attribute on the Benchmark page, and the queries behind them."""

import pandas as pd
import streamlit as st

from lib.charts.intervals import score_bars
from lib.charts.theme import count
from lib.definitions import help_text
from lib.report.wording import metric_title
from lib.retrieval.reading import read_labels
from pages import _loaders as loaders
from pages import _shared as shared
from pages._benchmark_queries import worst_queries
from pages._benchmark_rows import Board, find_slices, interval
from pages._explain import explained
from pages._filters import facets

_LEAST, _TOP = 10, 15


def labels(board: Board) -> None:
    """Draw the score of each label, worst first, then of each value of an attribute."""
    rows = board.rows
    names = dict(zip(rows["evaluation"], rows["name"], strict=True))
    left, middle, right = st.columns([2, 1, 1])
    with left:
        evaluation = shared.linked_choice(
            "Row", list(names), key="row", shown=lambda found: names.get(found, found), help="The best comes first."
        )
    table = by_label(board, evaluation)
    usual = _LEAST if (table["n_queries"] >= _LEAST).any() else 1
    least = middle.number_input(
        "At least … queries", 1, None, usual, key="least", bind="query-params",
        help="A label with few queries has a wide interval: its score is mostly luck.",
    )  # fmt: skip
    top = right.number_input("Labels drawn", 1, 100, _TOP, key="top", bind="query-params")
    enough = table[table["n_queries"] >= least]
    name = metric_title(board.score)
    if enough.empty:
        st.info(f"No {shared.escape(board.label)} has {least:,} queries. Ask for fewer.")
    else:
        figure = score_bars(
            enough.head(top),
            title=f"{name} by {board.label}, worst first",
            subtitle=f"{min(top, len(enough))} of {count(len(enough), 'label')} with at least {least:,} queries",
            x=name,
        )
        shared.chart(figure, key="labels", alt=f"{name} of each {board.label}, worst first")
    look_at(board, evaluation, pd.concat([enough, table[table["n_queries"] < least]], ignore_index=True))
    draw_slices(board, evaluation, int(least))


def by_label(board: Board, evaluation: str) -> pd.DataFrame:
    """Return the labels that were asked for, worst first."""
    found = read_labels(loaders.store(), board.catalog.name, evaluation)
    score = board.score
    table = pd.DataFrame(
        {
            "value": found["label"].astype(object),
            "n_queries": found["n_queries"],
            "n_gallery": found["n_gallery"],
            "mean": found[score],
            "low": found[f"{score}_low"],
            "high": found[f"{score}_high"],
        }
    )
    return table[table["n_queries"] > 0].sort_values(["mean", "value"], ignore_index=True)


def look_at(board: Board, evaluation: str, table: pd.DataFrame) -> None:
    """Draw the choice of one label, what is known of it, and its worst queries."""
    st.header("Look at a label", anchor=False)
    known = {row["value"]: row for row in table.to_dict("records")}
    chosen = shared.linked_choice(
        "Value",
        list(known),
        key="of",
        help="The worst comes first; type to find one.",
        shown=lambda value: f"{value} · {known[value]['mean']:.3f} · n {known[value]['n_queries']:,}",
    )
    found = known[chosen]
    st.markdown(
        f"**{shared.escape(chosen)}**: {metric_title(board.score)} **{found['mean']:.3f}** "
        f"{interval(found['low'], found['high'])} over {found['n_queries']:,} queries; {found['n_gallery']:,} pictures "
        "of the gallery have it."
    )
    worst_queries(board, evaluation, chosen)
    with st.expander("All labels as a table", icon=":material/table:"):
        draw_table(table, board.score, first=board.label)
    shared.csv(table.rename(columns={"value": board.label}), name=f"{board.catalog.name}-{board.label}-labels")


def draw_table(table: pd.DataFrame, score: str, *, first: str) -> None:
    """Draw scores with their intervals and counts."""
    number = st.column_config.NumberColumn
    shown = table.rename(columns={"value": first}).assign(
        **{"95 % interval": [interval(a, b) for a, b in zip(table["low"], table["high"], strict=True)]}
    )
    st.dataframe(
        shown.drop(columns=["low", "high"]),
        hide_index=True,
        column_config={
            "n_queries": number("Queries", format="localized"),
            "n_gallery": number("Pictures", format="localized"),
            "mean": number(metric_title(score), format="%.3f", help=help_text(score)),
            "95 % interval": st.column_config.TextColumn(help=help_text("interval")),
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
