"""Where a search stops: at a distance that somebody gave, or else at the model's threshold, and how sure that is."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from lib.catalog import Catalog
from lib.retrieval.result import SearchResult
from lib.retrieval.shown import N_NEAREST
from lib.retrieval.threshold_store import Threshold, out_of_100
from pages import _loaders as loaders
from pages import _shared as shared
from pages._text import escape

_GIVEN, _AT_MODEL = "threshold", "stop"


@dataclass(frozen=True, eq=False)
class Stop:
    """The largest distance of a result; `stored` where it is the model's own threshold."""

    distance: float | None = None
    stored: Threshold | None = None


def given_distance(row: Any, *, width: int) -> float | None:
    """Draw the field for a largest distance, in a row of settings."""
    distance = row.number_input(
        "Largest distance",
        min_value=0.0,
        value=None,
        step=0.05,
        format="%.10g",
        placeholder="any",
        key=_GIVEN,
        bind="query-params",
        width=width,
        help=shared.what_is(
            "threshold",
            "Nothing farther away is shown, even if that leaves nothing. Cosine distance is 1 minus the similarity.",
        ),
    )
    return None if distance is None else float(distance)


def choose_stop(catalog: Catalog, model: str | None, *, metric: str, given: float | None) -> Stop:
    """Draw the choice of stopping at the model's threshold, where it has one; what somebody gave goes before it."""
    stored = None
    if model is not None:
        with shared.guard():
            stored = loaders.threshold(catalog, model, metric=metric, label=catalog.label)
    if stored is None:
        return Stop(given)
    at_model = st.toggle(
        f"Stop at the model's threshold, {stored.cut.threshold:.10g}",
        value=True,
        key=_AT_MODEL,
        bind="query-params",
        disabled=given is not None,
        help=shared.what_is(
            "threshold",
            f"The largest distance that kept {stored.asked:.0%} of what is within it right; the page Threshold has its "
            "curve. A largest distance that you give goes before it.",
        ),
    )
    return Stop(given) if given is not None or not at_model else Stop(stored.cut.threshold, stored)


def lift() -> None:
    """Show what is nearest, however far away."""
    st.session_state[_GIVEN] = None
    st.session_state[_AT_MODEL] = False


def how_sure(stored: Threshold, *, k: int, filtered: bool) -> str:
    """Return how much of what is shown is right, as measured, in Markdown."""
    share = stored.cut.nearest if k <= N_NEAREST else stored.cut.precision
    without = ", without filters" if filtered else ""
    return (
        f"Within {stored.cut.threshold:.10g}, about **{escape(out_of_100(share))}** shown are the same "
        f"{escape(stored.label)}, measured on {stored.n_queries:,} queries of this catalogue{without}."
    )


def draw_nothing(stop: Stop, result: SearchResult) -> None:
    """Say that nothing is near enough; for a distance that somebody gave, offer to lift it with one click."""
    what = "the model's threshold is" if stop.stored else "the largest allowed is"
    st.info(
        f"Nothing is similar enough: the nearest of {result.n_allowed:,} pictures is at a distance of "
        f"{result.nearest_distance:,.4g}, and {what} {stop.distance:,.10g}.",
        icon=":material/search_off:",
    )
    if stop.stored is None:
        st.button("Show the nearest all the same", icon=":material/expand_more:", on_click=lift)
        return
    share = stop.stored.cut.share_without
    st.caption(f"That is so for {share:.0%} of this catalogue's own pictures. Below is what is nearest all the same.")


def draw_rest(stop: Stop, result: SearchResult, *, k: int) -> None:
    """Say that the rest is too far away, and offer to show it with one click."""
    n = len(result.table)
    if stop.distance is not None and n < k:
        st.caption(f"{n:,} of the {k:,} asked for {'is' if n == 1 else 'are'} within {stop.distance:,.10g}.")
        st.button("Show farther ones too", icon=":material/expand_more:", on_click=lift)
