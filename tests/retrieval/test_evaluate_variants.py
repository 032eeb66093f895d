"""Evaluations of variants: that the numbers are those of the vectors which were made, and what cannot be made."""

import dataclasses
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.preprocessing import normalize

from lib.artifacts import Store
from lib.catalog import Catalog, load_catalog
from lib.embedding import artifact as embedding_artifact
from lib.embedding import disturbed
from lib.embedding.extract import embed_catalog
from lib.embedding.request import EmbeddingRequest
from lib.errors import InvalidArtifact, MissingArtifact, SearchError, StaleArtifact
from lib.images.disturb import DISTURBANCES, Disturbance
from lib.publish import write_manifest
from lib.retrieval import asking
from lib.retrieval.approximate import LIST_METRICS
from lib.retrieval.evaluate import EvaluateResult, evaluate
from lib.retrieval.evaluation import Evaluation, compare, evaluation_is_stale
from lib.retrieval.metrics import RANK_METRICS
from lib.retrieval.storage import learn_codec
from lib.schema import Manifest
from tests.conftest import ROOT
from tests.factories import make_catalog, make_embedding, tiny_model
from tests.retrieval import naive_metrics, naive_variants

MODEL = tiny_model()


def vectors(n: int = 24, seed: int = 0, dim: int = 8) -> np.ndarray:
    """Random, with a pull towards the article type."""
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(3, dim))[np.arange(n) % 3] + rng.normal(size=(n, dim))).astype(np.float32)


@pytest.fixture
def tiny(store: Store) -> Catalog:
    catalog = make_catalog(store)
    make_embedding(store, catalog, embeddings=vectors())
    return catalog


def run(store: Store, variant: str = "", model: str = MODEL, **options: object) -> EvaluateResult:
    return evaluate(store, "tiny", model, variant=variant, command="python -m lib evaluate tiny --model toy", **options)


def check(found: Evaluation, catalog: Catalog, distances: list[np.ndarray], queries: list[int]) -> None:
    """Whether the metrics are those of rankings by some distances, worked out naively."""
    labels = catalog.frame["articleType"].to_numpy(object)
    for place, query in enumerate(queries):
        order = [row for row in np.argsort(distances[place], kind="stable") if row != query]
        slow = naive_metrics.all_of(naive_metrics.hits(order, labels, query))
        assert found.queries.iloc[place][list(slow)].to_dict() == pytest.approx(slow), query


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "manhattan"])
def test_reduced_vectors_are_scikit_learns_learnt_from_the_train_split(
    store: Store, tiny: Catalog, metric: str
) -> None:
    found = run(store, "l2+pca=3+whiten", metric=metric).evaluation
    unit, train = normalize(vectors().astype(np.float64)), (tiny.frame["split"] == "train").to_numpy()
    theirs = PCA(3, whiten=True, svd_solver="full").fit(unit[train]).transform(unit)
    slow = [naive_variants.distances(theirs, query, metric) for query in range(24)]
    check(found, tiny, slow, list(range(24)))
    assert found.details["cost"]["dim"] == 3
    assert found.details["dim"] == 8


@pytest.mark.parametrize("variant", ["expand=2", "augment=2"])
def test_averages_leave_the_query_out(store: Store, tiny: Catalog, variant: str) -> None:
    found = run(store, variant, metric="euclidean").evaluation
    name, n = variant.split("=")
    for query in range(24):  # items that are each other's nearest have one mean, so their order is not told
        slow = naive_variants.distances(vectors(), query, "euclidean", **{name: int(n)})
        assert slow[found.neighbors[query]] == pytest.approx(np.sort(slow)[:20], abs=1e-5)


def test_every_pass_over_the_gallery_is_told(store: Store, tiny: Catalog) -> None:
    told: list[tuple[int, int, int]] = []
    run(store, "augment=2+expand=1", sample=9, report=lambda *counts: told.append(counts))
    assert told == [(24, 24, 0), (9, 9, 0), (0, 9, 0), (9, 9, 0)]


def test_stored_vectors_are_asked_with_vectors_that_are_not(store: Store, tiny: Catalog) -> None:
    found, raw = run(store, "int8", metric="euclidean").evaluation, vectors()
    stored = learn_codec(raw, storage="int8", metric="euclidean").stored(raw)
    assert 0 < np.abs(stored - raw).max() < 0.02
    slow = [naive_variants.distances(stored, query, "euclidean", asked=raw[query]) for query in range(24)]
    check(found, tiny, slow, list(range(24)))
    assert found.details["cost"]["bytes_per_item"] == 8


def test_what_a_variant_changes_in_the_manifest(store: Store, tiny: Catalog) -> None:
    plain, reduced = run(store).evaluation.manifest, run(store, "pca=3 + l2").evaluation.manifest
    assert (plain.parameters["variant"], plain.details["variant"]) == ("", "")
    assert (reduced.parameters["variant"], reduced.details["variant"]) == ("l2+pca=3", "l2+pca=3")
    assert plain.parameters["version"] == 2
    assert "-all-l2_pca_3-" in reduced.id
    assert reduced.inputs == plain.inputs
    assert run(store, "l2+pca=3").n_reused == 24
    cost = plain.details["cost"]
    assert (cost["dim"], cost["bytes_per_item"], cost["bytes_shared"], cost["n_timed"]) == (8, 32, 0, 50)
    assert 0 < cost["ms_per_query"] <= cost["ms_per_query_p95"]
    assert cost["images_per_second"] is None
    assert "index" not in plain.details
    assert "asked_by" not in plain.details


@pytest.mark.parametrize("variant", ["hnsw", "ivf=2", "hnsw+expand=2+l2"])
def test_an_index_says_how_right_it_is_and_leaves_out_what_it_cannot_tell(
    store: Store, tiny: Catalog, variant: str
) -> None:
    found = run(store, variant).evaluation
    said, metrics = found.details["index"], found.details["metrics"]
    assert said["recall@10"] == pytest.approx(1, abs=0.01)
    assert (said["kind"], said["n_queries"]) == (variant.split("+")[0].split("=")[0], 24)
    assert said["settings"]
    for name in RANK_METRICS:
        assert (metrics[name]["value"] is None) == (name not in LIST_METRICS), name
        assert found.queries[name].isna().all() == (name not in LIST_METRICS), name
    assert metrics["ndcg@10"]["value"] is not None
    assert metrics["silhouette"]["value"] is not None
    assert "approximate index" in found.details["near_duplicates"]["unavailable"]
    exact = run(store, variant.replace("hnsw", "").replace("ivf=2", "").strip("+")).evaluation
    for name in LIST_METRICS:
        assert metrics[name]["value"] == pytest.approx(exact.details["metrics"][name]["value"], abs=0.05)
    assert compare(found, exact, metric="recall@5").n_queries == 24
    assert np.isnan(compare(found, exact, metric="map").estimate.value)


def test_near_duplicates_take_no_part_in_averages_where_they_are_taken_out(store: Store) -> None:
    """p000 and p003 are one picture and one vector; without its twin, p000 must not profit from its mean either."""
    catalog = make_catalog(store)
    images = catalog.folder / "images"
    (images / "p003.png").write_bytes((images / "p000.png").read_bytes())
    raw = vectors(seed=5)
    raw[3] = raw[0]
    make_embedding(store, catalog, embeddings=raw)
    found = run(store, "expand=2", metric="euclidean", label="gender").evaluation
    known, labels, slow = found.details["near_duplicates"], catalog.frame["gender"].to_numpy(object), []
    assert (found.queries["n_near_duplicates"] > 0).sum() == known["n_queries_with"] == 2
    for query in range(24):
        hidden = {0: [3], 3: [0]}.get(query, [])
        order = np.argsort(naive_variants.distances(raw, query, "euclidean", expand=2, hidden=hidden), kind="stable")
        kept = [row for row in order if row != query and row not in hidden]
        slow.append(naive_metrics.average_precision(naive_metrics.hits(kept, labels, query)))
    assert known["without"]["metrics"]["map"]["value"] == pytest.approx(np.mean(slow))


def test_all_zero_rows_are_counted_and_last_in_every_variant(store: Store) -> None:
    zeroed = vectors()
    zeroed[[4, 7]] = 0
    make_embedding(store, make_catalog(store), embeddings=zeroed)
    for variant in ("l2+pca=3", "augment=2+int8+expand=1", "hnsw"):
        found = run(store, variant).evaluation
        assert found.details["n_zero"] == 2
        ids = found.gallery["product_id"].to_numpy(object)
        others = found.queries.index[~found.queries["product_id"].isin(["p004", "p007"])]
        near = found.neighbors[others][:, :20]
        assert not np.isin(ids[near[near >= 0]], ["p004", "p007"]).any(), variant


def test_a_stopped_variant_goes_on(store: Store, tiny: Catalog) -> None:
    code = f"""
import os, signal
from lib.artifacts import Store
from lib.retrieval import resuming
from lib.retrieval.evaluate import evaluate
from pathlib import Path
resuming.SHARD_QUERIES = 5
def kill(done, total, reused):
    if done >= 15: os.kill(os.getpid(), signal.SIGKILL)
store = Store(Path({str(store.root)!r}))
evaluate(store, "tiny", {MODEL!r}, variant="pca=3+expand=2", command="x", report=kill)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert store.manifests("tiny", "evaluation") == []
    again = run(store, "pca=3+expand=2")
    assert again.evaluation.manifest.n == 24
    assert not list((tiny.folder / ".partial").iterdir())


class TestDisturbed:
    @pytest.fixture
    def calls(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, str]]:
        """Disturbed pictures get the vectors of another seed; each call is noted."""
        calls: list[tuple[str, int, str]] = []

        def embedded(
            _store: Store, catalog: Catalog, manifest: Manifest, ids: list[str], how: Disturbance, *, report: object
        ) -> np.ndarray:
            calls.append((manifest.id, len(ids), how.name))
            report(len(ids), len(ids), 0)
            return vectors(seed=9)[[catalog.row_of[product_id] for product_id in ids]]

        monkeypatch.setattr(disturbed, "embed_disturbed", embedded)
        return calls

    def test_they_ask_in_the_place_of_the_pictures(self, store: Store, tiny: Catalog, calls: list) -> None:
        found = run(store, "rotated", metric="euclidean", sample=9).evaluation
        assert calls == [(MODEL, 9, "rotated")]
        queries = [tiny.row_of[product_id] for product_id in found.queries["product_id"]]
        asked = vectors(seed=9)
        slow = [naive_variants.distances(vectors(), query, "euclidean", asked=asked[query]) for query in queries]
        check(found, tiny, slow, queries)
        assert compare(found, run(store, metric="euclidean", sample=9).evaluation, metric="map").n_queries == 9

    def test_they_are_reduced_like_the_gallery(self, store: Store, tiny: Catalog, calls: list) -> None:
        found = run(store, "pca=3+blurred", metric="euclidean").evaluation
        train = (tiny.frame["split"] == "train").to_numpy()
        theirs = PCA(3, svd_solver="full").fit(vectors()[train].astype(np.float64))
        gallery, asked = theirs.transform(vectors()), theirs.transform(vectors(seed=9))
        slow = [naive_variants.distances(gallery, query, "euclidean", asked=asked[query]) for query in range(24)]
        check(found, tiny, slow, list(range(24)))

    def test_embedded_pieces_are_kept(
        self, store: Store, tiny: Catalog, calls: list, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(asking, "SHARD_PICTURES", 10)
        told: list[tuple[int, int, int]] = []

        def stop(*counts: int) -> None:
            told.append(counts)
            if counts == (20, 24, 0):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run(store, "mirrored", report=stop)
        assert [n for _, n, _ in calls] == [10, 10]
        assert told == [(10, 24, 0), (20, 24, 0)]
        told.clear()
        first = run(store, "mirrored", report=lambda *counts: told.append(counts)).evaluation
        assert [n for _, n, _ in calls] == [10, 10, 10, 4]
        assert told == [(10, 24, 10), (20, 24, 10), (24, 24, 10), (0, 24, 0), (24, 24, 0)]
        assert not list((tiny.folder / ".partial").iterdir())
        monkeypatch.setattr(asking, "SHARD_PICTURES", 100)
        again = run(store, "mirrored", seed=1).evaluation
        assert again.queries["map"].tolist() == first.queries["map"].tolist()

    def test_a_damaged_piece_is_made_again(
        self, store: Store, tiny: Catalog, calls: list, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def stop(done: int, _total: int, _reused: int) -> None:
            if len(calls) == 2:
                raise KeyboardInterrupt

        monkeypatch.setattr(asking, "SHARD_PICTURES", 10)
        with pytest.raises(KeyboardInterrupt):
            run(store, "mirrored", report=stop)
        (piece,) = (tiny.folder / ".partial").glob("*-queries/*.shard")
        piece.write_bytes(b"torn")
        run(store, "mirrored")
        assert [n for _, n, _ in calls] == [10, 10, 10, 10, 4]

    def test_for_real(self, store: Store) -> None:
        make_catalog(store)
        model = embed_catalog(store, "tiny", EmbeddingRequest(backbone="color_hog"), command="x").embedding.id
        plain, turned = (run(store, variant, model).evaluation for variant in ("", "mirrored"))
        assert turned.details["variant"] == "mirrored"
        assert turned.neighbors.tolist() != plain.neighbors.tolist()
        assert turned.details["metrics"]["recall@1"]["value"] > 0.2
        assert plain.details["cost"]["images_per_second"] > 0

    def test_an_imported_embedding_has_no_model_to_ask_with(self, store: Store, tiny: Catalog) -> None:
        with pytest.raises(SearchError):
            run(store, "rotated")
        assert set(DISTURBANCES) >= {"rotated"}


class TestAskedBy:
    def test_another_models_vectors_ask_for_what_both_have(self, store: Store, tiny: Catalog) -> None:
        other = make_embedding(store, tiny, embeddings=vectors(seed=3)[:15], embedding_id="part-8-pad-none-000000")
        found = run(store, "asked-by=part", metric="euclidean").evaluation
        assert found.details["asked_by"] == {
            "embedding": other.id,
            "n_common": 15,
            "n_only_gallery": 9,
            "n_only_asking": 0,
        }
        assert (found.details["n_queries"], found.details["n_gallery"]) == (15, 24)
        assert found.manifest.skipped == {"no vector of the model that asks": 9}
        assert found.manifest.parameters["variant"] == f"asked-by={other.id}"
        slow = [
            naive_variants.distances(vectors(), query, "euclidean", asked=vectors(seed=3)[query]) for query in range(15)
        ]
        check(found, tiny, slow, list(range(15)))
        turned = run(store, f"asked-by={MODEL}", other.id).evaluation
        assert turned.details["asked_by"]["n_only_asking"] == 9
        assert turned.details["n_gallery"] == 15
        found = compare(found, run(store, metric="euclidean").evaluation, metric="map")
        assert (found.n_queries, found.n_only_a, found.n_only_b) == (15, 0, 9)

    def test_it_is_stale_when_the_asking_embedding_is_gone(self, store: Store, tiny: Catalog) -> None:
        other = make_embedding(store, tiny, embeddings=vectors(seed=3), embedding_id="part-8-pad-none-000000")
        manifest = run(store, "asked-by=part").evaluation.manifest
        assert not evaluation_is_stale(store, manifest, tiny)
        embedding_artifact.embedding_folder(store, "tiny", other.id).rename(store.root / "elsewhere")
        assert evaluation_is_stale(store, manifest, tiny)

    def test_its_own_model_asks_as_ever(self, store: Store, tiny: Catalog) -> None:
        assert run(store, "asked-by=toy").evaluation.queries.equals(run(store).evaluation.queries)

    def test_vectors_of_another_length_cannot_ask(self, store: Store, tiny: Catalog) -> None:
        other = make_embedding(store, tiny, embeddings=vectors(dim=5), embedding_id="short-8-pad-none-000000")
        with pytest.raises(SearchError, match=f"{other.id} gives vectors of 5 numbers, {MODEL} of 8"):
            run(store, "asked-by=short")

    def test_a_damaged_a_stale_and_a_missing_one(self, store: Store, tiny: Catalog) -> None:
        broken = vectors()
        broken[3, 2] = np.nan
        make_embedding(store, tiny, embeddings=broken, embedding_id="broken-8-pad-none-000000")
        with pytest.raises(InvalidArtifact, match="1 rows with NaN or inf"):
            run(store, "asked-by=broken")
        with pytest.raises(MissingArtifact, match="no embedding 'nobody'"):
            run(store, "asked-by=nobody")
        details = dict(tiny.manifest.details) | {"pictures_sha256": "other"}
        write_manifest(tiny.folder, dataclasses.replace(tiny.manifest, details=details))
        fresh = make_embedding(store, load_catalog(store, "tiny"), embedding_id="fresh-8-pad-none-000000")
        with pytest.raises(StaleArtifact, match=MODEL):
            run(store, f"asked-by={MODEL}", fresh.id)

    def test_no_query_in_common(self, store: Store, tiny: Catalog) -> None:
        make_embedding(store, tiny, embeddings=vectors()[:3], embedding_id="few-8-pad-none-000000")
        with pytest.raises(SearchError, match="the model that asks has a vector of none"):
            run(store, "asked-by=few", protocol="test-vs-all")


class TestBadInput:
    @pytest.mark.parametrize(
        ("variant", "options", "message"),
        [
            ("pca=9", {}, "pca=9 is too many: the 15 vectors of the train split, of 8 numbers each, vary in 8"),
            ("pq=3", {}, "pq=3 does not divide 8 dimensions"),
            ("pq=4", {}, "the gallery has 24 vectors only"),
            ("hnsw", {"metric": "manhattan"}, "hnsw searches by cosine or euclidean distance, not by manhattan"),
            ("umap", {}, "no step 'umap'"),
        ],
    )
    def test_a_variant_that_there_is_not_makes_nothing(
        self, store: Store, tiny: Catalog, variant: str, options: dict[str, str], message: str
    ) -> None:
        with pytest.raises(SearchError, match=message):
            run(store, variant, **options)
        assert not (tiny.folder / "evaluations").exists()

    def test_a_vector_that_is_not_a_number(self, store: Store) -> None:
        broken = vectors()
        broken[3, 2] = np.nan
        make_embedding(store, make_catalog(store), embeddings=broken)
        with pytest.raises(InvalidArtifact, match="1 rows with NaN or inf"):
            run(store, "pca=3")

    def test_no_picture_to_learn_from(self, store: Store, tiny: Catalog) -> None:
        tiny.frame.assign(split="test").to_parquet(tiny.folder / "catalog.parquet", index=False)
        write_manifest(tiny.folder, tiny.manifest)
        with pytest.raises(SearchError, match="the train split, which has 0 pictures here"):
            run(store, "pca=3")

    @pytest.mark.parametrize("variant", ["augment=30", "expand=30", "ivf=1", "hnsw=1", "float16"])
    def test_a_few_items_are_enough_for_the_rest(self, store: Store, variant: str) -> None:
        make_embedding(store, make_catalog(store, n=4), embeddings=vectors(4))
        found = run(store, variant, "toy", label="gender").evaluation
        assert found.details["metrics"]["recall@5"]["value"] is not None
