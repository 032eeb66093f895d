import streamlit as st

from lib.catalog import Catalog
from lib.catalog.statistics import countable
from lib.retrieval.distances import DISTANCE_METRICS
from pages import _loaders as loaders
from pages import _shared as shared
from pages._compare_agree import agreement_over_all
from pages._compare_many import several_queries
from pages._compare_models import choose_models
from pages._compare_one import one_query
from pages._linked import heed, heed_number, linked_segments
from pages._nothing import no_model

PURPOSE = (
    "The same query asked of every model, side by side: what each finds, which of it is right, and how far they agree."
)
SECTIONS = {"One query": one_query, "Several queries": several_queries, "Agreement": agreement_over_all}
MOST = 20


def body(catalog: Catalog) -> None:
    """Draw what was chosen of one section, and no other."""
    found = loaders.embeddings(catalog)
    if not found:
        no_model(catalog.name)
        return
    section = linked_segments("Section", list(SECTIONS), key="view", label_visibility="collapsed")
    models = choose_models(catalog, found)
    heed("Metric", list(DISTANCE_METRICS), key="metric")
    heed_number("Results", 1, MOST, key="k")
    row = st.container(horizontal=True, vertical_alignment="bottom")
    metric = row.selectbox(
        "Metric",
        list(DISTANCE_METRICS),
        key="metric",
        bind="query-params",
        width=150,
        help="  \n".join(shared.what_is(n, f"**{m.label}**: {m.explanation}") for n, m in DISTANCE_METRICS.items()),
    )
    k = row.number_input("Results", 1, MOST, 10, key="k", bind="query-params", width=130, help="How many, at most.")
    with row.container(width=200):
        labels = list(dict.fromkeys([catalog.label, *countable(catalog.frame, catalog.attributes)]))
        label = shared.linked_choice(
            "Right if the same", labels, key="by", first=catalog.label, help=shared.what_is("relevant")
        )
    if models:
        SECTIONS[section](catalog, models, metric=metric, k=int(k), label=label)
    else:
        st.info("Choose at least one model.")


shared.show("Compare", PURPOSE, body)
