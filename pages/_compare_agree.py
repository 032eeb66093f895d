"""How far models agree over many queries."""

import pandas as pd
import streamlit as st

from lib.artifacts import MANIFEST
from lib.catalog import Catalog
from lib.charts.agreement import agreement_map
from lib.retrieval.agreeing import N_QUERIES, agreement
from lib.retrieval.overlap import overlap_matrix
from lib.schema import RESULT_FOLDERS, Manifest
from pages import _loaders as loaders
from pages import _shared as shared
from pages._benchmark_draw import height_of, row_height
from pages._benchmark_rows import interval
from pages._text import escape

#: Pixels of a model's name, and characters on one line of it: on a phone, two stand beside what they share.
_WIDTH, _LINE = 106, 13


def agreement_over_all(catalog: Catalog, models: list[Manifest], *, metric: str, k: int, label: str) -> None:
    """Draw how much each pair of models has in common, over many queries; the label plays no part."""
    if len(models) < 2:
        st.info("Choose at least two models.")
        return
    titles = loaders.titles(models)
    with st.spinner("Asking the models …"):
        table, source = found(catalog, [manifest.id for manifest in models], metric=metric, k=k)
    names = list(titles)
    low, high, n = (overlap_matrix(table, names, column=column) for column in ("low", "high", "n_queries"))
    notes = [
        [f"[{low[i, j]:.1%}, {high[i, j]:.1%}], {n[i, j]:,.0f} queries" for j in range(len(names))]
        for i in range(len(names))
    ]
    n_least, n_most = int(table["n_queries"].min()), int(table["n_queries"].max())
    figure = agreement_map(
        overlap_matrix(table, names),
        list(titles.values()),
        title=f"What the {k} nearest have in common",
        subtitle=f"mean over {n_least:,}{'' if n_least == n_most else f' to {n_most:,}'} queries",
        notes=notes,
        dark=st.context.theme.type == "dark",
    )
    shared.chart(figure, key="agreement", alt="Share of nearest items that each pair of models has in common")
    st.caption(
        f"{source} Two models that agree make the same mistakes; two that do not may help each other. What only one of "
        "a pair has a vector for is left out of both lists, and counted in the table.",
        help=shared.what_is("overlap"),
    )
    shown = table.assign(a=table["a"].map(titles), b=table["b"].map(titles)).sort_values("overlap", ascending=False)
    ends = zip(100 * shown["low"], 100 * shown["high"], strict=True)
    st.dataframe(
        shown.assign(overlap=100 * shown["overlap"], low=[interval(low, high, digits=1) for low, high in ends]),
        hide_index=True,
        placeholder="–",
        height=height_of(len(shown)),
        row_height=row_height(pd.concat([shown["a"], shown["b"]]), line=_LINE),
        column_order=["a", "b", "overlap", "low", "n_queries", "n_queries_left_out", "n_items_left_out"],
        column_config={
            "a": st.column_config.TextColumn("Model", width=_WIDTH),
            "b": st.column_config.TextColumn("and model", width=_WIDTH),
            "overlap": st.column_config.NumberColumn("Common", format="%.1f %%", width=74),
            "low": st.column_config.TextColumn("95 %", width=66, help=shared.what_is("interval")),
            "n_queries": st.column_config.NumberColumn("Queries", format="localized"),
            "n_queries_left_out": st.column_config.NumberColumn("Queries of one alone", format="localized"),
            "n_items_left_out": st.column_config.NumberColumn("Pictures of one alone", format="localized"),
        },
        alt="What each pair of models has in common",
    )
    shared.csv(shown, name=f"{escape(catalog.name)}-agreement")


def found(catalog: Catalog, models: list[str], *, metric: str, k: int) -> tuple[pd.DataFrame, str]:
    """Return the agreement of every pair of models and what it was counted on, counted once for everybody."""
    folders = [loaders.store().result_folder(catalog.name, "embedding", model) / MANIFEST for model in models]
    stamps = map(loaders.stamp, [catalog.folder / MANIFEST, catalog.folder / RESULT_FOLDERS["evaluation"], *folders])
    return _found(str(loaders.store().root), catalog.name, "|".join(models), "|".join(stamps), metric, k)


@st.cache_data(max_entries=32, show_spinner=False)
def _found(root: str, name: str, models: str, times: str, metric: str, k: int) -> tuple[pd.DataFrame, str]:
    galleries = {model: loaders.gallery(loaders.catalog(name), model) for model in models.split("|")}
    table, kept = agreement(loaders.store(), galleries, metric=metric, k=k)
    if kept:
        return table, "Counted on the neighbours that their evaluations kept, query by query."
    return table, f"Counted on up to {N_QUERIES:,} pictures drawn at random."
