"""One path for catalogue and query: a catalogue picture's own file finds its own vector."""

import dataclasses
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.embedding import Embedding, engines, load_embedding
from lib.embedding.embedder import open_catalog_embedder, open_embedder
from lib.embedding.extract import embed_catalog
from lib.embedding.ir import EngineUnavailable
from lib.embedding.request import EmbeddingRequest
from lib.errors import ImageError, ModelError, SearchError, WeightsError
from lib.images.decode import CATALOG_LIMITS, UPLOAD_LIMITS
from lib.images.fit import FITS
from lib.models import BACKBONES, COLOR_HOG
from tests.embedding.conftest import SMALL
from tests.factories import encoded, make_catalog, make_embedding, picture, replace_pictures

SMALL_MODEL = BACKBONES[SMALL.backbone]


def cosines(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return (first * second).sum(axis=1) / np.linalg.norm(first, axis=1) / np.linalg.norm(second, axis=1)


def varied(store: Store, catalog: Catalog) -> Catalog:
    """Replace a few pictures by large JPEGs, a wide one and a grey one, which decode in other ways."""
    big = picture(3, size=(900, 1200))
    files = {
        0: encoded(big, "JPEG", quality=80),
        1: encoded(picture(4, size=(640, 90)), "JPEG"),
        2: encoded(big.convert("L"), "JPEG"),
        3: encoded(big.convert("CMYK"), "JPEG"),
        4: encoded(picture(5).resize((7, 5)), "PNG"),
    }
    return replace_pictures(store, catalog, files)


def check_no_skew(store: Store, catalog: Catalog, request: EmbeddingRequest) -> Embedding:
    """Embed a catalogue, then each of its files as a query."""
    embedding = embed_catalog(store, catalog.name, request, command="embed").embedding
    embedder = open_embedder(store, embedding.manifest)
    queries = embedder.embed([catalog.read_picture(product_id) for product_id in embedding.ids])
    assert queries.dtype == np.float32
    assert cosines(queries, embedding.embeddings).min() >= 0.9999
    assert embedder.request.precision == request.precision
    assert embedder.model_id == embedding.id
    return embedding


@pytest.mark.parametrize("fit", FITS)
def test_the_descriptor_has_no_skew(fit: str, store: Store):
    catalog = varied(store, make_catalog(store, n=21))
    embedding = check_no_skew(store, catalog, EmbeddingRequest("color_hog", size=48, fit=fit))
    assert embedding.manifest.details["engine"] == "numpy"


@pytest.mark.slow
@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("engine", ["openvino", "keras"])
def test_a_network_has_no_skew(fit: str, engine: str, warm_store: Store):
    catalog = varied(warm_store, make_catalog(warm_store, n=21))
    embedding = check_no_skew(warm_store, catalog, dataclasses.replace(SMALL, fit=fit, engine=engine))
    assert embedding.manifest.details["engine"] == engine


@pytest.mark.slow
def test_bf16_has_no_skew_its_own_id_and_a_measured_agreement(warm_store: Store):
    catalog = make_catalog(warm_store, n=21)
    request = dataclasses.replace(SMALL, precision="bf16")
    try:
        embedding = check_no_skew(warm_store, catalog, request)
    except ModelError as error:
        pytest.skip(str(error))
    assert "-bf16-" in embedding.id
    agreement = embedding.manifest.details["agreement"]
    assert agreement["n"] == 21
    assert 0.9 < agreement["lowest_cosine"] <= agreement["mean_cosine"] < 1
    assert 0 < agreement["shared_neighbours"] <= 1
    exact = embed_catalog(warm_store, catalog.name, SMALL, command="embed").embedding
    assert exact.id != embedding.id
    assert exact.manifest.details["agreement"] is None
    assert agreement["mean_cosine"] == pytest.approx(cosines(exact.embeddings, embedding.embeddings).mean(), abs=1e-5)


def test_the_view_is_what_the_model_sees(store: Store):
    embedding = make_descriptor_embedding(store)
    embedder = open_embedder(store, embedding.manifest)
    data = encoded(picture(0, colour=(10, 200, 30)))
    view = embedder.view(data)
    assert view.shape == (48, 48, 3)
    assert view.dtype == np.uint8
    np.testing.assert_array_equal(embedder.embed([data]), COLOR_HOG.describe(view[None]))


def make_descriptor_embedding(store: Store) -> Embedding:
    make_catalog(store, n=5)
    return embed_catalog(store, "tiny", EmbeddingRequest("color_hog", size=48), command="embed").embedding


def test_no_pictures_give_no_vectors(store: Store):
    embedder = open_embedder(store, make_descriptor_embedding(store).manifest)
    assert embedder.embed([]).shape == (0, embedder.dim)


def test_a_query_that_is_no_picture_is_refused(store: Store):
    embedder = open_embedder(store, make_descriptor_embedding(store).manifest)
    assert embedder.limits == UPLOAD_LIMITS
    with pytest.raises(ImageError):
        embedder.embed([b"a text file"])
    with pytest.raises(ImageError):
        embedder.embed([b"\0" * (UPLOAD_LIMITS.max_bytes + 1)])


def test_an_imported_embedding_has_no_model(store: Store):
    embedding = make_embedding(store, make_catalog(store))
    with pytest.raises(SearchError, match="was imported"):
        open_embedder(store, embedding.manifest)


@pytest.mark.slow
def test_threads_share_an_embedder(warm_store: Store):
    catalog = make_catalog(warm_store, n=12)
    embedding = embed_catalog(warm_store, catalog.name, SMALL, command="embed").embedding
    embedder = open_embedder(warm_store, embedding.manifest)
    found: dict[int, np.ndarray] = {}

    def ask(thread: int) -> None:
        for row in range(12):
            found[thread * 12 + row] = embedder.embed([catalog.read_picture(str(embedding.ids[row]))])[0]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 48
    assert all(cosines(found[key][None], embedding.embeddings[[key % 12]])[0] > 0.9999 for key in found)


@pytest.mark.slow
def test_weights_that_changed_are_not_used_for_queries(warm_store: Store, tmp_path: Path):
    catalog = make_catalog(warm_store, n=3)
    path = tmp_path / "mine.weights.h5"
    SMALL_MODEL.build(SMALL.size).save_weights(path)
    request = dataclasses.replace(SMALL, weights=str(path))
    embedding = embed_catalog(warm_store, catalog.name, request, command="python -m lib embed tiny").embedding
    assert embedding.id.startswith("mobilenet-32-pad-mine-")
    path.unlink()
    open_embedder(warm_store, embedding.manifest)
    for folder in (warm_store.root / ".engines").glob("mobilenet-*"):
        for file in folder.iterdir():
            file.unlink()
    with pytest.raises(WeightsError, match="There are no weights"):
        open_embedder(warm_store, embedding.manifest)
    SMALL_MODEL.build(SMALL.size).save_weights(path)
    with pytest.raises(WeightsError, match="has changed since"):
        open_embedder(warm_store, embedding.manifest)


@pytest.mark.slow
def test_where_openvino_fails_keras_answers_with_the_weights_that_were_used(
    warm_store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def refuse(*_: object) -> None:
        raise EngineUnavailable("not today")

    catalog = make_catalog(warm_store, n=3)
    embedding = embed_catalog(warm_store, catalog.name, SMALL, command="embed", seed=3).embedding
    monkeypatch.setitem(engines.ENGINES, "openvino", refuse)
    queries = [catalog.read_picture(product_id) for product_id in embedding.ids]
    embedder = open_embedder(warm_store, embedding.manifest)
    assert embedder.engine.name == "keras"
    assert "not today" in caplog.text
    assert cosines(embedder.embed(queries), embedding.embeddings).min() >= 0.9999


@pytest.mark.slow
def test_a_query_needs_no_tensorflow_once_its_network_is_converted(warm_store: Store):
    catalog = make_catalog(warm_store, n=3)
    embedding_id = embed_catalog(warm_store, catalog.name, SMALL, command="embed").embedding.id
    code = (
        "import sys; from pathlib import Path; from lib.artifacts import Store, read_manifest; "
        "from lib.embedding.embedder import open_embedder; "
        "root, model, picture = map(Path, sys.argv[1:]); "
        "manifest = read_manifest(root / 'tiny' / 'embeddings' / model.name); "
        "print(open_embedder(Store(root), manifest).embed([picture.read_bytes()]).shape, "
        "{'tensorflow', 'keras', 'streamlit'} & set(sys.modules))"
    )
    file = catalog.folder / "images" / "p000.png"
    command = [sys.executable, "-c", code, str(warm_store.root), embedding_id, str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.strip() == "(1, 1024) set()", done.stderr


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("fit", ["pad", "resize"])
def test_imagenet_weights_have_no_skew_and_both_engines_agree(
    fit: str, store: Store, real_data: Path, monkeypatch: pytest.MonkeyPatch
):
    from lib.catalog.pictures import ZipPictures

    monkeypatch.setenv("KERAS_HOME", str(real_data / "weights"))
    pictures = ZipPictures(real_data / "data" / "fashion-product-images-small.zip")
    names = [name for name in pictures.names() if name.endswith(".jpg")][::1000]
    files = {row: pictures.read(name) for row, name in enumerate(names)}
    catalog = replace_pictures(store, make_catalog(store, n=len(names)), files)
    request = EmbeddingRequest("mobilenet_v2", fit=fit, size=128, engine="openvino")
    embedding = check_no_skew(store, catalog, request)
    keras = open_catalog_embedder(
        store.root, dataclasses.replace(request, engine="keras"), request.find_weights(), limits=CATALOG_LIMITS
    )
    queries = [catalog.read_picture(product_id) for product_id in embedding.ids]
    assert cosines(keras.embed(queries), embedding.embeddings).min() >= 0.9999
    assert load_embedding(store, catalog.name, "mobilenet_v2-128").id == embedding.id
