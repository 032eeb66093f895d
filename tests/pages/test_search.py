"""The Search page: what it answers is what the library answers, however the query was given."""

import dataclasses
import io
from contextlib import nullcontext

import numpy as np
import pytest
import streamlit as st
from PIL import Image

from lib.artifacts import Store
from lib.catalog import load_catalog
from lib.embedding import load_embedding
from lib.embedding.attributes import NamedAttribute
from lib.embedding.view import model_view, model_views
from lib.errors import ImageError
from lib.images.decode import UPLOAD_LIMITS, decode
from lib.images.fit import fit
from lib.models.network import Network
from lib.models.trained import read_trained
from lib.models.weights import Weights
from lib.publish import write_manifest
from lib.retrieval.gallery import Gallery
from lib.retrieval.search import Query, search
from lib.retrieval.threshold_store import out_of_100
from lib.retrieval.thresholds import Threshold, calibrate
from lib.schema import Manifest
from pages import _loaders, _looks_like
from pages._answer import getting_ready
from pages._grid import picked
from pages._query import MAX_PICTURES, Asked, uploaded_files
from tests.factories import encoded, make_catalog, make_embedding, picture, tiny_model
from tests.pages.conftest import Open, grids, texts
from tests.training_factories import embed_with, make_run

MODEL = tiny_model()


def results(app) -> list[dict]:
    return grids(app)[-1]


def expected(store: Store, query: Query, **options) -> list[str]:
    gallery = Gallery(catalog=load_catalog(store, "tiny"), embedding=load_embedding(store, "tiny", MODEL))
    return search(gallery, query, **options).ids


class ToyEmbedder:
    """The mean colour of a picture in eight numbers: a vector that one can check by eye."""

    def embed(self, pictures):
        means = [np.asarray(decode(data, limits=UPLOAD_LIMITS)).mean(axis=(0, 1)) for data in pictures]
        return np.array([np.resize(mean, 8) for mean in means], np.float32)


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> ToyEmbedder:
    embedder = ToyEmbedder()
    monkeypatch.setattr(_loaders, "embedder", lambda name, manifest: embedder)
    return embedder


def test_opens_with_examples_and_no_answer(tiny: Store, open_page: Open) -> None:
    app = open_page("search")
    assert len(results(app)) == 24
    assert "Or try one of these" in texts(app)


def test_without_a_model_says_what_to_run(store: Store, open_page: Open) -> None:
    make_catalog(store)
    app = open_page("search", product="p003")
    assert not app.exception
    assert "python -m lib embed tiny --backbone color_hog" in [code.value for code in app.code]


def test_a_link_to_a_product_answers_at_once(tiny: Store, open_page: Open) -> None:
    app = open_page("search", product="p003")
    assert not app.exception
    assert [card["id"] for card in results(app)] == expected(tiny, Query(product_id="p003"), k=12)
    assert "Searched" in texts(app)


def test_a_link_opens_exactly_its_view(tiny: Store, open_page: Open) -> None:
    address = {"k": "3", "metric": "euclidean", "per": "picture", "where.gender": "Men"}
    app = open_page("search", product="p003", **address)
    ids = expected(tiny, Query(product_id="p003"), k=3, metric="euclidean", per="picture", where={"gender": ("Men",)})
    assert [card["id"] for card in results(app)] == ids
    assert len(ids) == 3


def test_scores_are_shown_as_they_are_and_never_as_a_percentage(tiny: Store, open_page: Open) -> None:
    app = open_page("search", product="p003", metric="euclidean")
    gallery = Gallery(catalog=load_catalog(tiny, "tiny"), embedding=load_embedding(tiny, "tiny", MODEL))
    table = search(gallery, Query(product_id="p003"), metric="euclidean", k=12).table
    assert [card["badge"] for card in results(app)] == [f"{score:,.3f}" for score in table["score"]]
    assert "%" not in texts(app)
    assert "minus the distance" in texts(app)


def test_same_as_the_query(tiny: Store, open_page: Open) -> None:
    app = open_page("search", product="p003", same="gender")
    assert [card["id"] for card in results(app)] == expected(
        tiny, Query(product_id="p003"), k=12, same_as_query=("gender",)
    )


def test_nothing_similar_enough_is_an_answer(tiny: Store, open_page: Open) -> None:
    app = open_page("search", product="p003", threshold="0.000001")
    assert not app.exception
    assert "Nothing is similar enough" in app.info[0].value


def test_filters_that_leave_nothing_are_explained(tiny: Store, open_page: Open) -> None:
    app = open_page(
        "search", product="p003", **{"where.gender": "Women", "where.articleType": "Heels", "where.baseColour": "Black"}
    )
    assert not app.exception
    assert "The filters leave none of" in app.error[0].value


def test_an_unknown_product_is_explained(tiny: Store, open_page: Open) -> None:
    app = open_page("search", product="../../etc/passwd")
    assert not app.exception
    assert "no product" in app.error[0].value


def test_an_uploaded_picture_is_the_query(tiny: Store, open_page: Open, toy: ToyEmbedder) -> None:
    data = encoded(picture(1))
    app = open_page("search")
    app.file_uploader(key="upload-0").set_value([("photo.png", data, "image/png")]).run()
    assert not app.exception
    ids = expected(tiny, Query(vectors=toy.embed([data]), model=MODEL), k=12)
    assert [card["id"] for card in results(app)] == ids
    assert "embedding the query" in texts(app)


def test_while_a_model_is_opened_it_says_what_takes_the_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_catalog(store)
    run = make_run(store, shop)
    gallery = Gallery(shop, load_embedding(store, "tiny", embed_with(store, shop, run.id)))
    said = getting_ready(gallery)
    assert said.startswith("Building the network of Classify, all layers · MobileNetV2 · 96 px, once")
    trained = read_trained(store.result_folder("tiny", "run", run.id))
    weights = Weights(label=run.id, sha256=gallery.embedding.manifest.inputs["weights_sha256"])
    (store.root / ".engines" / Network(trained, 96, weights).key).mkdir(parents=True)
    assert getting_ready(gallery).startswith("Opening Classify, all layers")


def test_a_model_that_is_opened_for_an_upload_says_so(
    tiny: Store, open_page: Open, toy: ToyEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(st, "spinner", lambda text, **_: said.append(text) or nullcontext())
    app = open_page("search")
    app.file_uploader(key="upload-0").set_value([("photo.png", encoded(picture(1)), "image/png")]).run()
    assert not app.exception
    assert [text for text in said if text.startswith("Opening toy")]


def test_several_pictures_are_one_query(tiny: Store, open_page: Open, toy: ToyEmbedder) -> None:
    files = [encoded(picture(1)), encoded(picture(2, colour=(30, 60, 200)))]
    app = open_page("search")
    app.file_uploader(key="upload-0").set_value([(f"{i}.png", data, "image/png") for i, data in enumerate(files)]).run()
    assert [card["id"] for card in results(app)] == expected(tiny, Query(vectors=toy.embed(files), model=MODEL), k=12)
    assert "Your 2 pictures" in texts(app)


@pytest.mark.parametrize(
    "data", [b"not a picture at all", encoded(picture(1))[:60], b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_what_is_no_picture_is_refused_kindly(data: bytes, tiny: Store, open_page: Open, toy: ToyEmbedder) -> None:
    app = open_page("search")
    app.file_uploader(key="upload-0").set_value([("photo.jpg", data, "image/jpeg")]).run()
    assert not app.exception
    assert len(app.error) == 1


def test_a_bomb_is_refused_before_it_is_unpacked(tiny: Store, open_page: Open, toy: ToyEmbedder) -> None:
    buffer = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(buffer, "PNG")
    app = open_page("search")
    app.file_uploader(key="upload-0").set_value([("bomb.png", buffer.getvalue(), "image/png")]).run()
    assert not app.exception
    assert "pixels" in app.error[0].value.lower()


def test_an_uploaded_picture_is_named_where_its_model_names_pictures(
    tiny: Store, open_page: Open, toy: ToyEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def name(_store: Store, manifest: Manifest, vectors: np.ndarray) -> list[NamedAttribute]:
        asked.append((manifest.id, vectors.shape))
        return [
            NamedAttribute("season", "Fall", 0.4, None, 0),
            NamedAttribute("articleType", "Shirts|*", 0.91, 0.88, 12),
            NamedAttribute("gender", "Men", 0.7, 0.9, 12),
        ]

    monkeypatch.setattr(_looks_like, "name_attributes", name)
    app = open_page("search")
    assert asked == []
    app.file_uploader(key="upload-0").set_value([("photo.png", encoded(picture(1)), "image/png")]).run()
    assert asked == [(MODEL, (1, 8))]
    assert r"Looks like **Men, Shirts\|\***" in texts(app)
    (table,) = (
        frame.value for frame in app.dataframe if "Probability" in str(frame.proto) or "looks like" in frame.value
    )
    assert table["looks like"].tolist() == ["Fall", "Shirts|*", "Men"]
    assert table["probability"].tolist() == pytest.approx([40, 91, 70])
    assert "measured on 12 pictures" in texts(app)
    asked.clear()
    assert "Looks like" not in texts(open_page("search", product="p003"))
    assert asked == []


def test_an_upload_leaves_nothing_on_disk(tiny: Store, open_page: Open, toy: ToyEmbedder) -> None:
    before = sorted(tiny.root.rglob("*"))
    app = open_page("search")
    app.file_uploader(key="upload-0").set_value([("photo.png", encoded(picture(1)), "image/png")]).run()
    assert not app.error
    assert sorted(tiny.root.rglob("*")) == before


def test_start_again_and_back(tiny: Store, open_page: Open) -> None:
    app = open_page("search", product="p003")
    first = [card["id"] for card in results(app)]
    back, again = app.button
    assert back.disabled
    again.click().run()
    assert "product" not in app.query_params
    assert "Or try one of these" in texts(app)
    open_history = app.session_state["query_history"]
    assert [asked.product_id for asked in open_history] == ["p003"]
    assert len(first) == 12


def test_back_returns_to_the_query_before(tiny: Store, open_page: Open) -> None:
    app = open_page("search", session={"query_history": [Asked("p001")]}, product="p003")
    app.button[0].click().run()
    assert app.query_params["product"] in ("p001", ["p001"])
    assert [card["id"] for card in results(app)] == expected(tiny, Query(product_id="p001"), k=12)


def test_a_damaged_embedding_is_named_with_its_mend(tiny: Store, open_page: Open) -> None:
    vectors = tiny.result_folder("tiny", "embedding", MODEL) / "embeddings.npy"
    vectors.write_bytes(vectors.read_bytes()[:-4] + b"????")
    app = open_page("search", product="p003")
    assert not app.exception
    assert "embeddings.npy is damaged" in app.error[0].value
    assert "python -m lib embed tiny --backbone toy" in [code.value for code in app.code]


def test_the_model_of_the_address_is_used(tiny: Store, open_page: Open) -> None:
    catalog = load_catalog(tiny, "tiny")
    vectors = np.random.default_rng(5).normal(size=(24, 8))
    make_embedding(tiny, catalog, embeddings=vectors, embedding_id="toy-8-pad-none-000001")
    app = open_page("search", product="p003", model=MODEL)
    assert [card["id"] for card in results(app)] == expected(tiny, Query(product_id="p003"), k=12)


def test_another_catalogue_forgets_the_product(tiny: Store, open_page: Open) -> None:
    make_catalog(tiny, "other", 12)
    app = open_page("search", catalog="tiny", product="p020")
    app.selectbox(key="catalog").select("other").run()
    assert not app.exception
    assert not app.error
    assert "product" not in app.query_params


def test_a_vain_link_can_be_left(tiny: Store, open_page: Open) -> None:
    app = open_page("search", product="gone")
    app.button[1].click().run()
    assert not app.error
    assert "Or try one of these" in texts(app)


def test_products_are_found_by_words(tiny: Store, open_page: Open) -> None:
    app = open_page("search", session={"way": "Product"})
    app.text_input(key="find").input("red jeans").run()
    assert not app.exception
    found = grids(app)[0]
    assert found
    assert all("Red Jeans" in card["title"] for card in found)


def test_what_a_browser_reports_is_an_id_or_nothing() -> None:
    seen: list[str] = []
    for state in ({"picked": "p1"}, {"picked": None}, {"picked": 7}, {"picked": ""}, {}, None):
        picked(state, seen.append)
    assert seen == ["p1"]


def test_at_most_some_pictures_are_taken() -> None:
    class File:
        def getvalue(self) -> bytes:
            return b""

    assert len(uploaded_files([File()] * 50)) == MAX_PICTURES
    assert uploaded_files(None) == []
    assert len(uploaded_files(File())) == 1


def test_the_view_is_the_picture_decoded_and_fitted(tiny: Store) -> None:
    import dataclasses

    manifest = load_embedding(tiny, "tiny", MODEL).manifest
    data = encoded(picture(1))
    assert model_view(manifest, data) is None
    known = dataclasses.replace(manifest, parameters={"size": 32, "fit": "pad"})
    seen = model_view(known, data)
    np.testing.assert_array_equal(seen, fit(decode(data, target=32), size=32, fit="pad"))


def test_several_pictures_of_one_thing_are_one_query(tiny: Store, open_page: Open, toy: ToyEmbedder) -> None:
    pictures = tuple(encoded(picture(seed)) for seed in (1, 2, 3))
    app = open_page("search", session={"query_pictures": pictures})
    assert not app.exception
    assert "Your 3 pictures, taken together" in texts(app)
    vectors = toy.embed(pictures)
    ids = expected(tiny, Query(vectors=vectors, model=MODEL), k=12)
    assert [item["id"] for item in results(app)] == ids


def test_of_several_pictures_the_bad_one_is_named(tiny: Store) -> None:
    manifest = dataclasses.replace(load_embedding(tiny, "tiny", MODEL).manifest, parameters={"size": 8, "fit": "pad"})
    assert [view.shape for view in model_views(manifest, [encoded(picture(1))] * 2)] == [(8, 8, 3)] * 2
    with pytest.raises(ImageError, match="Picture 2 of 2: The file is text"):
        model_views(manifest, [encoded(picture(1)), b"only text"])


def test_the_address_names_catalogue_and_model_even_where_they_are_the_default(tiny: Store, open_page: Open) -> None:
    app = open_page("search")
    for name, value in (("catalog", "tiny"), ("model", MODEL)):
        assert app.query_params[name] in (value, [value])


def test_a_model_that_is_not_there_is_said(tiny: Store, open_page: Open) -> None:
    app = open_page("search", model="nope")
    assert any("nope" in warning.value for warning in app.warning)


def test_a_link_cannot_put_markup_or_addresses_into_an_error(tiny: Store, open_page: Open) -> None:
    app = open_page("search", product="![x](http://evil.example/x.png) www.evil.example")
    shown = app.error[0].value
    assert "![" not in shown
    assert "](" not in shown
    assert "//evil" not in shown
    assert "www.evil" not in shown


def test_an_error_is_short_whatever_a_link_says(tiny: Store, open_page: Open) -> None:
    app = open_page("search", product="p" * 10_000)
    assert len(app.error[0].value) < 1000
    assert "…" in app.error[0].value
    assert all(len(each.value) < 1000 for each in app.markdown)


@pytest.mark.parametrize(("name", "label"), [("metric", "Metric"), ("k", "Results"), ("per", "One result a")])
def test_what_a_link_asks_in_vain_is_said(tiny: Store, open_page: Open, name: str, label: str) -> None:
    app = open_page("search", product="p002", **{name: "999"})
    assert not app.exception
    assert [warning.value.split(" is n")[0] for warning in app.warning] == [f"{label}: 999"]


def test_starting_again_empties_the_uploader(tiny: Store, open_page: Open, toy: ToyEmbedder) -> None:
    app = open_page("search")
    app.file_uploader(key="upload-0").set_value([("photo.png", encoded(picture(1)), "image/png")]).run()
    next(button for button in app.button if button.label == "Start again").click().run()
    assert "Or try one of these" in texts(app)
    assert not app.file_uploader(key="upload-1").value


@pytest.fixture
def calibrated(store: Store) -> Threshold:
    """A catalogue whose article types lie apart, and the threshold of its model: some pictures are shown nothing."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(3, 8))[np.arange(60) % 3] + rng.normal(scale=0.6, size=(60, 8))
    embedding = make_embedding(store, make_catalog(store, n=60), embeddings=vectors)
    return calibrate(store, "tiny", embedding.id, precision=0.99, command="python -m lib threshold tiny --model toy")


def within(store: Store, found: Threshold) -> tuple[str, str]:
    """A product that is shown some, fewer than a dozen, and one that is shown nothing."""
    catalog = load_catalog(store, "tiny")
    gallery = Gallery(catalog=catalog, embedding=load_embedding(store, "tiny", found.model))
    counts = {
        str(each): len(search(gallery, Query(product_id=str(each)), k=12, threshold=found.cut.threshold).ids)
        for each in catalog.ids
    }
    return next(each for each, n in counts.items() if 0 < n < 12), next(each for each, n in counts.items() if not n)


class TestStop:
    def test_it_stops_at_the_models_threshold_and_says_how_sure_that_is(
        self, store: Store, calibrated: Threshold, open_page: Open
    ) -> None:
        some, _ = within(store, calibrated)
        app = open_page("search", product=some)
        gallery = Gallery(
            catalog=load_catalog(store, "tiny"), embedding=load_embedding(store, "tiny", calibrated.model)
        )
        expected_ids = search(gallery, Query(product_id=some), k=12, threshold=calibrated.cut.threshold).ids
        assert [card["id"] for card in results(app)] == expected_ids
        assert app.toggle(key="stop").value
        said = texts(app).replace("\\", "")
        share = out_of_100(calibrated.cut.nearest)
        assert f"about **{share}** shown are the same articleType, measured on 30 queries" in said
        assert "without filters" not in said
        assert f"{len(expected_ids)} of the 12 asked for" in said

    def test_more_results_are_said_by_the_share_of_all(
        self, store: Store, calibrated: Threshold, open_page: Open
    ) -> None:
        some, _ = within(store, calibrated)
        app = open_page("search", product=some, k="50", **{"where.gender": "Men"})
        share = out_of_100(calibrated.cut.precision)
        assert f"about **{share}** shown" in texts(app).replace("\\", "")
        assert "of this catalogue, without filters" in texts(app)

    def test_one_click_shows_farther_ones_and_the_address_keeps_it(
        self, store: Store, calibrated: Threshold, open_page: Open
    ) -> None:
        some, _ = within(store, calibrated)
        app = open_page("search", product=some)
        next(button for button in app.button if button.label == "Show farther ones too").click().run()
        assert len(results(app)) == 12
        assert not app.toggle(key="stop").value
        assert "measured on" not in texts(app)
        assert len(results(open_page("search", product=some, stop="false"))) == 12

    def test_nothing_near_enough_is_said_above_the_nearest(
        self, store: Store, calibrated: Threshold, open_page: Open
    ) -> None:
        _, none = within(store, calibrated)
        app = open_page("search", product=none)
        assert "Nothing is similar enough" in app.info[0].value
        assert f"the model's threshold is {calibrated.cut.threshold:.10g}" in app.info[0].value
        assert len(results(app)) == 12
        assert "measured on" not in texts(app)

    def test_a_distance_that_somebody_gave_goes_before_it(self, calibrated: Threshold, open_page: Open) -> None:
        app = open_page("search", product="p003", threshold="1.9")
        assert len(results(app)) == 12
        assert app.toggle(key="stop").disabled
        assert "measured on" not in texts(app)

    def test_a_distance_that_leaves_nothing_can_be_lifted(self, tiny: Store, open_page: Open) -> None:
        app = open_page("search", product="p003", threshold="0.000001")
        assert grids(app) == []
        next(button for button in app.button if button.label == "Show the nearest all the same").click().run()
        assert len(results(app)) == 12
        assert "threshold" not in app.query_params

    def test_another_metric_has_no_threshold(self, calibrated: Threshold, open_page: Open) -> None:
        app = open_page("search", product="p003", metric="euclidean")
        assert not app.toggle
        assert len(results(app)) == 12

    def test_a_stale_threshold_stops_nothing(self, store: Store, calibrated: Threshold, open_page: Open) -> None:
        catalog = load_catalog(store, "tiny")
        catalog.frame.assign(year=2000).to_parquet(catalog.folder / "catalog.parquet", index=False)
        write_manifest(catalog.folder, catalog.manifest)
        app = open_page("search", product="p003")
        assert not app.toggle
        assert not app.error
        assert len(results(app)) == 12

    def test_a_damaged_threshold_is_named_and_the_search_goes_on(
        self, store: Store, calibrated: Threshold, open_page: Open
    ) -> None:
        (store.result_folder("tiny", "threshold", calibrated.id) / "curve.parquet").write_bytes(b"torn")
        app = open_page("search", product="p003")
        assert "curve.parquet is damaged" in app.error[0].value.replace("\\", "")
        assert "python -m lib threshold tiny --model toy" in [code.value for code in app.code]
        assert len(results(app)) == 12
