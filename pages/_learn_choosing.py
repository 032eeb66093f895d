"""Worked examples of choosing: a threshold, a model on the front, and what storing a shop costs."""

import numpy as np
import pandas as pd
import streamlit as st

from lib.charts.lesson import curves
from lib.charts.pareto import cost_scatter
from lib.models import MODELS
from lib.retrieval.calibration import cut_keeping, threshold_curve
from lib.retrieval.miniature import ask_all, miniature
from lib.retrieval.pareto import pareto_front
from lib.retrieval.shown import count_shown
from lib.retrieval.storage import learn_codec
from pages import _shared as shared
from pages._learn_knobs import Knobs

N_EACH = 20
_MIDDLES = np.array([[0.0, 0.0], [3.0, 0.4], [0.5, 2.8], [3.3, 3.0]])
_STRAY = np.random.default_rng(4).normal(size=(4, N_EACH, 2))
TRIED = np.round(np.arange(0.1, 6.01, 0.1), 1)
MODELS_MADE_UP = {
    "tiny": (1.0, 0.55),
    "small": (2.0, 0.68),
    "medium": (5.0, 0.74),
    "wide": (8.0, 0.70),
    "large": (20.0, 0.79),
}
STORAGES = ["float32", "float16", "int8", "pq"]
PARTS = 16


def threshold(knobs: Knobs, _topic: str) -> None:
    """Draw what each threshold keeps, and the one that keeps a precision asked."""
    left, right = st.columns(2)
    with left:
        width = knobs.slider("width", "Width of each label", 0.2, 2.0, 0.8, step=0.1)
    with right:
        asked = knobs.slider("asked", "Precision asked", 0.5, 1.0, 0.9, step=0.05)
    at = knobs.slider("at", "Threshold", 0.1, 6.0, 1.5, step=0.1)
    curve = what_is_kept(width)
    row = curve.iloc[int(np.argmin(np.abs(TRIED - at)))]
    lines = {"precision": curve["precision"].tolist(), "recall": curve["recall"].tolist()}
    shared.chart(
        curves(
            TRIED.tolist(), lines, title="", subtitle="80 items, 4 labels; half of the queries; dotted: yours",
            x_title="largest distance", y_title="share", at=at,
        ),
        key="learn-threshold",
        alt=f"By threshold; at {at:g} precision {row['precision']:.2f} and recall {row['recall']:.2f}",
    )  # fmt: skip
    with st.container(horizontal=True):
        st.metric("Precision", f"{row['precision']:.3f}" if row["precision"] == row["precision"] else "nothing shown")
        st.metric("Recall", f"{row['recall']:.3f}")
        st.metric("Results a query", f"{row['n_results']:.1f}")
        st.metric("Queries without any", f"{row['share_without']:.0%}")
    cut = cut_keeping(curve, asked)
    if cut is None:
        st.info(f"No threshold keeps a precision of {asked:.2f} on the queries that choose.")
    else:
        st.markdown(
            f"Chosen by one half of the queries for a precision of {asked:.2f}: **{cut.threshold:.1f}**. On the other "
            f"half it keeps **{cut.precision.value:.3f}** ({cut.precision.low:.3f} to {cut.precision.high:.3f})."
        )


def what_is_kept(width: float) -> pd.DataFrame:
    """Return what every threshold keeps: chosen by the odd queries, measured on the even ones."""
    vectors = (_MIDDLES[:, None, :] + width * _STRAY).reshape(-1, 2)
    names = [f"i{i:02}" for i in range(len(vectors))]
    frame = pd.DataFrame({"kind": np.repeat(list("ABCD"), N_EACH)}, index=names)
    answers = ask_all(miniature(vectors, frame, label="kind"), label="kind")
    halves = [
        count_shown(answers.space, answers.task.codes, np.arange(half, len(vectors), 2), TRIED) for half in (1, 0)
    ]
    return threshold_curve(TRIED, choosing=halves[0], held_back=halves[1], seed=0)


def pareto(knobs: Knobs, _topic: str) -> None:
    """Draw five made-up models and yours, and who of them is on the front."""
    left, right = st.columns(2)
    with left:
        cost = knobs.slider("cost", "Yours costs", 1.0, 20.0, 4.0, step=0.5, format="%g ms")
    with right:
        score = knobs.slider("score", "and reaches", 0.5, 0.9, 0.72, step=0.01)
    names = [*MODELS_MADE_UP, "yours"]
    costs = np.array([*(each for each, _ in MODELS_MADE_UP.values()), cost])
    scores = np.array([*(each for _, each in MODELS_MADE_UP.values()), score])
    front = pareto_front(costs, scores)
    table = pd.DataFrame(
        {"title": names, "cost": costs, "value": scores, "low": scores, "high": scores, "front": front}
    )
    table["number"] = table["title"]
    shared.chart(
        cost_scatter(table, title="", subtitle="diamonds: on the front", x="ms a query", y="mAP"),
        key="learn-pareto",
        alt=f"Six models by cost and mAP; on the front: {', '.join(table['title'][front])}",
    )
    st.markdown(f"**{'Yours is on the front.' if front[-1] else 'Yours is not on the front.'}**")
    beats = table[(table["cost"] <= cost) & (table["value"] >= score) & (table["title"] != "yours")]
    if not front[-1]:
        st.markdown(f"As cheap and as good, or better: {', '.join(beats['title'])}.")
    st.caption(f"On the front: {', '.join(table['title'][front])}. These models are made up.")


def cost(knobs: Knobs, topic: str) -> None:
    """Draw how many bytes a shop takes by one backbone and storage."""
    names = list(MODELS)
    name = knobs.pick("model", "Model", names, "mobilenet_v2", format_func=lambda key: MODELS[key].title)
    model = MODELS[name]
    n = int(knobs.steps("n", "Pictures", [1_000, 10_000, 100_000, 1_000_000, 10_000_000], 100_000, format_func=_count))
    storage = "float32"
    if topic == "cost":
        storage = knobs.one("stored", "Stored as", STORAGES, "float32", shown=_storage)
    bytes_each = bytes_an_item(model.dim, storage)
    with st.container(horizontal=True):
        st.metric("It takes in", f"{model.size} × {model.size} px")
        st.metric("It gives", f"{model.dim:,} numbers")
        st.metric("A vector takes", f"{bytes_each:,} bytes")
        st.metric(f"{_count(n)} of them", f"{bytes_each * n / 1e9:,.3g} GB")
    st.latex(rf"{n:,} \times {bytes_each:,} \text{{ bytes}}".replace(",", r"{,}"))
    kept = model.dim / (model.size**2 * 3)
    st.caption(f"Of {model.size**2 * 3:,} numbers that a picture has at that size, {kept:.2%} are left.")


def _count(n: int) -> str:
    return f"{n:,}"


def _storage(name: str) -> str:
    return f"PQ, {PARTS} numbers a byte" if name == "pq" else name


@st.cache_data(max_entries=64, show_spinner=False)
def bytes_an_item(dim: int, storage: str) -> int:
    """Return how many bytes a vector takes, by asking what would store it."""
    if storage == "float32":
        return np.zeros(dim, np.float32).nbytes
    few = np.random.default_rng(0).random((256, dim), dtype=np.float32)
    parts = next(n for n in range(max(dim // PARTS, 1), 0, -1) if dim % n == 0) if storage == "pq" else None
    return learn_codec(few, storage=storage, pq=parts, metric="cosine").n_bytes
