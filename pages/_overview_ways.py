"""Where each kind of visitor goes on from the Overview page."""

import streamlit as st

WAYS = {
    "Show it": (
        "You want results to take to a meeting: which model finds the right products, how sure that is and what it "
        "costs, as a table, a picture or a report.",
        ("pages/benchmark.py", "See the benchmark", ":material/leaderboard:"),
    ),
    "Understand it": (
        "You want to know what each number means: every metric, distance and protocol with its equation, where it "
        "misleads, and an example to change.",
        ("pages/learn.py", "Learn what it means", ":material/school:"),
    ),
    "Improve it": (
        "You want a model that knows these products: train one on your own pictures, watch it learn, and see what that "
        "changed, with nothing to install.",
        ("pages/training.py", "Train a model", ":material/model_training:"),
    ),
    "Present it": (
        "You are on a stage: everything here works offline, one click on an example answers at once, and a link "
        "opens exactly the view you prepared.",
        ("pages/search.py", "Open the examples", ":material/slideshow:"),
    ),
}


def ways() -> None:
    """Draw where each kind of visitor goes on."""
    st.header("Where to go from here", anchor=False)
    names = list(WAYS)
    for pair in (names[:2], names[2:]):
        for column, name in zip(st.columns(len(pair)), pair, strict=True):
            text, (page, label, icon) = WAYS[name]
            with column.container(border=True, height="stretch"):
                st.markdown(f"**{name}**")
                st.markdown(text)
                st.page_link(page, label=label, icon=icon)
