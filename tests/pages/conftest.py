"""Pages are run as the registry runs them: ``app.py``, then a page of its list, on a tiny catalogue."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib.artifacts import Store
from tests.factories import make_catalog, make_embedding

APP = Path(__file__).resolve().parent.parent.parent / "app.py"

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def clean_caches() -> Iterator[None]:
    """No test sees what another one cached."""
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def open_page() -> Open:
    """Open a page by its name, with what the address says after the question mark.

    The catalogue is chosen by widget, because a test's address does not outlive the change of page.
    """

    def opened(page: str, /, *, catalog: str = "", session: dict[str, object] | None = None, **address: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=30)
        for key, value in (session or {}).items():
            app.session_state[key] = value
        if catalog:
            app.query_params["catalog"] = catalog
        app.run()
        app.switch_page(f"pages/{page}.py")
        for name, value in address.items():
            app.query_params[name] = value
        return app.run()

    return opened


@pytest.fixture
def tiny(store: Store) -> Store:
    """A store with one made-up catalogue of 24 pictures and one embedding of it."""
    make_embedding(store, make_catalog(store))
    return store


def texts(app: AppTest) -> str:
    """Everything a page says, in one string."""
    kinds = (
        app.title,
        app.markdown,
        app.caption,
        app.info,
        app.warning,
        app.error,
        app.subheader,
        app.header,
        app.code,
    )
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def grids(app: AppTest) -> list[list[dict[str, Any]]]:
    """The cards of each grid of a page, in the order of the page; other components are passed over."""
    drawn = [json.loads(component.proto.json) for component in app.get("bidi_component")]
    return [data["items"] for data in drawn if "items" in data]
