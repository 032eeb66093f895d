"""The Leaderboard of the Benchmark page: every row with its interval, and what is not among them and why."""

import pandas as pd
import streamlit as st

from lib.retrieval.protocols import PROTOCOLS
from pages import _shared as shared
from pages._benchmark_draw import draw_forest, draw_rows
from pages._benchmark_lacking import not_there, stale
from pages._benchmark_published import published_below
from pages._benchmark_rows import Board, find_standing, score_name
from pages._benchmark_s2 import beside

WHICH = {
    "Models": "Vectors as they were embedded",
    "Everything": "Every variant too, such as smaller or faster vectors",
}


def table(board: Board) -> None:
    """Draw the leaderboard."""
    rows = chosen_rows(board)
    standing: list[str | None] = [None] * len(rows)
    with shared.guard():
        standing = find_standing(board, rows)
    rows = rows.assign(standing=standing)
    st.caption(sentence(board, rows))
    draw_forest(rows, board.score, label=board.label, key="forest")
    draw_rows(rows, board.score, alt=f"The leaderboard by {score_name(board.score)}")
    shared.csv(rows.drop(columns=["command"]), name=f"{board.catalog.name}-{board.label}-{board.protocol}")
    stale(rows)
    beside(board)
    not_there(board)
    if board.catalog.synthetic:
        published_below(board.catalog)


def chosen_rows(board: Board) -> pd.DataFrame:
    """Draw the choice between models and everything, where there are both; return the rows."""
    rows = board.rows
    plain = rows["variant"] == ""
    if not plain.any() or plain.all():
        return rows
    which = st.segmented_control(
        "Rows", list(WHICH), default="Models", required=True, key="rows", bind="query-params",
        help="  \n".join(f"**{name}**: {text}." for name, text in WHICH.items()),
    )  # fmt: skip
    return rows if which == "Everything" else rows[plain].reset_index(drop=True)


def sentence(board: Board, rows: pd.DataFrame) -> str:
    """Return what the table compares."""
    galleries = sorted({f"{n:,}" for n in rows["n_gallery"]})
    return (
        f"{PROTOCOLS[board.protocol].explanation} Right is what has the query's {shared.escape(board.label)}; "
        f"{' or '.join(galleries)} pictures are searched. **Best** has the highest mean; **tied with best** is whose "
        "paired difference with it has an interval that covers zero."
    )
