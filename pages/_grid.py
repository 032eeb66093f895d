"""The product grid: one small component, because Streamlit has no picture that can be clicked (docs/adr/0002)."""

import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.catalog.statistics import as_text

_ASSETS = Path(__file__).with_name("assets")
_component = st.components.v2.component(
    "vitrine.product_grid",
    html='<div class="grid" role="group"></div>',
    css=(_ASSETS / "grid.css").read_text(encoding="utf-8"),
    js=(_ASSETS / "grid.js").read_text(encoding="utf-8"),
)
#: Chips on a card at most.
_N_CHIPS = 4


def card(
    catalog: Catalog, product_id: str, *, chips: Sequence[str] = (), badge: str = "", mark: str = "", note: str = ""
) -> dict[str, Any]:
    """Return what the grid draws for one picture: its thumbnail, its title and the values of the columns `chips`."""
    row = catalog.row(product_id)
    values = [as_text(row[name]) for name in chips if pd.notna(row[name])]
    title = as_text(row["title"]) if pd.notna(row["title"]) and str(row["title"]).strip() else product_id
    return {
        "id": product_id,
        "src": thumbnail_uri(catalog, product_id),
        "title": title,
        "label": ", ".join([part for part in (badge, title, *values) if part]),
        "badge": badge,
        "mark": mark,
        "note": note,
        "chips": values[:_N_CHIPS],
    }


def bare(catalog: Catalog, product_id: str) -> dict[str, Any]:
    """Return a card that is a picture and nothing else; what it shows is still read out."""
    return card(catalog, product_id) | {"title": "", "chips": []}


def judged(drawn: dict[str, Any], *, right: bool | None, label: str) -> dict[str, Any]:
    """Return a card marked as a hit or a miss, in a sign, a colour and words; as it is where that is not known."""
    if right is None:
        return drawn
    words = f"same {label}" if right else f"other {label}"
    return drawn | {
        "mark": "✓" if right else "✗",
        "tone": "hit" if right else "miss",
        "label": f"{drawn['label']}, {words}",
    }


def thumbnail_uri(catalog: Catalog, product_id: str) -> str:
    """Return a thumbnail as a data URI, so that it needs no address of its own."""
    return f"data:image/webp;base64,{base64.b64encode(catalog.thumbnails.read(product_id)).decode()}"


def product_grid(
    cards: Sequence[dict[str, Any]],
    *,
    key: str,
    label: str,
    on_pick: Callable[[str], None] | None = None,
    size: int = 168,
    shape: str = "1",
    rows: int = 0,
) -> None:
    """Draw cards; a click, or Enter on a focused one, calls `on_pick` with its id before the page runs again.

    `size` is the least width of a card in pixels; a narrow screen always gets two in a row. `shape` is the picture's
    width by its height, as CSS writes it. `rows` cuts the grid after so many whole rows; 0 draws all.
    """
    data = {
        "items": list(cards),
        "label": label,
        "card": size,
        "shape": shape,
        "rows": rows,
        "clickable": on_pick is not None,
    }
    _component(key=key, data=data, on_picked_change=lambda: picked(st.session_state.get(key), on_pick))


def picked(state: Any, on_pick: Callable[[str], None] | None) -> None:
    """Hand the id that the browser reports to `on_pick`; anything that is no id is ignored."""
    product_id = (state or {}).get("picked")
    if on_pick is not None and isinstance(product_id, str) and product_id:
        on_pick(product_id)
