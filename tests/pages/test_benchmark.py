"""The Benchmark page: one label and protocol a table, every number an evaluation's, and words for each mark."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lib import settings
from lib.artifacts import Store
from lib.catalog import Catalog, load_catalog
from lib.embedding import Embedding, load_embedding
from lib.publish import write_manifest
from lib.published import publish_results
from lib.retrieval.evaluation import compare, load_evaluation
from lib.schema import artifact_id
from pages._benchmark_table import report
from tests.factories import encoded, make_catalog, make_embedding, make_evaluation, picture, replace_pictures
from tests.pages.conftest import Open, texts

SECTIONS = (
    *("Leaderboard", "Cost", "Fit and metric", "Variants", "Labels", "Difference", "Shape", "Near-duplicates"),
    "Published",
)
HOSTILE = '<b>x</b> [y](http://evil.example) `z` $a_b$ | "q" 🧦'


def vectors(seed: int, pull: float, n: int = 24) -> np.ndarray:
    """Random, with a pull towards the article type."""
    rng = np.random.default_rng(seed)
    return pull * rng.normal(size=(3, 8))[np.arange(n) % 3] + rng.normal(size=(n, 8))


def embed(store: Store, catalog: Catalog, seed: int, pull: float) -> Embedding:
    return make_embedding(
        store, catalog, embeddings=vectors(seed, pull, len(catalog.frame)), embedding_id=f"toy-8-pad-none-00000{seed}"
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``measured`` holds, made once."""
    store = Store(tmp_path_factory.mktemp("measured"))
    catalog = make_catalog(store)
    good, poor = embed(store, catalog, 1, 2.0), embed(store, catalog, 2, 0.0)
    for embedding, metric in ((good, "cosine"), (good, "euclidean"), (poor, "cosine")):
        make_evaluation(store, embedding, metric=metric)
    return store.root


@pytest.fixture
def measured(store: Store, made: Path) -> Store:
    """A catalogue with a good and a poor embedding, and three evaluations that belong in one table."""
    shutil.copytree(made, store.root)
    return store


def figures(app) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def grid(app, i: int = 0) -> list[dict]:
    return json.loads(app.get("bidi_component")[i].proto.json)["items"]


def evaluations(store: Store) -> dict[str, dict]:
    """The scores of each evaluation."""
    return {m.id: m.details["metrics"] for m in store.manifests("tiny", "evaluation")}


class TestLeaderboard:
    def test_each_row_has_its_score_and_interval_best_first(self, measured: Store, open_page: Open) -> None:
        table: pd.DataFrame = open_page("benchmark").dataframe[0].value
        assert len(table) == 3
        scores = sorted((found["map_at_r"]["value"] for found in evaluations(measured).values()), reverse=True)
        assert table["map_at_r"].tolist() == pytest.approx(scores)
        best = max(evaluations(measured).values(), key=lambda found: found["map_at_r"]["value"])["map_at_r"]
        assert table["95 % interval"].iloc[0] == f"[{best['low']:.3f}, {best['high']:.3f}]"

    def test_what_matters_stands_first(self, measured: Store, open_page: Open) -> None:
        app = open_page("benchmark")
        table = app.dataframe[0].value
        assert table.columns[:4].tolist() == ["Row", "Standing", "map_at_r", "95 % interval"]
        assert table["Row"].is_unique
        widths = json.loads(app.dataframe[0].proto.columns)
        assert sum(widths[name]["width"] for name in table.columns[:4]) <= 350

    def test_best_tied_and_behind_are_words(self, measured: Store, open_page: Open) -> None:
        app = open_page("benchmark")
        standing = app.dataframe[0].value["Standing"].tolist()
        assert standing[0] == "best"
        assert standing[-1] == ""
        said = figures(app)[0]["data"][0]["text"]
        assert said[0].endswith(" best")
        assert "tied with best" in texts(app)

    def test_another_score_leads_by_the_address(self, measured: Store, open_page: Open) -> None:
        app = open_page("benchmark", score="recall@1")
        assert figures(app)[0]["layout"]["xaxis"]["title"]["text"] == "Recall@1"
        expected = sorted((found["recall@1"]["value"] for found in evaluations(measured).values()), reverse=True)
        assert app.dataframe[0].value["recall@1"].tolist() == pytest.approx(expected)

    def test_made_up_scores_say_so(self, measured: Store, open_page: Open) -> None:
        assert "scores on made-up pictures" in texts(open_page("benchmark"))

    def test_a_stale_row_is_marked_with_the_command_that_refreshes_it(self, measured: Store, open_page: Open) -> None:
        catalog = load_catalog(measured, "tiny")
        replace_pictures(measured, catalog, {0: encoded(picture(99))})
        app = open_page("benchmark")
        assert not app.exception
        assert app.dataframe[0].value["State"].tolist() == ["stale"] * 3
        assert all(row.endswith("(stale)") for row in figures(app)[0]["layout"]["yaxis"]["ticktext"])
        assert "best" not in figures(app)[0]["data"][0]["text"][0]
        commands = [code.value for code in app.code if " --metric " in code.value]
        assert len(commands) == 3

    def test_a_damaged_evaluation_is_named_and_the_others_stay(self, measured: Store, open_page: Open) -> None:
        folder = measured.result_folder("tiny", "evaluation", "broken-000001")
        folder.mkdir()
        (folder / "manifest.json").write_text("{")
        app = open_page("benchmark")
        assert not app.exception
        assert any("broken-000001" in error.value.replace("\\", "") for error in app.error)
        assert len(app.dataframe[0].value) == 3

    def test_damaged_scores_cost_the_standing_and_not_the_page(self, measured: Store, open_page: Open) -> None:
        name = measured.manifests("tiny", "evaluation")[0].id
        (measured.result_folder("tiny", "evaluation", name) / "queries.parquet").write_bytes(b"no table")
        app = open_page("benchmark")
        assert not app.exception
        assert "is damaged" in app.error[0].value
        assert len(app.dataframe[0].value) == 3

    def test_csv_holds_every_row(self, measured: Store, open_page: Open) -> None:
        assert next(button.label for button in open_page("benchmark").get("download_button")) == "Take it away as CSV"


class TestProtocols:
    def test_rows_of_two_protocols_never_share_a_table(self, measured: Store, open_page: Open) -> None:
        (good, *_) = measured.manifests("tiny", "embedding")
        embedding = load_embedding(measured, "tiny", good.id)
        make_evaluation(measured, embedding, protocol="test-vs-all")
        make_evaluation(measured, embedding, protocol="as-s2")
        app = open_page("benchmark")
        assert len(app.dataframe[0].value) == 3
        assert len(app.dataframe[1].value) == 1
        assert "Other protocol" in texts(app)
        assert "What counting the query itself does" in texts(app)
        assert "it is **1.000**" in texts(app)
        other = open_page("benchmark", protocol="test-vs-all")
        assert len(other.dataframe[0].value) == 1

    def test_as_s2_measured_is_marked_where_it_leads(self, measured: Store, open_page: Open) -> None:
        (good, *_) = measured.manifests("tiny", "embedding")
        make_evaluation(measured, load_embedding(measured, "tiny", good.id), protocol="as-s2")
        app = open_page("benchmark", protocol="as-s2")
        assert any("No other row belongs beside these" in warning.value for warning in app.warning)

    def test_s2_s_figures_are_marked_as_theirs(self, measured: Store, open_page: Open) -> None:
        app = open_page("benchmark")
        assert "Published by S2, other protocol" in texts(app)
        theirs = next(
            each.value for each in app.dataframe if any("ResNet50" in str(cell) for cell in each.value.iloc[:, 0])
        )
        assert theirs["map"].tolist() == [0.378605, 0.459474, 0.541431, 0.708221]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens_by_its_address(section: str, measured: Store, open_page: Open) -> None:
    app = open_page("benchmark", view=section)
    assert not app.exception
    assert not app.error


def test_every_section_takes_a_catalogue_of_hostile_names(store: Store, open_page: Open) -> None:
    catalog = make_catalog(store)
    frame = catalog.frame.assign(articleType=[HOSTILE, "<script>alert(1)</script>", "=1+1"] * 8)
    frame.to_parquet(catalog.folder / "catalog.parquet", index=False)
    write_manifest(catalog.folder, catalog.manifest)
    catalog = load_catalog(store, "tiny")
    for seed in (1, 2):
        make_evaluation(store, embed(store, catalog, seed, 1.0))
    app = open_page("benchmark")
    for section in SECTIONS:
        app.session_state["view"] = section
        app.run()
        assert not app.exception, section
        assert not app.error, section
        assert app.session_state["view"] == section
        drawn, said = json.dumps(figures(app)), texts(app)
        assert "<script" not in drawn, section
        assert "<b>x" not in drawn, section
        assert "](http" not in said, section
        assert "<script" not in said.replace("\\<script", ""), section


class TestLabels:
    def test_labels_stand_worst_first(self, measured: Store, open_page: Open) -> None:
        app = open_page("benchmark", view="Labels", least="1")
        bars = figures(app)[0]["data"][0]["x"]
        assert bars == sorted(bars)
        assert len(bars) == 3

    def test_a_row_without_the_score_is_not_offered(self, measured: Store, open_page: Open) -> None:
        embedding = load_embedding(measured, "tiny", measured.manifests("tiny", "embedding")[0].id)
        index = make_evaluation(measured, embedding, variant="hnsw")
        app = open_page("benchmark", view="Labels", row=index.manifest.id)
        assert "nan" not in texts(app)
        assert app.selectbox(key="row").value != index.manifest.id
        assert app.warning[0].value.startswith("Row: ")
        app = open_page("benchmark", view="Labels", row=index.manifest.id, score="recall@1")
        assert app.selectbox(key="row").value == index.manifest.id
        assert not app.warning

    def test_a_protocol_of_which_no_row_has_the_score_is_said(self, measured: Store, open_page: Open) -> None:
        embedding = load_embedding(measured, "tiny", measured.manifests("tiny", "embedding")[0].id)
        make_evaluation(measured, embedding, variant="hnsw", protocol="test-vs-all")
        for section in SECTIONS:
            assert not open_page("benchmark", view=section, protocol="test-vs-all").exception, section
        assert "No row by this protocol has MAP@R" in texts(
            open_page("benchmark", view="Labels", protocol="test-vs-all")
        )

    def test_too_few_queries_are_said(self, measured: Store, open_page: Open) -> None:
        app = open_page("benchmark", view="Labels", least="9")
        assert "has 9 queries" in texts(app)

    def test_a_label_shows_its_worst_queries_with_hits_and_misses(self, measured: Store, open_page: Open) -> None:
        app = open_page("benchmark", view="Labels", of="Jeans")
        frame = load_catalog(measured, "tiny").frame.set_index("product_id")
        items = grid(app)
        assert items[0]["badge"] == "query"
        assert frame.loc[items[0]["id"], "articleType"] == "Jeans"
        assert [item["badge"] for item in items[1:]] == [str(rank) for rank in range(1, 11)]
        for item in items[1:]:
            right = frame.loc[item["id"], "articleType"] == "Jeans"
            assert item["mark"] == ("✓" if right else "✗")
            assert ("same articleType" in item["label"]) == right
            assert item["note"] == ("" if right else frame.loc[item["id"], "articleType"])

    def test_a_click_on_a_picture_goes_to_search(self, measured: Store, open_page: Open) -> None:
        app = open_page("benchmark", view="Labels", of="Jeans")
        app.session_state["clicked_product"] = {"product": "p004"}
        app.run()
        assert [title.value for title in app.title] == ["Search"]
        assert app.query_params["product"] in ("p004", ["p004"])

    def test_products_that_have_left_are_left_out(self, measured: Store, open_page: Open) -> None:
        catalog = load_catalog(measured, "tiny")
        catalog.frame.iloc[:-6].to_parquet(catalog.folder / "catalog.parquet", index=False)
        catalog.pictures.iloc[:-6].to_parquet(catalog.folder / "pictures.parquet", index=False)
        write_manifest(catalog.folder, dataclasses.replace(catalog.manifest, n=18, skipped={"picture missing": 7}))
        app = open_page("benchmark", view="Labels")
        assert not app.exception
        assert "left the catalogue" in texts(app)


class TestDifference:
    def test_any_two_rows_are_compared_query_by_query(self, measured: Store, open_page: Open) -> None:
        ids = [manifest.id for manifest in measured.manifests("tiny", "evaluation")]
        app = open_page("benchmark", view="Difference", a=ids[0], b=ids[2])
        expected = compare(*(load_evaluation(measured, "tiny", name) for name in (ids[0], ids[2])), metric="map_at_r")
        shown = {metric.label: metric.value for metric in app.metric}
        assert shown["First minus second, MAP@R"] == f"{expected.estimate.value:+.4f}"
        assert f"[{expected.estimate.low:.4f}, {expected.estimate.high:.4f}]" in shown.values()
        assert f"{expected.n_queries} queries" in texts(app)

    def test_no_difference_is_said_as_no_difference_shown(self, store: Store, open_page: Open) -> None:
        catalog = make_catalog(store)
        for seed in (1, 2):
            make_evaluation(store, embed(store, catalog, seed, 0.0))
        assert "No difference shown" in texts(open_page("benchmark", view="Difference"))

    def test_one_row_alone_is_not_compared(self, store: Store, open_page: Open) -> None:
        make_evaluation(store, embed(store, make_catalog(store), 1, 1.0))
        assert "only one row" in texts(open_page("benchmark", view="Difference"))


def test_metric_against_metric_pairs_rows_that_differ_in_nothing_else(measured: Store, open_page: Open) -> None:
    app = open_page("benchmark", view="Fit and metric")
    assert "No two rows differ only in the fit" in texts(app)
    table = app.dataframe[0].value
    assert len(table) == 1
    assert table["Change"].iloc[0].endswith("Euclidean against Cosine")


def test_near_duplicates_are_said_where_they_were_not_counted(measured: Store, open_page: Open) -> None:
    app = open_page("benchmark", view="Near-duplicates")
    assert not app.exception
    assert len(app.dataframe) == 1 or "not counted" in texts(app)


def test_shape_stands_beside_s2_s_table(measured: Store, open_page: Open) -> None:
    app = open_page("benchmark", view="Shape")
    ours, theirs = (table.value for table in app.dataframe)
    found = next(iter(evaluations(measured).values()))
    assert found["silhouette"]["value"] in ours["silhouette"].to_numpy()
    assert theirs["intra_distance"].tolist() == [0.767261, 0.709757, 0.054785, 0.168644]
    assert "6.1.1" in texts(app)


def test_without_evaluations_says_what_to_run(tiny: Store, open_page: Open) -> None:
    app = open_page("benchmark")
    (model,) = (manifest.id for manifest in tiny.manifests("tiny", "embedding"))
    commands = [code.value for code in app.code]
    assert f"python -m lib evaluate tiny --model {model}" in commands
    assert "python -m lib build experiments/s2_thesis.toml --set catalog=tiny" in commands


def test_a_label_that_another_catalogue_lacks_is_forgotten(measured: Store, open_page: Open) -> None:
    other = make_catalog(measured, "other", 12)
    make_evaluation(measured, embed(measured, other, 1, 1.0), label="gender")
    app = open_page("benchmark", catalog="tiny")
    app.selectbox(key="catalog").select("other").run()
    assert not app.exception
    assert not app.warning
    assert app.selectbox(key="by").value == "gender"


def test_a_link_names_what_it_shows(measured: Store, open_page: Open) -> None:
    app = open_page("benchmark")
    for name, value in (("by", "articleType"), ("protocol", "all"), ("score", "map_at_r")):
        assert app.query_params[name] in (value, [value])


class TestVariants:
    def test_each_kind_is_set_against_the_plain_row_over_the_same_queries(
        self, measured: Store, open_page: Open
    ) -> None:
        embedding = load_embedding(measured, "tiny", measured.manifests("tiny", "embedding")[0].id)
        plain = make_evaluation(measured, embedding)
        small = make_evaluation(measured, embedding, variant="pca=2")
        make_evaluation(measured, embedding, variant="int8")
        app = open_page("benchmark", view="Variants")
        shown = app.dataframe[0].value
        expected = compare(small, plain, metric="map_at_r")
        assert shown["Variant"].tolist() == ["PCA 2"]
        assert shown["Difference"].iloc[0] == pytest.approx(expected.estimate.value)
        assert shown["Queries in common"].tolist() == [24]
        assert figures(app)[0]["data"][0]["x"] == pytest.approx([expected.estimate.value])
        assert app.dataframe[1].value["bytes an item"].tolist() == [8.0]
        storage = open_page("benchmark", view="Variants", kind="Storage")
        assert storage.dataframe[0].value["Variant"].tolist() == ["int8"]

    def test_the_leaderboard_begins_with_models_alone(self, measured: Store, open_page: Open) -> None:
        embedding = load_embedding(measured, "tiny", measured.manifests("tiny", "embedding")[0].id)
        make_evaluation(measured, embedding, variant="pca=2")
        assert len(open_page("benchmark").dataframe[0].value) == 3
        everything = open_page("benchmark", rows="Everything").dataframe[0].value
        assert everything["Variant"].tolist().count("PCA 2") == 1
        assert len(everything) == 4

    def test_an_index_has_no_full_ranking_and_that_is_said(self, measured: Store, open_page: Open) -> None:
        embedding = load_embedding(measured, "tiny", measured.manifests("tiny", "embedding")[0].id)
        make_evaluation(measured, embedding, variant="hnsw")
        app = open_page("benchmark", rows="Everything")
        assert not app.exception
        assert "1 row without MAP@R" in texts(app)
        assert "1 row without MAP@R (HNSW" in texts(open_page("benchmark"))
        assert "without MAP@R" in texts(open_page("benchmark", view="Difference"))
        assert "without" not in texts(open_page("benchmark", score="recall@1", view="Difference"))
        by_recall = open_page("benchmark", view="Variants", score="recall@1")
        assert by_recall.dataframe[0].value["Variant"].str.startswith("HNSW").tolist() == [True]


class TestCost:
    def test_only_rows_that_nothing_beats_are_on_the_front(self, measured: Store, open_page: Open) -> None:
        embedding = load_embedding(measured, "tiny", measured.manifests("tiny", "embedding")[0].id)
        make_evaluation(measured, embedding, variant="pca=2")
        make_evaluation(measured, embedding, variant="pca=4+int8")
        app = open_page("benchmark", view="Cost", cost="bytes an item")
        front = app.dataframe[0].value
        assert front["bytes an item"].is_monotonic_increasing
        assert front["map_at_r"].is_monotonic_increasing
        assert [name.split(". ")[0] for name in front["Row"]] == [str(i + 1) for i in range(len(front))]
        best = max(found["map_at_r"]["value"] for found in evaluations(measured).values())
        assert front["map_at_r"].iloc[-1] == pytest.approx(best)


def test_resize_stands_against_pad_of_the_same_model(store: Store, open_page: Open) -> None:
    catalog = make_catalog(store)
    for seed, fit in ((1, "pad"), (2, "resize")):
        embedding = embed(store, catalog, seed, 1.0)
        manifest = embedding.manifest
        asked = {"backbone": "color_hog", "size": 96, "fit": fit, "weights": "none", "precision": "f32"}
        known_id = artifact_id(f"color_hog-96-{fit}-none", manifest.inputs, asked)
        known = dataclasses.replace(manifest, parameters=asked, id=known_id, created_at="")
        folder = store.result_folder("tiny", "embedding", manifest.id).rename(
            store.result_folder("tiny", "embedding", known.id)
        )
        write_manifest(folder, known)
        make_evaluation(store, load_embedding(store, "tiny", known.id))
    app = open_page("benchmark", view="Fit and metric")
    assert app.dataframe[0].value["Change"].tolist() == ["Colour + HOG · 96 px · Cosine: pad against resize"]
    assert "◆</span> pad" in figures(app)[0]["layout"]["title"]["subtitle"]["text"]


class TestPublished:
    @pytest.fixture
    def elsewhere(self, measured: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """What was measured is published, as real data; the folder that pages read it from."""
        folder = tmp_path / "published"
        catalog = load_catalog(measured, "tiny")
        real = dataclasses.replace(catalog.manifest, synthetic=False)
        write_manifest(catalog.folder, real)
        publish_results(measured, ["tiny"], folder, command="python -m lib publish tiny")
        write_manifest(catalog.folder, catalog.manifest)
        monkeypatch.setattr(settings, "published_dir", lambda: folder)
        return folder

    def test_they_stand_apart_with_their_provenance(self, elsewhere: Path, open_page: Open) -> None:
        app = open_page("benchmark", view="Published")
        said = texts(app)
        assert not app.exception
        assert "Published results" in said
        assert "Measured on real products: 24 pictures" in said
        assert "python -m lib publish tiny" in said
        assert len(app.dataframe[0].value) == 3
        assert app.dataframe[0].value["Standing"].iloc[0] == "best"

    def test_they_stand_below_made_up_scores_and_where_nothing_was_measured(
        self, elsewhere: Path, measured: Store, open_page: Open
    ) -> None:
        assert "Published results" in texts(open_page("benchmark"))
        make_catalog(measured, "fresh", 12)
        empty = open_page("benchmark", catalog="fresh")
        assert "Published results" in texts(empty)
        assert "Not measured on fresh" in texts(empty)

    def test_none_is_said(self, measured: Store, tmp_path: Path, monkeypatch, open_page: Open) -> None:
        monkeypatch.setattr(settings, "published_dir", lambda: tmp_path / "nothing")
        assert "python -m lib publish NAME" in texts(open_page("benchmark", view="Published"))
        assert "Published results" not in texts(open_page("benchmark"))


class TestReport:
    @pytest.fixture
    def varied(self, measured: Store) -> Store:
        """With a variant and a sample of queries beside the three models."""
        embedding = load_embedding(measured, "tiny", measured.manifests("tiny", "embedding")[0].id)
        make_evaluation(measured, embedding, variant="pca=2")
        make_evaluation(measured, embedding, sample=12)
        return measured

    def test_it_is_of_what_is_chosen(self, measured: Store) -> None:
        html = report(str(measured.root), "tiny", "articleType", "all", "recall@1", "everything")
        assert html.startswith("<!doctype html>") or html.startswith("<!DOCTYPE html>")
        assert "Recall@1" in html
        assert "--protocol all" in html

    @pytest.mark.parametrize(("which", "n"), [("Models", 3), ("Everything", 5)])
    def test_it_holds_the_rows_that_the_screen_shows(
        self, varied: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch, which: str, n: int
    ) -> None:
        asked: list[tuple[str, ...]] = []
        monkeypatch.setattr("pages._benchmark_table.partial", lambda _, *given: asked.append(given) or "")
        assert len(open_page("benchmark", rows=which).dataframe[0].value) == n
        html = report(*asked[-1])
        assert f"{n} evaluations" in html
        assert html.count("<tr class=") == n
        assert ("PCA 2" in html) == (which == "Everything")
        assert ("Variants and samples are left out: 2 of 5" in html) == (which == "Models")
        assert f"--rows {which.lower()}" in html


class TestVainLinks:
    @pytest.mark.parametrize(
        ("address", "label"),
        [
            ({"view": "Nowhere"}, "Section"),
            ({"view": "Cost", "cost": "euros"}, "Cost"),
            ({"rows": "None"}, "Rows"),
            ({"view": "Variants", "kind": "Odd"}, "Kind"),
            ({"view": "Labels", "least": "many"}, "At least … queries"),
            ({"view": "Labels", "top": "101"}, "Labels drawn"),
        ],
    )
    def test_what_is_asked_in_vain_is_said(
        self, measured: Store, open_page: Open, address: dict[str, str], label: str
    ) -> None:
        embedding = load_embedding(measured, "tiny", measured.manifests("tiny", "embedding")[0].id)
        make_evaluation(measured, embedding, variant="pca=2")
        app = open_page("benchmark", **address)
        assert not app.exception
        (said,) = (warning.value for warning in app.warning)
        assert said.startswith(f"{label}: {list(address.values())[-1]} is n")

    def test_what_there_is_is_not_warned_of(self, measured: Store, open_page: Open) -> None:
        for address in ({"view": "Labels", "least": "3", "top": "100"}, {"view": "Cost", "cost": "bytes an item"}):
            app = open_page("benchmark", **address)
            assert not app.warning


def test_labels_that_no_query_has_are_counted_with_the_reason(store: Store, open_page: Open) -> None:
    catalog = make_catalog(store)
    frame = catalog.frame.copy()
    frame.loc[:1, "articleType"] = ["Scarves", "Hats"]
    frame.loc[2:3, "articleType"] = "Gloves"
    frame.loc[2:3, "split"] = "train"
    frame.to_parquet(catalog.folder / "catalog.parquet", index=False)
    write_manifest(catalog.folder, catalog.manifest)
    embedding = embed(store, load_catalog(store, "tiny"), 1, 1.0)
    make_evaluation(store, embedding)
    make_evaluation(store, embedding, protocol="test-vs-all")
    app = open_page("benchmark", view="Labels")
    assert "4 of 6 labels are listed. Left out: 2 with a single picture" in texts(app)
    app = open_page("benchmark", view="Labels", protocol="test-vs-all")
    assert "1 that none of the queries has" in texts(app)
    assert "2 with a single picture" in texts(app)


def test_the_others_tables_are_folded_where_the_pictures_are_made_up(measured: Store, open_page: Open) -> None:
    for section in ("Leaderboard", "Shape"):
        assert any("S2's table" in each.label for each in open_page("benchmark", view=section).expander)
    catalog = load_catalog(measured, "tiny")
    write_manifest(catalog.folder, dataclasses.replace(catalog.manifest, synthetic=False))
    for section in ("Leaderboard", "Shape"):
        app = open_page("benchmark", view=section)
        assert not any("S2's table" in each.label for each in app.expander)
        assert "Published by S2, other protocol" in texts(app)


def test_models_that_nobody_has_asked_are_named_with_the_command(measured: Store, open_page: Open) -> None:
    third = embed(measured, load_catalog(measured, "tiny"), 3, 1.0)
    app = open_page("benchmark")
    assert not app.exception
    assert "1 model not measured so" in [each.label for each in app.expander]
    assert f"python -m lib evaluate tiny --model {third.id}" in [each.value for each in app.code]
    make_evaluation(measured, third)
    assert "1 model not measured so" not in [each.label for each in open_page("benchmark").expander]
