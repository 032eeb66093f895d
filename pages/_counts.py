"""Sections of the Dataset page that count attributes: one at a time, in pairs, down a hierarchy."""

import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.catalog.statistics import countable, cross_table, frequencies, hierarchy_counts, histogram, measurable
from lib.charts.bars import column_bars, frequency_bars
from lib.charts.colours import are_colours
from lib.charts.distribution import histogram_bars
from lib.charts.heatmap import heatmap
from lib.charts.hierarchy import SHAPES, drill_down
from lib.charts.theme import Figure
from pages import _shared as shared

TOP = 10
#: Pairs to begin with, where the catalogue has them.
FIRST_PAIRS = (("gender", "masterCategory"), ("season", "masterCategory"))


def attributes(catalog: Catalog) -> None:
    """Draw how often each value of each attribute occurs, in two columns of about equal height."""
    kept = set(countable(catalog.frame, catalog.attributes)) | set(measurable(catalog.frame, catalog.attributes))
    names = [name for name in catalog.attributes if name in kept]
    if not names:
        st.info("This catalogue has no attribute whose values repeat.")
    heights, columns = [0, 0], st.columns(2, gap="large")
    for name in names:  # each sent as soon as it is made: the browser draws one while the next is counted
        figure = attribute_figure(catalog.frame[name])
        side = heights.index(min(heights))
        heights[side] += figure.layout.height
        with columns[side]:
            shared.chart(figure, key=f"attribute-{name}", alt=f"How often each value of {name} occurs")
    st.caption(
        f"Each bar counts pictures, for the {TOP} commonest values; Balance lists all of them. "
        "A picture without a value is left out of that chart; Columns lists what is missing."
    )


def attribute_figure(values: pd.Series) -> Figure:
    """Return the chart that suits a column: a histogram, upright bars for years, or bars a value."""
    name = str(values.name)
    if measurable(values.to_frame(), [name]):
        return histogram_bars(histogram(values), title=name, x=name)
    if pd.api.types.is_numeric_dtype(values.dtype):
        return column_bars(frequencies(values), title=name)
    table = frequencies(values, top=TOP)
    return frequency_bars(
        table, title=name, n_distinct=int(values.nunique()), in_colour=are_colours(table["value"].tolist())
    )


def pairs(catalog: Catalog) -> None:
    """Draw two heat maps, each of a pair of attributes that one chooses."""
    names = [*countable(catalog.frame, catalog.attributes), "split"]
    if len(names) < 2:
        st.info("This catalogue has fewer than two attributes to cross.")
        return
    shares = st.toggle(
        "Shares of each row", key="shares", bind="query-params", help="Off: pictures. On: each row adds up to 100 %."
    )
    for i, (rows, columns) in enumerate(first_pairs(names)):
        with st.container(border=True):
            left, right = st.columns(2)
            rows = left.selectbox("Rows", names, names.index(rows), key=f"rows{i}", bind="query-params")
            columns = right.selectbox("Columns", names, names.index(columns), key=f"columns{i}", bind="query-params")
            with shared.guard():
                table = cross_table(catalog.frame, rows, columns)
                n_both = int(catalog.frame[[rows, columns]].notna().all(axis=1).sum())
                dark = st.context.theme.type == "dark"
                figure = heatmap(table, rows=rows, columns=columns, n_both=n_both, shares=shares, dark=dark)
                shared.chart(figure, key=f"pair{i}", alt=f"How often each pair of {rows} and {columns} occurs")
                shared.csv(table.reset_index(names=rows), name=f"{catalog.name}-{rows}-{columns}")


def first_pairs(names: list[str]) -> list[tuple[str, str]]:
    """Return the pairs to begin with: the usual ones, or else the first two that differ."""
    usual = [pair for pair in FIRST_PAIRS if set(pair) <= set(names)]
    other = [(names[0], names[1]), (names[-1], names[0])]
    return (usual + [pair for pair in other if pair not in usual])[:2]


def hierarchy(catalog: Catalog) -> None:
    """Draw the hierarchy of labels, to be opened part by part."""
    names = countable(catalog.frame, catalog.attributes)
    known = [name for name in catalog.hierarchy if name in names] or [catalog.label]
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    levels = left.multiselect("Levels, coarse to fine", names, known, key=f"levels-{catalog.name}", max_selections=4)
    shape = right.segmented_control(
        "Drawn as", list(SHAPES), default="treemap", required=True, key="shape", bind="query-params"
    )
    if not levels:
        st.info("Choose at least one level.")
        return
    nodes = hierarchy_counts(catalog.frame, levels)
    figure = drill_down(nodes, levels=" › ".join(levels), shape=shape)
    shared.chart(figure, key="drill", alt=f"Pictures in each branch of {', '.join(levels)}")
    shared.csv(nodes.drop(columns="parent"), name=f"{catalog.name}-hierarchy")
