"""Thresholds as artifacts: chosen by one half, measured on the other; what makes them stale, and bad input."""

import dataclasses
import json
import logging

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import Store
from lib.catalog import Catalog, load_catalog
from lib.embedding import artifact as embedding_artifact
from lib.embedding import load_embedding
from lib.errors import CatalogError, InvalidArtifact, MissingArtifact, SearchError, StaleArtifact
from lib.publish import publish, write_manifest
from lib.retrieval import thresholds
from lib.retrieval.bootstrap import Estimate
from lib.retrieval.calibration import LEAST_PAIRS
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.search import Gallery, Query, search
from lib.retrieval.threshold_store import find_thresholds, out_of_100
from lib.retrieval.thresholds import Threshold, calibrate, load_threshold, stored_threshold
from tests.factories import make_catalog, make_embedding, tiny_model

N = 60
MODEL = tiny_model(N)


def vectors(n: int = N, *, spread: float = 0.6) -> np.ndarray:
    """Around one point for each article type."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(3, 8))[np.arange(n) % 3] + rng.normal(scale=spread, size=(n, 8))


@pytest.fixture
def tiny(store: Store) -> Catalog:
    catalog = make_catalog(store, n=N)
    make_embedding(store, catalog, embeddings=vectors())
    return catalog


def run(store: Store, model: str = MODEL, **options: object) -> Threshold:
    return calibrate(store, "tiny", model, command="python -m lib threshold tiny --model toy", **options)


def pairs(store: Store, queries: list[str], metric: str, threshold: float) -> tuple[int, int]:
    """Shown and right pairs, as searches show them."""
    gallery = Gallery(catalog=load_catalog(store, "tiny"), embedding=load_embedding(store, "tiny", MODEL))
    labels = gallery.catalog.frame.set_index("product_id")["articleType"]
    n_shown = n_right = 0
    for product_id in queries:
        found = search(gallery, Query(product_id=product_id), metric=metric, k=None, threshold=threshold, per="picture")
        n_shown += len(found.ids)
        n_right += int((labels[found.ids] == labels[product_id]).sum())
    return n_shown, n_right


@pytest.mark.parametrize("metric", DISTANCE_METRICS)
def test_it_is_what_searches_show(store: Store, tiny: Catalog, metric: str) -> None:
    found = run(store, metric=metric, precision=0.8, seed=3)
    order = np.random.default_rng(3).permutation(N)
    held_back = tiny.ids[order[N // 2 :]].tolist()
    n_shown, n_right = pairs(store, held_back, metric, found.cut.threshold)
    assert found.cut.precision.value == pytest.approx(n_right / n_shown)
    assert found.cut.n_results == pytest.approx(n_shown / len(held_back))
    assert found.cut.recall == pytest.approx(n_right / (len(held_back) * (N // 3 - 1)))
    kept = [each for each in found.curve["threshold"] if naive_precision(tiny, order[: N // 2], metric, each) >= 0.8]
    assert found.cut.threshold == max(kept)


def naive_precision(catalog: Catalog, queries: np.ndarray, metric: str, threshold: float) -> float:
    """Share of shown pairs that are right, pair by pair; 0 where too few are shown to tell."""
    labels = catalog.frame["articleType"].to_numpy()
    plain = vectors().astype(np.float32)
    distances = np.array([DISTANCE_METRICS[metric].exact(plain, plain[query]) for query in queries])
    shown = (distances <= threshold) & (np.arange(N) != queries[:, None])
    right = shown & (labels == labels[queries][:, None])
    return right.sum() / shown.sum() if shown.sum() >= LEAST_PAIRS else 0.0


def test_the_manifest_says_what_was_found_in_plain_json(store: Store, tiny: Catalog) -> None:
    found = run(store, precision=0.9)
    folder = store.result_folder("tiny", "threshold", found.id)
    json.loads((folder / "manifest.json").read_text(), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    details = found.manifest.details
    assert details["threshold"] == found.cut.threshold
    assert details["precision"] == found.cut.precision.to_json()
    assert (details["n_choosing"], details["n_queries"], details["n_gallery"]) == (30, 30, 60)
    assert (found.asked, found.metric, found.label, found.model) == (0.9, "cosine", "articleType", MODEL)
    assert found.id.startswith(f"{MODEL}-articleType-cosine-0.9-")
    assert found.manifest.synthetic
    assert list(found.curve)[:7] == ["threshold", "precision", "low", "high", "recall", "n_results", "share_without"]


def test_the_same_request_is_kept_and_another_precision_is_read_off_the_same_curve(
    store: Store, tiny: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(store, precision=0.9)
    told: list[tuple[int, int, int]] = []
    monkeypatch.setattr(thresholds, "count_shown", lambda *_, **__: pytest.fail("it was measured again"))
    assert run(store, precision=0.9, report=lambda *counts: told.append(counts)).id == first.id
    assert told == [(60, 60, 60)]
    lower = run(store, precision=0.5)
    pd.testing.assert_frame_equal(lower.curve, first.curve)
    assert lower.cut.threshold > first.cut.threshold


def test_another_precision_is_the_one_that_measuring_alone_gives(store: Store, tiny: Catalog) -> None:
    run(store, precision=0.9)
    read_off = run(store, precision=0.5)
    for folder in (store.catalog_folder("tiny") / "thresholds").iterdir():
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
    alone = run(store, precision=0.5)
    assert (alone.id, alone.cut) == (read_off.id, read_off.cut)
    assert alone.manifest.details == read_off.manifest.details
    pd.testing.assert_frame_equal(alone.curve, read_off.curve)


def test_other_questions_have_other_ids(store: Store, tiny: Catalog) -> None:
    options = ({}, {"metric": "euclidean"}, {"label": "gender"}, {"sample": 20}, {"seed": 1})
    assert len({run(store, precision=0.5, **option).id for option in options}) == len(options)


def test_a_query_of_a_lone_label_asks_too_and_is_shown_only_wrong_items(store: Store, tiny: Catalog) -> None:
    """Every second picture gets a label of its own: precision falls, because such queries are asked as well."""
    before = run(store, precision=0.5)
    frame = tiny.frame.copy()
    frame.loc[frame.index[::2], "articleType"] = [f"only {i}" for i in range(N // 2)]
    frame.to_parquet(tiny.folder / "catalog.parquet", index=False)
    write_manifest(tiny.folder, tiny.manifest)
    after = run(store, precision=0.1)
    assert after.manifest.details["n_alone"] > 5
    assert after.manifest.n == N
    row = (after.curve["threshold"] - before.cut.threshold).abs().idxmin()
    assert after.curve["precision"][row] < before.cut.precision.value


def test_a_picture_without_a_label_asks_nothing_and_is_wrong(store: Store, tiny: Catalog) -> None:
    found = run(store, label="season", precision=0.3)
    assert found.manifest.skipped == {"no label": N // 3}
    assert found.manifest.details["n_gallery"] == N


def test_a_trained_model_is_asked_with_its_test_split_only(store: Store, tiny: Catalog) -> None:
    embedding = load_embedding(store, "tiny", MODEL)
    details = {**embedding.manifest.details, "trained_on": {"label": "articleType", "values": ["Shirts"]}}
    folder = embedding_artifact.embedding_folder(store, "tiny", MODEL)
    with publish(folder) as draft:
        for name in ("embeddings.npy", "ids.parquet", "skipped.parquet"):
            (draft / name).write_bytes((folder / name).read_bytes())
        write_manifest(draft, dataclasses.replace(embedding.manifest, details=details))
    found = run(store, precision=0.5)
    assert found.manifest.n == (tiny.frame["split"] == "test").sum() == 12
    assert found.manifest.skipped == {"the model was trained on it": N - 12}


class TestStored:
    def test_the_newest_is_found_whatever_its_precision(self, store: Store, tiny: Catalog) -> None:
        assert stored_threshold(store, "tiny", MODEL, metric="cosine") is None
        run(store, precision=0.9)
        newest = run(store, precision=0.5)
        run(store, precision=0.5, metric="euclidean")
        run(store, precision=0.5, label="gender")
        assert stored_threshold(store, "tiny", MODEL, metric="cosine").id == newest.id
        assert stored_threshold(store, "tiny", MODEL, metric="cosine", label="gender").label == "gender"
        assert stored_threshold(store, "tiny", MODEL, metric="manhattan") is None
        assert stored_threshold(store, "tiny", "another", metric="cosine") is None
        assert len(find_thresholds(store, "tiny", MODEL, metric="cosine", label="articleType")) == 2

    def test_what_is_asked_again_is_the_newest_again(self, store: Store, tiny: Catalog) -> None:
        first = run(store, precision=0.9)
        run(store, precision=0.5)
        assert run(store, precision=0.9).id == first.id
        assert stored_threshold(store, "tiny", MODEL, metric="cosine").id == first.id

    def test_a_stale_one_is_not(self, store: Store, tiny: Catalog) -> None:
        run(store, precision=0.5)
        tiny.frame.assign(year=2000).to_parquet(tiny.folder / "catalog.parquet")
        write_manifest(tiny.folder, tiny.manifest)
        assert stored_threshold(store, "tiny", MODEL, metric="cosine") is None
        assert find_thresholds(store, "tiny", MODEL, metric="cosine", label="articleType")

    def test_a_damaged_one_is_named_and_made_again(
        self, store: Store, tiny: Catalog, caplog: pytest.LogCaptureFixture
    ) -> None:
        found = run(store, precision=0.5)
        curve = store.result_folder("tiny", "threshold", found.id) / "curve.parquet"
        curve.write_bytes(curve.read_bytes()[:-9] + b"?" * 9)
        with pytest.raises(InvalidArtifact, match=r"curve\.parquet is damaged"):
            stored_threshold(store, "tiny", MODEL, metric="cosine")
        with caplog.at_level(logging.WARNING):
            again = run(store, precision=0.5)
        assert "It is made again" in caplog.text
        assert again.cut == found.cut

    def test_a_curve_without_its_columns_is_damaged(self, store: Store, tiny: Catalog) -> None:
        found = run(store, precision=0.5)
        folder = store.result_folder("tiny", "threshold", found.id)
        with publish(folder) as draft:
            found.curve.drop(columns="chosen_by").to_parquet(draft / "curve.parquet")
            write_manifest(draft, found.manifest)
        with pytest.raises(InvalidArtifact, match=r"curve\.parquet cannot be read"):
            load_threshold(store, "tiny", found.id)

    def test_one_that_was_never_made_is_missing(self, store: Store, tiny: Catalog) -> None:
        with pytest.raises(MissingArtifact):
            load_threshold(store, "tiny", "never")


class TestBadInput:
    @pytest.mark.parametrize("precision", [0, -0.1, 1.5, float("nan"), float("inf"), True, "0.9", None])
    def test_a_precision_that_is_no_share(self, store: Store, tiny: Catalog, precision: object) -> None:
        with pytest.raises(SearchError, match="a share above 0 and at most 1"):
            run(store, precision=precision)

    @pytest.mark.parametrize("sample", [0, 1, -3, 2.5, True])
    def test_a_sample_without_two_halves(self, store: Store, tiny: Catalog, sample: object) -> None:
        with pytest.raises(SearchError, match="no two halves"):
            run(store, sample=sample)

    def test_a_precision_that_nothing_keeps_says_what_could_be(self, store: Store) -> None:
        make_embedding(store, make_catalog(store, n=N), embeddings=np.random.default_rng(0).normal(size=(N, 8)))
        with pytest.raises(SearchError, match=r"No distance keeps 0.99 .* is 0\.\d+\.") as caught:
            run(store, precision=0.99)
        best = float(caught.value.hint.split("--precision ")[1].rstrip("."))
        assert run(store, precision=best).asked == best
        assert len(store.manifests("tiny", "threshold")) == 1

    def test_a_label_that_there_is_not_is_constant_or_has_singletons_only(self, store: Store, tiny: Catalog) -> None:
        with pytest.raises(CatalogError, match="no column 'price'"):
            run(store, label="price")
        with pytest.raises(CatalogError, match="nothing to tell apart"):
            run(store, label="usage")
        with pytest.raises(SearchError, match="no title has two pictures"):
            run(store, label="title")

    def test_a_metric_that_there_is_not(self, store: Store, tiny: Catalog) -> None:
        with pytest.raises(ValueError, match="Expected metric"):
            run(store, metric="hamming")

    def test_vectors_that_are_not_numbers(self, store: Store) -> None:
        broken = vectors()
        broken[3, 2] = np.nan
        make_embedding(store, make_catalog(store, n=N), embeddings=broken)
        with pytest.raises(InvalidArtifact, match="NaN"):
            run(store)

    def test_vectors_that_are_all_alike_keep_what_chance_keeps(self, store: Store) -> None:
        make_embedding(store, make_catalog(store, n=N), embeddings=np.ones((N, 8)))
        found = run(store, precision=0.3)
        assert found.cut.precision.value == pytest.approx(19 / 59)
        assert found.cut.share_without == 0

    def test_a_stale_embedding(self, store: Store, tiny: Catalog) -> None:
        details = {**tiny.manifest.details, "pictures_sha256": "another"}
        write_manifest(tiny.folder, dataclasses.replace(tiny.manifest, details=details))
        with pytest.raises(StaleArtifact, match="have changed since"):
            run(store)

    def test_one_picture(self, store: Store) -> None:
        make_embedding(store, make_catalog(store, n=1), embeddings=np.ones((1, 8)))
        with pytest.raises(CatalogError, match="nothing to tell apart"):
            run(store, "toy")

    def test_a_hostile_label(self, store: Store, tiny: Catalog) -> None:
        frame = tiny.frame.rename(columns={"gender": "../../<b>gender</b> $(rm)"})
        frame.to_parquet(tiny.folder / "catalog.parquet", index=False)
        write_manifest(tiny.folder, tiny.manifest)
        found = run(store, label="../../<b>gender</b> $(rm)", precision=0.4)
        assert (store.catalog_folder("tiny") / "thresholds" / found.id / "curve.parquet").is_file()
        assert stored_threshold(store, "tiny", MODEL, metric="cosine", label=found.label).id == found.id


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (Estimate(0.95, 0.94, 0.96), "95 of 100 [94, 96]"),
        (Estimate(0.9549, 0.9401, 0.9601), "95 of 100 [94, 97]"),
        (Estimate(1.0, 1.0, 1.0), "100 of 100 [100, 100]"),
        (Estimate(0.999, 0.99, 1.0), "more than 99 of 100 [99, 100]"),
        (Estimate(0.004, 0.0, 0.01), "fewer than 1 of 100 [0, 1]"),
        (Estimate(0.0, 0.0, 0.0), "0 of 100 [0, 0]"),
        (Estimate(0.5, float("nan"), float("nan")), "50 of 100"),
        (Estimate(*[float("nan")] * 3), "unknown"),
    ],
)
def test_shares_are_said_as_they_are(share: Estimate, said: str) -> None:
    assert out_of_100(share) == said
