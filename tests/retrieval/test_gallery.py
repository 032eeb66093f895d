import dataclasses
import threading

import numpy as np
import pytest

from lib.embedding import Embedding
from lib.errors import CatalogError, InvalidArtifact, SearchError
from lib.retrieval import gallery as gallery_module
from lib.retrieval.gallery import Gallery
from lib.schema import Manifest
from tests.factories import make_catalog, make_embedding


def made_by_hand(catalog, ids, vectors=None) -> Embedding:
    manifest = Manifest(
        kind="embedding",
        id="hand",
        command="again",
        inputs={"catalog": catalog.name},
        parameters={},
        n_in=1,
        n=1,
        synthetic=True,
    )
    vectors = np.eye(len(ids), 4, dtype=np.float32) if vectors is None else vectors
    return Embedding(ids=np.array(ids), embeddings=np.asarray(vectors, np.float32), manifest=manifest)


def test_rows_are_joined_by_id_whatever_their_order(store):
    catalog = make_catalog(store)
    gallery = Gallery(catalog, made_by_hand(catalog, ["p005", "p000", "p023"]))
    assert gallery.listing(np.array([0, 1, 2]))["product_id"].tolist() == ["p005", "p000", "p023"]
    assert gallery.listing(np.array([2]))["title"].tolist() == [catalog.row("p023")["title"]]
    assert gallery.n == 3


def test_a_vector_without_a_product_takes_no_part(store):
    catalog = make_catalog(store)
    gallery = Gallery(catalog, made_by_hand(catalog, ["gone", "p000", "p001"]))
    assert gallery.n == 2
    assert gallery.present.tolist() == [False, True, True]


def test_pictures_of_one_product_are_a_family(store):
    catalog = make_catalog(store)
    embedding = make_embedding(store, catalog)
    gallery = Gallery(catalog, embedding)
    group = catalog.row("p003")["group_id"]
    expected = catalog.frame.loc[catalog.frame["group_id"] == group, "product_id"].tolist()
    assert len(expected) == 2
    assert embedding.ids[gallery.family("p003")].tolist() == expected


def test_products_of_one_picture_need_no_groups(store):
    catalog = make_catalog(store)
    gallery = Gallery(catalog, made_by_hand(catalog, ["p001", "p004"]))
    assert gallery.groups is None
    assert gallery.family("p004").tolist() == [False, True]


def test_what_does_not_belong_together_is_refused(store):
    catalog, other = make_catalog(store), make_catalog(store, "other")
    with pytest.raises(SearchError, match="an embedding of 'other', not of 'tiny'"):
        Gallery(catalog, make_embedding(store, other))
    with pytest.raises(SearchError, match="no product in common"):
        Gallery(catalog, made_by_hand(catalog, ["x", "y"]))


def test_damaged_vectors_are_refused_with_the_command_that_mends_them(store):
    catalog = make_catalog(store)
    gallery = Gallery(catalog, made_by_hand(catalog, ["p000", "p001"], [[1, 2], [np.nan, 0]]))
    with pytest.raises(InvalidArtifact, match=r"hand: .*NaN.*Run: again"):
        gallery.index("euclidean")


def test_a_product_without_a_vector_is_named(store):
    catalog = make_catalog(store)
    gallery = Gallery(catalog, made_by_hand(catalog, ["p000"]))
    with pytest.raises(SearchError, match="'p001' has no vector in hand"):
        gallery.row("p001")
    with pytest.raises(CatalogError, match="no product 'zzz'"):
        gallery.row("zzz")


def test_threads_prepare_it_once(store, monkeypatch):
    catalog = make_catalog(store)
    gallery, calls = Gallery(catalog, make_embedding(store, catalog)), []
    prepare = gallery_module.prepare_vectors
    monkeypatch.setattr(gallery_module, "prepare_vectors", lambda *args: calls.append(1) or prepare(*args))
    found, start = [], threading.Barrier(8)

    def ask(metric):
        start.wait()
        found.append(gallery.index(metric))

    threads = [threading.Thread(target=ask, args=(("cosine", "euclidean")[i % 2],)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert len({id(index) for index in found}) == 2


def test_attributes_named_like_a_results_columns_are_kept_apart(store):
    catalog = make_catalog(store)
    frame = catalog.frame.assign(score=1.5, rank="gold")
    gallery = Gallery(dataclasses.replace(catalog, frame=frame), make_embedding(store, catalog))
    listing = gallery.listing(np.array([0]))
    assert {"catalog_score", "catalog_rank"} <= set(listing)
    assert not {"score", "rank"} & set(listing)
