"""Sixteen cards in the plane, and what copies of them, or the vectors of another model, change."""

import numpy as np
import pandas as pd
import streamlit as st

from lib.charts.lesson_plane import plane
from lib.retrieval.miniature import ask_all, miniature
from pages import _shared as shared
from pages._learn_knobs import Knobs

LABELS = ["A", "B", "C", "D"]
SPLITS = ["train", "train", "test", "test"]
NAMES = [f"{label}{i}" for label in LABELS for i in range(1, 5)]
FRAME = pd.DataFrame({"kind": [name[0] for name in NAMES], "split": SPLITS * 4}, index=NAMES)
_STRAY = np.random.default_rng(11).normal(size=(16, 2))
_MIDDLES = np.repeat([[0.0, 0.0], [3.0, 0.4], [0.5, 2.8], [3.3, 3.0]], 4, axis=0)


def cards(width: float) -> np.ndarray:
    """Return where the sixteen cards lie; the wider the labels, the more they mix."""
    return np.asarray(_MIDDLES + width * _STRAY)


def copies(knobs: Knobs, _topic: str) -> None:
    """Draw a gallery in which some cards have a copy, and what that does to the scores."""
    width = knobs.slider("width", "Width of each label", 0.1, 3.0, 2.0, step=0.1)
    n_copied = knobs.slider("copies", "Cards that have a copy in the gallery", 0, 16, 6)
    # the copies fall on the cards in turn of their place in each label, so that all labels have some
    copied = sorted(NAMES, key=lambda name: name[1])[:n_copied]
    vectors = np.concatenate([cards(width), cards(width)[[NAMES.index(name) for name in copied]] + 0.01])
    names = [*NAMES, *(f"{name}'" for name in copied)]
    frame = pd.DataFrame({"kind": [name[0] for name in names]}, index=names)
    gallery = miniature(vectors, frame, label="kind")
    twins = {name: [f"{name}'"] for name in copied} | {f"{name}'": [name] for name in copied}
    found = {
        "As it is": ask_all(gallery, label="kind").scores,
        "Copies taken out": ask_all(gallery, label="kind", without=twins).scores,
    }
    points = pd.DataFrame(vectors, columns=["x", "y"]).assign(name=names, group=frame["kind"].tolist())
    points = points.assign(hollow=[name[-1] == "'" for name in names])
    points["size"] = np.where(points["hollow"], 22, 13)
    points["name"] = [name.rstrip("'") for name in names]
    shared.chart(
        plane(points, title="", subtitle="ring: a copy, almost on top of its original"),
        key="learn-copies",
        alt=f"{len(names)} cards, {n_copied} of them copies",
    )
    for title, scores in found.items():
        with st.container(horizontal=True):
            st.metric(f"Recall@1, {title.lower()}", f"{scores['recall@1'].mean():.3f}")
            st.metric(f"mAP, {title.lower()}", f"{scores['map'].mean():.3f}")
    st.caption(
        f"{2 * n_copied} of {len(names)} queries have a copy that they find first, right label and all. No model is "
        "needed for that."
    )


def foreign(knobs: Knobs, _topic: str) -> None:
    """Draw the gallery of one model, and the queries as another one sees them: turned around the middle."""
    width = knobs.slider("width", "Width of each label", 0.1, 2.0, 0.5, step=0.1)
    degrees = knobs.slider("turn", "The other model's axes are turned by", 0, 180, 60, step=5, format="%d°")
    own, turn = cards(width), np.deg2rad(degrees)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    asked = (own - own.mean(axis=0)) @ rotation + own.mean(axis=0)
    gallery = miniature(own, FRAME, label="kind")
    points = pd.DataFrame(np.concatenate([own, asked]), columns=["x", "y"]).assign(name=NAMES * 2)
    points = points.assign(group=FRAME["kind"].tolist() * 2, hollow=[False] * 16 + [True] * 16)
    shared.chart(
        plane(points, title="", subtitle="filled: the gallery; hollow: the same cards as they ask"),
        key="learn-foreign",
        alt=f"Sixteen cards, and the same turned by {degrees} degrees",
    )
    with st.container(horizontal=True):
        for title, scores in (
            ("own queries", ask_all(gallery, label="kind").scores),
            ("the other model's", ask_all(gallery, label="kind", asked=asked).scores),
        ):
            st.metric(f"Recall@1, {title}", f"{scores['recall@1'].mean():.3f}")
    st.caption("Among themselves the turned cards lie exactly as the others do: the other model is just as good.")
