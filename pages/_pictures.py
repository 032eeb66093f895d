"""Sections of the Dataset page about the pictures themselves: what was measured on them, and looking at them."""

import math

import streamlit as st

from lib.catalog import Catalog
from lib.catalog.find import find_products
from lib.catalog.measures import MEASURES, extremes, measured, picture_sizes
from lib.catalog.statistics import histogram
from lib.charts.distribution import histogram_bars, size_map
from lib.definitions import topic_of
from lib.retrieval.filters import mask
from pages import _shared as shared
from pages._filters import chips, where_widgets
from pages._grid import bare, card, product_grid

PAGE_SIZE = 48
N_EXTREMES = 12


def measures(catalog: Catalog) -> None:
    """Draw the distributions of what was measured at import, and the pictures at either end."""
    sizes, values = picture_sizes(catalog.pictures), measured(catalog.pictures)
    columns = st.columns(2, gap="large")
    with columns[0]:
        shared.chart(size_map(sizes), key="sizes", alt="Which picture sizes there are")
        st.caption("As the source has them; a model sees them fitted to its own input size.")
    for i, (name, measure) in enumerate(MEASURES.items(), start=1):
        with columns[i % 2]:
            table = histogram(values[name])
            figure = histogram_bars(table, title=measure.title, x=measure.unit, digits=measure.digits)
            shared.chart(figure, key=f"measure-{name}", alt=f"Distribution of {measure.title.lower()}")
            st.caption(shared.what_is(name, measure.explanation) if topic_of(name) else measure.explanation)
    st.header("Either end", anchor=False, help="The pictures with the lowest and the highest values.")
    name = st.segmented_control(
        "Measure",
        list(MEASURES),
        default="sharpness",
        required=True,
        format_func=lambda key: MEASURES[key].title,
        key="measure",
    )
    lowest, highest = extremes(catalog.pictures, name, n=N_EXTREMES)
    for title, ids in (("Lowest", lowest), ("Highest", highest)):
        st.markdown(f"**{title}**")
        cards = [bare(catalog, product_id) for product_id in ids]
        product_grid(cards, key=f"extremes-{title}", label=title, on_pick=shared.search_for, size=84, rows=2)


def browse(catalog: Catalog) -> None:
    """Draw the pictures that meet the filters, page by page."""
    words = st.text_input(
        "Words in title or id", key="words", bind="query-params", placeholder="blue shirt", icon=":material/search:"
    )
    with st.expander("Filters", icon=":material/tune:"):
        where = where_widgets(catalog, n_columns=4)
    kept = mask(catalog, where) & find_products(catalog.frame, words).to_numpy()
    found = catalog.ids[kept]
    if not len(found):
        st.info("Nothing meets all of these. Take a word or a filter away.")
        return
    n_pages = math.ceil(len(found) / PAGE_SIZE)
    page = st.pagination(n_pages, key="page", bind="query-params") if n_pages > 1 else 1
    start = (page - 1) * PAGE_SIZE
    st.caption(
        f"{start + 1:,} to {min(start + PAGE_SIZE, len(found)):,} of {len(found):,} pictures; "
        f"the catalogue has {len(catalog.frame):,}. Click one to see what looks like it."
    )
    columns = chips(catalog)
    cards = [card(catalog, product_id, chips=columns) for product_id in found[start : start + PAGE_SIZE]]
    product_grid(cards, key="browse", label="Pictures that meet the filters", on_pick=shared.search_for, size=150)
