"""The filter widgets that Dataset and Search share: a choice of values an attribute."""

import streamlit as st

from lib.catalog import Catalog
from lib.catalog.statistics import countable, frequencies

#: Attributes with more values than this are found by words, not chosen from a list.
_MOST_VALUES = 5_000


def facets(catalog: Catalog) -> list[str]:
    """Return the attributes worth filtering by: at least two values, and few enough to choose from."""
    names = countable(catalog.frame, catalog.attributes)
    return [name for name in names if 1 < catalog.frame[name].nunique() <= _MOST_VALUES]


def chips(catalog: Catalog) -> list[str]:
    """Return the columns that a card shows: the label, then what the levels above it do not say."""
    return [catalog.label, *(name for name in facets(catalog) if name not in (*catalog.hierarchy, catalog.label))]


def where_widgets(catalog: Catalog, *, n_columns: int) -> dict[str, tuple[str, ...]]:
    """Draw one choice of values an attribute; return those that were made. The address keeps them."""
    chosen = {}
    columns = st.columns(n_columns)
    for i, name in enumerate([*facets(catalog), "split"]):
        options = frequencies(catalog.frame[name])["value"].tolist()
        values = columns[i % n_columns].multiselect(
            name, options, key=f"where.{name}", bind="query-params", placeholder="any"
        )
        if values:
            chosen[name] = tuple(values)
    return chosen
