"""What the model says an uploaded picture is: its attributes, how probable, and how often such words were right."""

import streamlit as st

from lib.embedding.attributes import NamedAttribute, name_attributes
from lib.retrieval.search import Gallery, Query
from pages import _loaders as loaders
from pages import _shared as shared

#: What stands in the first line: who it is for, what it is, and its colour, as far as the model names them.
_FIRST = ("gender", "articleType", "baseColour")


def draw_looks_like(gallery: Gallery, found: Query) -> None:
    """Draw what the model names of uploaded pictures; nothing where it names nothing, or a product is asked for."""
    if found.vectors is None:
        return
    named = name_attributes(loaders.store(), gallery.embedding.manifest, found.vectors)
    if not named:
        return
    with st.container(border=True):
        st.markdown(f"Looks like **{shared.escape(in_one_line(named))}**")
        st.dataframe(
            [
                {
                    "attribute": attribute.column,
                    "looks like": attribute.label,
                    "probability": 100 * attribute.probability,
                    "right": None if attribute.accuracy is None else 100 * attribute.accuracy,
                }
                for attribute in named
            ],
            hide_index=True,
            placeholder="–",
            width="stretch",
            column_config={
                "attribute": st.column_config.TextColumn("Attribute"),
                "looks like": st.column_config.TextColumn("Looks like"),
                "probability": st.column_config.NumberColumn(
                    "Sure", format="%.0f %%", help="The probability that the model itself gives."
                ),
                "right": st.column_config.NumberColumn(
                    "Right", format="%.0f %%", help="Share of other pictures that it names rightly."
                ),
            },
            alt="What the model says the picture is, attribute by attribute",
        )
        n = max(attribute.n for attribute in named)
        if n:
            st.caption(f"How often it is right was measured on {n:,} pictures that the model was not trained on.")


def in_one_line(named: list[NamedAttribute]) -> str:
    """Return the attributes that say most, in few words."""
    labels = {attribute.column: attribute.label for attribute in named}
    first = [labels[column] for column in _FIRST if column in labels]
    return ", ".join(first or [attribute.label for attribute in named[:3]])
