"""What one can change in a worked example: widgets that stand in the address, and the way back to where they began."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st


class Knobs:
    """The widgets of one example; every topic that has the same example shares them."""

    def __init__(self, example: str) -> None:
        self._example = example
        self._starts: dict[str, Any] = {}

    def _bound(self, name: str, start: object) -> dict[str, Any]:
        key = f"{self._example}.{name}"
        self._starts[key] = start
        return {"key": key, "bind": "query-params"}

    def slider(self, name: str, label: str, low: float, high: float, start: float, **more: Any) -> Any:
        """Draw a number on a scale."""
        return st.slider(label, low, high, start, **self._bound(name, start), **more)

    def steps(self, name: str, label: str, options: Sequence[Any], start: Any, **more: Any) -> Any:
        """Draw a choice of a few numbers on a scale."""
        return st.select_slider(label, options, start, **self._bound(name, start), **more)

    def number(self, name: str, label: str, low: int, high: int, start: int, **more: Any) -> int:
        """Draw a whole number to type."""
        return int(st.number_input(label, low, high, start, **self._bound(name, start), **more))

    def several(self, name: str, label: str, options: Sequence[Any], start: Sequence[Any], **more: Any) -> list[Any]:
        """Draw options of which any may be on."""
        bound = self._bound(name, list(start))
        return list(st.pills(label, options, selection_mode="multi", default=list(start), **bound, **more))

    def one(
        self, name: str, label: str, options: Sequence[str], start: str, *, shown: Callable[[str], str] = str
    ) -> str:
        """Draw options of which one is on."""
        bound = self._bound(name, start)
        chosen = st.segmented_control(
            label, options, default=start, required=True, format_func=shown, wrap=True, **bound
        )
        return str(chosen)

    def pick(self, name: str, label: str, options: Sequence[str], start: str, **more: Any) -> str:
        """Draw a list of which one is chosen."""
        return str(st.selectbox(label, options, options.index(start), **self._bound(name, start), **more))

    def toggle(self, name: str, label: str, start: bool, **more: Any) -> bool:
        """Draw a switch."""
        return st.toggle(label, start, **self._bound(name, start), **more)

    def reset(self) -> None:
        """Draw the way back to where all of them began."""
        moved = any(st.session_state.get(key) != start for key, start in self._starts.items())
        st.button("Reset", icon=":material/restart_alt:", disabled=not moved, on_click=_put, args=(self._starts,))


def _put(values: dict[str, Any]) -> None:
    """Give widgets values, before they are drawn again."""
    for key, value in values.items():
        st.session_state[key] = value
