"""The curves of the Threshold page, and the numbers at one distance."""

import math
from typing import Any

import streamlit as st

from lib.charts.threshold import threshold_chart
from lib.retrieval.bootstrap import Estimate
from lib.retrieval.calibration import Cut
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.shown import N_NEAREST
from lib.retrieval.threshold_store import Threshold, out_of_100
from pages import _shared as shared
from pages._text import escape

#: A small line below a number that is an interval, not a change.
_PLAIN: Any = {"delta_color": "off", "delta_arrow": "off"}


def share(estimate: Estimate) -> tuple[str, str | None]:
    """Return a share and its interval, apart."""
    words, _, interval = out_of_100(estimate).partition(" [")
    return words, f"[{interval}" if interval else None


def numbers(stored: Threshold, cut: Cut) -> None:
    """Draw what one distance keeps of the queries held back."""
    details = stored.manifest.details
    label = escape(stored.label)
    with st.container(horizontal=True, gap="medium"):
        st.metric("Largest distance", f"{cut.threshold:.10g}", help=shared.what_is("threshold"))
        st.metric(
            "Right of what is within",
            *share(cut.precision),
            **_PLAIN,
            help=shared.what_is("threshold", f"Share of all pairs within it that have the same {stored.label}."),
        )
        st.metric(
            f"Right of the {N_NEAREST} nearest",
            *share(cut.nearest),
            **_PLAIN,
            help=f"The same share of each query's {N_NEAREST} nearest within it: what Search shows at first.",
        )
        st.metric(
            "Found of what is right",
            f"{cut.recall:.2%}" if math.isfinite(cut.recall) else "unknown",
            help=shared.what_is("threshold", "Recall: of all pairs with one label, the share within it."),
        )
        st.metric("Results a query", f"{cut.n_results:,.3g}", help="Pictures within it, the mean over queries.")
        st.metric(
            "Shows nothing", f"{cut.share_without:.0%}", help="Share of queries for which nothing is similar enough."
        )
    st.caption(
        f"Same {label}: chosen with {details['n_choosing']:,} queries, measured on {stored.n_queries:,} others against "
        f"{details['n_gallery']:,} pictures; in brackets the 95 % interval. {escape(stored.id)}"
    )


def curve_chart(stored: Threshold, cut: Cut | None, *, precision: float, title: str) -> None:
    """Draw the curves, with the stored threshold and the one that keeps what is asked."""
    lines = {f"the model's threshold {stored.cut.threshold:.10g}": stored.cut.threshold}
    if cut is not None and cut.threshold != stored.cut.threshold:
        lines[f"keeps {precision:.1%}: {cut.threshold:.10g}"] = cut.threshold
    metric = DISTANCE_METRICS[stored.metric].label
    figure = threshold_chart(
        stored.curve,
        lines=lines,
        title=title,
        subtitle=f"{stored.n_queries:,} queries, {len(stored.curve):,} distances; shaded: 95 % interval",
        x=f"largest {metric.lower()} distance",
        n_nearest=N_NEAREST,
    )
    shared.chart(figure, key="threshold", alt=f"Precision, recall and results against the threshold, {title}, {metric}")
    with st.expander("As a table", icon=":material/table:"):
        table = stored.curve.rename(columns={"nearest": f"precision_of_{N_NEAREST}_nearest"})
        st.dataframe(table, hide_index=True, placeholder="–", alt="What each distance keeps")
        shared.csv(table, name=f"{stored.id}-curve")
