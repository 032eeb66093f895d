"""Choices that stand in the address, and words for what an address asks in vain."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages._text import named

_LONGEST_NUMBER = 20


def linked_choice(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    help: str,
    then: Callable[[], None] | None = None,
    shown: Callable[[str], str] = str,
    first: str | None = None,
) -> str:
    """Draw a choice that always stands in the address, the default too: what comes first may be another one tomorrow.

    A widget bound to the address leaves its default out, so a link would follow whatever is new. `then` is called
    after another choice was made, `shown` turns an option into what a person reads, and `first` is chosen to begin
    with.
    """
    asked = st.query_params.get(key)
    if asked in options:
        st.session_state[key] = asked
    else:
        heed(label, options, key=key)
    if st.session_state.get(key) not in options:
        st.session_state.pop(key, None)
        if first in options:
            st.session_state[key] = first
    chosen = st.selectbox(label, options, format_func=shown, key=key, help=help, on_change=_chosen, args=(key, then))
    st.query_params[key] = chosen
    return str(chosen)


def _chosen(key: str, then: Callable[[], None] | None) -> None:
    """Put what was just chosen into the address, before the page reads it there."""
    st.query_params[key] = st.session_state[key]
    if then is not None:
        then()


def linked_option(
    label: str, options: Sequence[str], *, key: str, first: str, help: str, shown: Callable[[str], str]
) -> str:
    """Draw a choice that stands in the address as commands call it, whatever a person reads; the first is left out."""
    asked = st.query_params.get(key)
    if asked in options:
        st.session_state[key] = asked
    else:
        heed(label, options, key=key)
    if st.session_state.get(key) not in options:
        st.session_state[key] = first
    chosen = st.selectbox(label, options, format_func=shown, key=key, help=help, on_change=_chosen, args=(key, None))
    if chosen == first:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = chosen
    return str(chosen)


def linked_segments(
    label: str, options: Sequence[str], *, key: str, shown: Callable[[str], str] = str, **drawn: Any
) -> str:
    """Draw a choice between a few, of which the first is left out of the address; `drawn` is the widget's."""
    heed(label, [shown(option) for option in options], key=key)
    chosen = st.segmented_control(
        label, options, default=options[0], required=True, key=key, bind="query-params", format_func=shown, **drawn
    )
    return str(chosen) if chosen in options else str(options[0])  # an empty address chooses none


def heed(label: str, options: Sequence[str], *, key: str) -> None:
    """Say so where the address asks for none of the options; the widget that follows passes over it."""
    asked = st.query_params.get(key)
    if asked and asked not in options:
        st.warning(f"{label}: {named(asked)} is none of them; this is another one.", icon=":material/warning:")


def heed_number(label: str, low: float, high: float | None, *, key: str) -> None:
    """Say so where the address asks for what is no number within the ends; the widget that follows passes over it."""
    asked = st.query_params.get(key)
    if asked and not _is_within(asked, low, high):
        between = f"from {low:g} to {high:g}" if high is not None else f"from {low:g}"
        st.warning(f"{label}: {named(asked)} is no number {between}; this is another one.", icon=":material/warning:")


def bound(key: str) -> dict[str, str]:
    """Return how a number's widget is bound to the address: not at all where that asks for one without end.

    Streamlit reads ``1e400`` as infinity, and fails to make a whole number of it.
    """
    asked = st.query_params.get(key, "")
    readable = len(asked) <= _LONGEST_NUMBER and not np.isinf(pd.to_numeric(asked, errors="coerce"))
    return {"bind": "query-params"} if readable else {}


def _is_within(text: str, low: float, high: float | None) -> bool:
    """Return whether a text is a number, as an address writes one, within the ends."""
    plain = text.lstrip("-")
    if len(text) > _LONGEST_NUMBER or not plain.isascii() or not plain.replace(".", "", 1).isdigit():
        return False
    return low <= float(text) and (high is None or float(text) <= high)
