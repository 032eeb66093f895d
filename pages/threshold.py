import streamlit as st

from lib.catalog import Catalog
from lib.catalog.statistics import countable
from lib.retrieval.calibration import best_precision, cut_keeping
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.threshold_store import KIND, Threshold, threshold_command
from lib.schema import Manifest
from pages import _loaders as loaders
from pages import _shared as shared
from pages._linked import heed_number
from pages._nothing import no_model
from pages._threshold_curve import curve_chart, numbers
from pages._threshold_edge import edges, examples
from pages._threshold_keep import hand_tuned, no_threshold, try_or_keep

PURPOSE = (
    "How far may a result be from the query and still be right? Choose how much of what is shown is to be right, and "
    "see which distance keeps that, how much it shows, and what it costs."
)
_KEEP = "keep"
#: Per cent; what can be asked for.
LEAST, MOST = 5.0, 100.0


def body(catalog: Catalog) -> None:
    """Draw the page."""
    found = loaders.embeddings(catalog)
    if not found:
        no_model(catalog.name)
        return
    titles = loaders.titles(found)
    model, metric, label = choose(catalog, titles, ids=shared.with_run_ids("", found))
    stored = None
    with shared.guard():
        stored = loaders.threshold(catalog, model, metric=metric, label=label)
    if stored is None:
        no_threshold(catalog, model, metric=metric, label=label)
    else:
        explore(catalog, stored, title=titles[model])
    hand_tuned(next(manifest for manifest in found if manifest.id == model), metric=metric, stored=stored)
    for error in loaders.store().damaged(catalog.name, KIND):
        with shared.guard():
            raise error


def choose(catalog: Catalog, titles: dict[str, str], *, ids: str) -> tuple[str, str, str]:
    """Draw the choice of model, metric and label: those to begin with have a threshold, where any has.

    `ids` says which runs the models are.
    """
    known = [each for each in loaders.store().manifests(catalog.name, KIND) if each.inputs.get("embedding") in titles]
    first = min(known, key=lambda manifest: _place(manifest, list(titles)), default=None)
    asked = dict(first.parameters) | {"model": first.inputs["embedding"]} if first else {}
    left, middle, right = st.columns([2, 1, 1])
    with left:
        model = shared.linked_choice(
            "Model", list(titles), key="model", shown=lambda name: titles[name], first=asked.get("model"),
            help=f"A threshold belongs to one model: distances of another mean something else.{ids}",
        )  # fmt: skip
    with middle:
        metric = shared.linked_choice(
            "Metric", list(DISTANCE_METRICS), key="metric", first=asked.get("metric"),
            shown=lambda name: DISTANCE_METRICS[name].label, help="The distance that the threshold is of.",
        )  # fmt: skip
    with right:
        labels = list(dict.fromkeys([catalog.label, *countable(catalog.frame, catalog.attributes)]))
        label = shared.linked_choice(
            "Label", labels, key="by", first=asked.get("label", catalog.label),
            help="A result is right if it has the query's value of this column.",
        )  # fmt: skip
    return model, metric, label


def _place(manifest: Manifest, models: list[str]) -> tuple[int, int]:
    """Return where a threshold stands: by its metric, then by its model, the best measured first."""
    return list(DISTANCE_METRICS).index(manifest.parameters["metric"]), models.index(manifest.inputs["embedding"])


def explore(catalog: Catalog, stored: Threshold, *, title: str) -> None:
    """Draw what each threshold keeps, and the one that keeps what is asked."""
    heed_number("Share that is to be right", LEAST, MOST, key=_KEEP)
    asked = st.slider(
        "Share that is to be right, at least",
        LEAST, MOST, round(100 * stored.asked, 1), 0.5,
        format="%.1f %%",
        key=_KEEP,
        bind="query-params",
        help=shared.what_is("threshold", "The share of all shown pairs that have one label."),
    )  # fmt: skip
    precision = round(asked / 100, 6)
    cut = cut_keeping(stored.curve, precision)
    if cut is None:
        best = best_precision(stored.curve)
        st.info(
            f"No distance keeps {precision:.1%}: the most that one keeps is {best:.1%}. Ask for less.",
            icon=":material/search_off:",
        )
    else:
        numbers(stored, cut)
    curve_chart(stored, cut, precision=precision, title=title)
    if cut is not None:
        command = threshold_command(
            catalog.name, stored.model, metric=stored.metric, label=stored.label, precision=precision,
            sample=int(stored.manifest.parameters["sample"]), seed=stored.manifest.seed,
        )  # fmt: skip
        queries = examples(catalog, stored)
        try_or_keep(catalog, stored, cut, query=next(iter(queries), ""), precision=precision, command=command)
        if queries:
            edges(catalog, stored, cut, queries=queries)


shared.show("Threshold", PURPOSE, body)
