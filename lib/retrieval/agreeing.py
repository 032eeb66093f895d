"""Agreement between stored models: from what their evaluations kept, or by asking a sample of queries."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from lib.artifacts import Store
from lib.errors import SearchError
from lib.progress import Report, silent
from lib.retrieval.evaluation import KIND
from lib.retrieval.freshness import read_present
from lib.retrieval.gallery import Gallery
from lib.retrieval.overlap import Neighbors, common_products, nearest_to, overlap_table
from lib.retrieval.ranking import N_NEIGHBORS
from lib.retrieval.reading import read_found, read_scores
from lib.schema import Manifest

#: Pictures that ask, where no evaluation kept what is nearest.
N_QUERIES = 300
#: The protocol whose gallery is everything.
_PROTOCOL = "all"


def agreement(
    store: Store,
    galleries: Mapping[str, Gallery],
    *,
    metric: str,
    k: int,
    n_queries: int = N_QUERIES,
    seed: int = 0,
    report: Report = silent,
) -> tuple[pd.DataFrame, bool]:
    """Return how much each pair of models agrees.

    Parameters
    ----------
    store : Store
    galleries : mapping of str to Gallery
        Embedding id -> its gallery, all of one catalogue.
    metric : str
        A key of ``DISTANCE_METRICS``.
    k : int
        At least 1.
    n_queries : int, default=300
        How many pictures are drawn where the evaluations do not serve.
    seed : int, default=0
        Of the drawing and the bootstrap.
    report : callable, optional
        Told the number of models asked, of all, and 0.

    Returns
    -------
    table : DataFrame
        What ``overlap_table`` returns.
    kept : bool
        Whether it was counted on what current evaluations kept, instead of on a sample.

    Raises
    ------
    SearchError
        If the models have fewer than two products in common.
    InvalidArtifact
        If an evaluation or an embedding is damaged.
    """
    kept = kept_neighbors(store, galleries, metric=metric) if k <= N_NEIGHBORS else None
    if kept is not None:
        return overlap_table(kept, k=k, seed=seed), True
    common = common_products(list(galleries.values()))
    if len(common) < 2:
        raise SearchError("These models have fewer than two products in common.", hint="Choose others.")
    size = min(n_queries, len(common))
    queries = np.sort(np.random.default_rng(seed).choice(common, size, replace=False))
    asked = {}
    for number, (model, gallery) in enumerate(galleries.items(), start=1):
        asked[model] = nearest_to(gallery, queries, metric=metric, k=k, among=common)
        report(number, len(galleries), 0)
    return _counted(overlap_table(asked, k=k, seed=seed), galleries, len(common)), False


def _counted(table: pd.DataFrame, galleries: Mapping[str, Gallery], n_common: int) -> pd.DataFrame:
    """Return the table with the items that were taken out before anything was ranked."""
    left_out = [galleries[a].n + galleries[b].n - 2 * n_common for a, b in zip(table["a"], table["b"], strict=True)]
    return table.assign(n_items_left_out=left_out)


def kept_neighbors(store: Store, galleries: Mapping[str, Gallery], *, metric: str) -> dict[str, Neighbors] | None:
    """Return what the newest current evaluation of each model kept, whatever its label; None where one has none.

    Parameters
    ----------
    store : Store
    galleries : mapping of str to Gallery
        Embedding id -> its gallery, all of one catalogue.
    metric : str

    Returns
    -------
    dict of str to Neighbors, or None

    Raises
    ------
    InvalidArtifact
        If what is read is damaged.
    """
    name = next(iter(galleries.values())).catalog.name if galleries else ""
    present = read_present(store, name)
    newest: dict[str, Manifest] = {}
    for manifest in store.manifests(name, KIND):
        asked = manifest.parameters
        plain = asked.get("metric") == metric and asked.get("protocol") == _PROTOCOL and not asked.get("variant")
        if plain and not present.is_stale(manifest):
            newest[str(manifest.inputs.get("embedding"))] = manifest
    if any(model not in newest for model in galleries):
        return None
    return {model: _read(store, name, newest[model].id) for model in galleries}


def _read(store: Store, name: str, evaluation_id: str) -> Neighbors:
    gallery, neighbors = read_found(store, name, evaluation_id)
    queries = read_scores(store, name, evaluation_id, metric="").queries["product_id"]
    ids = gallery["product_id"].to_numpy(dtype=object).astype(str)
    return Neighbors(queries.to_numpy(dtype=object).astype(str), ids, neighbors)
