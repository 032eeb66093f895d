import streamlit as st

from lib.catalog import Catalog
from lib.catalog.statistics import column_summary
from pages import _shared as shared
from pages._balance import balance
from pages._counts import attributes, hierarchy, pairs
from pages._linked import linked_segments
from pages._pictures import browse, measures

N_FIRST = 10

SUMMARY_COLUMNS = {
    "column": st.column_config.TextColumn("Column"),
    "n_missing": st.column_config.NumberColumn("Missing", format="localized", help="Pictures without a value"),
    "missing_share": st.column_config.ProgressColumn(
        "Share missing", format="percent", min_value=0, max_value=1, help="Missing, of all pictures"
    ),
    "n_distinct": st.column_config.NumberColumn("Distinct values", format="localized"),
    "commonest": st.column_config.TextColumn("Commonest value"),
    "n_commonest": st.column_config.NumberColumn("Its pictures", format="localized"),
}


def columns(catalog: Catalog) -> None:
    """Draw what each column holds and lacks, and the first rows."""
    st.markdown("What each column holds and lacks. A missing value is counted nowhere else on this page.")
    summary = column_summary(catalog.frame, ["title", *catalog.attributes, "group_id", "split"])
    st.dataframe(
        summary,
        column_config=SUMMARY_COLUMNS,
        hide_index=True,
        placeholder="–",
        alt="Missing and distinct values a column",
    )
    shared.csv(summary, name=f"{catalog.name}-columns")
    st.header("First rows", anchor=False)
    st.dataframe(
        catalog.frame.head(N_FIRST),
        hide_index=True,
        placeholder="–",
        column_config={"year": st.column_config.NumberColumn(format="%d")},
        alt="The first rows of the catalogue",
    )
    st.caption(f"The first {min(N_FIRST, len(catalog.frame))} of {len(catalog.frame):,} rows, in the source's order.")


def left_out(catalog: Catalog) -> None:
    """Draw every row that was left out at import, with its reason."""
    n_in, n_skipped = catalog.manifest.n_in, catalog.manifest.n_skipped
    st.markdown(f"Of {n_in:,} rows and pictures that the source offered, **{n_skipped:,}** were left out.")
    if not n_skipped:
        return
    reasons = catalog.skipped["reason"].value_counts().rename_axis("reason").reset_index(name="n")
    st.dataframe(
        reasons,
        hide_index=True,
        placeholder="–",
        width=560,
        column_config={"reason": "Reason", "n": st.column_config.NumberColumn("Rows", format="localized")},
        alt="How many rows were left out for each reason",
    )
    chosen = st.pills("Show", reasons["reason"], default=None, key="reason", bind="query-params")
    rows = catalog.skipped if chosen is None else catalog.skipped[catalog.skipped["reason"] == chosen]
    st.dataframe(rows, hide_index=True, placeholder="–", alt="The rows that were left out")
    shared.csv(catalog.skipped, name=f"{catalog.name}-left-out", label="All of them as CSV")


SECTIONS = {
    "Attributes": attributes,
    "Pairs": pairs,
    "Balance": balance,
    "Hierarchy": hierarchy,
    "Pictures": measures,
    "Columns": columns,
    "Left out": left_out,
    "Browse": browse,
}


def body(catalog: Catalog) -> None:
    """Draw the chosen section, and no other."""
    section = linked_segments("Section", list(SECTIONS), key="section", label_visibility="collapsed")
    SECTIONS[section](catalog)


shared.show(
    "Dataset", "What the catalogue holds before any model has looked at it: what is common, rare, missing or odd.", body
)
