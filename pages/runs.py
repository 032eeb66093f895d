import streamlit as st

from lib.catalog import Catalog
from lib.training.runs import KIND, Run, run_titles
from pages import _loaders as loaders
from pages import _run_list as runs
from pages import _shared as shared
from pages._linked import linked_segments
from pages._mend import commands
from pages._runs_against import against
from pages._runs_curves import curves_of
from pages._runs_one import one_run
from pages._runs_parameters import parameters
from pages._runs_scores import scores
from pages._runs_table import table
from pages._text import escape

PURPOSE = (
    "What was trained on this catalogue: how each run went epoch by epoch, what it was told, what it measures on "
    "pictures that it never saw, and the model itself to take away."
)
SECTIONS = {
    "Curves": curves_of,
    "Parameters": parameters,
    "Scores": scores,
    "Against ImageNet": against,
    "One run": one_run,
}


def body(catalog: Catalog) -> None:
    """Draw every run, and one section about those that were chosen."""
    found = runs.unfinished(catalog) + runs.finished(catalog)
    if found:
        every(catalog, found)
    else:
        nothing_yet(catalog)
    for error in loaders.store().damaged(catalog.name, KIND):
        with shared.guard():
            raise error


def every(catalog: Catalog, found: list[Run]) -> None:
    """Draw the table of runs, and a section."""
    names = run_titles(found)
    table(catalog, found, names)
    section = linked_segments("Section", list(SECTIONS), key="view", label_visibility="collapsed")
    SECTIONS[section](catalog, found, names)


def nothing_yet(catalog: Catalog) -> None:
    """Say how to make a first run."""
    st.info(
        f"Nothing has been trained on {escape(catalog.name)} yet. The page Training starts a run with a few "
        "clicks; from a terminal, a first small one is:",
        icon=":material/model_training:",
    )
    commands(f"python -m lib train {catalog.name} --recipe supcon --set epochs=3")
    st.page_link("pages/training.py", label="Go to Training", icon=":material/model_training:")


shared.show("Runs", PURPOSE, body)
