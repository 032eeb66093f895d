"""Several queries at once: a row a query, its columns the results of one model or the first results of each."""

import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.catalog.statistics import as_text
from lib.schema import Manifest
from pages import _loaders as loaders
from pages import _shared as shared
from pages._compare_models import Found, nearest
from pages._compare_one import SIZE, hits
from pages._grid import bare, judged, product_grid
from pages._text import escape

N_QUERIES = 6
#: Queries that somebody names, at most.
MOST_QUERIES = 20
#: Results a model where every model has a column.
N_EACH = 4
EVERY = "every"


def several_queries(catalog: Catalog, models: list[Manifest], *, metric: str, k: int, label: str) -> None:
    """Draw a panel of queries."""
    titles = loaders.titles(models)
    left, right = st.columns([1, 1])
    with left:
        model = shared.linked_choice(
            "Columns", [EVERY, *titles], key="column",
            shown=lambda each: titles.get(each, f"Every model, {N_EACH} results each"),
            help="The results of one model, or the first ones of every model side by side.",
        )  # fmt: skip
    with right:
        words = st.text_input(
            "Queries", key="queries", bind="query-params", placeholder="product ids, or empty for examples",
            help=f"Product ids with spaces or commas between them, {MOST_QUERIES} at most.",
        )  # fmt: skip
    chosen = [manifest for manifest in models if model in (EVERY, manifest.id)] or models
    n = N_EACH if model == EVERY else k
    rows: list[dict[str, object]] = []
    for number, product_id in enumerate(asked_for(catalog, words, label=label)):
        with st.container(border=True), shared.guard():
            rows += draw_query(catalog, product_id, chosen, metric=metric, k=n, label=label, number=number)
    if not words.split():
        st.button("Other examples", icon=":material/casino:", on_click=_turn)
    if rows:
        table = pd.DataFrame(rows).replace({"model": titles})
        shared.csv(table, name=f"{catalog.name}-compare-queries")


def asked_for(catalog: Catalog, words: str, *, label: str) -> list[str]:
    """Return the products that ask: those that are named, or pictures of common labels, others at every turn."""
    named = list(dict.fromkeys(words.replace(",", " ").split()))
    if named:
        if len(named) > MOST_QUERIES:
            st.caption(f"The first {MOST_QUERIES} of {len(named):,} are shown.")
        return named[:MOST_QUERIES]
    turn = _turned()
    ids = loaders.spread_ids(catalog, label, N_QUERIES * (turn + 1))
    return ids[-N_QUERIES:] if len(ids) == N_QUERIES * (turn + 1) else ids[:N_QUERIES]


def _turned() -> int:
    """Return how often other examples were asked for: the address knows."""
    turn = st.query_params.get("turn", "0")
    return int(turn) if turn.isascii() and turn.isdigit() and len(turn) < 4 else 0


def _turn() -> None:
    st.query_params["turn"] = str(_turned() + 1)


def draw_query(
    catalog: Catalog, product_id: str, models: list[Manifest], *, metric: str, k: int, label: str, number: int
) -> list[dict[str, object]]:
    """Draw one query beside what each model finds, and return that as rows of a table."""
    value = catalog.row(product_id)[label]
    known = as_text(value) if pd.notna(value) else None
    titles = loaders.titles(models)
    first, *others = st.columns([1.4, *[max(1.0, 6 / len(models))] * len(models)])
    with first:
        st.caption(f"Query: **{escape(known or 'no ' + label)}**")
        cards = [bare(catalog, product_id)]
        product_grid(cards, key=f"panel-{number}", label="Query", on_pick=_compare_alone, size=SIZE)
    rows: list[dict[str, object]] = []
    for column, manifest in zip(others, models, strict=True):
        with column, shared.guard():
            found = nearest(catalog, manifest.id, product_id, metric=metric, k=k)
            right = hits(catalog, found.ids, label=label, value=known)
            n = f"**{sum(map(bool, right))} of {len(right)}** · " if known is not None else ""
            st.caption(f"{n}{escape(titles[manifest.id])}")
            draw_cell(catalog, found, right, key=f"panel-{number}-{manifest.id}", label=label)
            rows += table_rows(product_id, manifest.id, found, right, label=label)
    return rows


def draw_cell(catalog: Catalog, found: Found, right: list[bool | None], *, key: str, label: str) -> None:
    """Draw what one model finds for one query."""
    cards = [
        judged(bare(catalog, each), right=is_right, label=label)
        for each, is_right in zip(found.ids, right, strict=True)
    ]
    product_grid(cards, key=key, label="Results, nearest first", on_pick=_compare_alone, size=66)


def table_rows(
    query: str, model: str, found: Found, right: list[bool | None], *, label: str
) -> list[dict[str, object]]:
    """Return what one model finds for one query as rows of a table."""
    return [
        {"query": query, "model": model, "rank": rank, "product_id": each, "distance": distance, f"same {label}": hit}
        for rank, (each, distance, hit) in enumerate(zip(found.ids, found.distances, right, strict=True), start=1)
    ]


def _compare_alone(product_id: str) -> None:
    """Make a picture the one query of the page."""
    st.query_params["product"] = product_id
    st.session_state["view"] = "One query"
