"""Where a tree can be cut: every cut with its scores, and what each criterion would choose."""

import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.charts.linkages import cut_curves
from lib.clustering.board import how_it_is_cut, how_it_was_made
from lib.clustering.calibration import CRITERIA
from lib.clustering.clustering import Clustering
from lib.clustering.cuts import CUT_SCORES
from lib.clustering.scores import SCORES
from pages import _shared as shared
from pages._groups_loaders import Question, chosen
from pages._text import escape


def where_to_cut(catalog: Catalog, asked: Question) -> None:
    """Draw the scores of every cut, with the chosen one and those of the other criteria."""
    found = chosen(catalog, asked)
    if found is None:
        return
    details, made = found.details, found.manifest.parameters
    numbers(found)
    if found.tree is None or found.threshold is None:
        st.info("This was made without a threshold: there is nothing to cut. Choose a linkage above.")
        return
    name = how_it_was_made(made["metric"], made["linkage"] or made["method"])
    lines = {f"{how_it_is_cut(made['calibrate'] or 'threshold')}: {found.threshold:.4g}": found.threshold}
    figure = cut_curves(
        found.cuts,
        scores={score: SCORES[score].label for score in CUT_SCORES},
        lines=lines,
        title=f"Every cut of {name}",
        subtitle=f"{len(found.cuts):,} cuts, each scored on {details['n_scored']:,} pictures",
        x=f"threshold ({made['metric']} distance)",
    )
    shared.chart(figure, key="cuts", alt=f"Scores of every cut of {name} against its threshold")
    criteria(found)


def numbers(found: Clustering) -> None:
    """Draw how many groups there are and how well they agree with the labels."""
    details = found.details
    with st.container(horizontal=True, gap="medium"):
        if found.threshold is not None:
            st.metric("Threshold", f"{found.threshold:.4g}", help="No two groups nearer than this are apart.")
        st.metric("Groups", f"{details['n_clusters']:,}", help=f"Labels among the pictures: {details['n_labels']:,}.")
        for name in ("ami", "nmi", "pair_f1"):
            if name in details["scores"]:
                value = details["scores"][name]
                low, high = value["low"], value["high"]
                interval = None if low is None else f"[{low:.3f}, {high:.3f}]"
                st.metric(
                    SCORES[name].label, f"{value['value']:.3f}", interval, delta_color="off", delta_arrow="off",
                    help="With its 95 % interval: by what leaving out one label after the other does to it.",
                )  # fmt: skip
    if details["in_sample"]:
        st.warning("In sample: the same labels chose how many groups there are, so scores flatter.")
    elif details["n_scored"]:
        of = f"{details['n_scored']:,} pictures of {details['n_scored_labels']:,} labels"
        test = ", of splits that the model did not learn from" if details["test_split_only"] else ""
        st.caption(f"Scored: {of} that had no say in where to cut{test}. {escape(found.id)}")


def criteria(found: Clustering) -> None:
    """Draw what each criterion would choose, and what that scores."""
    rows = [
        {
            "Criterion": CRITERIA[name].label,
            "Threshold": chosen_.get("threshold"),
            "Groups": chosen_.get("n_clusters"),
            **{SCORES[score].label: chosen_.get(score) for score in CUT_SCORES},
            "What it looks for": chosen_.get("unavailable") or CRITERIA[name].explanation,
        }
        for name in CRITERIA
        if (chosen_ := found.details["criteria"].get(name))
    ]
    st.subheader("What each criterion would choose", anchor=False)
    decimals = {SCORES[score].label: st.column_config.NumberColumn(format="%.3f") for score in CUT_SCORES}
    table = pd.DataFrame(rows)
    st.dataframe(
        table, hide_index=True, placeholder="–", alt="What each criterion would choose",
        column_config=decimals | {"Threshold": st.column_config.NumberColumn(format="%.4g")},
    )  # fmt: skip
    shared.csv(table, name=f"{found.id}-criteria")
