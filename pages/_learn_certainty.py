"""Worked examples of intervals, of paired differences, and of micro and macro means."""

import numpy as np
import pandas as pd
import streamlit as st

from lib.charts.forest import forest
from lib.charts.intervals import score_bars
from lib.charts.lesson import resampled_bars
from lib.retrieval.bootstrap import (
    Estimate,
    estimate_means,
    label_means,
    macro_means,
    paired_difference,
    resampled_means,
)
from pages import _shared as shared
from pages._learn_knobs import Knobs

QUERIES = list(range(1, 13))
SEED = 0


def answered(right: list[int], times: int) -> np.ndarray:
    """Return 1 for each query that was answered rightly, else 0, each of them several times."""
    return np.repeat([float(query in right) for query in QUERIES], times)


def interval(knobs: Knobs, _topic: str) -> None:
    """Draw twelve outcomes, the means of resampling them, and the interval."""
    right = knobs.several("right", "Recall@1 is 1 for the queries", QUERIES, (1, 2, 3, 5, 6, 8, 9, 12))
    times = knobs.steps("times", "Each stands for so many queries", [1, 2, 5, 10, 20, 50], 1)
    values = answered(right, int(times))[:, None]
    found = estimate_means(values, seed=SEED)[0]
    shared.chart(
        resampled_bars(resampled_means(values, seed=SEED)[:, 0], found, title="", x="mean Recall@1 of a draw"),
        key="learn-bootstrap",
        alt=f"Resampled means, from {found.low:.3f} to {found.high:.3f} in 95 of 100 draws",
    )
    with st.container(horizontal=True):
        st.metric("Recall@1", f"{found.value:.3f}")
        st.metric("95 % interval", f"{found.low:.3f} to {found.high:.3f}")
        st.metric("Width", f"{found.high - found.low:.3f}")
        st.metric("Queries", f"{len(values):,}")
    st.caption("A hundred times as many queries make it a tenth as wide. All right or all wrong leave no width at all.")


def difference(knobs: Knobs, _topic: str) -> None:
    """Draw two models on the same queries: two intervals, and the one of their difference."""
    a = knobs.several("a", "Model A is right on the queries", QUERIES, (1, 2, 3, 4, 5, 6, 7, 8, 9))
    b = knobs.several("b", "Model B is right on the queries", QUERIES, (1, 2, 3, 4, 5, 6, 7))
    times = int(knobs.steps("times", "Each stands for so many queries", [1, 2, 5, 10, 20, 50], 2))
    values = np.stack([answered(a, times), answered(b, times)], axis=1)
    ids = np.array([f"q{i:04}" for i in range(len(values))])
    found = paired_difference(values[:, 0], values[:, 1], ids_a=ids, ids_b=ids, seed=SEED)
    both = estimate_means(values, seed=SEED)
    rows = {"Model A": both[0], "Model B": both[1], "A minus B": found.estimate}
    table = pd.DataFrame([_row(name, estimate) for name, estimate in rows.items()])
    shared.chart(
        forest(table, title="", subtitle=f"{len(values):,} queries, 95 % intervals", x="Recall@1, and its difference"),
        key="learn-difference",
        alt=f"Two models and their difference, {found.estimate.low:.3f} to {found.estimate.high:.3f}",
    )
    overlap = both[0].low <= both[1].high and both[1].low <= both[0].high
    with st.container(horizontal=True):
        st.metric("The two intervals", "Overlap" if overlap else "Are apart")
        st.metric("Query by query", found.verdict.capitalize())
        st.metric("Difference", f"{found.estimate.value:+.3f}", help="A minus B, the mean over queries.")
    n_differ = int((values[:, 0] != values[:, 1]).sum())
    st.caption(f"They differ on {n_differ:,} of {len(values):,} queries; only those carry the difference.")


def _row(name: str, found: Estimate) -> dict[str, object]:
    return {
        "title": name, "value": found.value, "low": found.low, "high": found.high, "standing": "", "stale": False,
        "note": "",
    }  # fmt: skip


def macro(knobs: Knobs, _topic: str) -> None:
    """Draw three labels of different size, and both means."""
    start = {"T-shirts": (80, 90), "Watches": (15, 60), "Umbrellas": (2, 0)}
    values, codes = [], []
    for code, (name, (n, share)) in enumerate(start.items()):
        left, right = st.columns(2)
        with left:
            size = knobs.slider(f"n{code}", f"{name}, queries", 1, 100, n)
        with right:
            part = knobs.slider(f"p{code}", f"{name}, right", 0, 100, share, step=5, format="%d %%")
        n_right = round(size * part / 100)
        values += [1.0] * n_right + [0.0] * (size - n_right)
        codes += [code] * size
    scores, labels = np.array(values), np.array(codes)
    means = label_means(scores, labels)
    ends = [vars(estimate_means(scores[labels == code][:, None], seed=SEED)[0]) for code in range(3)]
    table = pd.DataFrame(ends)[["low", "high"]].assign(value=list(start), n_queries=np.bincount(labels), mean=means)
    shared.chart(
        score_bars(table, title="", subtitle="each label's mean with its 95 % interval", x="Recall@1"),
        key="learn-macro",
        alt=f"Means of three labels: {', '.join(f'{mean:.2f}' for mean in means)}",
    )
    micro = estimate_means(scores[:, None], seed=SEED)[0].value
    macro_mean = float(macro_means(scores[:, None], labels)[0])
    with st.container(horizontal=True):
        st.metric("Micro", f"{micro:.4f}", help="The mean over all queries.")
        st.metric("Macro", f"{macro_mean:.4f}", help="The mean of the three means.")
    n_rights = [int(scores[labels == i].sum()) for i in range(3)]
    sizes = np.bincount(labels).tolist()
    st.latex(rf"\mathrm{{micro}} = \frac{{{' + '.join(map(str, n_rights))}}}{{{' + '.join(map(str, sizes))}}}")
    parts = " + ".join(rf"\tfrac{{{n}}}{{{size}}}" for n, size in zip(n_rights, sizes, strict=True))
    st.latex(rf"\mathrm{{macro}} = \frac{{1}}{{3}} \left( {parts} \right)")
