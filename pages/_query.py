"""The query of the Search page: which picture is looked for, and the way back to earlier ones.

A product's id stands in the address; uploaded pictures stay in the session's memory and nowhere else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import streamlit as st

MAX_PICTURES = 8
_MOST_BACK = 10
#: What the address says that another catalogue need not have: products, models, columns, evaluations, labels.
_OF_ONE_CATALOG = ("product", "model", "by", "row", "a", "b", "of", "slice", "models", "queries", "column", "turn")
_PICTURES, _HISTORY, _ROUND = "query_pictures", "query_history", "query_round"


@dataclass(frozen=True)
class Asked:
    """What is looked for: a product of the catalogue, or picture files of one thing."""

    product_id: str = ""
    pictures: tuple[bytes, ...] = ()


def current() -> Asked | None:
    """Return what is looked for now, if anything."""
    product_id = st.query_params.get("product", "")
    pictures = () if product_id else st.session_state.get(_PICTURES, ())
    return Asked(product_id, pictures) if product_id or pictures else None


def ask(asked: Asked | None, *, remember: bool = True) -> None:
    """Make something the query; the one before it can be gone back to."""
    before = current()
    if remember and before is not None and before != asked:
        st.session_state[_HISTORY] = [*st.session_state.get(_HISTORY, []), before][-_MOST_BACK:]
    st.session_state[_PICTURES] = asked.pictures if asked else ()
    if asked and asked.product_id:
        st.query_params["product"] = asked.product_id
    else:
        st.query_params.pop("product", None)


def ask_product(product_id: str) -> None:
    """Make a product the query."""
    ask(Asked(product_id=product_id))


def go_back() -> None:
    """Make the query before this one the query again."""
    *earlier, last = st.session_state[_HISTORY]
    st.session_state[_HISTORY] = earlier
    ask(last, remember=False)


def forget_products() -> None:
    """Drop what belongs to one catalogue, because another one was chosen; uploaded pictures stay the query."""
    for name in _OF_ONE_CATALOG:
        st.query_params.pop(name, None)
        st.session_state.pop(name, None)
    st.session_state.pop(_HISTORY, None)


def ways_on() -> None:
    """Draw the way back, and the way to another query."""
    with st.container(horizontal=True):
        st.button("Back", icon=":material/arrow_back:", disabled=not can_go_back(), on_click=go_back)
        st.button("Start again", icon=":material/restart_alt:", on_click=start_again)


def start_again() -> None:
    """End the query, and empty the widgets that it was given by: a widget with another key is another widget."""
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    ask(None)


def widget_key(name: str) -> str:
    """Return the key of a widget that takes pictures."""
    return f"{name}-{st.session_state.get(_ROUND, 0)}"


def can_go_back() -> bool:
    """Return whether there was a query before this one."""
    return bool(st.session_state.get(_HISTORY))


def ask_uploaded(key: str) -> None:
    """Make what a widget was given the query; taking it all away ends the query."""
    files = uploaded_files(st.session_state.get(key))
    ask(Asked(pictures=tuple(file.getvalue() for file in files)) if files else None)


def uploaded_files(value: Any) -> list[Any]:
    """Return the files of an uploader, a camera or a chat input, at most ``MAX_PICTURES``."""
    found = getattr(value, "files", value)
    several = list(found) if isinstance(found, Iterable) and not hasattr(found, "getvalue") else [found]
    given = [file for file in several if file is not None]
    if len(given) > MAX_PICTURES:
        st.toast(f"The first {MAX_PICTURES} of {len(given)} pictures are the query.", icon=":material/info:")
    return given[:MAX_PICTURES]
