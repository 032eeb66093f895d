"""What the Compare page compares: the models that were chosen, and what each finds nearest to a query."""

from typing import NamedTuple

import streamlit as st

from lib.artifacts import MANIFEST
from lib.catalog import Catalog
from lib.embedding import is_stale
from lib.retrieval.search import Gallery, Query, search
from lib.schema import Manifest
from pages import _loaders as loaders
from pages import _shared as shared
from pages._text import named

#: Models side by side, to begin with and at most.
N_FIRST, N_MOST = 4, 8
_KEY = "models"


class Found(NamedTuple):
    """What one model finds nearest to one query: ids and distances, nearest first, and the milliseconds it took."""

    ids: tuple[str, ...]
    distances: tuple[float, ...]
    took_ms: float


def choose_models(catalog: Catalog, manifests: list[Manifest]) -> list[Manifest]:
    """Draw the choice of models, which always stands in the address: what is newest may be another one tomorrow."""
    known = {manifest.id: manifest for manifest in manifests}
    asked = [each for each in st.query_params.get_all(_KEY) if each]
    for gone in [each for each in asked if each not in known][:N_MOST]:
        st.warning(f"There is no model {named(gone)}.", icon=":material/warning:")
    wanted = [each for each in dict.fromkeys(asked) if each in known][:N_MOST]
    if wanted:
        st.session_state[_KEY] = wanted
    elif asked or any(each not in known for each in st.session_state.get(_KEY, [None])):
        current = [manifest.id for manifest in manifests if not is_stale(manifest, catalog)]
        st.session_state[_KEY] = (current or list(known))[:N_FIRST]
    titles = loaders.titles(manifests)
    chosen = st.multiselect(
        "Models",
        list(known),
        key=_KEY,
        format_func=lambda key: titles[key],
        max_selections=N_MOST,
        on_change=_chosen,
        help=shared.with_run_ids("A row each. The best measured come first.", manifests),
    )
    st.query_params[_KEY] = chosen
    return [known[each] for each in chosen]


def _chosen() -> None:
    """Put what was just chosen into the address, before the page reads it there."""
    st.query_params[_KEY] = st.session_state[_KEY]


def nearest(catalog: Catalog, model: str, product_id: str, *, metric: str, k: int) -> Found:
    """Return what a model finds nearest to a product, found once for everybody."""
    folder = loaders.store().result_folder(catalog.name, "embedding", model)
    times = "|".join(map(loaders.stamp, (catalog.folder / MANIFEST, folder / MANIFEST)))
    return _nearest(str(loaders.store().root), catalog.name, model, times, product_id, metric, k)


@st.cache_data(max_entries=2000, show_spinner=False)
def _nearest(root: str, name: str, model: str, times: str, product_id: str, metric: str, k: int) -> Found:
    gallery = loaders.gallery(loaders.catalog(name), model)
    return nearest_to_query(gallery, Query(product_id=product_id), metric=metric, k=k)


def nearest_to_query(gallery: Gallery, query: Query, *, metric: str, k: int) -> Found:
    """Return what is nearest to a query; nothing is kept of it."""
    result = search(gallery, query, metric=metric, k=k)
    distances = tuple(float(each) for each in result.table["distance"])
    return Found(tuple(result.ids), distances, result.took_ms["total"])
