"""Worked examples of approximate indexes: what they miss, and how hard they must look."""

import numpy as np
import streamlit as st

from lib.charts.lesson import curves
from lib.retrieval.approximate import RECALL_AT, build_index, measure_recall
from lib.retrieval.overlap import overlap_at_k
from lib.retrieval.spaces import make_space
from pages import _shared as shared
from pages._learn_knobs import Knobs

N_ITEMS, N_ASKED = 2000, 200
EFFORTS = {"hnsw": [10, 20, 40, 80, 160], "ivf": [1, 2, 4, 8, 16, 32, 51]}
NAMES = {"hnsw": "Candidates at hand (efSearch)", "ivf": "Clusters looked into (nprobe)"}
TEN = list(range(1, 11))


def approximate(knobs: Knobs, topic: str) -> None:
    """Draw how many of the true neighbours an index finds, the harder it looks."""
    dim = int(knobs.steps("dim", "Dimensions", [8, 32, 128], 32))
    effort = int(knobs.steps(topic, NAMES[topic], EFFORTS[topic], EFFORTS[topic][2]))
    found = {each: recall(topic, dim, each) for each in EFFORTS[topic]}
    shared.chart(
        curves(
            list(found),
            {"recall@10 of the index": [share for share, _ in found.values()]},
            title="",
            subtitle=f"{N_ITEMS:,} random vectors, {N_ASKED} queries; dotted: chosen",
            x_title=NAMES[topic],
            y_title="share of the true ten",
            at=effort,
            log=True,
        ),
        key="learn-index",
        alt=f"Recall of the index by effort; {found[effort][0]:.3f} at {effort}",
    )
    share, settings = found[effort]
    with st.container(horizontal=True):
        st.metric("Recall@10 of the index", f"{share:.3f}")
        if topic == "ivf":
            st.metric("Of the gallery compared, about", f"{settings['probes'] / settings['clusters']:.0%}")
            st.metric("Clusters", f"{settings['clusters']}")
        else:
            st.metric("Links of an item", f"{settings['links']}")
    st.caption("Random vectors are the hardest there are: they have no clusters. Pictures are easier.")


@st.cache_data(max_entries=64, show_spinner="Building an index …")
def recall(kind: str, dim: int, effort: int) -> tuple[float, dict[str, int]]:
    """Return the measured recall of an index over random vectors, and its settings."""
    vectors = np.random.default_rng(1).normal(size=(N_ITEMS, dim)).astype(np.float32)
    norms = np.linalg.norm(vectors.astype(np.float64), axis=1)
    space = make_space(vectors, rows=np.arange(N_ITEMS), norms=norms, metric="euclidean")
    index = build_index(space, kind=kind, effort=effort, metric="euclidean")
    measured = measure_recall(index, space, np.arange(N_ASKED), seed=0)
    return float(measured[f"recall@{RECALL_AT}"]), dict(measured["settings"])


def two_lists(knobs: Knobs, topic: str) -> None:
    """Draw two lists of ten, and the share that both have."""
    other = "index" if topic == "index_recall" else "second model"
    missed = knobs.several("missed", f"Of the first list, the {other} misses ranks", TEN, (4, 9, 10))
    k = int(knobs.steps("k", "K", TEN, 10))
    exact = [f"item {rank}" for rank in TEN]
    kept = [name for rank, name in zip(TEN, exact, strict=True) if rank not in missed]
    answer = [*kept, *(f"item {rank}" for rank in range(11, 11 + len(missed)))]
    names = ("Exact", "Index") if topic == "index_recall" else ("Model A", "Model B")
    rows = {"rank": TEN, names[0]: exact, names[1]: answer, "in both": [name in answer[:k] for name in exact]}
    both = len(set(exact[:k]) & set(answer[:k]))
    st.metric(
        "Recall of the index" if topic == "index_recall" else "Overlap", f"{overlap_at_k(exact, answer, k=k):.3f}"
    )
    st.latex(rf"\frac{{{both}}}{{{k}}}")
    st.dataframe(
        rows, hide_index=True, placeholder="–", height=390, alt=f"Two lists of ten; {both} of the first {k} are in both"
    )
    st.caption("What is missed is replaced by what comes next: the list is never short, and nothing in it says so.")
