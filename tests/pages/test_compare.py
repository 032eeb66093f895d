"""The Compare page: each row is what the library finds, marked by the label, and the address keeps the view."""

import dataclasses
import json
import re
import shutil

import numpy as np
import pytest

from lib.artifacts import Store
from lib.catalog import load_catalog
from lib.embedding import load_embedding
from lib.embedding.naming import model_titles
from lib.errors import SearchError
from lib.publish import write_manifest
from lib.retrieval.evaluate import evaluate
from lib.retrieval.search import Gallery, Query, search
from lib.schema import artifact_id
from pages import _loaders
from tests.factories import encoded, make_catalog, make_embedding, picture, replace_pictures, tiny_model
from tests.pages.conftest import Open, grids, texts
from tests.pages.test_search import ToyEmbedder

MODEL = tiny_model()


@pytest.fixture
def two(tiny: Store) -> tuple[Store, str]:
    """The tiny catalogue with a second model, of which the id is returned."""
    vectors = np.random.default_rng(5).normal(size=(24, 8))
    other = make_embedding(tiny, load_catalog(tiny, "tiny"), embeddings=vectors, embedding_id="other-8-pad-none-000001")
    return tiny, other.id


def expected(store: Store, model: str, query: Query, **options: object) -> list[str]:
    gallery = Gallery(catalog=load_catalog(store, "tiny"), embedding=load_embedding(store, "tiny", model))
    return search(gallery, query, **options).ids


def rows(app, *, last: int) -> list[list[str]]:
    return [[card["id"] for card in cards] for cards in grids(app)[-last:]]


def asked_models(app) -> list[str]:
    given = app.query_params["models"]
    return [given] if isinstance(given, str) else list(given)


class TestOneQuery:
    def test_it_opens_with_examples_and_the_models_in_the_address(
        self, two: tuple[Store, str], open_page: Open
    ) -> None:
        _, other = two
        app = open_page("compare")
        assert not app.exception
        assert len(grids(app)[-1]) == 24
        assert set(asked_models(app)) == {MODEL, other}

    def test_a_row_a_model_marked_by_the_label(self, two: tuple[Store, str], open_page: Open) -> None:
        store, other = two
        app = open_page("compare", product="p003", k="5", models=[MODEL, other])
        found = [expected(store, model, Query(product_id="p003"), k=5) for model in (MODEL, other)]
        assert rows(app, last=2) == found
        labels = load_catalog(store, "tiny").frame.set_index("product_id")["articleType"]
        said = texts(app)
        for cards in grids(app)[-2:]:
            right = [labels[card["id"]] == labels["p003"] for card in cards]
            assert [card["mark"] for card in cards] == ["✓" if each else "✗" for each in right]
            assert all(
                card["label"].endswith("same articleType" if each else "other articleType")
                for card, each in zip(cards, right, strict=True)
            )
            assert f"**{sum(right)} of 5** same articleType · precision@5 {sum(right) / 5:.2f}" in said
        assert app.get("plotly_chart")
        assert app.get("download_button")

    def test_a_link_opens_exactly_its_view(self, two: tuple[Store, str], open_page: Open) -> None:
        store, other = two
        app = open_page("compare", product="p004", k="3", metric="manhattan", by="gender", models=[other])
        assert rows(app, last=1) == [expected(store, other, Query(product_id="p004"), k=3, metric="manhattan")]
        assert "same gender" in texts(app)
        assert asked_models(app) == [other]

    def test_a_click_makes_a_picture_the_query(self, two: tuple[Store, str], open_page: Open) -> None:
        app = open_page("compare", session={"query_history": []}, product="p003", models=[MODEL])
        assert grids(app)[0][0]["id"] == "p003"
        app.query_params["product"] = "p005"
        app.run()
        assert grids(app)[0][0]["id"] == "p005"

    def test_without_a_label_nothing_is_marked(self, two: tuple[Store, str], open_page: Open) -> None:
        app = open_page("compare", product="p002", by="season", models=[MODEL])
        assert not app.exception
        assert all(not card["mark"] for card in grids(app)[-1])
        assert "precision@" not in texts(app)

    def test_an_unknown_product_and_an_unknown_model_are_said(self, two: tuple[Store, str], open_page: Open) -> None:
        app = open_page("compare", product="../../etc", models=["<b>gone</b>", MODEL])
        assert not app.exception
        assert "no product" in app.error[0].value
        assert "gone" in app.warning[0].value
        assert "<b>" not in app.warning[0].value
        assert asked_models(app) == [MODEL]

    def test_what_a_message_repeats_is_short_and_reads_well(self, two: tuple[Store, str], open_page: Open) -> None:
        app = open_page("compare", models="", by="nope")
        assert [warning.value for warning in app.warning] == [
            "Right if the same: nope is none of them; this is another one."
        ]
        app = open_page("compare", models="m" * 10_000, by="b" * 10_000)
        assert [len(warning.value) < 200 for warning in app.warning] == [True, True]

    @pytest.mark.parametrize(("name", "label"), [("view", "Section"), ("metric", "Metric"), ("k", "Results")])
    def test_what_a_link_asks_in_vain_is_said(
        self, two: tuple[Store, str], open_page: Open, name: str, label: str
    ) -> None:
        app = open_page("compare", product="p003", **{name: "99"})
        assert not app.exception
        assert [warning.value.split(" is n")[0] for warning in app.warning] == [f"{label}: 99"]
        assert not open_page("compare", product="p003", view="Agreement", metric="euclidean", k="20").warning

    def test_no_model_chosen(self, two: tuple[Store, str], open_page: Open) -> None:
        app = open_page("compare", product="p003")
        app.multiselect(key="models").set_value([]).run()
        assert not app.exception
        assert "Choose at least one model" in app.info[0].value

    def test_another_catalogue_forgets_the_models(self, two: tuple[Store, str], open_page: Open) -> None:
        store, _ = two
        make_embedding(store, make_catalog(store, "zebra", 12), embedding_id="zebra-8-pad-none-000000")
        app = open_page("compare", catalog="tiny", product="p020")
        app.selectbox(key="catalog").select("zebra").run()
        assert not app.exception
        assert not app.warning
        assert [each.startswith("zebra") for each in asked_models(app)] == [True]

    def test_a_damaged_model_says_so_in_its_row_and_the_others_go_on(
        self, two: tuple[Store, str], open_page: Open
    ) -> None:
        store, other = two
        path = store.result_folder("tiny", "embedding", other) / "embeddings.npy"
        path.write_bytes(path.read_bytes()[:-4] + b"????")
        app = open_page("compare", product="p003", models=[other, MODEL])
        assert "is damaged" in app.error[0].value
        assert len(app.error) == 1
        assert rows(app, last=1) == [expected(store, MODEL, Query(product_id="p003"), k=10)]

    def test_a_stale_model_is_marked(self, two: tuple[Store, str], open_page: Open) -> None:
        store, _ = two
        replace_pictures(store, load_catalog(store, "tiny"), {0: encoded(picture(99))})
        app = open_page("compare", product="p003")
        assert not app.exception
        assert "Stale" in texts(app)

    def test_without_a_model_says_what_to_run(self, store: Store, open_page: Open) -> None:
        make_catalog(store)
        app = open_page("compare", product="p003")
        assert "python -m lib embed tiny --backbone color_hog" in [code.value for code in app.code]


class TestUploads:
    @pytest.fixture
    def one_imported(self, two: tuple[Store, str], monkeypatch: pytest.MonkeyPatch) -> tuple[Store, str]:
        """The second model was imported: it cannot embed a picture."""
        _, other = two

        def opened(name: str, manifest: object) -> ToyEmbedder:
            if manifest.id == other:
                raise SearchError(f"{other} was imported: there is no model that could embed a picture.")
            return ToyEmbedder()

        monkeypatch.setattr(_loaders, "embedder", opened)
        return two

    def test_each_model_embeds_it_and_one_that_cannot_says_so(
        self, one_imported: tuple[Store, str], open_page: Open
    ) -> None:
        store, other = one_imported
        data = encoded(picture(1))
        app = open_page("compare", session={"query_pictures": (data,)}, models=[other, MODEL])
        assert not app.exception
        assert "was imported" in app.error[0].value
        ids = expected(store, MODEL, Query(vectors=ToyEmbedder().embed([data]), model=MODEL), k=10)
        assert rows(app, last=1) == [ids]
        assert all(not card["mark"] for card in grids(app)[-1])

    def test_told_what_it_is_its_results_are_marked(self, one_imported: tuple[Store, str], open_page: Open) -> None:
        app = open_page("compare", session={"query_pictures": (encoded(picture(1)),)}, models=[MODEL])
        app.selectbox(key="shows-articleType").select("Jeans").run()
        assert {card["mark"] for card in grids(app)[-1]} == {"✓", "✗"}
        assert "same articleType · precision@10" in texts(app)

    def test_a_second_look_embeds_nothing_again(
        self, two: tuple[Store, str], open_page: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counted: list[str] = []

        class Counting(ToyEmbedder):
            def embed(self, pictures):
                counted.append("once")
                return super().embed(pictures)

        monkeypatch.setattr(_loaders, "embedder", lambda name, manifest: Counting())
        app = open_page("compare", session={"query_pictures": (encoded(picture(1)),)})
        app.run()
        assert len(counted) == 2

    def test_what_is_no_picture_is_refused_kindly(self, two: tuple[Store, str], open_page: Open) -> None:
        app = open_page("compare", session={"query_pictures": (b"no picture",)})
        assert not app.exception
        assert app.error


class TestSeveral:
    def test_a_row_a_query_and_a_column_a_model(self, two: tuple[Store, str], open_page: Open) -> None:
        store, other = two
        app = open_page("compare", view="Several queries", queries="p001, p002 p001", models=[MODEL, other])
        assert not app.exception
        found = []
        for query in ("p001", "p002"):
            found += [[query], *(expected(store, model, Query(product_id=query), k=4) for model in (MODEL, other))]
        assert rows(app, last=6) == found

    def test_the_results_of_one_model(self, two: tuple[Store, str], open_page: Open) -> None:
        store, other = two
        address = {"view": "Several queries", "queries": "p001", "column": other, "k": "7"}
        app = open_page("compare", models=[MODEL, other], **address)
        assert rows(app, last=2) == [["p001"], expected(store, other, Query(product_id="p001"), k=7)]

    def test_examples_turn(self, two: tuple[Store, str], open_page: Open) -> None:
        app = open_page("compare", view="Several queries", models=[MODEL])
        first = [cards[0]["id"] for cards in grids(app)[::2]]
        next(button for button in app.button if button.label == "Other examples").click().run()
        second = [cards[0]["id"] for cards in grids(app)[::2]]
        assert len(first) == len(second) == 6
        assert not set(first) & set(second)

    @pytest.mark.parametrize("turn", ["999", "-1", "x", "9999999999999", "²"])
    def test_a_turn_that_there_is_not_begins_again(self, two: tuple[Store, str], open_page: Open, turn: str) -> None:
        app = open_page("compare", view="Several queries", models=[MODEL], turn=turn)
        assert not app.exception
        assert len(grids(app)) == 12

    def test_an_unknown_query_is_said_in_its_row(self, two: tuple[Store, str], open_page: Open) -> None:
        app = open_page("compare", view="Several queries", queries="<b>x</b> p002", models=[MODEL])
        assert len(app.error) == 1
        assert "<b>" not in app.error[0].value
        assert rows(app, last=2)[0] == ["p002"]


class TestAgreement:
    def test_it_is_counted_on_a_sample_and_on_evaluations_where_there_are(
        self, two: tuple[Store, str], open_page: Open
    ) -> None:
        store, other = two
        app = open_page("compare", view="Agreement", k="5")
        assert not app.exception
        assert "pictures drawn at random" in texts(app)
        table = app.dataframe[0].value
        for model in (MODEL, other):
            evaluate(store, "tiny", model, command="x")
        app.run()
        assert "evaluations kept" in texts(app)
        assert app.dataframe[0].value["overlap"].tolist() == pytest.approx(table["overlap"].tolist())

    def test_shares_have_one_decimal_each(self, two: tuple[Store, str], open_page: Open) -> None:
        shown = open_page("compare", view="Agreement", k="5").dataframe[0]
        assert json.loads(shown.proto.columns)["overlap"]["type_config"]["format"] == "%.1f %%"
        low, high = (float(end) for end in shown.value["low"].iloc[0].strip("[]").split(", "))
        assert low <= shown.value["overlap"].iloc[0] <= high <= 100
        assert re.fullmatch(r"\[\d+\.\d, \d+\.\d\]", shown.value["low"].iloc[0])

    def test_one_model_has_nobody_to_agree_with(self, two: tuple[Store, str], open_page: Open) -> None:
        app = open_page("compare", view="Agreement", models=[MODEL])
        assert "Choose at least two models" in app.info[0].value


def test_hostile_names_are_shown_as_they_are(two: tuple[Store, str], open_page: Open) -> None:
    store, _ = two
    catalog = load_catalog(store, "tiny")
    name = "[x](http://evil.example) <b>*kind*</b>"
    frame = catalog.frame.rename(columns={"articleType": name})
    frame[name] = "![y](http://evil.example) " + frame[name]
    frame.to_parquet(catalog.folder / "catalog.parquet", index=False)
    details = {**catalog.manifest.details, "label": name, "hierarchy": []}
    write_manifest(catalog.folder, dataclasses.replace(catalog.manifest, details=details))
    for address in ({"product": "p003"}, {"view": "Several queries"}, {"view": "Agreement"}):
        app = open_page("compare", **address)
        assert not app.exception
        shown = "\n".join(str(each.value) for kind in (app.markdown, app.caption, app.info) for each in kind)
        assert "](http" not in shown
        assert "<b>" not in shown


def test_models_of_one_name_are_told_apart(two: tuple[Store, str], open_page: Open) -> None:
    store, other = two
    manifest = load_embedding(store, "tiny", other).manifest
    asked = {"backbone": "mobilenet_v2", "size": 8, "fit": "pad", "weights": "imagenet"}
    pair = [
        dataclasses.replace(manifest, id=artifact_id("mobilenet_v2", {"n": n}, asked), parameters=asked) for n in (1, 2)
    ]
    assert len(set(model_titles(pair, runs={}).values())) == 2
    shutil.rmtree(store.result_folder("tiny", "embedding", other))
    assert not open_page("compare", product="p003").exception
