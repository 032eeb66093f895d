"""Worked examples of what is done to vectors: principal components, storage, averages with the nearest."""

import numpy as np
import pandas as pd
import streamlit as st

from lib.charts.lesson import curves
from lib.charts.lesson_plane import plane
from lib.retrieval.miniature import ask_all, miniature
from lib.retrieval.reductions import learn_reduction
from lib.retrieval.storage import learn_codec
from pages import _shared as shared
from pages._learn_cards import FRAME, NAMES, cards
from pages._learn_knobs import Knobs

N_CLOUD = 40
_STRAY = np.random.default_rng(5).normal(size=(N_CLOUD, 2))
#: A gallery to store: so many vectors, around so many middles.
N_STORED, DIM, N_LABELS = 512, 16, 16
STORAGES = ["float16", "int8", "pq=8", "pq=4", "pq=2", "pq=1"]


def components(knobs: Knobs, topic: str) -> None:
    """Draw a cloud, its first axis, and what is left of it on that axis alone or whitened."""
    left, right = st.columns(2)
    with left:
        degrees = knobs.slider("turn", "Direction of the cloud", 0, 180, 30, step=5, format="%d°")
    with right:
        ratio = knobs.slider("long", "Times as long as wide", 1.0, 10.0, 4.0, step=0.5)
    turn = np.deg2rad(degrees)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    vectors = ((_STRAY * [ratio, 1.0]) @ rotation + [2.0, 1.0]).astype(np.float32)
    every = np.arange(N_CLOUD)
    first = learn_reduction(vectors, every, pca=1)
    whitened = learn_reduction(vectors, every, pca=2, whiten=True).applied(vectors)
    reach = 1.1 * float(np.abs(first.applied(vectors)).max())
    axis = (first.mean - reach * first.axes[:, 0], first.mean + reach * first.axes[:, 0])
    points = pd.DataFrame(vectors, columns=["x", "y"]).assign(name="", group="vectors", size=9)
    shared.chart(
        plane(points, title="", subtitle="40 vectors, and their first axis", axis=axis),
        key="learn-components",
        alt=f"A cloud {ratio:g} times as long as wide; its first axis keeps {first.explained:.0%} of the variance",
    )
    spread = learn_reduction(vectors, every, pca=2).applied(vectors).std(axis=0, ddof=1)
    with st.container(horizontal=True):
        st.metric("Variance on the first axis", f"{first.explained:.1%}", help="Of all the variance there is.")
        st.metric("Standard deviations", f"{spread[0]:.3g} and {spread[1]:.3g}", help="Along the two axes.")
    st.latex(rf"v_1 = ({first.axes[0, 0]:.3f},\; {first.axes[1, 0]:.3f})")
    if topic == "whiten":
        white = pd.DataFrame(whitened, columns=["x", "y"]).assign(name="", group="vectors", size=9)
        shared.chart(
            plane(white, title="", subtitle="the same, whitened: as wide as long"),
            key="learn-whitened",
            alt="The cloud whitened: of standard deviation 1 along both axes",
        )
        deviations = whitened.std(axis=0, ddof=1)
        st.metric("Standard deviations, whitened", f"{deviations[0]:.3g} and {deviations[1]:.3g}")


def stored(knobs: Knobs, topic: str) -> None:
    """Draw how much of the vectors is lost in how few bytes."""
    start = topic if topic in STORAGES else "pq=4"
    storage = knobs.steps(topic, "Stored as", STORAGES, start)
    rows = [dict(zip(("bytes", "error", "recall", "map"), row, strict=True)) for row in losses()]
    table = pd.DataFrame(rows, index=["float32", *STORAGES]).sort_values("bytes")
    shared.chart(
        curves(
            table["bytes"].tolist(),
            {"error": table["error"].tolist(), "mAP": table["map"].tolist()},
            title="",
            subtitle=f"{N_STORED} random vectors of {DIM} numbers, {N_LABELS} labels; dotted: chosen",
            x_title="bytes an item",
            y_title="share",
            at=float(table.loc[storage, "bytes"]),
            log=True,
        ),
        key="learn-stored",
        alt=f"Error and mAP by bytes an item; {storage} takes {table.loc[storage, 'bytes']:.0f} bytes",
    )
    chosen, whole = table.loc[storage], table.loc["float32"]
    with st.container(horizontal=True):
        st.metric("Bytes an item", f"{chosen['bytes']:.0f}", help=f"As float32: {whole['bytes']:.0f}.")
        st.metric(
            "Error", f"{chosen['error']:.2g}", help="Squared length of what is lost, over the variance there was."
        )
        _beside("Recall@1", chosen["recall"], whole["recall"])
        _beside("mAP", chosen["map"], whole["map"])
    st.caption("Beside the numbers: the difference to float32. Queries stay float32, only the gallery is stored so.")


def _beside(title: str, new: float, old: float) -> None:
    """Draw a number, and how far it is from another; no arrow where they are equal."""
    colour = "normal" if round(new - old, 3) else "off"
    arrow = "auto" if round(new - old, 3) else "off"
    more = {"delta_color": colour, "delta_arrow": arrow}
    st.metric(title, f"{new:.3f}", f"{new - old:+.3f}", help=f"Without: {old:.3f}.", **more)


@st.cache_data(max_entries=1, show_spinner="Storing in every way …")
def losses() -> list[tuple[float, float, float, float]]:
    """Return bytes, error, Recall@1 and mAP for float32 and every storage."""
    rng = np.random.default_rng(2)
    labels = np.arange(N_STORED) % N_LABELS
    vectors = (rng.normal(size=(N_LABELS, DIM))[labels] + 0.9 * rng.normal(size=(N_STORED, DIM))).astype(np.float32)
    frame = pd.DataFrame({"label": labels.astype(str)}, index=[f"i{i:03}" for i in range(N_STORED)])
    gallery, variance = miniature(vectors, frame, label="label"), vectors.var(axis=0).sum()
    rows = []
    for storage in ("", *STORAGES):
        answers = ask_all(gallery, label="label", variant=storage)
        kind, _, parts = storage.partition("=")
        left = vectors
        if storage:
            left = learn_codec(vectors, storage=kind, pq=int(parts) if parts else None, metric="euclidean").stored(
                vectors
            )
        error = float(((left - vectors) ** 2).sum(axis=1).mean() / variance)
        means = answers.scores[["recall@1", "map"]].mean()
        rows.append((float(answers.prepared.bytes_per_item), error, float(means.iloc[0]), float(means.iloc[1])))
    return rows


def averaged(knobs: Knobs, topic: str) -> None:
    """Draw sixteen cards, the means with their nearest, and the scores before and after."""
    width = knobs.slider("width", "Width of each label", 0.1, 3.0, 1.5, step=0.1)
    n = knobs.slider("n", "N, nearest that are averaged with", 1, 8, 2)
    gallery = miniature(cards(width), FRAME, label="kind")
    before, after = ask_all(gallery, label="kind"), ask_all(gallery, label="kind", variant=f"{topic}={n}")
    points = pd.DataFrame(cards(width), columns=["x", "y"]).assign(name=NAMES, group=FRAME["kind"].tolist(), size=9)
    moved = after.prepared.embeddings
    if topic == "expand":
        query = knobs.pick("query", "Look at the query", NAMES, "B2")
        rows = before.ranked.neighbors[NAMES.index(query), :n]
        mean = after.prepared.averaged(before.prepared.embeddings[NAMES.index(query)], rows)
        extra = [{"name": "", "x": mean[0], "y": mean[1], "group": "asks now", "size": 16}]
        links = [(16, int(row)) for row in [NAMES.index(query), *rows]]
    else:
        extra = [{"name": "", "x": x, "y": y, "group": "moved to", "size": 13} for x, y in moved.tolist()]
        links = [(row, 16 + row) for row in range(16)]
    shared.chart(
        plane(pd.concat([points, pd.DataFrame(extra)], ignore_index=True), title="", subtitle="", links=links),
        key="learn-averaged",
        alt=f"Sixteen cards and their means with the {n} nearest",
    )
    with st.container(horizontal=True):
        for name, title in (("recall@1", "Recall@1"), ("map", "mAP")):
            _beside(title, after.scores[name].mean(), before.scores[name].mean())
    st.caption(
        "A query is never helped by its own vector: it asks a gallery that was averaged as if it were not there."
    )
