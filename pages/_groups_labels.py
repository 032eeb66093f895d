"""Groups against labels: what looks the same under two labels, which hold several kinds, what lies wrong."""

import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.clustering.taxonomy import group_table, merged_labels, misplaced, split_labels
from pages import _shared as shared
from pages._grid import card, product_grid
from pages._groups_loaders import Question, chosen
from pages._text import escape

_MOST_ROWS, _MOST_PICTURES = 200, 24


def against_labels(catalog: Catalog, asked: Question) -> None:
    """Draw merges, splits and what is misplaced, each with what to make of it."""
    found = chosen(catalog, asked)
    if found is None:
        return
    label = escape(asked.label)
    together = merged_labels(found.groups)
    st.subheader("These labels look the same", anchor=False)
    table(
        together.assign(share=(100 * together["share"]).round(1)),
        {"label": "Label", "other": "Other label", "n_together": "Pictures together", "share": "% of the rarer one"},
        nothing=f"No group holds a fifth or more of two values of {label}.",
        name=f"{found.id}-merged",
    )
    apart = split_labels(found.groups)
    st.subheader("These labels hold several kinds", anchor=False)
    table(
        apart.drop(columns="groups"),
        {"label": "Label", "n": "Pictures", "n_parts": "Groups with a fifth of them or more"},
        nothing=f"No value of {label} lies in two groups, each with a fifth of it or more.",
        name=f"{found.id}-split",
    )
    wrong(catalog, misplaced(found.groups), homes=group_table(found.groups), label=label, name=found.id)


def table(rows: pd.DataFrame, columns: dict[str, str], *, nothing: str, name: str) -> None:
    """Draw some columns of a table, or say that there is nothing."""
    if rows.empty:
        st.caption(nothing)
        return
    shown = rows[list(columns)].rename(columns=columns)
    st.dataframe(shown.head(_MOST_ROWS), hide_index=True, placeholder="–", alt=", ".join(columns.values()))
    shared.csv(rows, name=name)


def wrong(catalog: Catalog, rows: pd.DataFrame, *, homes: pd.DataFrame, label: str, name: str) -> None:
    """Draw pictures that lie in a group of another label, the most surprising first."""
    st.subheader("These pictures lie in a group of another label", anchor=False)
    rows = rows[rows["n_group"] > 1]
    if rows.empty:
        st.caption(f"Every picture lies in a group whose commonest {label} is its own.")
        return
    st.caption(
        f"{len(rows):,} pictures. First those in large groups that otherwise hold one {label}: either the label is "
        "wrong, or the model sees something that it does not say."
    )
    drawn = [
        card(catalog, row["product_id"], badge=str(row["label"]), note=f"among {row['n_group']:,} {row['group_label']}")
        for row in rows.head(_MOST_PICTURES).to_dict("records")
    ]
    product_grid(drawn, key="misplaced", label="Misplaced pictures", on_pick=shared.search_for)
    about = homes.set_index("group")["label"]
    shared.csv(rows.assign(home_label=rows["home"].map(about)), name=f"{name}-misplaced")
