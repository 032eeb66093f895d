"""Disturbed queries: without a disturbance they are the embedding, with one they are what an upload of it gives."""

import numpy as np
import pytest

from lib.artifacts import Store
from lib.embedding.disturbed import embed_disturbed
from lib.embedding.embedder import open_embedder
from lib.embedding.extract import embed_catalog
from lib.embedding.request import EmbeddingRequest
from lib.errors import CatalogError, ModelError, SearchError, WeightsError
from lib.images.decode import CATALOG_LIMITS, decode
from lib.images.disturb import DISTURBANCES, Disturbance
from lib.images.fit import fit
from lib.models import COLOR_HOG
from tests.embedding.conftest import SMALL
from tests.embedding.test_embedder import cosines, varied
from tests.factories import make_catalog, make_embedding, replace_pictures

REQUEST = EmbeddingRequest("color_hog", size=48, fit="pad-white")
NOTHING = Disturbance("nothing", "Nothing", "Nothing happens to it.", lambda image: image)


def test_without_a_disturbance_they_are_the_embedding(store: Store):
    catalog = varied(store, make_catalog(store, n=21))
    embedding = embed_catalog(store, "tiny", REQUEST, command="embed").embedding
    counts: list[tuple[int, int, int]] = []
    vectors = embed_disturbed(
        store, catalog, embedding.manifest, embedding.ids, NOTHING, report=lambda *seen: counts.append(seen)
    )
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, embedding.embeddings)
    assert counts == [(0, 21, 0), (16, 21, 0), (21, 21, 0)]


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["f32", "bf16"])
def test_a_network_is_the_one_that_embedded_seed_and_precision_too(precision: str, warm_store: Store):
    catalog = varied(warm_store, make_catalog(warm_store, n=7))
    request = EmbeddingRequest(SMALL.backbone, SMALL.size, weights="none", precision=precision)
    try:
        embedding = embed_catalog(warm_store, "tiny", request, command="embed", seed=5).embedding
    except ModelError as error:
        pytest.skip(str(error))
    vectors = embed_disturbed(warm_store, catalog, embedding.manifest, embedding.ids[::-1], NOTHING)
    assert cosines(vectors, embedding.embeddings[::-1]).min() >= 0.9999


def test_a_disturbance_comes_after_decoding_and_before_fitting(store: Store):
    catalog = varied(store, make_catalog(store, n=12))
    embedding = embed_catalog(store, "tiny", REQUEST, command="embed").embedding
    ids = ["p000", "p001", "p007"]
    for disturbance in DISTURBANCES.values():
        images = [decode(catalog.read_picture(name), limits=CATALOG_LIMITS, target=48) for name in ids]
        seen = np.stack([fit(disturbance.apply(image), size=48, fit="pad-white") for image in images])
        vectors = embed_disturbed(store, catalog, embedding.manifest, ids, disturbance)
        np.testing.assert_allclose(vectors, COLOR_HOG.describe(seen), atol=1e-6)
        assert not np.allclose(vectors, embedding.embeddings[[0, 1, 7]], atol=1e-3), disturbance.name


def test_a_query_that_was_not_disturbed_stays_so(store: Store):
    catalog = make_catalog(store, n=3)
    embedding = embed_catalog(store, "tiny", REQUEST, command="embed").embedding
    embed_disturbed(store, catalog, embedding.manifest, embedding.ids, DISTURBANCES["darkened"])
    plain = open_embedder(store, embedding.manifest).embed([catalog.read_picture("p001")])
    np.testing.assert_allclose(plain[0], embedding.embeddings[1], atol=1e-6)


def test_nobody_asks(store: Store):
    catalog = make_catalog(store, n=3)
    embedding = embed_catalog(store, "tiny", REQUEST, command="embed").embedding
    assert embed_disturbed(store, catalog, embedding.manifest, [], NOTHING).shape == (0, embedding.dim)


def test_a_picture_that_cannot_be_read_is_named(store: Store):
    catalog = make_catalog(store, n=6)
    embedding = embed_catalog(store, "tiny", REQUEST, command="embed").embedding
    (catalog.folder / "images" / "p004.png").write_bytes(b"no picture")
    with pytest.raises(CatalogError, match=r"'p004' cannot be asked with: picture changed since import"):
        embed_disturbed(store, catalog, embedding.manifest, embedding.ids, NOTHING)
    (catalog.folder / "images" / "p004.png").unlink()
    with pytest.raises(CatalogError, match=r"'p004' cannot be asked with: picture missing"):
        embed_disturbed(store, catalog, embedding.manifest, embedding.ids, NOTHING)
    with pytest.raises(CatalogError, match="no product 'p999'"):
        embed_disturbed(store, catalog, embedding.manifest, ["p001", "p999"], NOTHING)
    unreadable = replace_pictures(store, catalog, {2: b"no picture"})
    with pytest.raises(CatalogError, match=r"'p002' cannot be asked with: picture unreadable"):
        embed_disturbed(store, unreadable, embedding.manifest, ["p002"], NOTHING)


def test_an_imported_embedding_has_no_model(store: Store):
    catalog = make_catalog(store, n=3)
    embedding = make_embedding(store, catalog)
    with pytest.raises(SearchError, match="there is no model"):
        embed_disturbed(store, catalog, embedding.manifest, embedding.ids, NOTHING)


@pytest.mark.slow
def test_weights_that_are_gone_are_said(warm_store: Store, tmp_path):
    catalog = make_catalog(warm_store, n=2)
    path = tmp_path / "mine.weights.h5"
    SMALL.model.build(SMALL.size).save_weights(path)
    request = EmbeddingRequest(SMALL.backbone, SMALL.size, weights=str(path), engine="openvino")
    embedding = embed_catalog(warm_store, "tiny", request, command="embed").embedding
    path.unlink()
    with pytest.raises(WeightsError, match="There are no weights"):
        embed_disturbed(warm_store, catalog, embedding.manifest, embedding.ids, NOTHING)
