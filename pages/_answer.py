"""The answer of the Search page: the query as the model saw it, and what is nearest to it."""

import hashlib
import time

import numpy as np
import streamlit as st

from lib.catalog import Catalog
from lib.catalog.statistics import as_text
from lib.embedding.embedder import is_prepared
from lib.embedding.view import model_view, model_views
from lib.images.decode import CATALOG_LIMITS, UPLOAD_LIMITS
from lib.retrieval.result import SearchResult
from lib.retrieval.search import Gallery, Query
from pages import _loaders as loaders
from pages import _query as query
from pages import _shared as shared
from pages._filters import chips, facets
from pages._grid import card, product_grid

_VECTORS = "query_vectors"
_ON_CARDS = ["product_id", "score", "distance", "n_pictures"]
SCORES = {
    True: "The number on a picture is its score: the cosine similarity, 1 for the same direction.",
    False: "The number on a picture is its score: minus the distance, 0 for equal vectors.",
}
STEPS = {"embed": "embedding the query", "filter": "filtering", "search": "searching", "table": "reading attributes"}


def to_query(gallery: Gallery, asked: query.Asked) -> tuple[Query, float | None]:
    """Return what to search for, and how many milliseconds a model worked for it, if one did.

    The vectors of uploaded pictures, by every model that was asked, are kept in the session until other pictures are.
    """
    if asked.product_id:
        return Query(product_id=asked.product_id), None
    model = gallery.embedding.id
    key = (model, *(hashlib.sha256(picture).hexdigest() for picture in asked.pictures))
    kept = st.session_state.get(_VECTORS, {})
    if key not in kept:
        with st.spinner(getting_ready(gallery), show_time=True):
            embedder = loaders.embedder(gallery.catalog.name, gallery.embedding.manifest)
        start = time.perf_counter()
        vectors = embedder.embed(asked.pictures)
        of_these = {other: value for other, value in kept.items() if other[1:] == key[1:]}
        kept = of_these | {key: (vectors, (time.perf_counter() - start) * 1000)}
        st.session_state[_VECTORS] = kept
    vectors, milliseconds = kept[key]
    return Query(vectors=vectors, model=model), milliseconds


def getting_ready(gallery: Gallery) -> str:
    """Return what a person reads while a model is opened that will embed the query."""
    manifest = gallery.embedding.manifest
    title = shared.escape(loaders.title(manifest))
    if is_prepared(loaders.store(), manifest):
        return f"Opening {title}, once until the dashboard is started again …"
    return f"Building the network of {title}, once: this may take a minute. After that a picture takes milliseconds …"


def draw_query(gallery: Gallery, asked: query.Asked) -> None:
    """Draw the query as the model saw it."""
    catalog, manifest = gallery.catalog, gallery.embedding.manifest
    with st.container(border=True):
        if asked.product_id:
            row = catalog.row(asked.product_id)
            st.markdown(f"**{shared.escape(as_text(row['title']))}**")
            with shared.guard():
                pictures = [model_view(manifest, catalog.read_picture(asked.product_id), limits=CATALOG_LIMITS)]
                draw_views(pictures, str(manifest.parameters.get("fit")))
            values = [
                f"{name} **{shared.escape(as_text(row[name]))}**" for name in facets(catalog) if row[name] == row[name]
            ]
            st.caption(" · ".join(values))
        else:
            pictures = model_views(manifest, asked.pictures, limits=UPLOAD_LIMITS)
            n = len(pictures)
            st.markdown("**Your picture**" if n == 1 else f"**Your {n} pictures, taken together**")
            draw_views(pictures, str(manifest.parameters.get("fit")))


def draw_views(pictures: list[np.ndarray | None], fit: str) -> None:
    """Draw what a model saw."""
    shown = [picture for picture in pictures if picture is not None]
    if not shown:
        st.caption("This embedding was imported: what its model sees is not known.")
        return
    size = shown[0].shape[0]
    alts = [f"Query picture {number} as the model saw it" for number in range(1, len(shown) + 1)]
    st.image(shown, width=180 if len(shown) == 1 else 110, alt=alts)
    st.caption(f"As the model saw it: {size} × {size} px, fit: {fit}.")


def heading(result: SearchResult) -> str:
    """Return what stands over the results."""
    n = len(result.table)
    return f"The nearest {result.per}" if n == 1 else f"The {n:,} nearest {result.per}s"


def how_long(result: SearchResult) -> str:
    """Return how much was searched, and what took how long."""
    steps = [f"{name} {result.took_ms[step]:,.0f}" for step, name in STEPS.items() if step in result.took_ms]
    return (
        f"Searched {result.n_allowed:,} of {result.n_gallery:,} pictures in **{result.took_ms['total']:,.0f} ms** "
        f"({', '.join(steps)})."
    )


def draw_result(catalog: Catalog, result: SearchResult, conditions: list[str], *, sure: str = "") -> None:
    """Draw what was found, how sure that is, how long it took, and a way to take it along."""
    if conditions:
        st.caption(f":material/filter_alt: Only {shared.escape('; '.join(conditions))}")
    row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    row.subheader(heading(result), anchor=False, width="content")
    row.download_button(
        "CSV",
        result.to_csv(),
        file_name=f"{catalog.name}-search.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        help="These results with their attributes, scores and distances.",
    )
    st.caption(f"{how_long(result)} {shared.what_is('score', SCORES[result.metric == 'cosine'])}")
    if sure:
        st.caption(f":material/verified: {sure}")
    for note in result.notes:
        st.caption(f":material/info: {shared.escape(note)}")
    columns = chips(catalog)
    cards = [
        card(
            catalog,
            product_id,
            chips=columns,
            badge=f"{score:,.3f}",
            note=f"distance {distance:,.3f}" + (f" · {n_pictures:,} pictures" if n_pictures > 1 else ""),
        )
        for product_id, score, distance, n_pictures in result.table[_ON_CARDS].itertuples(index=False)
    ]
    product_grid(cards, key="results", label="Results, nearest first", on_pick=query.ask_product, size=140)
    with st.expander("As a table", icon=":material/table:"):
        st.dataframe(result.table, hide_index=True, placeholder="–", alt="Results, nearest first")
