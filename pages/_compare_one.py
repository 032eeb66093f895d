"""One query and every model: a row of results each, and how far they agree on it."""

import numpy as np
import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.catalog.statistics import as_text, frequencies
from lib.charts.agreement import agreement_map
from lib.embedding import is_stale
from lib.images.decode import UPLOAD_LIMITS, decode
from lib.retrieval.overlap import overlap_at_k
from lib.schema import Manifest
from pages import _loaders as loaders
from pages import _query as query
from pages import _shared as shared
from pages._answer import to_query
from pages._compare_models import Found, nearest, nearest_to_query
from pages._filters import chips
from pages._grid import bare, card, judged, product_grid
from pages._text import escape
from pages._ways import WAYS, examples

SIZE = 78


def one_query(catalog: Catalog, models: list[Manifest], *, metric: str, k: int, label: str) -> None:
    """Draw a query and, for each model, what it finds."""
    left, right = st.columns(2, gap="medium")
    asked = query.current()
    with left:
        way = st.segmented_control("Compare by", list(WAYS), default="Product", required=True, key="way", wrap=True)
        WAYS[way](catalog)
        if asked is not None:
            query.ways_on()
    if asked is None:
        examples(catalog)
        return
    with shared.guard():
        with right:
            value = draw_query(catalog, asked, label=label)
        found = draw_rows(catalog, models, asked, metric=metric, k=k, label=label, value=value)
        draw_agreement(found, loaders.titles(models), k=k)
        take_away(catalog, found, loaders.titles(models), label=label, value=value)


def draw_query(catalog: Catalog, asked: query.Asked, *, label: str) -> str | None:
    """Draw the query, and return its label, where it is known."""
    if asked.product_id:
        product_grid([card(catalog, asked.product_id, chips=chips(catalog))], key="compared", label="Query", size=180)
        value = catalog.row(asked.product_id)[label]
        return as_text(value) if pd.notna(value) else None
    pictures = [np.asarray(decode(data, limits=UPLOAD_LIMITS, target=256)) for data in asked.pictures]
    st.image(pictures, width=180 if len(pictures) == 1 else 110, alt=["Query picture"] * len(pictures))
    values = frequencies(catalog.frame[label])["value"].tolist()
    chosen = st.selectbox(
        f"Its {label}", values, index=None, placeholder="not known", key=f"shows-{label}",
        help="Tell what your picture shows, and each result is marked as a hit or a miss.",
    )  # fmt: skip
    return None if chosen is None else str(chosen)


def draw_rows(
    catalog: Catalog, models: list[Manifest], asked: query.Asked, *, metric: str, k: int, label: str, value: str | None
) -> dict[str, Found]:
    """Draw a row a model, each as soon as it is found; return what those that can answer have found."""
    titles, found = loaders.titles(models), {}
    for manifest in models:
        with st.container(border=True):
            st.markdown(f"**{escape(titles[manifest.id])}**")
            if is_stale(manifest, catalog):
                st.caption(":material/update: Stale: the pictures or their splits have changed since.")
            with shared.guard(), st.spinner(f"{titles[manifest.id]} …"):
                found[manifest.id] = answer(catalog, manifest, asked, metric=metric, k=k)
                draw_found(catalog, found[manifest.id], key=f"row-{manifest.id}", label=label, value=value)
    return found


def answer(catalog: Catalog, manifest: Manifest, asked: query.Asked, *, metric: str, k: int) -> Found:
    """Return what one model finds; an uploaded picture is embedded by it first."""
    if asked.product_id:
        return nearest(catalog, manifest.id, asked.product_id, metric=metric, k=k)
    gallery = loaders.gallery(catalog, manifest.id)
    wanted, milliseconds = to_query(gallery, asked)
    found = nearest_to_query(gallery, wanted, metric=metric, k=k)
    return found._replace(took_ms=found.took_ms + (milliseconds or 0.0))


def draw_found(catalog: Catalog, found: Found, *, key: str, label: str, value: str | None) -> None:
    """Draw the results of one model, each marked where the query's label is known, and what they come to."""
    right = hits(catalog, found.ids, label=label, value=value)
    parts = [f"nearest at {found.distances[0]:.4g}", f"{found.took_ms:,.0f} ms"] if found.ids else ["nothing found"]
    if right and right[0] is not None:
        n = sum(map(bool, right))
        parts = [
            f"**{n} of {len(right)}** same {escape(label)}",
            f"precision@{len(right)} {n / len(right):.2f}",
            *parts,
        ]
    st.caption(" · ".join(parts), help=shared.what_is("precision") if len(parts) > 2 else None)
    cards = [
        judged(bare(catalog, each) | {"note": f"{distance:.4g}"}, right=is_right, label=label)
        for each, distance, is_right in zip(found.ids, found.distances, right, strict=True)
    ]
    product_grid(cards, key=key, label="Results, nearest first", on_pick=query.ask_product, size=SIZE)


def hits(catalog: Catalog, ids: tuple[str, ...], *, label: str, value: str | None) -> list[bool | None]:
    """Return whether each result has the query's label; None where that is not known."""
    if value is None:
        return [None] * len(ids)
    values = catalog.frame[label].iloc[[catalog.row_of[each] for each in ids]]
    return [bool(pd.notna(each) and as_text(each) == value) for each in values]


def draw_agreement(found: dict[str, Found], titles: dict[str, str], *, k: int) -> None:
    """Draw how far the models agree on this query."""
    if len(found) < 2:
        return
    shares = np.array([[overlap_at_k(a.ids, b.ids, k=k) for b in found.values()] for a in found.values()])
    figure = agreement_map(
        shares,
        [titles[each] for each in found],
        title="What they have in common",
        subtitle=f"share of the {k} nearest of this query that both found",
        dark=st.context.theme.type == "dark",
    )
    shared.chart(figure, key="agreement-one", alt="Share of results that each pair of models has in common")
    st.caption("Two models that agree make the same mistakes.", help=shared.what_is("overlap"))


def take_away(
    catalog: Catalog, found: dict[str, Found], titles: dict[str, str], *, label: str, value: str | None
) -> None:
    """Offer all rows as one table."""
    rows = [
        {"model": titles[model], "rank": rank, "product_id": each, "distance": distance, f"same {label}": right}
        for model, row in found.items()
        for rank, (each, distance, right) in enumerate(
            zip(row.ids, row.distances, hits(catalog, row.ids, label=label, value=value), strict=True), start=1
        )
    ]
    if rows:
        shared.csv(pd.DataFrame(rows), name=f"{catalog.name}-compare")
