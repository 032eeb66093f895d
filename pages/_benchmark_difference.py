"""Two rows of the Benchmark page, query by query: what their difference is, how sure it is, and where it lies."""

import pandas as pd
import streamlit as st

from lib.charts.theme import count
from lib.definitions import help_text
from lib.report.wording import metric_title
from lib.retrieval.differences import largest_differences
from pages import _shared as shared
from pages._benchmark_queries import draw_differing, score_series
from pages._benchmark_rows import Board, find_differences, interval

N_SHOWN = 12
VERDICTS = {
    "a is better": ("The first is better", ":material/trending_up:"),
    "b is better": ("The second is better", ":material/trending_down:"),
    "no difference shown": ("No difference shown", ":material/trending_flat:"),
}


def difference(board: Board) -> None:
    """Draw the paired difference of any two rows, and the queries where they differ most."""
    rows = board.rows[board.rows[board.score].notna()]
    if len(rows) < 2:
        st.info("There is only one row by this label and protocol. Evaluate another model, and compare them here.")
        return
    names = dict(zip(rows["evaluation"], rows["name"], strict=True))
    a, b = choose_two(names)
    if a == b:
        st.info("Both are the same row. Choose two.")
        return
    found = find_differences(board, [(a, b)]).iloc[0]
    if not found["n_queries"]:
        st.info("These two have no query in common, so there is nothing to compare.")
        return
    draw_numbers(board, found)
    left_out = int(found["n_only_a"] + found["n_only_b"])
    st.caption(
        f"Over the {count(int(found['n_queries']), 'query', 'queries')} that both answered"
        + (f"; {left_out:,} that only one of them did are left out." if left_out else ".")
    )
    draw_most_different(board, a, b, names)


def choose_two(names: dict[str, str]) -> tuple[str, str]:
    """Draw the choice of two rows."""
    left, right = st.columns(2)
    ids = list(names)
    with left:
        a = shared.linked_choice("First", ids, key="a", shown=lambda found: names.get(found, found), help="Best first.")
    with right:
        b = shared.linked_choice(
            "Second", ids, key="b", shown=lambda found: names.get(found, found), first=ids[1],
            help="What the first is set against.",
        )  # fmt: skip
    return a, b


def draw_numbers(board: Board, found: pd.Series) -> None:
    """Draw the verdict, the difference and its interval."""
    said, icon = VERDICTS[found["verdict"]]
    between = interval(found["low"], found["high"], digits=4)
    st.subheader(f"{icon} {said}", anchor=False)
    with st.container(horizontal=True, gap="medium"):
        st.metric(f"First minus second, {metric_title(board.score)}", f"{found['difference']:+.4f}",
                  help=help_text("difference"))  # fmt: skip
        st.metric("95 % interval of the difference", between, help=help_text("interval"))
    if found["verdict"] == "no difference shown":
        st.caption("The interval covers zero: other queries of this catalogue could have given the opposite.")


def draw_most_different(board: Board, a: str, b: str, names: dict[str, str]) -> None:
    """Draw on how many queries each leads, and the queries where they differ most."""
    of_a, of_b = score_series(board, a), score_series(board, b)
    both = (of_a - of_b).dropna()
    st.markdown(
        f"The first leads on **{int((both > 0).sum()):,}** queries, the second on **{int((both < 0).sum()):,}**, "
        f"and on **{int((both == 0).sum()):,}** they are equal."
    )
    table = largest_differences(of_a, of_b, n=N_SHOWN)
    ways = (
        ("Where the first leads most", table["difference"] > 0),
        ("Where the second leads most", table["difference"] < 0),
    )
    for i, (heading, chosen) in enumerate(ways):
        if chosen.any():
            st.header(heading, anchor=False)
            draw_differing(board, table[chosen], (names[a], names[b]), key=f"differing-{i}")
    st.caption("Click a picture to see what it finds.")
