"""Scores by label on the Benchmark page, and the queries behind them."""

import pandas as pd
import streamlit as st

from lib.charts.intervals import score_bars
from lib.charts.theme import count
from lib.report.wording import metric_title
from lib.retrieval.reading import read_labels
from pages import _loaders as loaders
from pages import _shared as shared
from pages._benchmark_queries import worst_queries
from pages._benchmark_rows import Board, interval
from pages._benchmark_slices import draw_slices, draw_table
from pages._linked import heed_number

_LEAST, _TOP, _MOST_DRAWN = 10, 15, 100
#: Labels that a tooltip names.
_NAMED = 30


def labels(board: Board) -> None:
    """Draw the score of each label, worst first, then of each value of an attribute."""
    rows = board.rows[board.rows[board.score].notna()]
    names = dict(zip(rows["evaluation"], rows["name"], strict=True))
    if not names:
        st.info(f"No row by this protocol has {metric_title(board.score)}. Choose another score.")
        return
    left, middle, right = st.columns([2, 1, 1])
    with left:
        evaluation = shared.linked_choice(
            "Row", list(names), key="row", shown=lambda found: names.get(found, found), help="The best comes first."
        )
    table = by_label(board, evaluation)
    usual = _LEAST if (table["n_queries"] >= _LEAST).any() else 1
    heed_number("At least … queries", 1, None, key="least")
    heed_number("Labels drawn", 1, _MOST_DRAWN, key="top")
    least = middle.number_input(
        "At least … queries", 1, None, usual, key="least", bind="query-params",
        help="A label with few queries has a wide interval: its score is mostly luck.",
    )  # fmt: skip
    top = right.number_input("Labels drawn", 1, _MOST_DRAWN, _TOP, key="top", bind="query-params")
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
    left_out(board, evaluation, len(table))
    shared.csv(table.rename(columns={"value": board.label}), name=f"{board.catalog.name}-{board.label}-labels")


def left_out(board: Board, evaluation: str, n: int) -> None:
    """Say how many labels are not listed, and why: those that no query has."""
    found = read_labels(loaders.store(), board.catalog.name, evaluation)
    unasked = found[found["n_queries"] == 0]
    if unasked.empty:
        return
    alone = int((unasked["n_gallery"] <= 1).sum())
    reasons = [f"{alone:,} with a single picture, which has nothing else to find"] if alone else []
    if len(unasked) > alone:
        reasons.append(f"{len(unasked) - alone:,} that none of the queries has, by this protocol and sample")
    st.caption(
        f":material/info: {n:,} of {count(len(found), 'label')} are listed. Left out: {'; '.join(reasons)}.",
        help=", ".join(shared.escape(value) for value in unasked["label"].head(_NAMED)) + "…" * (len(unasked) > _NAMED),
    )
