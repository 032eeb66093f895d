"""Worked examples of how labels lie among vectors, and of hubs."""

import numpy as np
import pandas as pd
import streamlit as st

from lib.charts.forest import forest
from lib.charts.lesson import count_bars
from lib.charts.lesson_plane import plane
from lib.retrieval import geometry
from lib.retrieval.bootstrap import Estimate
from lib.retrieval.gathering import unit_length
from lib.retrieval.jackknife import silhouette_estimate
from lib.retrieval.miniature import ask_all, miniature
from lib.retrieval.scoring import N_NEAREST, occurrences
from lib.retrieval.silhouettes import silhouettes
from pages import _shared as shared
from pages._learn_knobs import Knobs

N_EACH = 12
#: How the items of a cloud stray from its middle, in units of its width: the same for both clouds, and fixed.
_STRAY = np.random.default_rng(3).normal(size=(2, N_EACH, 2))
N_ITEMS, SEED = 300, 7


def clouds(knobs: Knobs, topic: str) -> None:
    """Draw two labels as clouds, and the numbers that say how they lie."""
    left, right = st.columns(2)
    with left:
        degrees = knobs.slider("angle", "Angle between the labels", 0, 150, 60, step=5, format="%d°")
    with right:
        width = knobs.slider("width", "Width of each", 0.05, 1.5, 0.6, step=0.05)
    strays = knobs.toggle("stray", "One item of A lies among B", False)
    vectors, labels = cloud_points(degrees, width, strays)
    points = pd.DataFrame(vectors, columns=["x", "y"]).assign(name="", group=labels, size=11)
    points["name"] = [f"{label}{i % N_EACH + 1}" for i, label in enumerate(labels)]
    origin = pd.DataFrame([{"x": 0.0, "y": 0.0, "name": "origin", "group": "origin", "size": 6}])
    shared.chart(
        plane(pd.concat([points, origin], ignore_index=True), title="", subtitle="distances are cosine: by direction"),
        key="learn-clouds",
        alt=f"Two clouds of {N_EACH} points, {degrees} degrees apart",
    )
    unit, labelled = unit_length(vectors.astype(np.float32)), (labels == "B").astype(np.int64)
    found = geometry.mean_distances(unit, labelled)
    values = {
        "intra_distance": ("Within", found.intra),
        "inter_distance": ("Between", found.inter),
        "separation_ratio": ("Ratio", found.ratio),
        "silhouette": ("Silhouette", float(geometry.silhouette_values(unit, labelled).mean())),
        "calinski_harabasz": ("Calinski-Harabasz", geometry.calinski_harabasz(unit, labelled)),
    }
    with st.container(horizontal=True):
        for name, (title, value) in values.items():
            st.metric(f"{title} ←" if name == topic else title, f"{value:.3f}" if value < 100 else f"{value:,.0f}")
    n_within, n_between = N_EACH * (N_EACH - 1), N_EACH**2
    st.caption(f"Over {n_within} pairs within the labels and {n_between} between them; {2 * N_EACH} items.")


def cloud_points(degrees: float, width: float, strays: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the points of two labels around directions that are so many degrees apart."""
    turned = []
    for stray, turn in zip(_STRAY, (-degrees / 2, degrees / 2), strict=True):
        axes = np.stack([_turned(turn), _turned(turn + 90)])
        turned.append(2 * axes[1] + width * stray @ axes)
    points = np.concatenate(turned)
    if strays:
        points[0] = 2 * _turned(90 + degrees / 2)
    return points, np.repeat(["A", "B"], N_EACH)


def _turned(degrees: float) -> np.ndarray:
    """Return a vector of length 1 in some direction."""
    return np.array([np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))])


def left_out(knobs: Knobs, _topic: str) -> None:
    """Draw the silhouette of some labels, with each of them left out once, and the interval that follows."""
    left, right = st.columns(2)
    with left:
        n_labels = knobs.slider("labels", "Labels", 2, 8, 5)
    with right:
        width = knobs.slider("width", "Width of each", 0.05, 1.5, 0.4, step=0.05)
    angles = np.deg2rad(np.linspace(0, 180, n_labels))
    middles = 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    vectors = (middles[:, None, :] + width * np.resize(_STRAY, (n_labels, N_EACH, 2))).reshape(-1, 2)
    unit, codes = unit_length(vectors.astype(np.float32)), np.repeat(np.arange(n_labels), N_EACH)
    found = silhouette_estimate(silhouettes(unit, codes), codes)
    rows = {"All labels": found}
    for label in range(n_labels if n_labels > 2 else 0):
        rest = codes != label
        value = float(geometry.silhouette_values(unit[rest], codes[rest] - (codes[rest] > label)).mean())
        rows[f"Without label {label + 1}"] = Estimate(value, value, value)
    table = pd.DataFrame([{"title": name, **vars(each)} for name, each in rows.items()])
    table = table.assign(standing="", stale=False, note="")
    shared.chart(
        forest(table, title="", subtitle=f"{len(codes)} items", x="mean silhouette"),
        key="learn-left-out",
        alt=f"The silhouette of {n_labels} labels, and with each of them left out",
    )
    with st.container(horizontal=True):
        st.metric("Silhouette", f"{found.value:.3f}")
        known = bool(np.isfinite(found.low))
        st.metric("95 % interval", f"{found.low:.3f} to {found.high:.3f}" if known else "none")
    st.caption("The more the rows differ, the less sure the number. Two labels say nothing of what a third would do.")


def hubs(knobs: Knobs, topic: str) -> None:
    """Draw how often each item of a random gallery is among the nearest of another, in few and in many dimensions."""
    dim = knobs.steps("dim", "Dimensions", [2, 3, 5, 10, 20, 50, 100, 200], 50)
    metric = knobs.one("metric", "Distance", ["euclidean", "cosine"], "euclidean", shown=str.title)
    centred = knobs.toggle("away", "All vectors in one corner of the space", False, help="Adds 1 to every component.")
    counts = neighbour_counts(int(dim), metric, centred)
    values = np.bincount(counts)
    shared.chart(
        count_bars(
            list(range(len(values))),
            values.tolist(),
            title="",
            subtitle=f"{N_ITEMS} random items; the mean is {N_NEAREST} at any dimension",
            x="times among the ten nearest",
            y="items",
        ),
        key="learn-hubs",
        alt=f"How many items are found how often; the most frequent one {counts.max()} times",
    )
    numbers = {
        "hubness_skewness": ("Skewness", f"{geometry.skewness(counts):.2f}"),
        "hubness_top1_share": ("Share of the top 1 %", f"{geometry.top_share(counts):.3f}"),
    }
    with st.container(horizontal=True):
        for name, (title, value) in numbers.items():
            st.metric(f"{title} ←" if name == topic else title, value)
        st.metric("Most often found", f"{counts.max()} times")
        st.metric("Never found", f"{int((counts == 0).sum())} items")
    st.caption("Drawn from one normal distribution: there is no structure to find, and still there are hubs.")


def neighbour_counts(dim: int, metric: str, away: bool) -> np.ndarray:
    """Return how often each of some random items is among the ten nearest of another."""
    vectors = np.random.default_rng(SEED).normal(size=(N_ITEMS, dim)) + away
    frame = pd.DataFrame({"label": ["a", "b"] * (N_ITEMS // 2)}, index=[f"i{i:03}" for i in range(N_ITEMS)])
    answers = ask_all(miniature(vectors, frame, label="label"), label="label", metric=metric)
    return np.asarray(occurrences(answers.ranked, N_ITEMS))
