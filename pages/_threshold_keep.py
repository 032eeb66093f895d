"""What follows from the Threshold page: trying a threshold, making it the model's, and those tuned by hand."""

import numpy as np
import pandas as pd
import streamlit as st

from lib import settings
from lib.catalog import Catalog
from lib.retrieval.calibration import Cut, cut_at
from lib.retrieval.hand_tuned import HAND_TUNED, JUDGED, SOURCE
from lib.retrieval.threshold_store import Threshold, find_thresholds, out_of_100, threshold_command
from lib.retrieval.thresholds import calibrate
from lib.schema import Manifest
from pages import _loaders as loaders
from pages import _shared as shared
from pages._mend import commands
from pages._text import escape


def no_threshold(catalog: Catalog, model: str, *, metric: str, label: str) -> None:
    """Say which command makes a threshold, or makes one again that is stale."""
    found = find_thresholds(loaders.store(), catalog.name, model, metric=metric, label=label)
    if found:
        st.warning(
            "The table, the pictures or the vectors have changed since this was measured.", icon=":material/update:"
        )
        commands(found[0].command, wrap=True)
        return
    st.info(f"No threshold of this model has been measured yet for the same {escape(label)}. Measure it with:")
    commands(threshold_command(catalog.name, model, metric=metric, label=label), wrap=True)


def try_or_keep(catalog: Catalog, stored: Threshold, cut: Cut, *, query: str, precision: float, command: str) -> None:
    """Draw the way to Search, with a product to begin with, and the way to make this the model's threshold."""
    row = st.container(horizontal=True, vertical_alignment="center")
    address = {"catalog": catalog.name, "model": stored.model, "metric": stored.metric}
    address |= {"product": query} if query else {}
    row.page_link(
        "pages/search.py",
        label="Try it on Search",
        icon=":material/image_search:",
        query_params=address | {"threshold": f"{cut.threshold:.10g}"},
    )
    if precision == stored.asked:
        row.caption(":material/check: This is the model's threshold: Search stops there.")
    elif settings.training_allowed():
        row.button(
            "Make it the model's threshold",
            icon=":material/save:",
            help="Search stops there from then on. The same as this command: " + command,
            on_click=keep,
            args=(catalog, stored, precision, command),
        )
    else:
        st.caption("To make it the model's threshold, where Search stops, run:")
        st.code(command, language="bash", wrap_lines=True)


def keep(catalog: Catalog, stored: Threshold, precision: float, command: str) -> None:
    """Make a precision that the curve has the model's, without measuring anything again."""
    with shared.guard():
        calibrate(
            loaders.store(),
            catalog.name,
            stored.model,
            metric=stored.metric,
            label=stored.label,
            precision=precision,
            sample=int(stored.manifest.parameters["sample"]),
            seed=stored.manifest.seed,
            command=command,
        )


def hand_tuned(manifest: Manifest, *, metric: str, stored: Threshold | None) -> None:
    """Draw the thresholds that S2 tuned by hand; for its own model, what its distance keeps here."""
    with st.expander("Thresholds tuned by hand, for comparison", icon=":material/pan_tool_alt:"):
        rows = [
            {
                "model": each.title,
                "metric": each.metric,
                "tried": ", ".join(f"{distance:g}" for distance in each.tried),
                "kept": each.kept,
            }
            for each in HAND_TUNED
        ]
        names = {"model": "Model", "metric": "Metric", "tried": "Tried, in this order", "kept": "Kept"}
        st.dataframe(
            pd.DataFrame(rows), hide_index=True, placeholder="–", column_config=names, alt="Thresholds tuned by hand"
        )
        st.caption(
            f"Judged {JUDGED}; cosine similarities are given as distances, 1 minus the similarity. {escape(SOURCE)}. "
            "Theirs, not measured here: a distance of one model says nothing about another's."
        )
        for each in HAND_TUNED:
            if stored is not None and each.is_of(manifest, metric=metric):
                st.markdown(what_it_keeps(stored, each.kept, title=loaders.title(manifest)))


def what_it_keeps(stored: Threshold, distance: float, *, title: str) -> str:
    """Return what a distance that was tuned by hand keeps on this catalogue, in Markdown."""
    row = int(np.searchsorted(stored.curve["threshold"].to_numpy(), distance, side="right")) - 1
    if row < 0:
        return f"{escape(title)}: nothing here is as near as {distance:g}."
    cut = cut_at(stored.curve, row)
    return (
        f"{escape(title)} on this catalogue, within {distance:g}: **{escape(out_of_100(cut.precision))}** have the "
        f"same {escape(stored.label)}, {cut.n_results:,.3g} results a query, nothing for {cut.share_without:.0%} of "
        f"{stored.n_queries:,} queries."
    )
