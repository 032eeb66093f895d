"""What is not, or no longer, in the leaderboard of the Benchmark page, and what to do about it."""

import pandas as pd
import streamlit as st

from lib.charts.theme import count
from lib.retrieval.experiments import unavailable
from pages import _loaders as loaders
from pages import _shared as shared
from pages._benchmark_rows import Board
from pages._mend import offer


def stale(rows: pd.DataFrame) -> None:
    """Say which rows are stale, and what measures them again."""
    old = rows[rows["stale"]]
    if old.empty:
        return
    with st.expander(f"{count(len(old), 'row')} stale: refresh", icon=":material/update:", expanded=len(old) < 4):
        st.caption("The pictures, the table or the vectors have changed since these were measured.")
        for row in old.itertuples():
            st.markdown(f"**{shared.escape(row.name)}**")
            st.code(row.command, language="bash")
        offer(*old["command"])


def not_there(board: Board) -> None:
    """Draw what experiments asked for and did not get, with the reason."""
    lacking = unavailable(loaders.store(), board.catalog.name)
    if lacking.empty:
        return
    st.header("Not measured", anchor=False, help="What an experiment asked for and did not get.")
    st.dataframe(
        lacking,
        hide_index=True,
        column_config={
            "experiment": "Experiment",
            "kind": "Stage",
            "asked": st.column_config.TextColumn("Asked for", width="medium"),
            "status": "Status",
            "reason": st.column_config.TextColumn("Reason", width="large"),
        },
        alt="What was asked for and not measured, with the reason",
    )
