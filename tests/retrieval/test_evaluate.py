"""Evaluations as artifacts: the numbers, what makes them stale, what a kill leaves, and bad input."""

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import Store
from lib.catalog import Catalog, load_catalog
from lib.embedding import artifact as embedding_artifact
from lib.errors import CatalogError, InvalidArtifact, MissingArtifact, SearchError, StaleArtifact
from lib.publish import write_manifest
from lib.retrieval import evaluation as artifact
from lib.retrieval import resuming
from lib.retrieval.evaluate import EvaluateResult, evaluate
from lib.retrieval.evaluation import compare, evaluation_is_stale, load_evaluation, slices
from lib.retrieval.metrics import RANK_METRICS
from tests.conftest import ROOT
from tests.factories import make_catalog, make_embedding, tiny_model
from tests.retrieval import naive_metrics

MODEL = tiny_model()


def vectors(n: int = 24, seed: int = 0) -> np.ndarray:
    """Random, with a pull towards the article type."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(3, 8))[np.arange(n) % 3] + rng.normal(size=(n, 8))


@pytest.fixture
def tiny(store: Store) -> Catalog:
    catalog = make_catalog(store)
    make_embedding(store, catalog, embeddings=vectors())
    return catalog


def run(store: Store, model: str = MODEL, **options: object) -> EvaluateResult:
    return evaluate(store, "tiny", model, command="python -m lib evaluate tiny --model toy", **options)


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "manhattan"])
def test_every_value_is_the_naive_one(store: Store, tiny: Catalog, metric: str) -> None:
    found = run(store, metric=metric).evaluation
    labels = tiny.frame["articleType"].to_numpy(object)
    levels = [tiny.frame[name].tolist() for name in tiny.hierarchy]
    raw = vectors().astype(np.float32)
    for row, product_id in enumerate(found.queries["product_id"]):
        query = tiny.row_of[product_id]
        order = naive_metrics.ranking(raw, tiny.ids, query, metric)
        slow = naive_metrics.all_of(naive_metrics.hits(order, labels, query))
        slow["ndcg@10"] = naive_metrics.ndcg(levels, order, query)
        for name, column in {"same_gender@10": "gender", "same_colour@10": "baseColour"}.items():
            slow[name] = (tiny.frame[column].iloc[order[:10]] == tiny.frame[column].iloc[query]).mean()
        assert found.queries.iloc[row][list(slow)].to_dict() == pytest.approx(slow)
        near = found.gallery["product_id"].to_numpy(object)[found.neighbors[row, :20]]
        assert near.tolist() == tiny.ids[order[:20]].tolist()


def test_the_summary_follows_from_the_table(store: Store, tiny: Catalog) -> None:
    found = run(store).evaluation
    metrics, macro = found.details["metrics"], found.details["macro"]
    assert set(RANK_METRICS) < set(found.metric_names)
    for name in found.metric_names:
        column = found.queries[name]
        assert metrics[name]["value"] == pytest.approx(column.mean())
        assert metrics[name]["low"] <= metrics[name]["value"] <= metrics[name]["high"]
        by_label = column.groupby(found.queries["label"]).mean()
        assert macro[name] == pytest.approx(by_label.mean())
        assert found.labels.set_index("label")[name].to_dict() == pytest.approx(by_label.to_dict())
    occurrences = np.bincount(found.neighbors[:, :10].ravel(), minlength=24)
    assert found.gallery["occurrence_10"].tolist() == occurrences.tolist()
    assert metrics["silhouette"]["value"] == pytest.approx(found.gallery["silhouette"].mean())
    assert metrics["separation_ratio"]["value"] == pytest.approx(
        metrics["inter_distance"]["value"] / metrics["intra_distance"]["value"]
    )
    for name in ("silhouette", "intra_distance", "separation_ratio", "hubness_skewness", "hubness_top1_share"):
        assert metrics[name]["low"] <= metrics[name]["value"] <= metrics[name]["high"]
    assert metrics["calinski_harabasz"]["low"] is None
    assert (found.details["n_queries"], found.details["n_gallery"], found.details["n_left_out"]) == (24, 24, 0)
    assert found.details["ndcg_levels"] == ["masterCategory", "subCategory", "articleType"]
    assert found.manifest.synthetic


def test_a_label_outside_the_hierarchy_is_graded_binary_and_says_so(store: Store, tiny: Catalog) -> None:
    found = run(store, label="baseColour").evaluation
    assert (found.details["ndcg_binary"], found.details["ndcg_levels"]) == (True, ["baseColour"])
    assert set(found.details["shared_columns"]) == {"same_gender@10"}


def test_the_middle_of_the_hierarchy_is_graded_down_to_itself(store: Store, tiny: Catalog) -> None:
    assert run(store, label="subCategory").evaluation.details["ndcg_levels"] == ["masterCategory", "subCategory"]


def test_the_same_request_is_kept_and_another_is_another(store: Store, tiny: Catalog) -> None:
    first = run(store)
    again = run(store)
    assert (first.n_reused, again.n_reused) == (0, 24)
    assert again.evaluation.manifest == first.evaluation.manifest
    ids = {
        run(store, **options).evaluation.id
        for options in (
            {},
            {"label": "gender"},
            {"metric": "euclidean"},
            {"protocol": "test-vs-all"},
            {"sample": 5},
            {"seed": 1},
        )
    }
    assert len(ids) == 6


def test_a_sample_is_said(store: Store, tiny: Catalog) -> None:
    manifest = run(store, sample=5).evaluation.manifest
    assert (manifest.n, manifest.n_in, manifest.details["n_sampled_from"]) == (5, 24, 24)
    assert manifest.skipped == {"not in the sample": 19}
    assert run(store, metric="manhattan").evaluation.manifest.parameters["sample"] == 2000


def test_a_sample_that_leaves_nobody_out_is_none(store: Store, tiny: Catalog) -> None:
    for metric in ("cosine", "manhattan"):
        whole = run(store, metric=metric).evaluation.id
        for sample in (24, 25, 2000, 10**9):
            again = run(store, metric=metric, sample=sample)
            assert (again.evaluation.id, again.was_current, again.n_reused) == (whole, True, 24)
        assert run(store, metric=metric, sample=23).evaluation.id != whole
    few = {run(store, protocol="test-vs-all", sample=sample).evaluation.id for sample in (None, 4, 24)}
    assert len(few) == 1


@pytest.mark.parametrize("label", ["macro/../x", "..", "a...b"])
def test_any_name_of_a_column_can_be_a_label(store: Store, tiny: Catalog, label: str) -> None:
    change_catalog(tiny, **{label: tiny.frame["gender"].to_numpy()})
    found = run(store, label=label).evaluation
    assert ".." not in found.id
    assert load_evaluation(store, "tiny", found.id).manifest.parameters["label"] == label


def test_the_one_that_waited_says_that_it_was_current(store: Store, tiny: Catalog, monkeypatch) -> None:
    """Somebody else makes it between the first look and the lock."""
    looked = []

    @contextlib.contextmanager
    def exclusive(*_args: object, **_options: object) -> Iterator[None]:
        if not looked:
            looked.append(True)
            assert not run(store).was_current
        yield

    monkeypatch.setattr("lib.retrieval.evaluate.exclusive", exclusive)
    assert run(store).was_current


def test_as_s2_measured_is_higher_than_the_truth(store: Store, tiny: Catalog) -> None:
    honest, flattered = (run(store, protocol=name).evaluation.details for name in ("all", "as-s2"))
    assert flattered["self_counted"]
    assert flattered["metrics"]["recall@1"]["value"] == 1.0 > honest["metrics"]["recall@1"]["value"]


def change_catalog(catalog: Catalog, **columns: object) -> None:
    """Write the catalogue's table anew, as an import with other labels would."""
    catalog.frame.assign(**columns).to_parquet(catalog.folder / "catalog.parquet", index=False)
    write_manifest(catalog.folder, catalog.manifest)


def test_it_is_stale_when_labels_or_the_embedding_have_changed(store: Store, tiny: Catalog) -> None:
    manifest = run(store).evaluation.manifest
    assert not evaluation_is_stale(store, manifest, tiny)
    change_catalog(tiny, articleType=["Belts", "Hats"] * 12)
    changed = load_catalog(store, "tiny")
    assert evaluation_is_stale(store, manifest, changed)
    fresh = run(store).evaluation
    assert fresh.id != manifest.id
    assert set(fresh.labels["label"]) == {"Belts", "Hats"}
    make_embedding(store, changed, embeddings=vectors(seed=1))
    assert evaluation_is_stale(store, fresh.manifest, changed)


def test_it_is_stale_when_the_embedding_is_gone(store: Store, tiny: Catalog) -> None:
    manifest = run(store).evaluation.manifest
    embedding_artifact.embedding_folder(store, "tiny", MODEL).rename(store.root / "elsewhere")
    assert evaluation_is_stale(store, manifest, tiny)


def test_a_stale_embedding_is_refused_with_the_command_that_refreshes_it(store: Store, tiny: Catalog) -> None:
    details = dict(tiny.manifest.details) | {"pictures_sha256": "other"}
    write_manifest(tiny.folder, dataclasses.replace(tiny.manifest, details=details))
    with pytest.raises(StaleArtifact) as caught:
        run(store)
    assert caught.value.hint == "Run: python -m lib embed tiny --backbone toy"


def test_a_damaged_evaluation_is_made_again(store: Store, tiny: Catalog) -> None:
    first = run(store).evaluation
    folder = artifact.evaluation_folder(store, "tiny", first.id)
    (folder / artifact.QUERIES).write_bytes(b"not parquet")
    with pytest.raises(InvalidArtifact):
        load_evaluation(store, "tiny", first.id)
    assert run(store).evaluation.queries.equals(first.queries)


def test_an_evaluation_that_was_never_made_is_missing(store: Store, tiny: Catalog) -> None:
    with pytest.raises(MissingArtifact, match="nothing at"):
        load_evaluation(store, "tiny", "never")


def test_a_stopped_evaluation_goes_on_and_a_damaged_piece_is_made_again(
    store: Store, tiny: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resuming, "SHARD_QUERIES", 5)

    def stop(done: int, _total: int, _reused: int) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(store, report=stop)
    (folder,) = (tiny.folder / ".partial").iterdir()
    assert len(list(folder.glob("*.shard"))) == 3
    (folder / "000001.shard").write_bytes(b"torn")
    result = run(store)
    assert result.n_reused == 10
    assert not folder.exists()
    monkeypatch.undo()
    expected = run(store, sample=24).evaluation.queries
    pd.testing.assert_frame_equal(result.evaluation.queries, expected)


def test_a_killed_process_leaves_no_result_and_the_next_one_goes_on(store: Store, tiny: Catalog) -> None:
    code = f"""
import os, signal
from lib.artifacts import Store
from lib.retrieval import resuming
from lib.retrieval.evaluate import evaluate
from pathlib import Path
resuming.SHARD_QUERIES = 5
def kill(done, total, reused):
    if done >= 15: os.kill(os.getpid(), signal.SIGKILL)
evaluate(Store(Path({str(store.root)!r})), "tiny", {MODEL!r}, command="x", report=kill)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert store.manifests("tiny", "evaluation") == []
    assert run(store).evaluation.manifest.n == 24


def test_progress_is_told(store: Store, tiny: Catalog) -> None:
    told: list[tuple[int, int, int]] = []
    run(store, report=lambda *counts: told.append(counts))
    run(store, report=lambda *counts: told.append(counts))
    assert told == [(0, 24, 0), (24, 24, 0), (24, 24, 24)]


class TestNearDuplicates:
    def test_they_are_counted_and_taken_out(self, store: Store) -> None:
        """p000 and p003 are one picture and one vector: without the twin, each must look further."""
        catalog = make_catalog(store)
        images = catalog.folder / "images"
        (images / "p003.png").write_bytes((images / "p000.png").read_bytes())
        embeddings = vectors(seed=5)
        embeddings[3] = embeddings[0]
        make_embedding(store, catalog, embeddings=embeddings)
        found = run(store).evaluation
        known = found.details["near_duplicates"]
        queries = found.queries.set_index("product_id")
        assert queries.loc["p000", "n_near_duplicates"] >= 1
        assert known["n_queries_with"] == (queries["n_near_duplicates"] > 0).sum()
        assert known["without"]["metrics"]["recall@1"]["value"] <= found.details["metrics"]["recall@1"]["value"]
        assert set(known["without"]["metrics"]) == set(found.metric_names)

    def test_without_its_source_the_evaluation_says_that_they_are_not_known(self, store: Store, tiny: Catalog) -> None:
        (tiny.folder / "images").rename(tiny.folder / "gone")
        found = run(store).evaluation
        assert "unavailable" in found.details["near_duplicates"]
        assert found.queries["n_near_duplicates"].isna().all()


class TestComparing:
    def test_two_models_query_by_query(self, store: Store, tiny: Catalog) -> None:
        labels = pd.factorize(tiny.frame["articleType"])[0]
        better = np.eye(8)[labels] + np.random.default_rng(0).normal(0, 0.01, (24, 8))
        make_embedding(store, tiny, embeddings=better, embedding_id="good-8-pad-none-000000")
        a, b = run(store, "good").evaluation, run(store).evaluation
        found = compare(a, b, metric="map")
        assert found.estimate.value == pytest.approx((a.queries["map"] - b.queries["map"]).mean())
        assert (found.verdict, found.n_queries) == ("a is better", 24)
        assert compare(b, b, metric="map").verdict == "no difference shown"

    def test_models_with_other_products_share_some(self, store: Store, tiny: Catalog) -> None:
        make_embedding(store, tiny, embeddings=vectors()[:15], embedding_id="part-8-pad-none-000000")
        found = compare(run(store).evaluation, run(store, "part").evaluation, metric="recall@1")
        assert (found.n_queries, found.n_only_a, found.n_only_b) == (15, 9, 0)

    def test_other_questions_are_not_compared(self, store: Store, tiny: Catalog) -> None:
        a, b = run(store).evaluation, run(store, label="gender").evaluation
        with pytest.raises(ValueError, match="one label and protocol"):
            compare(a, b, metric="map")
        with pytest.raises(ValueError, match="Expected metric to be one of"):
            compare(a, a, metric="accuracy")

    def test_slices_by_an_attribute(self, store: Store, tiny: Catalog) -> None:
        found = run(store).evaluation
        table = slices(found, tiny, column="season", metric="map")
        assert table["value"].tolist()[:2] == ["Fall", "Summer"]
        assert pd.isna(table["value"].iloc[2])
        assert table["n_queries"].sum() == 24
        assert (table["mean"] * table["n_queries"]).sum() / 24 == pytest.approx(found.queries["map"].mean())
        assert ((table["low"] <= table["mean"]) & (table["mean"] <= table["high"])).all()
        with pytest.raises(CatalogError, match="no column"):
            slices(found, tiny, column="nothing", metric="map")
        with pytest.raises(ValueError, match="Expected metric"):
            slices(found, tiny, column="season", metric="silhouette")


class TestBadInput:
    def test_a_vector_that_is_not_a_number(self, store: Store) -> None:
        broken = vectors()
        broken[3, 2] = np.nan
        make_embedding(store, make_catalog(store), embeddings=broken)
        with pytest.raises(InvalidArtifact, match="1 rows with NaN or inf") as caught:
            run(store)
        assert "embed tiny" in caught.value.hint

    def test_all_zero_rows_are_counted_and_ranked_last(self, store: Store) -> None:
        zeroed = vectors()
        zeroed[[4, 7]] = 0
        make_embedding(store, make_catalog(store), embeddings=zeroed)
        found = run(store).evaluation
        assert found.details["n_zero"] == 2
        ids = found.gallery["product_id"].to_numpy(object)
        others = found.queries.index[~found.queries["product_id"].isin(["p004", "p007"])]
        assert all({"p004", "p007"}.isdisjoint(ids[found.neighbors[row, :20]]) for row in others)

    def test_every_row_is_zero(self, store: Store) -> None:
        make_embedding(store, make_catalog(store), embeddings=np.zeros((24, 8)))
        for metric in ("cosine", "euclidean", "manhattan"):
            metrics = run(store, metric=metric).evaluation.details["metrics"]
            assert metrics["calinski_harabasz"]["value"] is None
            assert metrics["recall@1"]["value"] is not None

    def test_one_item(self, store: Store) -> None:
        make_embedding(store, make_catalog(store, n=1), embeddings=np.ones((1, 8)))
        with pytest.raises(CatalogError, match="nothing to tell apart"):
            run(store, "toy")

    def test_a_column_that_there_is_not(self, store: Store, tiny: Catalog) -> None:
        with pytest.raises(CatalogError, match="no column 'price'"):
            run(store, label="price")

    def test_a_constant_column_and_one_of_singletons(self, store: Store, tiny: Catalog) -> None:
        with pytest.raises(CatalogError, match="'usage' has only one value among 24 pictures") as caught:
            run(store, label="usage")
        assert "gender" in caught.value.hint
        assert "usage" not in caught.value.hint
        with pytest.raises(SearchError, match="no title has two pictures"):
            run(store, label="title")

    @pytest.mark.parametrize(("option", "value"), [("metric", "hamming"), ("protocol", "some")])
    def test_a_choice_that_there_is_not(self, store: Store, tiny: Catalog, option: str, value: str) -> None:
        with pytest.raises(ValueError, match=f"Expected {option}"):
            run(store, **{option: value})

    def test_nothing_is_published_where_something_failed(self, store: Store, tiny: Catalog) -> None:
        with pytest.raises(CatalogError):
            run(store, label="usage")
        assert not (tiny.folder / "evaluations").exists()


def test_the_manifest_is_plain_json(store: Store, tiny: Catalog) -> None:
    found = run(store).evaluation
    path: Path = artifact.evaluation_folder(store, "tiny", found.id) / "manifest.json"
    json.loads(path.read_text(), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def test_a_foreign_embedding_of_fewer_products_is_evaluated_over_those(store: Store, tiny: Catalog) -> None:
    make_embedding(store, tiny, embeddings=vectors()[:10], embedding_id="few-8-pad-none-000000")
    assert run(store, "few").evaluation.details["n_gallery"] == 10
