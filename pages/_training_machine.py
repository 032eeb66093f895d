"""How busy the machine is, drawn beside a run that is watched."""

import time
from typing import Any

import streamlit as st

from lib.training.machine import Card, cards, memory, n_processors, process_memory, processor_share, processor_times

_SAMPLES = "machine_samples"
_MOST = 60
_LONGEST_GAP = 30.0
_GIB = 2**30


def machine(pid: int) -> None:
    """Draw processors, memory and graphics cards, with how they went since the page was opened."""
    samples = _sampled()
    last = samples[-1]
    with st.container(horizontal=True, gap="medium"):
        _share("Processors", samples, "processors", f"Of all {n_processors()} together, whatever they work at.")
        used, total = memory()
        held = process_memory(pid)
        training = f" The run itself holds {_size(held)}." if held else ""
        st.metric("Memory", f"{_size(used)} of {_size(total)}", help=f"Of the machine.{training}",
                  chart_data=[each["memory"] for each in samples], chart_type="area")  # fmt: skip
        for place, card in enumerate(last["cards"]):
            _card(place, card, samples)


def _sampled() -> list[dict[str, Any]]:
    """Take a sample, and return those of this session; they begin anew after a long gap."""
    samples: list[dict[str, Any]] = st.session_state.get(_SAMPLES, [])
    now, (used, total) = time.monotonic(), memory()
    if samples and now - samples[-1]["time"] > _LONGEST_GAP:
        samples = []
    times = processor_times()
    samples.append(
        {
            "time": now,
            "times": times,
            "processors": processor_share(samples[-1]["times"], times) if samples else None,
            "memory": used / total,
            "cards": _cards(),
        }
    )
    st.session_state[_SAMPLES] = samples[-_MOST:]
    return st.session_state[_SAMPLES]


@st.cache_data(ttl=1.5, max_entries=1, show_spinner=False)
def _cards() -> list[Card]:
    return cards()


def _share(title: str, samples: list[dict[str, Any]], name: str, help: str) -> None:
    """Draw a share that was sampled; the first sample has none, because it takes two readings."""
    known = [each[name] for each in samples if each[name] is not None]
    st.metric(title, f"{known[-1]:.0%}" if known else "…", help=help, chart_data=known or None, chart_type="area")


def _card(place: int, card: Card, samples: list[dict[str, Any]]) -> None:
    shares = [each["cards"][place].share for each in samples if len(each["cards"]) > place]
    st.metric(
        f"{card.name} (GPU)", f"{card.share:.0%}",
        help=f"Time in which it computed; {_size(card.used)} of {_size(card.total)} of its memory are taken.",
        chart_data=shares, chart_type="area",
    )  # fmt: skip


def _size(n_bytes: int) -> str:
    return f"{n_bytes / _GIB:.1f} GiB"
