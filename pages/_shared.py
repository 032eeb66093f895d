"""What every page needs: its heading, the catalogue chooser, charts and CSV, and what mends what is wrong."""

import contextlib
from collections.abc import Callable, Iterator, Sequence

import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.charts.theme import Figure
from lib.definitions import help_text
from lib.schema import Manifest
from lib.spreadsheet import to_csv
from pages import _loaders as loaders
from pages._linked import linked_choice
from pages._mend import forget_offers, guard
from pages._nothing import nothing_yet
from pages._query import forget_products
from pages._text import escape as escape

MADE_UP = "Made-up sample data"
_CATALOG = "catalog"
_REGISTERED = "run_by_registry"
_CLICKED = "clicked_product"
#: Runs whose ids a tooltip says.
_MOST_IDS = 8
_CHART = {"displaylogo": False, "modeBarButtonsToRemove": ["lasso2d", "select2d", "autoScale2d"]}


def choose_catalog() -> None:
    """Draw the choice of a catalogue in the sidebar: drawn by the registry, so that all pages share it."""
    names = loaders.store().catalog_names()
    if names:
        with st.sidebar:
            linked_choice(
                "Catalogue",
                names,
                key=_CATALOG,
                then=forget_products,
                help="Everything on every page is about this catalogue. More: python -m lib import --help",
            )


@contextlib.contextmanager
def registered() -> Iterator[None]:
    """Mark what runs inside as run by the registry."""
    st.session_state[_REGISTERED] = True
    forget_offers()
    try:
        yield
    finally:
        st.session_state[_REGISTERED] = False


def show(title: str, purpose: str, body: Callable[[Catalog], None]) -> None:
    """Draw a page: its heading, then `body` with the catalogue chosen; or what is missing, and the mend."""
    show_without_catalog(title, purpose, lambda: _with_catalog(body))


def show_without_catalog(title: str, purpose: str, body: Callable[[], None]) -> None:
    """Draw a page that needs no catalogue: its heading, then `body`."""
    if not st.session_state.get(_REGISTERED):
        # Until a registry has run once, Streamlit runs any file of a folder `pages` by itself when a link names it.
        import app

        app.main()
        return
    st.title(title, anchor=False)
    st.markdown(purpose)
    with guard():
        body()


def _with_catalog(body: Callable[[Catalog], None]) -> None:
    """Draw `body` with the catalogue chosen, or how to get one."""
    if _CATALOG not in st.session_state:
        nothing_yet()
        return
    chosen = loaders.catalog(st.session_state[_CATALOG])
    if chosen.synthetic:
        st.badge(MADE_UP, icon=":material/draw:", color="orange", help="Drawn by a program; no shop sells it.")
    if _CLICKED in st.session_state:
        st.switch_page("pages/search.py", query_params=st.session_state.pop(_CLICKED))
    body(chosen)


def chart(figure: Figure, *, key: str, alt: str) -> None:
    """Draw a figure, with a button that saves it as a picture."""
    st.plotly_chart(figure, key=key, alt=alt, config=_CHART | {"toImageButtonOptions": {"filename": key, "scale": 2}})


def csv(table: pd.DataFrame, *, name: str, label: str = "Take it away as CSV") -> None:
    """Offer a table as a CSV that a spreadsheet opens as text, never as formulas."""
    st.download_button(label, to_csv(table), file_name=f"{name}.csv", mime="text/csv", icon=":material/download:")


def what_is(name: str, said: str = "") -> str:
    """Return a tooltip that leads to a definition, with the catalogue kept for the way back."""
    return help_text(name, said=said, catalog=str(st.session_state.get(_CATALOG, "")))


def with_run_ids(said: str, found: Sequence[Manifest]) -> str:
    """Return a tooltip that also says which run each model is that was trained here, as commands call it."""
    names = loaders.run_names()
    ids = dict.fromkeys(str(each.parameters.get("weights")) for each in found)
    lines = [f"{escape(names[each])}: `{each}`" for each in ids if each in names]
    more = [f"and {len(lines) - _MOST_IDS:,} more, on the page Runs"] if len(lines) > _MOST_IDS else []
    return "  \n".join([said, *(["**Trained here, with ids:**"] if lines else []), *lines[:_MOST_IDS], *more])


def search_for(product_id: str, **asked: str) -> None:
    """Remember the clicked picture: ``show`` goes on to Search with it, by the model and metric it was asked by."""
    st.session_state[_CLICKED] = {"product": product_id, **asked}
