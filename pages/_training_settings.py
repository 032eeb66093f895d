"""The settings of a run as widgets, drawn from their own table; those that were changed stand in the address."""

import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.models.recipes import SETTINGS, Recipe
from lib.training.offer import FIRST, GROUPS, as_text, help_of, matters, title_of
from pages._linked import bound, heed, heed_number, linked_option
from pages._text import escape

_PREFIX = "set-"
SEED = f"{_PREFIX}seed"
START = "start"
N_COLUMNS = 4
#: Things to start from whose ids a tooltip says.
_MOST_IDS = 8


def first_settings(defaults: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Draw what is asked of everybody; return the values, and the seed."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        found = {name: _widget(name, defaults[name], width=150) for name in FIRST}
        heed_number("Seed", 0, 2**32 - 1, key=SEED)
        seed = st.number_input(
            "Seed", 0, 2**32 - 1, 0, key=SEED, width=110, **bound(SEED),
            help="Decides everything random: order, changes to pictures, first weights of new layers. Another seed is "
            "another run, and shows how much is luck.",
        )  # fmt: skip
    return found, int(seed)


def more_settings(recipe: Recipe, defaults: dict[str, Any], *, starts: Mapping[str, str]) -> dict[str, Any]:
    """Draw every other setting that changes anything in a recipe, in groups; return the values.

    `starts` is what a run may be started from, and what a person reads for it.
    """
    found: dict[str, Any] = {}
    with st.expander("All settings", icon=":material/tune:"):
        st.caption("These are the recipe's own. Hover over a question mark to see what one does, and its range.")
        for group, names in GROUPS.items():
            shown = [name for name in names if matters(name, recipe)]
            if not shown:
                continue
            st.markdown(f"**{group}**")
            found |= _in_columns(shown, defaults, starts)
    return found


def _in_columns(names: list[str], defaults: dict[str, Any], starts: Mapping[str, str]) -> dict[str, Any]:
    """Draw settings row by row, so that those of a row stand on one line."""
    found = {}
    for start in range(0, len(names), N_COLUMNS):
        row = names[start : start + N_COLUMNS]
        for name, column in zip(row, st.columns(N_COLUMNS, vertical_alignment="bottom"), strict=False):
            with column:
                found[name] = _start(defaults[name], starts) if name == START else _widget(name, defaults[name])
    return found


def given(values: dict[str, Any], defaults: dict[str, Any]) -> dict[str, str]:
    """Return the settings that differ from the recipe's own, as ``--set`` takes them."""
    return {name: as_text(value) for name, value in values.items() if value != defaults[name]}


def forget_settings(defaults: dict[str, Any]) -> None:
    """Put every setting back to what the recipe has: another one was chosen, whose own are others."""
    st.query_params.pop(f"{_PREFIX}{START}", None)
    for name, value in defaults.items():
        st.session_state[f"{_PREFIX}{name}"] = float(value) if SETTINGS[name].type is float else value


def _start(default: str, starts: Mapping[str, str]) -> str:
    """Draw the choice of what a run starts from: runs by their names, which commands and the address know by ids."""
    ids = [f"{escape(name)}: `{each}`" for each, name in starts.items() if name != each][:_MOST_IDS]
    return linked_option(
        title_of(START), list(starts), key=f"{_PREFIX}{START}", first=default, shown=starts.__getitem__,
        help="  \n".join([f"{help_of(START)} `--set {START}`", *ids]),
    )  # fmt: skip


def _widget(name: str, default: Any, *, width: int | None = None) -> Any:
    """Draw the widget that suits a setting."""
    setting = SETTINGS[name]
    about: dict[str, Any] = {"key": f"{_PREFIX}{name}", "help": f"{help_of(name)} `--set {name}`"}
    about |= bound(f"{_PREFIX}{name}") | ({"width": width} if width else {})
    if setting.type is int:
        heed_number(title_of(name), setting.metadata["low"], setting.metadata["high"], key=f"{_PREFIX}{name}")
    choices = list(setting.metadata.get("choices", ()))
    if choices:
        heed(title_of(name), choices, key=f"{_PREFIX}{name}")
        return st.selectbox(title_of(name), choices, choices.index(default), **about)
    if setting.type is bool:
        return st.toggle(title_of(name), default, **about)
    if setting.type is str:
        return st.text_input(title_of(name), default, **about)
    low, high = setting.metadata["low"], setting.metadata["high"]
    if setting.type is int:
        return int(st.number_input(title_of(name), low, high, default, 1, **about))
    step = _step(default, high)
    return float(st.number_input(title_of(name), float(low), float(high), float(default), step, format="%.6g", **about))


def _step(default: float, high: float) -> float:
    """Return what a click adds: a tenth of the leading digit, and 0.01 or less where a setting begins at zero."""
    return 10.0 ** (math.floor(math.log10(default)) - 1) if default > 0 else min(0.01, high / 100)
