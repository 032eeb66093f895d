"""What S2 published beside ours, and what counting the query itself does, on the Benchmark page."""

from typing import Any

import pandas as pd
import streamlit as st

from lib.definitions import help_text
from lib.report.wording import metric_title
from lib.retrieval.reference import S2_RETRIEVAL, ReferenceTable
from pages import _shared as shared
from pages._benchmark_draw import NAME_WIDTH, row_height
from pages._benchmark_rows import AS_S2, Board, interval
from pages._explain import explained
from pages._mend import commands

ROW = "Query counted"
_SHOWN = ("recall@1", "recall@10", "map", "map_at_r")


def beside(board: Board) -> None:
    """Draw our rows measured as S2 measured, marked, and S2's own figures."""
    st.header("As S2 measured, and what it published", anchor=False)
    st.caption("S2 is the thesis on searching the fashion set by picture whose nine models this page measures anew.")
    ours = board.by_protocol(AS_S2)
    if board.protocol != AS_S2 and len(ours):
        st.warning(
            "**Other protocol**: here each query may find itself. These rows do not belong in the table above.",
            icon=":material/warning:",
        )
        st.dataframe(
            s2_table(ours),
            hide_index=True,
            placeholder="–",
            row_height=row_height(ours["name"]),
            column_config=s2_columns(),
            alt="Rows measured as S2 measured",
        )
        explained(*_SHOWN, AS_S2)
    said = self_counting(board, ours)
    if said:
        st.markdown(said)
    elif ours.empty:
        st.caption("S2 let each query find itself. To see what that does to a model's Recall@1 here:")
        model = board.rows["model"].iloc[0]
        commands(f"python -m lib evaluate {board.catalog.name} --model {model} --protocol {AS_S2}")
    reference(S2_RETRIEVAL, folded=board.catalog.synthetic)


def s2_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the scores that S2 gives, of rows measured as S2 measured."""
    shown = pd.DataFrame({ROW: rows["name"]})
    for name in _SHOWN:
        if name in rows:
            ends = zip(rows[f"{name}_low"], rows[f"{name}_high"], strict=True)
            shown[name], shown[f"{name}_interval"] = rows[name], [interval(low, high) for low, high in ends]
    return shown.assign(Queries=rows["n_queries"])


def s2_columns() -> dict[str, Any]:
    """Return how the columns are headed and written."""
    columns: dict[str, Any] = {
        ROW: st.column_config.TextColumn(width=NAME_WIDTH, pinned=True),
        "Queries": st.column_config.NumberColumn(format="localized"),
    }
    for name in _SHOWN:
        columns[name] = st.column_config.NumberColumn(metric_title(name), format="%.3f", help=help_text(name))
        columns[f"{name}_interval"] = st.column_config.TextColumn("95 %", help=help_text("interval"))
    return columns


def self_counting(board: Board, ours: pd.DataFrame) -> str:
    """Return what counting the query itself does to R@1, by the same model and distance measured both ways."""
    properly = board.rows if board.protocol != AS_S2 else board.by_protocol("all")
    same = ["model", "metric", "variant"]
    if "recall@1" not in ours or ours.empty or properly.empty:
        return ""
    both = properly.merge(ours, on=same, suffixes=("", "_counted")).dropna(subset=["recall@1", "recall@1_counted"])
    if both.empty:
        return ""
    row = both.iloc[0]
    return (
        "**What counting the query itself does.** Its nearest picture is then always itself, so Recall@1 says nothing: "
        f"for {shared.escape(row['name'])} it is **{row['recall@1_counted']:.3f}**, where counted properly it is "
        f"**{row['recall@1']:.3f}**. Each other score rises too, because one right answer stands first for free."
    )


def reference(table: ReferenceTable, *, folded: bool) -> None:
    """Draw a published table of others, closed at first where no real product stands beside it."""
    if folded:
        with st.expander(f"S2's table {table.number}, measured on real products", icon=":material/menu_book:"):
            draw_reference(table)
    else:
        draw_reference(table)


def draw_reference(table: ReferenceTable) -> None:
    """Draw a published table of others as it was printed, with what differs in how it was measured."""
    frame = table.frame().rename(columns={"model": "As published by S2"})
    columns: dict[str, Any] = {
        name: st.column_config.NumberColumn(metric_title(name), format="%.6f", help=help_text(name))
        for name in frame.columns[1:]
    }
    st.dataframe(
        frame, hide_index=True, placeholder="–", column_config=columns, alt=f"S2's table {table.number}, as printed"
    )
    st.caption(f"**Published by S2, other protocol**: table {table.number} of {table.source}.")
    st.markdown("What differs:\n" + "\n".join(f"- {text}" for text in table.differs))
