"""Worked examples of vectors and their distances."""

import numpy as np
import pandas as pd
import streamlit as st

from lib.charts.lesson_plane import arrows, plane
from lib.definitions import DEFINITIONS
from lib.retrieval.distances import DISTANCE_METRICS, cosine_distances, manhattan_distances
from lib.retrieval.reductions import Reduction
from pages import _shared as shared
from pages._learn_knobs import Knobs

#: A gallery of ten things, placed by hand: where they lie, what they are, what colour they have.
THINGS = pd.DataFrame(
    [
        ("shirt 1", 1.0, 4.0, "shirt", "blue"),
        ("shirt 2", 1.8, 4.6, "shirt", "red"),
        ("shirt 3", 2.4, 3.6, "shirt", "blue"),
        ("shirt 4", 3.2, 2.7, "shirt", "white"),
        ("shoe 1", 5.6, 1.0, "shoe", "white"),
        ("shoe 2", 6.2, 1.8, "shoe", "red"),
        ("shoe 3", 4.6, 2.0, "shoe", "blue"),
        ("bag 1", 5.0, 4.4, "bag", "red"),
        ("bag 2", 5.9, 4.8, "bag", "red"),
        ("bag 3", 3.6, 4.2, "bag", "white"),
    ],
    columns=["name", "x", "y", "kind", "colour"],
)


def two_vectors(knobs: Knobs, topic: str) -> None:
    """Draw two arrows and all distances between them."""
    left, right = st.columns(2)
    numbers = {}
    starts = {"x₁": 4.0, "x₂": 1.0, "y₁": 1.0, "y₂": 3.0}
    for i, (name, start) in enumerate(starts.items()):
        with (left, right)[i // 2]:
            numbers[name] = knobs.slider("xxyy"[i] + "1212"[i], name, -5.0, 5.0, start, step=0.5)
    x, y = np.array([*numbers.values()][:2]), np.array([*numbers.values()][2:])
    if topic == "l2":
        x, y = (np.asarray(row) for row in Reduction(l2=True).applied(np.stack([x, y]).astype(np.float32)))
    shared.chart(
        arrows(x, y, title="", subtitle="both brought to length 1" if topic == "l2" else ""),
        key="learn-arrows",
        alt=f"Arrows from the origin to ({x[0]:.2f}, {x[1]:.2f}) and to ({y[0]:.2f}, {y[1]:.2f})",
    )
    with st.container(horizontal=True):
        for name, metric in DISTANCE_METRICS.items():
            distance = metric.exact(x[None, :], y)
            value = float(metric.score(distance)[0]) if topic == "score" else float(distance[0])
            mark = " ←" if name == topic else ""
            st.metric(f"{metric.label}{' score' if topic == 'score' else ''}{mark}", f"{value:.4g}")
    st.latex(written_out(topic, x, y))


def written_out(topic: str, x: np.ndarray, y: np.ndarray) -> str:
    """Return the arithmetic of one distance, as LaTeX."""
    a, b, c, d = (f"({v:.3g})" if v < 0 else f"{v:.3g}" for v in (*x, *y))
    cosine = rf"\frac{{{a} \cdot {c} + {b} \cdot {d}}}{{\sqrt{{{a}^2 + {b}^2}}\,\sqrt{{{c}^2 + {d}^2}}}}"
    similarity = DISTANCE_METRICS["cosine"].score(cosine_distances(x[None, :], y))[0]
    return {
        "euclidean": rf"\sqrt{{({a} - {c})^2 + ({b} - {d})^2}}",
        "l2": rf"\lVert x - y \rVert = \sqrt{{2 - 2 \cdot {similarity:.4g}}}",
        "manhattan": rf"|{a} - {c}| + |{b} - {d}|",
        "score": rf"\cos(x, y) = {cosine}",
    }.get(topic, rf"1 - {cosine}")


def codes(knobs: Knobs, _topic: str) -> None:
    """Draw two codes of eight bits, and what the distances make of them."""
    places = list(range(1, 9))
    on = [
        knobs.several(name, f"Ones of code {name}", places, start)
        for name, start in (("a", (1, 2, 5, 8)), ("b", (2, 5, 6)))
    ]
    a, b = (np.array([float(place in ones) for place in places]) for ones in on)
    st.code("\n".join(f"{name} {' '.join(str(int(bit)) for bit in code)}" for name, code in (("a", a), ("b", b))))
    st.metric("Hamming distance", f"{manhattan_distances(a[None, :], b)[0]:.0f} bits")
    differing = [str(place) for place in places if a[place - 1] != b[place - 1]]
    st.markdown(f"They differ at: {', '.join(differing) or 'no place'}. What the three distances make of it:")
    with st.container(horizontal=True):
        for metric in DISTANCE_METRICS.values():
            st.metric(metric.label, f"{metric.exact(a[None, :], b)[0]:.4g}")


def things(knobs: Knobs, topic: str) -> None:
    """Draw a gallery of ten things in the plane, a query, and what is nearest to it."""
    kinds = list(dict.fromkeys(THINGS["kind"]))
    kept = knobs.several("in", "In the gallery", kinds, kinds) if topic == "gallery" else kinds
    label = knobs.one("by", "Label", ["kind", "colour"], "kind") if topic in ("relevant", "label") else "kind"
    wanted = ""
    if topic in ("relevant", "label"):
        values = list(dict.fromkeys(THINGS[label]))
        wanted = knobs.one(f"is-{label}", f"The query's {label}", values, values[0])
    left, right = st.columns(2)
    with left:
        x = knobs.slider("x", "Query, across", 0.0, 7.0, 3.0, step=0.1)
    with right:
        y = knobs.slider("y", "Query, up", 0.0, 6.0, 3.4, step=0.1)
    metric = DISTANCE_METRICS[knobs.one("metric", "Distance", list(DISTANCE_METRICS), "euclidean", shown=_label)]
    gallery = THINGS[THINGS["kind"].isin(kept)].reset_index(drop=True)
    if gallery.empty:
        st.info("The gallery is empty: there is nothing to compare the query with.")
        return
    distances = metric.exact(gallery[["x", "y"]].to_numpy(), np.array([x, y]))
    order = np.argsort(distances, kind="stable")
    points = pd.concat(
        [
            gallery.assign(group=gallery[label], size=13),
            pd.DataFrame([{"name": "query", "x": x, "y": y, "group": "query", "size": 18}]),
        ],
        ignore_index=True,
    )
    links = [(len(gallery), int(row)) for row in order[:3]]
    shared.chart(
        plane(points, title="", subtitle="lines: the three nearest", links=links),
        key="learn-things",
        alt=f"A query among {len(gallery)} things; nearest: {gallery['name'][order[0]]}",
    )
    table = gallery.iloc[order].assign(rank=np.arange(1, len(gallery) + 1), distance=distances[order])
    if wanted:
        table["relevant"] = table[label] == wanted
        st.markdown(f"R = **{int(table['relevant'].sum())}** things are relevant to a query whose {label} is {wanted}.")
    columns = ["rank", "name", "distance", *([label, "relevant"] if wanted else ["kind", "colour"])]
    config = {name: name.capitalize() for name in columns}
    config["distance"] = st.column_config.NumberColumn("Distance", format="%.3f")
    st.dataframe(
        table[columns],
        hide_index=True,
        placeholder="–",
        column_config=config,
        height=250,
        alt="The gallery, nearest first",
    )


def _label(name: str) -> str:
    return DEFINITIONS[name].name.removesuffix(" distance")
