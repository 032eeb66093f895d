"""Every distance and linkage in one grid, and beside it what methods without a tree make of the same pictures."""

import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.charts.linkages import linkage_grid
from lib.charts.theme import count
from lib.clustering.board import how_it_is_cut, how_it_was_made
from lib.clustering.request import AGGLOMERATIVE
from lib.clustering.scores import SCORES
from lib.clustering.tree import LINKAGES
from lib.retrieval.distances import DISTANCE_METRICS
from pages import _shared as shared
from pages._groups_loaders import Question
from pages._mend import commands
from pages._text import escape

_SHOWN = ("ami", "nmi", "ari", "pair_f1", "homogeneity", "completeness", "purity", "fowlkes_mallows")
#: Pixels of a row of a table, and of a table.
_ROW, _TALLEST = 35, 640
#: Commands that are offered at once.
_MOST_OFFERED = 10


def linkage_table(catalog: Catalog, asked: Question) -> None:
    """Draw the grid of one criterion and score, what is missing from it, and everything as a table."""
    left, right = st.columns(2)
    trees = asked.rows[asked.rows["method"] == AGGLOMERATIVE]
    cuts = trees["cut"].value_counts().index.tolist()
    with left:
        score = shared.linked_choice(
            "Score", [*_SHOWN, "silhouette"], key="score", first="ami",
            shown=lambda name: SCORES[name].label if name in SCORES else "Silhouette",
            help="Higher is better. AMI takes off what chance gives; NMI does not: it grows with the number of groups.",
        )  # fmt: skip
    if cuts:
        with right:
            cut = shared.linked_choice(
                "Cut by", cuts, key="cut", shown=how_it_is_cut,
                help="How the height was chosen at which each tree is cut.",
            )  # fmt: skip
        grid(catalog, asked, trees[trees["cut"] == cut], score=score, cut=cut)
    everything(catalog, asked)


def grid(catalog: Catalog, asked: Question, cells: pd.DataFrame, *, score: str, cut: str) -> None:
    """Draw the cells that there are, and offer to make the others."""
    undefined = {(m, name) for name, each in LINKAGES.items() for m in DISTANCE_METRICS if m not in each.metrics}
    label = SCORES[score].label if score in SCORES else "Silhouette"
    figure = linkage_grid(
        cells.drop_duplicates(["metric", "linkage"], keep="last"),
        score=score,
        title=f"{label} by distance and linkage",
        subtitle=f"{asked.title}, {count(int(cells['n'].max()), 'picture')}",
        metrics={name: metric.label for name, metric in DISTANCE_METRICS.items()},
        linkages={name: linkage.label for name, linkage in LINKAGES.items()},
        undefined=undefined,
        dark=st.context.theme.type == "dark",
    )
    shared.chart(figure, key="linkages", alt=f"{label} of each distance metric and linkage; the table below has it all")
    said(cells, asked.label)
    there = set(zip(cells["metric"], cells["linkage"], strict=True))
    missing = [
        f"python -m lib cluster {catalog.name} --model {asked.model} --label {asked.label} --metric {metric} "
        f"--linkage {linkage} --calibrate {cut} --sample {asked.sample}"
        for linkage in LINKAGES
        for metric in DISTANCE_METRICS
        if (metric, linkage) not in there | undefined
    ]
    if missing and cells["cut"].iloc[0] in ("ami", "nmi", "ari", "pair_f1", "count", "silhouette", "gap"):
        with st.expander(f"{count(len(missing), 'cell')} not made yet", icon=":material/add:"):
            commands(*missing[:_MOST_OFFERED])


def said(cells: pd.DataFrame, label: str) -> None:
    """Say which pictures the scores are of."""
    first = cells.iloc[0]
    n, n_labels = int(first["n_scored"]), int(first["n_scored_labels"])
    of = f"{count(n, 'picture')} of {count(n_labels, 'label')} in {escape(label)}"
    if first["in_sample"]:
        st.warning(f"In sample: the {of} chose where to cut too, so scores flatter.", icon=":material/warning:")
    else:
        st.caption(f"Scores are of {of}, none of which chose where to cut. Point at a cell for its 95 % interval.")


def everything(catalog: Catalog, asked: Question) -> None:
    """Draw every clustering with every score, the methods without a tree among them."""
    rows = asked.rows.sort_values("ami", ascending=False, na_position="last")
    table = pd.DataFrame(
        {
            "Made by": [how_it_was_made(row.metric, row.how) for row in rows.itertuples()],
            "Cut by": [how_it_is_cut(cut) for cut in rows["cut"]],
            "In sample": rows["in_sample"],
            "Groups": rows["n_clusters"],
            **{SCORES[name].label: rows[name] for name in _SHOWN},
            "Silhouette": rows["silhouette"],
            "Calinski-Harabasz": rows["calinski_harabasz"],
        }
    )
    known = next((each for each in rows["baselines"] if each), {})
    nothing = [
        {"Made by": f"({name})", **{SCORES[score].label: values[score] for score in _SHOWN}}
        for name, values in known.items()
    ]
    table = pd.concat([table, pd.DataFrame(nothing)], ignore_index=True) if nothing else table
    table["In sample"] = table["In sample"].map({True: "yes", False: "no"})
    decimals = {label: st.column_config.NumberColumn(format="%.3f") for label in table.columns[4:-1]}
    decimals["Calinski-Harabasz"] = st.column_config.NumberColumn(format="%.1f")
    st.dataframe(
        table, hide_index=True, column_config=decimals, placeholder="–", alt="Every clustering with its scores"
    )
    if nothing:
        st.caption("The rows in brackets are no clusterings: they show what a score gives for nothing.")
    shared.csv(rows.drop(columns=["command", "baselines"]), name=f"{catalog.name}-groups")
