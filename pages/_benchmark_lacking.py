"""What is not, or no longer, in the leaderboard of the Benchmark page, and what to do about it."""

import pandas as pd
import streamlit as st

from lib.charts.theme import count
from lib.retrieval.experiments import unavailable
from lib.retrieval.protocols import PROTOCOLS
from pages import _loaders as loaders
from pages import _shared as shared
from pages._benchmark_rows import AS_S2, Board
from pages._mend import commands, offer

ALL = "all"
#: Models that are offered to be measured, at most.
N_MODELS = 5


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


def not_asked(board: Board) -> None:
    """Name the models that nobody has measured by the chosen label and protocol, and offer to."""
    measured = set(board.rows["model"])
    models = [each for each in loaders.embeddings(board.catalog) if each.id not in measured]
    if not models or board.protocol == AS_S2:
        return
    words = (f" --label {board.label}" if board.label != board.catalog.label else "") + (
        f" --protocol {board.protocol}" if board.protocol != ALL else ""
    )
    with st.expander(f"{count(len(models), 'model')} not measured so", icon=":material/hourglass_empty:"):
        st.caption("The catalogue is embedded with them; by this label and protocol nobody has asked them yet.")
        for each in models[:N_MODELS]:
            st.markdown(f"**{shared.escape(loaders.title(each))}**")
            commands(f"python -m lib evaluate {board.catalog.name} --model {each.id}{words}", wrap=True)
        if len(models) > N_MODELS:
            st.caption(f"And {len(models) - N_MODELS:,} more.")


def learnt(board: Board, rows: pd.DataFrame) -> None:
    """Say which rows are asked with pictures that they were trained on."""
    asking = ("train", "val", "test") if board.protocol in (ALL, AS_S2) else ("test",)
    models = {each.id: each.details.get("seen", {}) for each in loaders.embeddings(board.catalog)}
    counts = {row.name: sum(models.get(row.model, {}).get(split, 0) for split in asking) for row in rows.itertuples()}
    seen = {name: n for name, n in counts.items() if n}
    if seen:
        named = ", ".join(f"**{shared.escape(name)}** ({count(n, 'picture')})" for name, n in seen.items())
        instead = f" “{PROTOCOLS['test-vs-test'].label}” asks only the test split." if len(asking) > 1 else ""
        st.caption(f":material/school: Trained on pictures that ask here, which flatters: {named}.{instead}")


def not_there(board: Board) -> None:
    """Draw what experiments asked for and did not get, with the reason."""
    lacking = unavailable(loaders.store(), board.catalog.name)
    if lacking.empty:
        return
    st.header("Not measured", anchor=False, help="What an experiment asked for and did not get.")
    st.dataframe(
        lacking,
        hide_index=True,
        placeholder="–",
        column_config={
            "experiment": "Experiment",
            "kind": "Stage",
            "asked": st.column_config.TextColumn("Asked for", width="medium"),
            "status": "Status",
            "reason": st.column_config.TextColumn("Reason", width="large"),
        },
        alt="What was asked for and not measured, with the reason",
    )
