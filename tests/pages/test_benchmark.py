"""The Benchmark page: one label and protocol a table, every number an evaluation's, and words for each mark."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import Store
from lib.catalog import Catalog, load_catalog
from lib.embedding import Embedding
from lib.publish import write_manifest
from lib.retrieval.evaluation import compare
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


@pytest.fixture
def measured(store: Store) -> Store:
    """A catalogue with a good and a poor embedding, and three evaluations that belong in one table."""
    catalog = make_catalog(store)
    good, poor = embed(store, catalog, 1, 2.0), embed(store, catalog, 2, 0.0)
    for embedding, metric in ((good, "cosine"), (good, "euclidean"), (poor, "cosine")):
        make_evaluation(store, embedding, metric=metric)
    return store


def figures(app) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def grid(app, i: int = 0) -> list[dict]:
    return json.loads(app.get("bidi_component")[i].proto.json)["items"]


def evaluations(store: Store) -> dict[tuple[str, str], dict]:
    """Details of each evaluation by the beginning of its model's id and its distance."""
    return {
        (m.inputs["embedding"], m.parameters["metric"]): m.details["metrics"]
        for m in store.manifests("tiny", "evaluation")
    }


class TestLeaderboard:
    def test_each_row_has_its_score_and_interval_best_first(self, measured: Store, open_page: Open) -> None:
        table: pd.DataFrame = open_page("benchmark").dataframe[0].value
        assert len(table) == 3
        scores = sorted((found["map_at_r"]["value"] for found in evaluations(measured).values()), reverse=True)
        assert table["map_at_r"].tolist() == pytest.approx(scores)
        best = max(evaluations(measured).values(), key=lambda found: found["map_at_r"]["value"])["map_at_r"]
        assert table["95 % interval"].iloc[0] == f"[{best['low']:.3f}, {best['high']:.3f}]"

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
        assert "(stale)" in figures(app)[0]["data"][0]["text"][0]
        commands = [code.value for code in app.code if code.value.startswith("python -m lib evaluate tiny")]
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
        embedding = make_embedding_like(measured, good.id)
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
        make_evaluation(measured, make_embedding_like(measured, good.id), protocol="as-s2")
        app = open_page("benchmark", protocol="as-s2")
        assert any("No other row belongs beside these" in warning.value for warning in app.warning)

    def test_s2_s_figures_are_marked_as_theirs(self, measured: Store, open_page: Open) -> None:
        app = open_page("benchmark")
        assert "Published by S2, other protocol" in texts(app)
        theirs = app.dataframe[-1].value
        assert theirs["map"].tolist() == [0.378605, 0.459474, 0.541431, 0.708221]


def make_embedding_like(store: Store, embedding_id: str) -> Embedding:
    from lib.embedding import load_embedding

    return load_embedding(store, "tiny", embedding_id)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens_by_its_address(section: str, measured: Store, open_page: Open) -> None:
    app = open_page("benchmark", view=section)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_takes_a_catalogue_of_hostile_names(section: str, store: Store, open_page: Open) -> None:
    catalog = make_catalog(store)
    frame = catalog.frame.assign(articleType=[HOSTILE, "<script>alert(1)</script>", "=1+1"] * 8)
    frame.to_parquet(catalog.folder / "catalog.parquet", index=False)
    write_manifest(catalog.folder, catalog.manifest)
    catalog = load_catalog(store, "tiny")
    for seed in (1, 2):
        make_evaluation(store, embed(store, catalog, seed, 1.0))
    app = open_page("benchmark", view=section)
    assert not app.exception
    assert not app.error
    drawn = json.dumps(figures(app))
    assert "<script" not in drawn
    assert "<b>x" not in drawn
    assert "](http" not in texts(app)
    assert "<script" not in texts(app).replace("\\", "").replace("&lt;", "") or "\\<script" in texts(app)


class TestLabels:
    def test_labels_stand_worst_first(self, measured: Store, open_page: Open) -> None:
        app = open_page("benchmark", view="Labels", least="1")
        bars = figures(app)[0]["data"][0]["x"]
        assert bars == sorted(bars)
        assert len(bars) == 3

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
            assert ("hit" in item["label"]) == right
            assert item["note"] == ("" if right else frame.loc[item["id"], "articleType"])

    def test_a_click_on_a_picture_goes_to_search(self, measured: Store, open_page: Open) -> None:
        app = open_page("benchmark", view="Labels", of="Jeans")
        app.session_state["clicked_product"] = "p004"
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
        assert "have left the catalogue" in texts(app)


class TestDifference:
    def test_any_two_rows_are_compared_query_by_query(self, measured: Store, open_page: Open) -> None:
        from lib.retrieval.evaluation import load_evaluation

        ids = [manifest.id for manifest in measured.manifests("tiny", "evaluation")]
        app = open_page("benchmark", view="Difference", a=ids[0], b=ids[2])
        expected = compare(*(load_evaluation(measured, "tiny", name) for name in (ids[0], ids[2])), metric="map_at_r")
        shown = {metric.label: metric.value for metric in app.metric}
        assert shown["First minus second, MAP@R"] == f"{expected.estimate.value:+.3f}"
        assert f"[{expected.estimate.low:.3f}, {expected.estimate.high:.3f}]" in shown.values()
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
