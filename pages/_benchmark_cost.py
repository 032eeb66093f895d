"""Quality against cost on the Benchmark page: what more quality costs, and which rows nothing beats in both."""

import numpy as np
import pandas as pd
import streamlit as st

from lib.charts.pareto import cost_scatter
from lib.charts.theme import count
from lib.definitions import help_text
from lib.report.wording import metric_title
from lib.retrieval.pareto import pareto_front
from lib.retrieval.variants import parse_variant
from pages import _shared as shared
from pages._benchmark_draw import NAME_WIDTH, row_height
from pages._benchmark_rows import Board, interval
from pages._explain import explained
from pages._linked import linked_segments

_EMBED = "embed"
#: What can stand on the axis of costs -> its name with the unit, and one sentence.
COSTS = {
    "ms_per_query": ("ms a query", "Median time to rank the whole gallery for one query, its embedding not counted."),
    "bytes_per_item": ("bytes an item", "What one stored vector takes."),
    "dim": ("dimensions", "Length of a vector."),
    _EMBED: ("s to embed 1,000 pictures", "From the embedding's own measured speed, decoding included."),
}


def cost(board: Board) -> None:
    """Draw quality against cost, and the rows on the front."""
    rows = systems(board.rows)
    known = [name for name in COSTS if cost_of(rows, name).notna().any()]
    if not known:
        st.info("No row says what it costs: evaluate again, and it is measured.")
        return
    chosen = linked_segments(
        "Cost", known, key="cost", shown=lambda name: COSTS[name][0],
        help="  \n".join(f"**{a}**: {b}" for a, b in COSTS.values()),
    )  # fmt: skip
    drawn = with_front(rows, board.score, chosen)
    name = metric_title(board.score)
    left_out = len(rows) - len(drawn)
    figure = cost_scatter(
        drawn,
        title=f"{name} against {COSTS[chosen][0]}",
        subtitle=f"{count(len(drawn), 'row')}, {int(drawn['front'].sum())} on the front"
        + (f"; {left_out} without this cost or score" if left_out else ""),
        x=COSTS[chosen][0],
        y=name,
    )
    shared.chart(figure, key="pareto", alt=f"{name} of each row against {COSTS[chosen][0]}")
    st.markdown(
        "**On the front**: nothing else is as cheap and as good. The numbers are those of the chart; every other row "
        "is beaten by one of these in cost and quality at once.",
        help=help_text("pareto"),
    )
    draw_front(drawn[drawn["front"]].sort_values("cost"), board.score, chosen)
    shared.csv(
        drawn.drop(columns="number").rename(columns={"title": "row", "cost": chosen, "value": board.score}),
        name=f"{board.catalog.name}-quality-against-{chosen}",
    )
    st.caption(f"{COSTS[chosen][1]} Times are of the machine that measured them; compare rows measured on one machine.")


def systems(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that could be put to use: those whose queries are neither disturbed nor another model's."""
    parsed = [parse_variant(text) for text in rows["variant"]]
    return rows[[not (variant.queries or variant.asked_by) for variant in parsed]]


def cost_of(rows: pd.DataFrame, name: str) -> pd.Series:
    """Return a cost of each row, NaN where it was not measured."""
    costs = 1000 / rows["images_per_second"] if name == _EMBED else rows[name]
    return costs.where(np.isfinite(costs) & (costs > 0))


def with_front(rows: pd.DataFrame, score: str, chosen: str) -> pd.DataFrame:
    """Return the rows that have a score and a cost, with what the chart needs; those on the front are numbered."""
    drawn = pd.DataFrame(
        {
            "title": rows["name"],
            "cost": cost_of(rows, chosen),
            "value": rows[score],
            "low": rows[f"{score}_low"],
            "high": rows[f"{score}_high"],
        }
    ).dropna(subset=["cost", "value"])
    front = pareto_front(drawn["cost"].to_numpy(), drawn["value"].to_numpy())
    order = drawn[front].sort_values(["cost", "value"]).index
    numbers = {row: str(place) for place, row in enumerate(order, start=1)}
    return drawn.assign(front=front, number=[numbers.get(row, "") for row in drawn.index])


def draw_front(front: pd.DataFrame, score: str, chosen: str) -> None:
    """Draw the rows on the front, from the cheapest."""
    shown = pd.DataFrame(
        {
            "Row": [f"{number}. {title}" for number, title in zip(front["number"], front["title"], strict=True)],
            COSTS[chosen][0]: front["cost"],
            score: front["value"],
            "95 % interval": [interval(a, b) for a, b in zip(front["low"], front["high"], strict=True)],
        }
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        shown,
        hide_index=True,
        placeholder="–",
        row_height=row_height(shown["Row"]),
        column_config={
            "Row": st.column_config.TextColumn(width=NAME_WIDTH, pinned=True),
            COSTS[chosen][0]: number(format="localized", help=COSTS[chosen][1]),
            score: number(metric_title(score), format="%.3f", width=72, help=help_text(score)),
            "95 % interval": st.column_config.TextColumn("95 %", width=66, help=help_text("interval")),
        },
        alt="The rows on the front, the cheapest first",
    )
    explained(score, "pareto", "cost", "interval")
