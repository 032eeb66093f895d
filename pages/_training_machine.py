"""How busy the machine is, drawn beside a run that is watched."""

import streamlit as st

from lib.training.machine import Card, cards, memory, n_processors, process_memory, processor_share, processor_times

_BEFORE = "machine_times"
_GIB = 2**30


def machine(pid: int) -> None:
    """Draw how much of processors, memory and graphics cards is taken."""
    used, total = memory()
    held = process_memory(pid)
    training = f" The run itself holds {_size(held)}." if held else ""
    with st.container(horizontal=True, gap="medium"):
        _bar("Processors", _share(), help=f"Of all {n_processors()} together, whatever they work at.")
        _bar("Memory", used / total, f"{_size(used)} of {_size(total)}", help=f"Of the machine.{training}")
        for card in _cards():
            taken = f"{_size(card.used)} of {_size(card.total)} of its memory are taken."
            _bar(f"{card.name} (GPU)", card.share, help=f"Time in which it computed; {taken}")


def _share() -> float | None:
    """Return the share of the processors' time that went into work since the page was last drawn; it takes two."""
    before, now = st.session_state.get(_BEFORE), processor_times()
    st.session_state[_BEFORE] = now
    return processor_share(before, now)


@st.cache_data(ttl=1.5, max_entries=1, show_spinner=False)
def _cards() -> list[Card]:
    return cards()


def _bar(title: str, share: float | None, shown: str = "", *, help: str) -> None:
    """Draw a share of what there is, as a number and a bar from none to all."""
    with st.container():
        st.metric(title, shown or ("…" if share is None else f"{share:.0%}"), help=help)
        st.progress(share or 0.0)


def _size(n_bytes: int) -> str:
    return f"{n_bytes / _GIB:.1f} GiB"
