"""The section of the Dataset page that says how evenly pictures are spread over labels."""

from collections.abc import Callable

import streamlit as st

from lib.catalog import Catalog
from lib.catalog.balance import RARE, Balance, class_balance, long_tail
from lib.catalog.statistics import countable
from lib.charts.bars import tail_chart
from pages import _shared as shared

#: What is shown of a balance: its name, its number, the definition behind it, and what a person reads of it first.
NUMBERS: tuple[tuple[str, Callable[[Balance], str], str, str], ...] = (
    ("Labels", lambda found: f"{found.n_labels:,}", "label", "Different values that occur."),
    ("Worth", lambda found: f"{found.effective:,.1f} equal labels", "effective_labels", ""),
    ("Hold half of all", lambda found: f"{found.n_half:,}", "long_tail",
     "So many of the commonest labels hold half of the pictures."),
    ("Largest / smallest", lambda found: f"{found.n_largest:,} / {found.n_smallest:,}", "long_tail",
     "Pictures of the commonest and the rarest label."),
    (f"Below {RARE} pictures", lambda found: f"{found.n_rare:,}", "long_tail",
     "Labels too rare to measure a model on each."),
    ("Single pictures", lambda found: f"{found.n_single:,}", "relevant",
     "Labels on one picture: as a query it has nothing to find."),
)  # fmt: skip


def numbers(found: Balance) -> None:
    """Draw how evenly pictures are spread over labels, as numbers."""
    with st.container(horizontal=True, gap="medium"):
        for name, number, topic, said in NUMBERS:
            st.metric(name, number(found), help=shared.what_is(topic, said))


def balance(catalog: Catalog) -> None:
    """Draw how evenly the pictures are spread over the labels of a column."""
    names = [*countable(catalog.frame, catalog.attributes)] or [catalog.label]
    first = names.index(catalog.label) if catalog.label in names else 0
    name = st.selectbox("Label", names, first, key="label", bind="query-params", width=320)
    labels = catalog.frame[name]
    found = class_balance(labels)
    numbers(found)
    tail = long_tail(labels)
    shared.chart(
        tail_chart(tail, title=f"Long tail of {name}", rare=RARE), key="tail", alt=f"Pictures a label of {name}"
    )
    st.dataframe(
        tail,
        hide_index=True,
        placeholder="–",
        height=300,
        column_config={
            "rank": "Rank",
            "value": "Label",
            "n": st.column_config.NumberColumn("Pictures", format="localized"),
            "covered": st.column_config.NumberColumn(
                "Covered so far", format="percent", help="This label and all above"
            ),
        },
        alt="Pictures a label",
    )
    shared.csv(tail, name=f"{catalog.name}-{name}-balance")
