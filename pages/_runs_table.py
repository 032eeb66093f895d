"""Every run of a catalogue as a table with its curves in small, on the Runs page."""

from typing import Any

import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.progress import spoken_time
from lib.training.comparison import MEASURES
from lib.training.runs import Run
from pages import _run_list as runs
from pages import _shared as shared
from pages._benchmark_draw import SEVERAL_LINES, height_of
from pages._explain import explained
from pages._runs_delete import delete_several

_SCORES = ("map_at_r", "recall@1")


def table(catalog: Catalog, found: list[Run], names: dict[str, str]) -> None:
    """Draw a row a run, unfinished ones first, then the newest."""
    rows = pd.DataFrame([_row(run, names[run.id]) for run in found])
    empty = [name for name in ("Val. MAP@R", "Test MAP@R", "Test Recall@1", "Accuracy") if rows[name].isna().all()]
    st.dataframe(
        rows.drop(columns=empty), hide_index=True, placeholder="–", column_config=_columns(),
        height=height_of(len(rows)), row_height=SEVERAL_LINES, alt="Every run with its curves in small",
    )  # fmt: skip
    explained("map_at_r", "recall@1", "split")
    with st.container(horizontal=True):
        shared.csv(rows.drop(columns=["Loss", "MAP@R"]), name=f"{catalog.name}-runs")
        delete_several(catalog, found, names)


def _row(run: Run, name: str) -> dict[str, Any]:
    _, state, _ = runs.STATES[run.state]
    test = run.metrics.get("test") or {}
    return {
        "Run": name,
        "State": state,
        "Epochs": f"{len(run.history):,}" + f" of {run.epochs:,}" * bool(run.epochs),
        "Loss": _curve(run, "loss"),
        "MAP@R": _curve(run, "map_at_r"),
        "Val. MAP@R": _best(run),
        "Test MAP@R": _value(test.get("map_at_r")),
        "Test Recall@1": _value(test.get("recall@1")),
        "Accuracy": _value(test.get(f"{run.label}_accuracy")),
        "Best": float(run.best_epoch) if run.best_epoch else None,
        "Learnt": run.label,
        "Seed": str(run.parameters.get("seed", "")),
        "Took": spoken_time(run.seconds) if run.seconds else "",
        "Pictures/s": _speed(run),
        "When": runs.ago(runs.changed_at(run)) if runs.changed_at(run) else "",
        "Id": run.id,
    }


def _curve(run: Run, measure: str) -> list[float]:
    """Return a measure epoch by epoch: of training for the loss, of validation for the rest."""
    about = MEASURES[measure]
    column = about.trained if measure == "loss" else about.held_back
    return run.history[column].dropna().tolist() if column in run.history else []


def _best(run: Run) -> float | None:
    """Return the validation MAP@R of the best epoch, which unfinished runs have too."""
    column = MEASURES["map_at_r"].held_back
    if not run.best_epoch or column not in run.history:
        return None
    found = run.history.loc[run.history["epoch"] == run.best_epoch, column].dropna()
    return float(found.iloc[0]) if len(found) else None


def _value(found: Any) -> float | None:
    return found.get("value") if isinstance(found, dict) else found


def _speed(run: Run) -> float | None:
    return float(run.history["images_per_second"].median()) if "images_per_second" in run.history else None


def _columns() -> dict[str, Any]:
    number, line = st.column_config.NumberColumn, st.column_config.LineChartColumn
    return {
        "Run": st.column_config.TextColumn(width=180, help="Recipe, network and input size"),
        "State": st.column_config.TextColumn(help="Cancelled, failed and died ones can be resumed on Training"),
        "Learnt": st.column_config.TextColumn(help="The column whose values make pictures relevant to each other"),
        "Epochs": st.column_config.TextColumn(help="Finished, of those asked for; fewer where it stopped early"),
        "Loss": line("Loss", width=110, help="Of the training pictures, epoch by epoch: it should fall"),
        "MAP@R": line("MAP@R", width=110, help="Of the validation pictures, epoch by epoch: it should rise"),
        "Best": number("Best epoch", format="%d", help="Its weights are the model's: the highest validation MAP@R"),
        "Val. MAP@R": number(
            format="%.3f",
            help="Of the best epoch, on validation pictures: choose between runs by this, and keep the test split for "
            "what was chosen",
        ),
        **{
            name: number(name, format="%.3f", help="Of the best epoch, on the test split asking itself")
            for name in ("Test MAP@R", "Test Recall@1")
        },
        "Accuracy": number("Test accuracy", format="%.3f", help="Share of test pictures whose label is named rightly"),
        "Took": st.column_config.TextColumn(help="All epochs, with measuring after each"),
        "Pictures/s": number("Pictures/s", format="%.0f", help="While training, the median of its epochs"),
        "Id": st.column_config.TextColumn(help="As commands call it: embed --weights takes it"),
    }
