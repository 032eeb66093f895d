"""What a run that is asked for on the Training page will train on, and how long that takes."""

import dataclasses
from typing import Any

import streamlit as st

from lib.catalog import Catalog
from lib.charts.theme import count
from lib.models.recipes.recipe import LABEL
from lib.progress import rough_time
from lib.training.classes import find_classes
from lib.training.estimate import Estimate, estimate
from lib.training.plan import plan_of
from lib.training.request import TrainingRequest
from lib.training.rows import training_rows
from lib.training.runs import parameters_of
from pages import _run_list as runs
from pages._text import escape


def summary(catalog: Catalog, request: TrainingRequest) -> None:
    """Draw what the run will train on, and how long that takes."""
    label = request.label or catalog.label
    rows = training_rows(catalog, request.settings, label=label, seed=request.seed)
    classes = find_classes(catalog, rows, request.method, request.settings, label=label)
    asked = parameters_of(request, label=catalog.label)
    expected = estimate(runs.earlier(catalog), asked, n=len(rows))
    labels = f"{len(classes.names[LABEL]):,}" if request.method.needs_label else "not looked at"
    with st.container(horizontal=True, gap="medium"):
        st.metric("Training pictures", f"{len(rows):,}", help="Of the train split, after the settings above.")
        st.metric("Labels", labels, help=f"Different values of {escape(label)} among the training pictures.")
        st.metric("Input", f"{request.size} px", help="Side of the square that the network sees.")
        st.metric("Time, estimated", f"≈ {rough_time(expected.seconds)}" if expected else "not known yet",
                  help=_why(request, expected))  # fmt: skip


def _why(request: TrainingRequest, expected: Estimate | None) -> str:
    """Return where the estimate comes from."""
    what = f"{request.network.title} at {request.size} px"
    if expected is None:
        return f"No run with {what} and as many trained layers has finished an epoch here: the first one will tell."
    n = expected.n_runs
    return (
        f"From the speed of {n} earlier run{'s' * (n != 1)} with {what}: all epochs, with measuring after each. "
        "Measuring the finished model comes on top."
    )


def done(catalog: Catalog, asked: dict[str, Any]) -> None:
    """Lead to the run of these very settings, where it is finished."""
    same = next((run for run in runs.finished(catalog) if dict(run.parameters) == asked), None)
    if same is not None:
        st.page_link(
            "pages/runs.py",
            label="A run with these very settings is finished: see it",
            icon=":material/check_circle:",
            query_params={"catalog": catalog.name, "view": "One run", "run": same.id},
        )


def fits(catalog: Catalog, request: TrainingRequest) -> bool:
    """Say so where a batch is larger than the pictures, and return whether it is not; other misfits are errors."""
    plan = plan_of(catalog, dataclasses.replace(request, given={**request.given, "batch": "2"}))
    batch, n = request.settings.batch, len(plan.rows)
    if batch > n:
        said = f"A batch of {batch:,} is larger than the {count(n, 'training picture')}: choose a smaller one above."
        st.warning(said, icon=":material/warning:")
    return batch <= n
