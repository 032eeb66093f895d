import streamlit as st

from lib import settings
from lib.catalog import Catalog
from pages import _shared as shared
from pages._training_form import form
from pages._training_stopped import ended, stopped
from pages._training_watch import watch

PURPOSE = (
    "Make a model of your own from this catalogue: choose how it learns, start it, and watch it get better epoch by "
    "epoch. What it learnt stands on the page Runs, and can search like any other model."
)


def body(catalog: Catalog) -> None:
    """Draw the page."""
    if not settings.training_allowed():
        not_allowed()
    watch(catalog)
    ended(catalog)
    form(catalog)
    stopped(catalog)


def not_allowed() -> None:
    """Say how training is allowed."""
    st.info(
        "This dashboard only shows: nobody who can open it may start work on its machine. To train from this page, "
        "open the dashboard with the command below, or set VITRINE_ALLOW_TRAINING=1. A terminal may train anyway.",
        icon=":material/lock:",
    )
    st.code("make run", language="bash")


shared.show("Training", PURPOSE, body)
