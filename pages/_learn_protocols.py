"""Worked examples of who asks whom, on a catalogue of sixteen cards, and of its splits."""

import pandas as pd
import streamlit as st

from lib.catalog.splits import assign_splits
from lib.charts.lesson_plane import plane
from lib.retrieval.gallery import Gallery
from lib.retrieval.miniature import Answers, ask_all, miniature, why_not
from lib.retrieval.protocols import PROTOCOLS
from pages import _shared as shared
from pages._learn_cards import FRAME, LABELS, NAMES, cards
from pages._learn_knobs import Knobs

N_SHOWN = 6


def protocols(knobs: Knobs, topic: str) -> None:
    """Draw the cards, who of them asks whom, and what each protocol makes of the very same vectors."""
    width = knobs.slider("width", "Width of each label", 0.1, 2.0, 1.0, step=0.1)
    seen = knobs.several("seen", "The model was trained on", LABELS, ("A", "B"))
    gallery = miniature(cards(width), FRAME, label="kind", trained_on=seen if seen else None)
    rows = []
    for name in PROTOCOLS:
        answers = answered(gallery, name)
        mark = " ←" if name == topic else ""
        rows.append({"Protocol": name + mark, **numbers(answers)})
    answers = answered(gallery, topic)
    asks = set(answers.scores.index) if answers else set()
    inside = set(answers.task.ids.tolist()) if answers else set()
    points = pd.DataFrame(cards(width), columns=["x", "y"]).assign(
        name=NAMES, group=FRAME["kind"].tolist(), note=FRAME["split"].tolist(), size=14,
        hollow=[name not in asks for name in NAMES], faded=[name not in inside for name in NAMES],
    )  # fmt: skip
    shared.chart(
        plane(points, title="", subtitle="filled: asks; hollow: is only asked"),
        key="learn-protocol",
        alt=f"Sixteen cards; {len(asks)} of them ask, {len(inside)} are in the gallery",
    )
    st.caption("Faded cards take no part. Cards 1 and 2 of each label are the train split, 3 and 4 the test split.")
    if answers is None:
        st.info(shared.escape(why_not(gallery, label="kind", protocol=topic)))
    else:
        one_ranking(knobs, answers)
    digits = st.column_config.NumberColumn(format="%.3f")
    config = {"Recall@1": digits, "mAP": digits}
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        placeholder="–",
        column_config=config,
        alt="The five protocols on the same vectors",
    )


def answered(gallery: Gallery, protocol: str) -> Answers | None:
    """Return the answers by a protocol; None where it does not apply."""
    if why_not(gallery, label="kind", protocol=protocol):
        return None
    return ask_all(gallery, label="kind", protocol=protocol)


def numbers(answers: Answers | None) -> dict[str, object]:
    """Return the row of a protocol."""
    if answers is None:
        return {"Queries": None, "Gallery": None, "Recall@1": None, "mAP": None}
    means = answers.scores[["recall@1", "map"]].mean()
    sizes = {"Queries": len(answers.scores), "Gallery": len(answers.task.ids)}
    return {**sizes, "Recall@1": means["recall@1"], "mAP": means["map"]}


def one_ranking(knobs: Knobs, answers: Answers) -> None:
    """Draw what one of the queries finds."""
    options = answers.scores.index.tolist()
    query = knobs.pick("query", "Look at the query", options, options[-1])
    ids = answers.task.ids
    row = options.index(query)
    found = [str(ids[i]) for i in answers.ranked.neighbors[row, :N_SHOWN] if i >= 0]
    said = [f"**{name}** ({'itself' if name == query else '✓' if name[0] == query[0] else '×'})" for name in found]
    st.markdown(f"{query} finds: {', '.join(said)} …")


def split(knobs: Knobs, _topic: str) -> None:
    """Draw which split the products of a tiny catalogue fall into, and what identical pictures join."""
    n_products = knobs.slider("products", "Products", 2, 200, 60)
    n_pictures = knobs.slider("pictures", "Pictures of each", 1, 4, 2)
    joined = knobs.toggle("same", "The first two products share a picture, pixel by pixel", False)
    groups = [f"shoe {i + 1:02}" for i in range(n_products) for _ in range(n_pictures)]
    pixels = [f"picture {i}" for i in range(len(groups))]
    if joined:
        pixels[n_pictures] = pixels[0]
    splits = assign_splits(pd.Series(groups), pd.Series(pixels))
    table = pd.DataFrame({"Product": groups, "Split": splits}).groupby("Product", as_index=False)
    rows = table.agg(Pictures=("Split", "size"), Split=("Split", "first"))
    with st.container(horizontal=True):
        for name in ("train", "val", "test"):
            n = int((splits == name).sum())
            st.metric(name, f"{n:,} of {len(splits):,}")
    st.dataframe(rows, hide_index=True, placeholder="–", height=250, alt="The split of each product")
    st.caption("A split follows from the product's id alone: the same on every machine, about 80, 10 and 10 %.")
