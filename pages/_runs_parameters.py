"""What runs were told, side by side, on the Runs page."""

import streamlit as st

from lib.catalog import Catalog
from lib.charts.theme import count
from lib.models.recipes import SETTINGS
from lib.training.comparison import parameter_table
from lib.training.offer import title_of
from lib.training.runs import Run
from pages import _shared as shared
from pages._runs_choice import choose_runs


def parameters(catalog: Catalog, found: list[Run], names: dict[str, str]) -> None:
    """Draw what the chosen runs were asked for, what differs first."""
    chosen = choose_runs(found, names)
    if not chosen:
        st.info("Choose at least one run.")
        return
    table = parameter_table(chosen, names=names)
    n = int(table["differs"].sum())
    if len(chosen) > 1:
        st.caption(
            f"{count(n, 'parameter')} of {len(table)} differ; they stand first." if n else "They differ in none."
        )
    shown = table.assign(parameter=[title_of(name) for name in table["parameter"]])
    shown.insert(1, "about", [_help(name) for name in table["parameter"]])
    columns = {
        "parameter": st.column_config.TextColumn("Parameter", width=170, pinned=True),
        "about": st.column_config.TextColumn("What it is", width="medium"),
        "differs": None if len(chosen) == 1 else st.column_config.CheckboxColumn("Differs", width=70),
        **{names[run.id]: st.column_config.TextColumn(width=190) for run in chosen},
    }
    order = ["parameter", "differs", *(names[run.id] for run in chosen), "about"]
    st.dataframe(
        shown, hide_index=True, column_config=columns, column_order=order, height=620,
        alt="What each run was told, side by side",
    )  # fmt: skip
    shared.csv(table, name=f"{catalog.name}-parameters")


def _help(name: str) -> str:
    return str(SETTINGS[name].metadata["help"]) if name in SETTINGS else ""
