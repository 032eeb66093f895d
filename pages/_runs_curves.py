"""Curves of runs over each other, on the Runs page."""

import streamlit as st

from lib.catalog import Catalog
from lib.charts.curves import curves
from lib.charts.theme import count
from lib.definitions import topic_of
from lib.training.comparison import MEASURES, epochs_of, measures_of
from lib.training.runs import Run
from pages import _shared as shared
from pages._runs_choice import choose_runs

PARTS = "Training pictures too"


def curves_of(catalog: Catalog, found: list[Run], names: dict[str, str]) -> None:
    """Draw one measure of the chosen runs, epoch by epoch."""
    chosen = choose_runs(found, names)
    offered = measures_of(chosen)
    if not offered:
        st.info("None of these has finished an epoch yet." if chosen else "Choose at least one run.")
        return
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        measure = shared.linked_choice(
            "Measure", offered, key="measure", shown=lambda name: MEASURES[name].title,
            help=_what(offered),
        )  # fmt: skip
    both = right.toggle(
        PARTS, True, key="both", bind="query-params", disabled=not MEASURES[measure].trained,
        help="Dotted. Where they go on getting better and validation does not, the model learns by heart.",
    )  # fmt: skip
    drawn = epochs_of(chosen, measure, names=names)
    drawn = drawn if both else drawn[drawn["part"] == "validation"]
    about = MEASURES[measure]
    n = drawn["run"].nunique()
    figure = curves(
        drawn, title=about.title, y=about.title, share=about.share, height=440,
        subtitle=f"{count(n, 'run')}, epoch by epoch; a star: its weights are kept",
    )  # fmt: skip
    shared.chart(figure, key="curves", alt=f"{about.title} of {count(n, 'run')}, epoch by epoch")
    if len({run.label for run in chosen}) > 1:
        st.warning("These runs learnt different labels: their scores are of different questions.")
    if measure == "loss":
        st.caption(
            "Losses of two recipes are different quantities: only their shapes can be compared. So are the two of one "
            "run: of validation pictures the label's cross-entropy, of training pictures all that the recipe sums."
        )
    shared.csv(drawn, name=f"{catalog.name}-{measure.replace('@', '-')}-epochs")


def _what(offered: list[str]) -> str:
    """Return what the measures are."""
    defined = [shared.what_is(name, f"**{MEASURES[name].title}**") for name in offered if topic_of(name)]
    said = "Of the validation pictures after each epoch, at most as many as the run's setting says."
    return "  \n".join([said, *defined])
