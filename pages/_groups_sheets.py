"""The groups themselves as contact sheets, at the stored threshold or another one."""

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.catalog import Catalog
from lib.charts.theme import count
from lib.clustering.clustering import Clustering
from lib.clustering.taxonomy import group_table
from pages import _shared as shared
from pages._grid import bare, product_grid
from pages._groups_loaders import Question, chosen
from pages._linked import heed
from pages._text import escape

#: Groups a page, and pictures a group.
_GROUPS, _PICTURES = 8, 18
_SORTS = {"Largest": ["n", "group"], "Most mixed": ["purity", "n"], "Purest": ["purity", "n"]}
_ASCENDING = {"Largest": [False, True], "Most mixed": [True, False], "Purest": [False, False]}


def contact_sheets(catalog: Catalog, asked: Question) -> None:
    """Draw the groups of one clustering, a page at a time."""
    found = chosen(catalog, asked)
    if found is None:
        return
    row = st.container(horizontal=True, vertical_alignment="bottom")
    groups = at_threshold(row, found)
    table = group_table(groups)
    several = table[table["n"] > 1]
    order = chosen_order(row)
    page = chosen_page(row, len(several))
    st.caption(
        f"{count(len(table), 'group')}, {len(table) - len(several):,} of them one picture; the largest has "
        f"{count(int(table['n'].max()), 'picture')}."
    )
    if several.empty:
        st.info("Each picture is a group of its own: choose a larger threshold.")
    else:
        several = several.sort_values(_SORTS[order], ascending=_ASCENDING[order])
        sheets(catalog, groups, several.iloc[(page - 1) * _GROUPS : page * _GROUPS], label=asked.label)
    shared.csv(groups, name=f"{found.id}-groups", label="Take every picture's group away as CSV")


def at_threshold(place: DeltaGenerator, found: Clustering) -> pd.DataFrame:
    """Draw the threshold, where there is one, and return the groups that it leaves."""
    if found.tree is None or found.threshold is None:
        return found.groups
    most = float(found.tree.heights.max(initial=0.0))
    threshold = place.number_input(
        "Threshold", 0.0, max(most, found.threshold), found.threshold, step=most / 100 or 0.01, format="%.4f",
        key=f"at-{found.id}", width=170,
        help="Pictures of one group merged at most this far apart. Smaller: tighter groups, and more of them.",
    )  # fmt: skip
    return found.groups.assign(group=found.tree.cut(threshold))


def chosen_order(place: DeltaGenerator) -> str:
    """Draw the choice of the groups' order."""
    heed("Order", list(_SORTS), key="order")
    order = place.segmented_control(
        "Order", list(_SORTS), default="Largest", required=True, key="order", bind="query-params",
        help="Most mixed: pictures of many labels that look alike to the model.",
    )  # fmt: skip
    return order if order in _SORTS else "Largest"


def chosen_page(place: DeltaGenerator, n: int) -> int:
    """Draw the choice of a page, where there is more than one."""
    n_pages = -(-n // _GROUPS)
    if n_pages < 2:
        return 1
    return int(place.number_input("Page", 1, n_pages, 1, key=f"page-{n_pages}", width=120, help=f"Of {n_pages:,}."))


def sheets(catalog: Catalog, groups: pd.DataFrame, table: pd.DataFrame, *, label: str) -> None:
    """Draw some groups, each with pictures from all over it."""
    members = groups.groupby("group")["product_id"].agg(list)
    for row in table.to_dict("records"):
        what = "no label" if pd.isna(row["label"]) else f"{row['n_label']:,} {escape(str(row['label']))}"
        more = f" and {count(int(row['n_labels']) - 1, 'other label')}" if row["n_labels"] > 1 else ""
        st.markdown(f"**{count(int(row['n']), 'picture')}** · {what}{more}")
        ids = members[row["group"]]
        shown = [ids[place] for place in np.linspace(0, len(ids) - 1, min(len(ids), _PICTURES)).astype(int)]
        product_grid(
            [bare(catalog, product_id) for product_id in shown],
            key=f"group-{row['group']}-{row['n']}",
            label=f"Pictures of a group of {row['n']}, {label}",
            on_pick=shared.search_for,
            size=84,
        )
        if len(ids) > len(shown):
            st.caption(f"{len(shown)} of them, from all over the group")
