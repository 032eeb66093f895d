"""How labels lie among the vectors, and what near-duplicates do to the scores, on the Benchmark page."""

from typing import Any

import pandas as pd
import streamlit as st

from lib.charts.differences import dumbbell
from lib.charts.theme import count
from lib.definitions import help_text
from lib.report.wording import metric_title
from lib.retrieval.reference import S2_SEPARATION
from pages import _loaders as loaders
from pages import _shared as shared
from pages._benchmark_draw import NAME_WIDTH, height_of, row_height
from pages._benchmark_rows import Board, interval
from pages._benchmark_s2 import reference
from pages._benchmark_which import chosen_rows
from pages._explain import explained

SHAPE = (
    "silhouette", "calinski_harabasz", "intra_distance", "inter_distance", "separation_ratio", "hubness_skewness",
    "hubness_top1_share",
)  # fmt: skip


def shape(board: Board) -> None:
    """Draw how the labels lie in the space of each row's vectors, beside S2's figures."""
    rows = chosen_rows(board.rows)
    names = [name for name in SHAPE if name in rows and rows[name].notna().any()]
    st.markdown(
        "These are numbers of the whole gallery, not of single queries: how tightly a label's pictures lie together, "
        "how far from others, and whether a few pictures are found by everybody (hubs)."
    )
    if not names:
        st.info("No row has these numbers: an approximate index, or vectors of queries alone, leave them out.")
    else:
        shown = pd.DataFrame({"Row": rows["name"]})
        for name in names:
            shown[name] = rows[name]
            said = [interval(a, b) for a, b in zip(rows[f"{name}_low"], rows[f"{name}_high"], strict=True)]
            if any(said):
                shown[f"{name}_interval"] = said
        st.dataframe(
            shown,
            hide_index=True,
            placeholder="–",
            height=height_of(len(shown)),
            row_height=row_height(shown["Row"]),
            column_config=shape_columns(names),
            alt="Shape of each row's labels",
        )
        st.caption(
            "Distances are cosine distances, averaged over all pairs of pictures. Calinski-Harabasz has no upper end: "
            "compare it between rows of one catalogue only."
        )
        explained(*names, "jackknife")
        shared.csv(shown, name=f"{board.catalog.name}-{board.label}-shape")
    st.header("Published by S2", anchor=False)
    reference(S2_SEPARATION, folded=board.catalog.synthetic)


def shape_columns(names: list[str]) -> dict[str, Any]:
    """Return how the columns of shape are headed, explained and written."""
    columns: dict[str, Any] = {"Row": st.column_config.TextColumn(width=NAME_WIDTH, pinned=True)}
    for name in names:
        digits = "%.1f" if name == "calinski_harabasz" else "%.3f"
        columns[name] = st.column_config.NumberColumn(metric_title(name), format=digits, help=help_text(name))
        columns[f"{name}_interval"] = st.column_config.TextColumn("95 %", help=help_text("jackknife"))
    return columns


def near_duplicates(board: Board) -> None:
    """Draw every row's score with near-duplicates in its rankings, and without them."""
    st.markdown(
        "Shops photograph a product twice, or sell one photograph under two numbers. Such pictures find each other "
        "whatever the model, which flatters it. Here each query's near-duplicates are taken out of its ranking."
    )
    rows = chosen_rows(board.rows)
    manifests = {found.id: found for found in loaders.store().manifests(board.catalog.name, "evaluation")}
    told = {name: manifests[name].details.get("near_duplicates") or {} for name in rows["evaluation"]}
    table = pd.DataFrame([with_and_without(row, told[row["evaluation"]], board.score) for _, row in rows.iterrows()])
    why = sorted({str(found["unavailable"]) for found in told.values() if "unavailable" in found})
    known = table[table["without"].notna()]
    if known.empty:
        st.info("They were not counted for any of these rows." + (f" {shared.escape(' '.join(why))}" if why else ""))
        return
    name = metric_title(board.score)
    long = pd.concat(
        known.rename(columns={column: "value"})[["row", "value"]].assign(name=said)
        for column, said in (("with", "with"), ("without", "without near-duplicates"))
    )
    figure = dumbbell(
        long,
        names=["with", "without near-duplicates"],
        title=f"{name} with and without near-duplicates",
        subtitle=f"{count(len(known), 'row')}; {known['n_with'].max():,.0f} queries have near-duplicates",
        x=name,
    )
    shared.chart(figure, key="twins", alt=f"{name} of each row with and without near-duplicates")
    draw_twins(known, board)


def with_and_without(row: pd.Series, found: dict[str, Any], score: str) -> dict[str, Any]:
    """Return one row's score with near-duplicates and without."""
    without = ((found.get("without") or {}).get("metrics") or {}).get(score) or {}
    low, high = (without.get(end) if without.get(end) is not None else float("nan") for end in ("low", "high"))
    return {
        "row": row["name"],
        "with": row[score],
        "with_interval": interval(row[f"{score}_low"], row[f"{score}_high"]),
        "without": without.get("value"),
        "without_interval": interval(low, high),
        "n_with": found.get("n_queries_with"),
        "n_left_out": found.get("n_left_out"),
    }


def draw_twins(known: pd.DataFrame, board: Board) -> None:
    """Draw the scores with and without near-duplicates as a table."""
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    shown = known.assign(cost=known["with"] - known["without"])
    st.dataframe(
        shown,
        hide_index=True,
        placeholder="–",
        height=height_of(len(shown)),
        row_height=row_height(shown["row"]),
        column_order=["row", "with", "with_interval", "without", "without_interval", "cost", "n_with", "n_left_out"],
        column_config={
            "row": text("Row", width=NAME_WIDTH, pinned=True),
            "with": number(metric_title(board.score), format="%.3f", width=72, help=help_text(board.score)),
            "with_interval": text("95 %", width=66, help=help_text("interval")),
            "without": number("Without", format="%.3f", width=72, help=help_text("near_duplicates")),
            "without_interval": text("95 % ", width=66, help=help_text("interval")),
            "cost": number("What they flatter by", format="%+.4f"),
            "n_with": number("Queries that have some", format="localized"),
            "n_left_out": number("Left out", format="localized", help="Queries with nothing else to find"),
        },
        alt="Scores with and without near-duplicates",
    )
    explained(board.score, "near_duplicates", "interval")
    shared.csv(shown, name=f"{board.catalog.name}-near-duplicates")
