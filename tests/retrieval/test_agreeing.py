"""Agreement of stored models: from their evaluations where they are current, by asking where they are not."""

import numpy as np
import pytest

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.errors import SearchError
from lib.publish import write_manifest
from lib.retrieval.agreeing import agreement, kept_neighbors
from lib.retrieval.evaluate import evaluate
from lib.retrieval.gallery import Gallery
from lib.retrieval.overlap import overlap_at_k
from lib.retrieval.search import Query, search
from tests.factories import make_catalog, make_embedding


@pytest.fixture
def catalog(store: Store) -> Catalog:
    return make_catalog(store)


def opened(store: Store, catalog: Catalog, *, part: int = 24) -> dict[str, Gallery]:
    """Two models, of which the second has the first `part` pictures alone."""
    rng = np.random.default_rng(1)
    one = make_embedding(store, catalog)
    other = make_embedding(store, catalog, embeddings=rng.normal(size=(part, 8)), embedding_id="b-8-pad-none-000001")
    return {each.id: Gallery(catalog=catalog, embedding=each) for each in (one, other)}


def naive(galleries: dict[str, Gallery], ids: list[str], k: int) -> float:
    """The mean overlap of what searches find."""
    found = [
        [search(each, Query(product_id=i), k=k, per="picture", where={"product_id": tuple(ids)}).ids for i in ids]
        for each in galleries.values()
    ]
    return float(np.mean([overlap_at_k(a, b, k=k) for a, b in zip(*found, strict=True)]))


def test_a_sample_is_asked_where_nothing_was_evaluated(store: Store, catalog: Catalog) -> None:
    galleries = opened(store, catalog)
    told: list[tuple[int, int, int]] = []
    table, kept = agreement(store, galleries, metric="cosine", k=5, report=lambda *counts: told.append(counts))
    assert not kept
    assert table["overlap"][0] == pytest.approx(naive(galleries, catalog.ids.tolist(), 5))
    assert (table["n_queries"][0], table["n_items_left_out"][0]) == (24, 0)
    assert told == [(1, 2, 0), (2, 2, 0)]
    assert agreement(store, galleries, metric="cosine", k=5, n_queries=6)[0]["n_queries"][0] == 6


def test_what_evaluations_kept_is_used_whatever_their_label(store: Store, catalog: Catalog) -> None:
    galleries = opened(store, catalog)
    sampled, _ = agreement(store, galleries, metric="cosine", k=5)
    one, other = galleries
    evaluate(store, "tiny", one, command="x")
    assert agreement(store, galleries, metric="cosine", k=5)[1] is False
    evaluate(store, "tiny", other, label="gender", command="x")
    table, kept = agreement(store, galleries, metric="cosine", k=5)
    assert kept
    assert table["overlap"][0] == pytest.approx(sampled["overlap"][0])
    assert agreement(store, galleries, metric="euclidean", k=5)[1] is False
    assert agreement(store, galleries, metric="cosine", k=23)[1] is False


def test_stale_evaluations_are_not_used(store: Store, catalog: Catalog) -> None:
    galleries = opened(store, catalog)
    for model in galleries:
        evaluate(store, "tiny", model, command="x")
    assert kept_neighbors(store, galleries, metric="cosine") is not None
    catalog.frame.assign(year=2000).to_parquet(catalog.folder / "catalog.parquet", index=False)
    write_manifest(catalog.folder, catalog.manifest)
    assert kept_neighbors(store, galleries, metric="cosine") is None


def test_what_one_model_alone_has_is_left_out_and_counted(store: Store, catalog: Catalog) -> None:
    galleries = opened(store, catalog, part=15)
    sampled, _ = agreement(store, galleries, metric="cosine", k=3)
    assert sampled["overlap"][0] == pytest.approx(naive(galleries, catalog.ids[:15].tolist(), 3))
    assert sampled["n_items_left_out"][0] == 9
    for model in galleries:
        evaluate(store, "tiny", model, command="x")
    table, kept = agreement(store, galleries, metric="cosine", k=3)
    assert kept
    assert table["overlap"][0] == pytest.approx(sampled["overlap"][0])
    assert (table["n_queries"][0], table["n_queries_left_out"][0], table["n_items_left_out"][0]) == (15, 9, 9)


def test_models_without_a_product_in_common_cannot_agree(store: Store, catalog: Catalog) -> None:
    galleries = opened(store, catalog, part=1)
    with pytest.raises(SearchError, match="fewer than two products in common"):
        agreement(store, galleries, metric="cosine", k=3)
