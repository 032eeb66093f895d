"""Examples of the Threshold page: what is shown just inside a threshold, and what just outside it."""

import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.retrieval.calibration import Cut
from lib.retrieval.edges import either_side
from lib.retrieval.gallery import Gallery
from lib.retrieval.threshold_store import Threshold
from pages import _loaders as loaders
from pages import _shared as shared
from pages._grid import bare, judged, product_grid
from pages._text import escape

N_EXAMPLES = 3
#: Pictures on each side.
N_SIDE = 4
_SIZE = 80


def edges(catalog: Catalog, stored: Threshold, cut: Cut, *, queries: list[str]) -> None:
    """Draw, for a few queries, the last pictures within a distance and the first beyond it."""
    st.header(
        "Either side of it",
        anchor=False,
        help=f"✓ has the query's {stored.label}, ✗ has not. The number is its distance.",
    )
    with shared.guard():
        gallery = loaders.gallery(catalog, stored.model)
        for number, product_id in enumerate(queries):
            sides = either_side(gallery, product_id, metric=stored.metric, threshold=cut.threshold, n=N_SIDE)
            draw(catalog, product_id, sides, label=stored.label, number=number)
    st.caption("A picture of each of the commonest labels. Click one to see all that looks like it.")


def examples(catalog: Catalog, stored: Threshold) -> list[str]:
    """Return a few products that have a label and a vector; none where the vectors cannot be read."""
    with shared.guard():
        return _examples(loaders.gallery(catalog, stored.model), stored.label)
    return []


def _examples(gallery: Gallery, label: str) -> list[str]:
    catalog = gallery.catalog
    has_label = catalog.frame.set_index("product_id")[label].notna()
    ids = loaders.spread_ids(catalog, label, 10 * N_EXAMPLES)
    return [each for each in ids if has_label[each] and each in gallery.embedding.row_of][:N_EXAMPLES]


def draw(catalog: Catalog, product_id: str, sides: pd.DataFrame, *, label: str, number: int) -> None:
    """Draw one query and what is on either side."""
    value = catalog.row(product_id)[label]
    with st.container(border=True):
        query, inside, outside = st.columns([2, N_SIDE, N_SIDE])
        with query:
            st.caption(f"Query: **{escape(str(value))}**")
            cards = [bare(catalog, product_id)]
            product_grid(cards, key=f"edge-query-{number}", label="Query", on_pick=shared.search_for, size=_SIZE)
        for column, side, words in ((inside, True, "The last within"), (outside, False, "The first beyond")):
            with column:
                shown = sides[sides["within"] == side]
                st.caption(words if len(shown) else f"{words}: none")
                cards = [
                    judged(
                        bare(catalog, each.product_id) | {"note": f"{each.distance:.4g}"},
                        right=bool(catalog.row(each.product_id)[label] == value),
                        label=label,
                    )
                    for each in shown.itertuples()
                ]
                if cards:
                    key = f"edge-{number}-{words}"
                    product_grid(cards, key=key, label=words, on_pick=shared.search_for, size=_SIZE)
