from typing import Any

import streamlit as st

from lib.definitions import DEFINITIONS, GROUPS, Definition, topic_of
from pages import _shared as shared
from pages._learn_knobs import Knobs
from pages._learn_topics import EXAMPLES, on_own_data
from pages._text import named

PURPOSE = "What each number means: its equation, where it misleads, who defined it, and an example to change."
PAGE = "pages/learn.py"
DIRECTIONS = {
    True: (":material/arrow_upward: higher is better", "green"),
    False: (":material/arrow_downward: lower is better", "blue"),
}


def index() -> None:
    """Draw all topics, group by group, in columns of about equal height."""
    heights, columns = [0, 0, 0], st.columns(3)
    for group, about in GROUPS.items():
        found = [each for each in DEFINITIONS.values() if each.group == group]
        side = heights.index(min(heights))
        heights[side] += len(found) + 2
        with columns[side].container(border=True):
            st.subheader(group, anchor=False)
            st.caption(about)
            for each in found:
                st.page_link(PAGE, label=each.name, query_params={"topic": each.key}, help=None)


def choose(found: Definition) -> None:
    """Draw the ways to other topics."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.page_link(PAGE, label="All topics", icon=":material/apps:")
        with st.container(width=360):
            shared.linked_choice(
                "Topic",
                list(DEFINITIONS),
                key="topic",
                help="Type to find one.",
                shown=lambda key: f"{DEFINITIONS[key].name} ({DEFINITIONS[key].group})",
            )


def explain(found: Definition) -> None:
    """Draw what a definition says."""
    for part in found.equation.split(r"\qquad"):
        if part.strip(" ,"):
            st.latex(part.strip(" ,"))
    st.markdown(found.meaning)
    st.warning(f"**Where it misleads.** {found.pitfall}", icon=":material/warning:")
    st.caption(f":material/menu_book: {shared.escape(found.source)}")
    page, label, query = on_own_data(found)
    st.page_link(page, label=label, icon=":material/arrow_forward:", query_params=query)


def try_it(found: Definition) -> None:
    """Draw the example of a topic."""
    example = EXAMPLES[found.key]
    with st.container(border=True):
        knobs = Knobs(example.__name__)
        st.subheader("Try it", anchor=False)
        with shared.guard():
            example(knobs, found.key)
        knobs.reset()


def topic(found: Definition) -> None:
    """Draw one topic."""
    choose(found)
    st.header(found.name, anchor=False)
    with st.container(horizontal=True):
        st.badge(found.group, color="gray")
        if found.higher_is_better is not None:
            text, colour = DIRECTIONS[found.higher_is_better]
            st.badge(text, color=colour)
        if found.unit:
            st.badge(f"in: {found.unit}", color="gray")
    st.markdown(found.short)
    left, right = st.columns([1, 1.15], gap="large")
    with left:
        explain(found)
    with right:
        try_it(found)


def body() -> None:
    """Draw the topic that the address asks for, or all of them."""
    asked: Any = st.query_params.get("topic", "")
    key = topic_of(asked)
    if key is None:
        if asked:
            st.warning(f"There is no topic {named(asked)}; these are all.", icon=":material/warning:")
        index()
        return
    st.query_params["topic"] = key
    topic(DEFINITIONS[key])


shared.show_without_catalog("Learn", PURPOSE, body)
