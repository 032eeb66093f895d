"""The Threshold page: the numbers are the stored curve's, and what it offers leads on."""

import dataclasses
import json
import shlex

import numpy as np
import pytest

from lib.artifacts import Store
from lib.catalog import load_catalog
from lib.embedding import load_embedding
from lib.publish import publish, write_manifest
from lib.retrieval.calibration import cut_keeping
from lib.retrieval.edges import either_side
from lib.retrieval.gallery import Gallery
from lib.retrieval.threshold_store import Threshold, out_of_100, stored_threshold
from lib.retrieval.thresholds import calibrate
from lib.schema import artifact_id
from tests.factories import make_catalog, make_embedding, make_evaluation
from tests.pages.conftest import Open, grids, texts

HOSTILE = "[x](http://evil.example) <b>*kind*</b>"


def vectors(n: int = 60) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.normal(size=(3, 8))[np.arange(n) % 3] + rng.normal(scale=0.6, size=(n, 8))


@pytest.fixture
def stored(store: Store) -> Threshold:
    """The threshold of a catalogue whose article types lie apart."""
    embedding = make_embedding(store, make_catalog(store, n=60), embeddings=vectors())
    return calibrate(store, "tiny", embedding.id, precision=0.8, command="python -m lib threshold tiny --model toy")


def numbers(app) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_it_opens_with_the_stored_threshold(stored: Threshold, open_page: Open) -> None:
    app = open_page("threshold")
    assert not app.exception
    assert not app.error
    found = numbers(app)
    assert found["Largest distance"] == f"{stored.cut.threshold:.10g}"
    share, interval = out_of_100(stored.cut.precision).split(" [")
    assert found["Right of what is within"] == share
    assert next(m.delta for m in app.metric if m.label == "Right of what is within") == f"[{interval}"
    assert found["Results a query"] == f"{stored.cut.n_results:,.3g}"
    assert "This is the model's threshold" in texts(app)
    assert "chosen with 30 queries, measured on 30 others against 60 pictures" in texts(app).replace("\\", "")
    assert app.get("plotly_chart")


@pytest.mark.parametrize("page", ["threshold", "search", "benchmark", "overview"])
def test_an_edited_manifest_takes_no_page_down(store: Store, stored: Threshold, open_page: Open, page: str) -> None:
    evaluation = make_evaluation(store, load_embedding(store, "tiny", stored.model))
    for kind, found, name in (("threshold", stored.id, "precision"), ("evaluation", evaluation.id, "macro")):
        path = store.result_folder("tiny", kind, found) / "manifest.json"
        manifest = json.loads(path.read_text())
        manifest["details"][name] = None
        path.write_text(json.dumps(manifest))
    app = open_page(page)
    assert not app.exception
    named = {"threshold": stored.id, "benchmark": evaluation.id}
    assert page not in named or any(named[page] in texts(app).replace("\\", "") + str(e.value) for e in app.error)


def test_another_share_shows_what_its_own_distance_keeps(stored: Threshold, open_page: Open) -> None:
    app = open_page("threshold", keep="60.5")
    cut = cut_keeping(stored.curve, 0.605)
    assert numbers(app)["Largest distance"] == f"{cut.threshold:.10g}"
    app.slider(key="keep").set_value(50.0).run()
    assert numbers(app)["Largest distance"] == f"{cut_keeping(stored.curve, 0.5).threshold:.10g}"


def test_a_share_that_nothing_keeps_is_said(store: Store, open_page: Open) -> None:
    embedding = make_embedding(store, make_catalog(store, n=60))
    calibrate(store, "tiny", embedding.id, precision=0.3, command="x")
    app = open_page("threshold", keep="99")
    assert not app.exception
    assert "No distance keeps 99.0%" in app.info[0].value
    assert not app.metric


def test_the_examples_stand_on_either_side(store: Store, stored: Threshold, open_page: Open) -> None:
    app = open_page("threshold")
    gallery = Gallery(catalog=load_catalog(store, "tiny"), embedding=load_embedding(store, "tiny", stored.model))
    labels = gallery.catalog.frame.set_index("product_id")["articleType"]
    found = grids(app)
    query = found[0][0]["id"]
    sides = either_side(gallery, query, metric="cosine", threshold=stored.cut.threshold, n=4)
    shown = [card for cards in found[1:3] for card in cards]
    assert [card["id"] for card in shown] == sides["product_id"].tolist()
    for card in shown:
        right = labels[card["id"]] == labels[query]
        assert (card["mark"], card["tone"]) == (("✓", "hit") if right else ("✗", "miss"))
        assert card["label"].endswith("same articleType" if right else "other articleType")


def test_it_leads_to_search_with_the_threshold(stored: Threshold, open_page: Open) -> None:
    link = open_page("threshold").get("page_link")[0].proto
    assert link.page.endswith("search")
    assert f"threshold={stored.cut.threshold:.10g}" in link.query_string
    assert f"model={stored.model}" in link.query_string


def test_search_opens_with_the_first_example(stored: Threshold, open_page: Open) -> None:
    app = open_page("threshold")
    (query,) = grids(app)[0]
    assert f"product={query['id']}" in app.get("page_link")[0].proto.query_string


def test_damaged_vectors_cost_the_examples_alone(store: Store, stored: Threshold, open_page: Open) -> None:
    (store.result_folder("tiny", "embedding", stored.model) / "ids.parquet").write_bytes(b"torn")
    app = open_page("threshold")
    assert not app.exception
    assert len(app.error) == 1
    assert numbers(app)["Largest distance"] == f"{stored.cut.threshold:.10g}"
    assert "product=" not in app.get("page_link")[0].proto.query_string


class TestKeeping:
    def test_only_the_command_is_shown_where_pages_may_not_write(
        self, store: Store, stored: Threshold, open_page: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("VITRINE_ALLOW_TRAINING", raising=False)
        app = open_page("threshold", keep="60")
        command = f"python -m lib threshold tiny --model {stored.model} --metric cosine --label articleType"
        assert f"{command} --precision 0.6" in [code.value for code in app.code]
        assert not app.button
        assert len(store.manifests("tiny", "threshold")) == 1

    def test_one_click_makes_it_the_models(
        self, store: Store, stored: Threshold, open_page: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VITRINE_ALLOW_TRAINING", "1")
        app = open_page("threshold", keep="60")
        app.button[0].click().run()
        assert not app.exception
        now = stored_threshold(store, "tiny", stored.model, metric="cosine")
        assert now.asked == 0.6
        assert shlex.split(now.manifest.command)[-2:] == ["--precision", "0.6"]
        assert "This is the model's threshold" in texts(app)
        app.slider(key="keep").set_value(80.0).run()
        app.button[0].click().run()
        assert stored_threshold(store, "tiny", stored.model, metric="cosine").id == stored.id


class TestMissing:
    def test_without_a_model(self, store: Store, open_page: Open) -> None:
        make_catalog(store)
        app = open_page("threshold")
        assert "python -m lib embed tiny --backbone color_hog" in [code.value for code in app.code]

    def test_without_a_threshold(self, tiny: Store, open_page: Open) -> None:
        app = open_page("threshold", metric="manhattan", by="gender")
        assert not app.exception
        (command,) = [code.value for code in app.code]
        assert command.startswith("python -m lib threshold tiny --model toy-8-pad-none-")
        assert "--metric manhattan --label gender --precision 0.95" in command

    def test_a_stale_one_says_how_to_refresh_it(self, store: Store, stored: Threshold, open_page: Open) -> None:
        catalog = load_catalog(store, "tiny")
        catalog.frame.assign(year=2000).to_parquet(catalog.folder / "catalog.parquet", index=False)
        write_manifest(catalog.folder, catalog.manifest)
        app = open_page("threshold")
        assert "have changed since" in app.warning[0].value
        assert stored.manifest.command in [code.value for code in app.code]

    def test_a_damaged_one_is_named(self, store: Store, stored: Threshold, open_page: Open) -> None:
        (store.result_folder("tiny", "threshold", stored.id) / "curve.parquet").write_bytes(b"torn")
        app = open_page("threshold")
        assert not app.exception
        assert "curve.parquet is damaged" in app.error[0].value.replace("\\", "")

    @pytest.mark.parametrize("address", [{"model": "gone"}, {"metric": "hamming"}, {"by": "<b>"}, {"keep": "much"}])
    def test_an_address_that_asks_for_what_there_is_not(
        self, stored: Threshold, open_page: Open, address: dict[str, str]
    ) -> None:
        app = open_page("threshold", **address)
        assert not app.exception
        assert len(app.warning) == 1
        assert numbers(app)["Largest distance"] == f"{stored.cut.threshold:.10g}"


def test_it_begins_with_a_question_that_has_a_threshold(store: Store, open_page: Open) -> None:
    catalog = make_catalog(store, n=60)
    older = make_embedding(store, catalog, embeddings=vectors())
    calibrate(store, "tiny", older.id, metric="euclidean", label="subCategory", precision=0.6, command="x")
    make_embedding(store, catalog, embedding_id="newer-8-pad-none-000001")
    app = open_page("threshold")
    assert app.selectbox(key="model").value == older.id
    assert (app.selectbox(key="metric").value, app.selectbox(key="by").value) == ("euclidean", "subCategory")


def test_hostile_names_are_shown_as_they_are(store: Store, open_page: Open) -> None:
    catalog = make_catalog(store, n=60)
    frame = catalog.frame.rename(columns={"articleType": HOSTILE})
    frame[HOSTILE] = "![y](http://evil.example) " + frame[HOSTILE]
    frame.to_parquet(catalog.folder / "catalog.parquet", index=False)
    details = {**catalog.manifest.details, "label": HOSTILE, "hierarchy": []}
    write_manifest(catalog.folder, dataclasses.replace(catalog.manifest, details=details))
    embedding = make_embedding(store, load_catalog(store, "tiny"), embeddings=vectors())
    calibrate(store, "tiny", embedding.id, precision=0.6, command="x")
    app = open_page("threshold")
    assert not app.exception
    shown = "\n".join(str(each.value) for kind in (app.markdown, app.caption, app.info) for each in kind)
    assert "](http" not in shown
    assert "<b>" not in shown


def test_for_the_model_that_was_tuned_by_hand_its_distance_is_measured(store: Store, open_page: Open) -> None:
    catalog = make_catalog(store, n=60)
    embedding = make_embedding(store, catalog, embeddings=20 * vectors())
    manifest = embedding.manifest
    parameters = {"backbone": "mobilenet_v2", "size": 128, "fit": "resize", "weights": "imagenet"}
    new_id = artifact_id("mobilenet_v2-128-resize-imagenet", manifest.inputs, parameters)
    folder = store.result_folder("tiny", "embedding", embedding.id)
    with publish(store.result_folder("tiny", "embedding", new_id)) as draft:
        for name in manifest.files:
            (draft / name).write_bytes((folder / name).read_bytes())
        write_manifest(draft, dataclasses.replace(manifest, id=new_id, parameters=parameters))
    calibrate(store, "tiny", new_id, metric="euclidean", precision=0.5, command="x")
    app = open_page("threshold")
    said = texts(app).replace("\\", "")
    assert "MobileNetV2 · 128 px · resize on this catalogue, within 19: **" in said
    assert "Khurana" in said
