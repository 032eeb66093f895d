"""How a query is given: uploaded, taken, pasted, picked by words or from examples."""

import streamlit as st

from lib.catalog import Catalog
from lib.catalog.find import find_products
from lib.catalog.statistics import spread
from lib.images.decode import UPLOAD_LIMITS
from pages import _query as query
from pages._filters import facets
from pages._grid import bare, card, product_grid

N_FOUND = 12
N_EXAMPLES = 40
_TYPES = ["jpg", "jpeg", "png", "webp", "gif", "bmp"]


def upload(_: Catalog) -> None:
    """Draw the uploader."""
    st.file_uploader(
        "Pictures of one thing",
        type=_TYPES,
        accept_multiple_files=True,
        key=query.widget_key("upload"),
        on_change=query.ask_uploaded,
        args=(query.widget_key("upload"),),
        max_upload_size=UPLOAD_LIMITS.max_bytes // 1_000_000,
        help=f"Up to {query.MAX_PICTURES} pictures of the same thing are one query: their vectors are averaged. They "
        "stay in memory, for you alone, and are never written to disk.",
    )


def camera(_: Catalog) -> None:
    """Draw the camera."""
    st.camera_input(
        "Take a picture",
        key=query.widget_key("camera"),
        on_change=query.ask_uploaded,
        args=(query.widget_key("camera"),),
    )


def paste(_: Catalog) -> None:
    """Draw a field that takes pictures from the clipboard."""
    st.chat_input(
        "Paste here, then Enter",
        key="paste",
        accept_file="multiple",
        file_type=_TYPES,
        on_submit=query.ask_uploaded,
        args=("paste",),
    )
    st.caption("Copy a picture anywhere, click into the field, paste with Ctrl V or ⌘ V, then Enter.")


def find(catalog: Catalog) -> None:
    """Draw a search by words, whose hits can be picked."""
    words = st.text_input("Words in title or id", key="find", placeholder="blue shirt", icon=":material/search:")
    if not words.strip():
        st.caption("Every word must occur, in any order.")
        return
    ids = catalog.ids[find_products(catalog.frame, words).to_numpy()]
    st.caption(f"{len(ids):,} found" + (f", the first {N_FOUND} shown." if len(ids) > N_FOUND else "."))
    cards = [card(catalog, product_id, chips=facets(catalog)[:1]) for product_id in ids[:N_FOUND]]
    product_grid(cards, key="found", label="Products found", on_pick=query.ask_product, size=120)


def examples(catalog: Catalog) -> None:
    """Draw pictures that answer at one click."""
    st.subheader("Or try one of these", anchor=False)
    cards = [bare(catalog, product_id) for product_id in spread(catalog.frame, catalog.label, N_EXAMPLES)]
    product_grid(cards, key="examples", label="Example queries", on_pick=query.ask_product, size=96, rows=4)
    st.caption("One click searches for what looks like it. The address then holds the view: send it to somebody.")


#: How a query is given -> what draws it.
WAYS = {"Upload": upload, "Camera": camera, "Paste": paste, "Product": find}
