"""What runs were told, side by side, on the Runs page."""

import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.charts.theme import count
from lib.models.recipes import SETTINGS
from lib.training.comparison import parameter_table
from lib.training.offer import start_in_words, title_of
from lib.training.runs import Run
from pages import _loaders as loaders
from pages import _shared as shared
from pages._runs_choice import choose_runs
from pages._text import escape

_ABOUT = "What it is"


def parameters(catalog: Catalog, found: list[Run], names: dict[str, str]) -> None:
    """Draw what the chosen runs were asked for: what differs, and below it what is the same in all."""
    chosen = choose_runs([run for run in found if run.parameters], names)  # a damaged one does not say
    if not chosen:
        st.info("Choose at least one run.")
        return
    table = parameter_table(chosen, names=names)
    for role in ("start", "teachers"):
        for run in chosen:
            if run.parameters.get(role):
                said = start_in_words(str(run.parameters[role]), names=loaders.run_names())
                table.loc[table["parameter"] == role, names[run.id]] = said
    several = [names[run.id] for run in chosen]
    if len(chosen) == 1:
        _draw(table, several, alt="What the run was told")
    else:
        _side_by_side(table, several)
    shared.csv(table, name=f"{catalog.name}-parameters")


def _side_by_side(table: pd.DataFrame, several: list[str]) -> None:
    """Draw what differs between runs, a column a run, and keep what is the same in all within reach."""
    differ, same = table[table["differs"]], table[~table["differs"]]
    if len(differ):
        st.caption(f"{count(len(differ), 'parameter')} of {len(table)} differ.")
        _draw(differ, several, alt="What the runs were told differently", about=False)
    else:
        st.caption("They differ in none.")
    if len(differ):
        with st.expander("What these parameters are", icon=":material/help:"):
            _draw(differ, [], alt="What the parameters that differ are")
    if len(same):
        with st.expander(f"The same in all: {count(len(same), 'parameter')}", icon=":material/equal:"):
            _draw(same.rename(columns={several[0]: "Value"}), ["Value"], alt="What all of the runs were told")


def _draw(table: pd.DataFrame, columns: list[str], *, alt: str, about: bool = True) -> None:
    """Draw parameters as a table whose heads and cells take as many lines as they need."""
    shown = {"Parameter": [f"**{escape(title_of(name))}**" for name in table["parameter"]]}
    shown |= {escape(name): [escape(value) for value in table[name]] for name in columns}
    if about:
        shown[_ABOUT] = [f":gray[{escape(_help(name))}]" for name in table["parameter"]]
    st.table(pd.DataFrame(shown), border="horizontal", hide_index=True, alt=alt)


def _help(name: str) -> str:
    return str(SETTINGS[name].metadata["help"]) if name in SETTINGS else ""
