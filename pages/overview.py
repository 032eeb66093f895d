import datetime

import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.catalog.balance import class_balance
from lib.catalog.statistics import spread
from lib.embedding import is_stale
from lib.schema import SPLITS, Manifest
from pages import _loaders as loaders
from pages import _shared as shared
from pages._grid import bare, product_grid
from pages._mend import commands
from pages._nothing import no_model
from pages._overview_ways import ways

TITLE = "Overview"
PURPOSE = "What is in this catalogue, which models are ready to search it, and where to go from here."
N_MOSAIC = 40

MODEL_COLUMNS = {
    "model": st.column_config.TextColumn("Model", help="Backbone, input size and fit; the best measured stands first"),
    "id": st.column_config.TextColumn("Id", help="As commands call it: it follows from what it was made from"),
    "state": st.column_config.TextColumn("State", help="Stale: the catalogue's pictures changed since it was made"),
    "n": st.column_config.NumberColumn("Pictures", format="localized", help="Pictures that have a vector"),
    "dim": st.column_config.NumberColumn("Dimensions", format="localized", help="Length of a vector"),
    "precision": st.column_config.TextColumn("Precision", help="Arithmetic the model ran in; a query runs in the same"),
    "speed": st.column_config.NumberColumn(
        "Pictures/s", format="%.0f", help="Measured while it was made, decoding included"
    ),
    "age": st.column_config.TextColumn("Made", help="How long ago"),
}


def age(created_at: str) -> str:
    """Return how long ago something was made, in the largest unit that fits."""
    made = datetime.datetime.fromisoformat(created_at)
    minutes = int((datetime.datetime.now(datetime.UTC) - made).total_seconds() // 60)
    for unit, length in (("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes >= length:
            n = minutes // length
            return f"{n:,} {unit}{'s' if n > 1 else ''} ago"
    return "just now"


def numbers(catalog: Catalog) -> None:
    """Draw the counts."""
    balance = class_balance(catalog.column(catalog.label))
    n_skipped = catalog.manifest.n_skipped
    splits = catalog.frame["split"].value_counts()
    with st.container(horizontal=True, gap="medium"):
        st.metric("Pictures", f"{len(catalog.frame):,}", help="Rows of the catalogue; one row is one picture.")
        st.metric("Products", f"{catalog.frame['group_id'].nunique():,}", help="A product may have several pictures.")
        st.metric(
            "Labels",
            f"{balance.n_labels:,}",
            help=shared.what_is("label", f"Different values of {shared.escape(catalog.label)}, the default label."),
        )
        st.metric("Attributes", f"{len(catalog.attributes):,}", help=", ".join(catalog.attributes) or "None.")
        st.metric("Left out", f"{n_skipped:,}", help="Rows or pictures that could not be used; Dataset lists each.")
        st.metric(
            "Train / val / test",
            " / ".join(f"{int(splits.get(name, 0)):,}" for name in SPLITS),
            help=shared.what_is("split", "Pictures in each. Those of one product, or identical, are in one split."),
        )


def models(catalog: Catalog) -> None:
    """Draw which embeddings are ready, which are stale and which are damaged."""
    st.header(
        "Models",
        anchor=False,
        help=shared.what_is("embedding", "A model's embedding of every picture; searching needs one."),
    )
    found = loaders.embeddings(catalog)
    if found:
        titles = loaders.titles(found)
        rows = [model_row(manifest, titles[manifest.id], catalog) for manifest in found]
        st.dataframe(
            pd.DataFrame(rows),
            column_config=MODEL_COLUMNS,
            hide_index=True,
            placeholder="–",
            alt="Models that are ready",
        )
    else:
        no_model(catalog.name)
    for manifest in found:
        if is_stale(manifest, catalog):
            st.warning(
                f"{manifest.id} is stale: the pictures or their splits have changed since. Refresh it:",
                icon=":material/update:",
            )
            commands(manifest.command)
    for error in loaders.store().damaged(catalog.name, "embedding"):
        with shared.guard():
            raise error


def model_row(manifest: Manifest, title: str, catalog: Catalog) -> dict[str, object]:
    """Return the row of one embedding."""
    details = manifest.details
    return {
        "model": title,
        "id": manifest.id,
        "state": "stale" if is_stale(manifest, catalog) else "ready",
        "n": manifest.n,
        "dim": details["dim"],
        "precision": details.get("precision"),
        "speed": details.get("images_per_second"),
        "age": age(manifest.created_at),
    }


def body(catalog: Catalog) -> None:
    """Draw the page."""
    st.subheader(shared.escape(str(catalog.manifest.details["title"])), anchor=False)
    numbers(catalog)
    cards = [bare(catalog, product_id) for product_id in spread(catalog.frame, catalog.label, N_MOSAIC)]
    product_grid(cards, key="mosaic", label="Pictures from the catalogue", on_pick=shared.search_for, size=84, rows=3)
    st.caption("A picture of each of the commonest labels. Click one to see what looks like it.")
    models(catalog)
    ways()
    if catalog.manifest.details.get("credits"):
        st.caption(shared.escape(str(catalog.manifest.details["credits"])))


shared.show(TITLE, PURPOSE, body)
