"""The Leaderboard of the Benchmark page: every row with its interval, and what is not among them and why."""

import shlex
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from lib.artifacts import Store
from lib.charts.theme import count
from lib.report import EVERYTHING, MODELS, catalog_report
from lib.report.wording import metric_title
from lib.retrieval.protocols import PROTOCOLS
from pages import _loaders as loaders
from pages import _shared as shared
from pages._benchmark_draw import draw_forest, draw_rows
from pages._benchmark_lacking import learnt, not_asked, not_there, stale
from pages._benchmark_published import published_below
from pages._benchmark_rows import Board, find_standing
from pages._benchmark_s2 import beside
from pages._benchmark_which import chosen_rows


def table(board: Board) -> None:
    """Draw the leaderboard."""
    rows = chosen_rows(board.rows)
    standing: list[str | None] = [None] * len(rows)
    with shared.guard():
        standing = find_standing(board, rows)
    rows = rows.assign(standing=standing)
    st.caption(sentence(board, rows))
    learnt(board, rows)
    draw_forest(rows, board.score, label=board.label, key="forest")
    draw_rows(rows, board.score, alt=f"The leaderboard by {metric_title(board.score)}")
    take_away(board, rows)
    stale(rows)
    not_asked(board)
    beside(board)
    not_there(board)
    if board.catalog.synthetic:
        published_below(board.catalog)


def take_away(board: Board, rows: pd.DataFrame) -> None:
    """Offer the rows that are shown as a table, and as a page for people without the dashboard."""
    chosen = (board.catalog.name, board.label, board.protocol, board.score)
    which = EVERYTHING if len(rows) == len(board.rows) else MODELS
    name = f"{board.catalog.name}-{board.label}-{board.protocol}"
    with st.container(horizontal=True):
        shared.csv(rows.drop(columns=["command", "name"]), name=name)
        st.download_button(
            "As a report (HTML)",
            partial(report, str(loaders.store().root), *chosen, which),
            file_name=f"{name}.html",
            mime="text/html",
            icon=":material/description:",
            on_click="ignore",
            help=f"One file to send round: the {count(len(rows), 'row')} shown here, what was not measured, and where "
            "it all comes from.",
        )


def report(root: str, name: str, label: str, protocol: str, score: str, which: str) -> str:
    """Return the report of what is chosen; made when it is asked for."""
    chosen = ["--label", label, "--protocol", protocol, "--by", score, "--rows", which]
    command = f"python -m lib {shlex.join(['report', name, '--out', f'{name}.html', *chosen])}"
    store = Store(Path(root))
    html, _ = catalog_report(store, name, label=label, protocol=protocol, metric=score, which=which, command=command)
    return html


def sentence(board: Board, rows: pd.DataFrame) -> str:
    """Return what the table compares."""
    galleries = sorted({f"{n:,}" for n in rows["n_gallery"]})
    return (
        f"{PROTOCOLS[board.protocol].explanation} Right is what has the query's {shared.escape(board.label)}; "
        f"{' or '.join(galleries)} pictures are searched. **Best** has the highest mean; **tied with best** is whose "
        "paired difference with it has an interval that covers zero."
    )
