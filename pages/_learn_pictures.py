"""Worked examples of pictures: how they are fitted, measured and disturbed, and how labels are counted."""

import numpy as np
import pandas as pd
import streamlit as st

from lib.catalog.balance import RARE, class_balance, long_tail
from lib.catalog.near_duplicates import near_duplicate_pairs
from lib.catalog.sample.specimen import specimen
from lib.charts.bars import tail_chart
from lib.images.disturb import DISTURBANCES
from lib.images.fit import FITS, fit
from lib.images.measure import measure
from lib.images.perceptual_hash import grey, hash_bits
from lib.retrieval.distances import manhattan_distances
from pages import _shared as shared
from pages._learn_knobs import Knobs
from pages._learn_ranks import draw_sum

LABELS = ["T-shirts", "Shoes", "Watches", "Bags", "Scarves", "Umbrellas"]


def fits(knobs: Knobs, topic: str) -> None:
    """Draw a picture of any shape, and the squares that it becomes."""
    width = knobs.slider("w", "Width of the picture", 60, 400, 180, step=20, format="%d px")
    height = knobs.slider("h", "Height of the picture", 60, 400, 300, step=20, format="%d px")
    picture = specimen(width, height, background=240)
    with st.container(horizontal=True):
        st.image(picture, width=max(60, width // 2), caption=f"{width} × {height}")
        for name in FITS:
            square = fit(picture, size=224, fit=name)
            st.image(square, width=120, caption=f"{name} ←" if name == topic else name)
    scale = 224 / max(width, height)
    filled = 1 - min(width, height) / max(width, height)
    with st.container(horizontal=True):
        st.metric("Filled up, with pad", f"{filled:.0%}")
        st.metric("Stretched, with resize", f"{height / width:.2g} times", help="Height over width, which becomes 1.")
    st.caption(f"At 224 px, pad makes it {round(width * scale)} × {round(height * scale)} px.")


def measured(knobs: Knobs, _topic: str) -> None:
    """Draw a picture, and its brightness and sharpness."""
    left, right = st.columns(2)
    with left:
        background = knobs.slider("grey", "Background, from black to white", 0, 255, 255, step=5)
    with right:
        blur = knobs.slider("blur", "Blur", 0.0, 6.0, 0.0, step=0.5, format="%g px")
    stripes = knobs.toggle("stripes", "A shirt with stripes", True)
    picture = specimen(240, 240, pattern="striped" if stripes else "plain", background=background, blur=blur)
    st.image(picture, width=200)
    found = measure(picture)
    with st.container(horizontal=True):
        st.metric("Brightness", f"{found.brightness:.3f}")
        st.metric("Sharpness", f"{found.sharpness:,.0f}")


def disturbed(knobs: Knobs, _topic: str) -> None:
    """Draw a picture before and after a disturbance, and whether it still counts as a near-duplicate of itself."""
    titles = {name: each.title for name, each in DISTURBANCES.items()}
    name = knobs.one("as", "What happens to it", list(titles), next(iter(titles)), shown=titles.__getitem__)
    picture = specimen(240, 300)
    other = DISTURBANCES[name].apply(picture)
    with st.container(horizontal=True):
        st.image(picture, width=130, caption="in the gallery")
        st.image(other, width=130, caption="the query")
    st.markdown(DISTURBANCES[name].explanation)
    greys = np.stack([grey(picture), grey(other)])
    bits = hash_bits(greys).reshape(2, -1).astype(float)
    with st.container(horizontal=True):
        st.metric("Bits of the hash that change", f"{manhattan_distances(bits[:1], bits[1])[0]:.0f} of {bits.shape[1]}")
        st.metric("Still a near-duplicate", "yes" if list(near_duplicate_pairs(greys)) else "no")
    st.caption("This picture is drawn. How much a model's scores fall is measured on a catalogue.")


def labels(knobs: Knobs, topic: str) -> None:
    """Draw six labels of different size, and how evenly they share the pictures."""
    starts, counts = (120, 60, 25, 9, 4, 1), []
    columns = st.columns(2)
    for i, (name, start) in enumerate(zip(LABELS, starts, strict=True)):
        with columns[i // 3]:
            counts.append(knobs.slider(f"n{i}", name, 1, 200, start))
    column = pd.Series(np.repeat(LABELS, counts), name="label")
    found = class_balance(column)
    shared.chart(
        tail_chart(long_tail(column), title="", rare=RARE),
        key="learn-tail",
        alt=f"Six labels, from {found.n_largest} pictures to {found.n_smallest}",
    )
    with st.container(horizontal=True):
        st.metric("Labels", found.n_labels)
        st.metric("Worth", f"{found.effective:.2f} equal labels")
        st.metric("Hold half of all", found.n_half)
        st.metric(f"Below {RARE} pictures", found.n_rare)
    if topic == "effective_labels":
        shares = [f"{count / found.n_pictures:.3f}" for count in sorted(counts, reverse=True)]
        st.markdown("It is exp of this entropy:")
        draw_sum([rf"-{share} \ln {share}" for share in shares], per_line=2, sign="")
