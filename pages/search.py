from typing import Any

import streamlit as st

from lib.catalog import Catalog
from lib.embedding import is_stale
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.filters import describe
from lib.retrieval.result import SearchResult
from lib.retrieval.search import RESULT_UNITS, Gallery, Query, search
from pages import _loaders as loaders
from pages import _query as query
from pages import _shared as shared
from pages._answer import draw_query, draw_result, to_query
from pages._filters import facets, where_widgets
from pages._linked import heed, heed_number
from pages._looks_like import draw_looks_like
from pages._mend import commands
from pages._nothing import no_model
from pages._stop import Stop, choose_stop, draw_nothing, draw_rest, given_distance, how_sure
from pages._ways import WAYS, examples

PURPOSE = "Show it a picture, and see which products of the catalogue look most like it."
MOST = 200
WIDTH = 126
_MODEL = "The query is embedded exactly as the catalogue was. The best measured comes first."


def ask(catalog: Catalog) -> None:
    """Draw how a query is given."""
    way = st.segmented_control("Search with", list(WAYS), default="Upload", required=True, key="way", wrap=True)
    WAYS[way](catalog)


def settings(catalog: Catalog, asked: query.Asked | None, model: str | None) -> tuple[dict[str, Any], Stop]:
    """Draw what a search can be told; return it as the arguments of ``search``, and where the search stops."""
    metrics = list(DISTANCE_METRICS)
    heed("Metric", metrics, key="metric")
    heed_number("Results", 1, MOST, key="k")
    heed("One result a", RESULT_UNITS, key="per")
    row = st.container(horizontal=True, vertical_alignment="bottom")
    metric = row.selectbox(
        "Metric",
        metrics,
        key="metric",
        bind="query-params",
        width=WIDTH,
        help="  \n".join(shared.what_is(n, f"**{m.label}**: {m.explanation}") for n, m in DISTANCE_METRICS.items()),
    )
    k = row.number_input("Results", 1, MOST, 12, key="k", bind="query-params", width=WIDTH, help="How many, at most.")
    per = row.selectbox(
        "One result a",
        RESULT_UNITS,
        key="per",
        bind="query-params",
        width=WIDTH,
        help="A product's nearest picture stands for it, or every picture stands for itself.",
    )
    stop = choose_stop(catalog, model, metric=metric, given=given_distance(row, width=WIDTH))
    with st.expander("Filters", icon=":material/tune:"):
        st.caption("Filters are applied before ranking, so they never leave fewer results than there are.")
        same = ()
        if asked is not None and asked.product_id:
            same = st.pills(
                "Same as the query", facets(catalog), selection_mode="multi", key="same", bind="query-params"
            )
        where = where_widgets(catalog, n_columns=3)
    return {"metric": metric, "k": k, "per": per, "where": where, "same_as_query": same}, stop


def choose_model(catalog: Catalog) -> str | None:
    """Draw the choice of a model, and return its id."""
    found = loaders.embeddings(catalog)
    if not found:
        no_model(catalog.name)
        return None
    titles = loaders.titles(found)
    model = shared.linked_choice(
        "Model",
        list(titles),
        key="model",
        shown=titles.__getitem__,
        help=shared.with_run_ids(shared.what_is("embedding", _MODEL), found),
    )
    if any(is_stale(manifest, catalog) for manifest in found if manifest.id == model):
        st.warning(
            "The pictures or their splits have changed since this model embedded them.", icon=":material/update:"
        )
        commands(next(manifest.command for manifest in found if manifest.id == model))
    return model


def body(catalog: Catalog) -> None:
    """Draw the page."""
    left, right = st.columns([1, 1.85], gap="medium")
    asked = query.current()
    with left:
        ask(catalog)
        model = choose_model(catalog)
        if asked is not None:
            query.ways_on()
    with right:
        options, stop = settings(catalog, asked, model)
        if model is None:
            return
        if asked is None:
            examples(catalog)
        else:
            with shared.guard():
                gallery = loaders.gallery(catalog, model)
                with left:
                    draw_query(gallery, asked)
                found, milliseconds = to_query(gallery, asked)
                with left:
                    draw_looks_like(gallery, found)
                answer(gallery, found, milliseconds, stop, options)


def answer(gallery: Gallery, found: Query, milliseconds: float | None, stop: Stop, options: dict[str, Any]) -> None:
    """Search and draw what was found; where nothing is within the model's threshold, the nearest all the same."""
    catalog, filters = gallery.catalog, conditions(options)
    result = timed(search(gallery, found, threshold=stop.distance, **options), milliseconds)
    sure = ""
    if result.nothing_similar:
        draw_nothing(stop, result)
        if stop.stored is None:
            return
        result = timed(search(gallery, found, **options), milliseconds)
    elif stop.stored is not None:
        sure = how_sure(stop.stored, k=options["k"], filtered=bool(filters))
    draw_result(catalog, result, filters, sure=sure)
    if result.threshold is not None:
        draw_rest(stop, result, k=options["k"])


def conditions(options: dict[str, Any]) -> list[str]:
    """Return the filters that are on, as a person would say them."""
    chosen = [describe(column, values) for column, values in options["where"].items()]
    return [*chosen, *(f"same {column} as the query" for column in options["same_as_query"])]


def timed(result: SearchResult, milliseconds: float | None) -> SearchResult:
    """Return a result with the time it took to embed the query, where it was embedded."""
    return result if milliseconds is None else result.with_embed_time(milliseconds)


shared.show("Search", PURPOSE, body)
