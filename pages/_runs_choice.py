"""Which runs are drawn beside each other on the Runs page: the choice always stands in the address."""

import streamlit as st

from lib.training.runs import Run
from pages._text import named

#: Beside each other, to begin with and at most: as many as there are colours.
N_FIRST, N_MOST = 4, 8
_KEY = "runs"


def choose_runs(found: list[Run], names: dict[str, str]) -> list[Run]:
    """Draw the choice of runs; to begin with it is the newest that have an epoch behind them."""
    known = {run.id: run for run in found}
    asked = [each for each in st.query_params.get_all(_KEY) if each]
    for gone in [each for each in asked if each not in known][:N_MOST]:
        st.warning(f"There is no run {named(gone)}.", icon=":material/warning:")
    wanted = [each for each in dict.fromkeys(asked) if each in known][:N_MOST]
    if wanted:
        st.session_state[_KEY] = wanted
    elif asked or any(each not in known for each in st.session_state.get(_KEY, [None])):
        st.session_state[_KEY] = [run.id for run in found if len(run.history)][:N_FIRST]
    chosen = st.multiselect(
        "Runs", list(known), key=_KEY, format_func=lambda key: names[key], max_selections=N_MOST, on_change=_chosen,
        help="Drawn beside each other, in this order; a colour each.",
    )  # fmt: skip
    st.query_params[_KEY] = chosen
    return [known[each] for each in chosen]


def _chosen() -> None:
    """Put what was just chosen into the address, before the page reads it there."""
    st.query_params[_KEY] = st.session_state[_KEY]
