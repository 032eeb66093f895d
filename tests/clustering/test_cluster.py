"""The stage: what it stores, honest about which labels chose, kept and made again, and what it refuses."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.cli import main
from lib.clustering.cluster import cluster
from lib.clustering.clustering import load_clustering
from lib.clustering.contingency import Contingency
from lib.clustering.items import calibrating, sampled
from lib.clustering.request import GroupingRequest, is_defined
from lib.clustering.scores import score_clusters
from lib.embedding import Embedding
from lib.errors import AppError, CatalogError, ClusteringError
from lib.publish import write_manifest
from tests.factories import encoded, make_catalog, make_embedding, picture, replace_pictures

COMMAND = "python -m lib cluster tiny --model toy"


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def catalog(store: Store) -> Catalog:
    return make_catalog(store, n=40)


def labelled_vectors(catalog: Catalog, column: str = "articleType", spread: float = 0.05) -> np.ndarray:
    """Vectors that lie by a column's values."""
    codes = pd.factorize(catalog.frame[column])[0]
    rng = np.random.default_rng(0)
    return rng.normal(size=(10, 8))[codes] + rng.normal(size=(len(codes), 8)) * spread


@pytest.fixture
def model(store: Store, catalog: Catalog) -> Embedding:
    return make_embedding(store, catalog, embeddings=labelled_vectors(catalog))


def made(store: Store, model: Embedding, **asked: object):
    return cluster(store, "tiny", model.id, GroupingRequest(**asked), command=COMMAND)


def test_what_was_made_is_read_back(store: Store, model: Embedding) -> None:
    found = made(store, model, label="title", linkage="complete", sample=1000)
    assert not found.was_current
    again = made(store, model, label="title", linkage="complete", sample=1000)
    assert again.was_current
    assert again.id == found.id
    pd.testing.assert_frame_equal(again.groups, found.groups)
    assert (found.tree.cut(found.threshold) == found.groups["group"]).all()
    assert load_clustering(store, "tiny", found.id).n_clusters == found.details["n_clusters"]


def test_scores_are_of_pictures_whose_labels_chose_nothing(store: Store, catalog: Catalog, model: Embedding) -> None:
    found = made(store, model, label="title")
    parts = found.groups.groupby("part")["label"].agg(set)
    assert set(parts.index) == {"calibration", "scored"}
    assert not parts["calibration"] & parts["scored"]
    assert found.details["in_sample"] is False
    scored = found.groups[found.groups["part"] == "scored"]
    table = Contingency.of(pd.factorize(scored["label"])[0], scored["group"].to_numpy())
    for name, value in score_clusters(table).items():
        assert found.details["scores"][name]["value"] == pytest.approx(value)
    assert found.details["n_scored"] == len(scored)


def test_with_three_labels_all_choose_and_scores_are_in_sample(store: Store, model: Embedding) -> None:
    found = made(store, model)
    assert found.details["in_sample"] is True
    assert found.details["scores"]["ami"]["value"] == pytest.approx(1.0)
    assert found.details["n_clusters"] == 3
    assert set(found.groups["part"]) == {"scored"}


@pytest.mark.parametrize(
    ("asked", "in_sample"),
    [
        ({"threshold": 0.5}, False),
        ({"n_clusters": 3}, False),
        ({"calibrate": "gap"}, False),
        ({"calibrate": "silhouette"}, False),
        ({"calibrate": "count"}, True),
        ({"method": "kmeans"}, True),
        ({"method": "kmeans", "n_clusters": 3}, False),
        ({"method": "hdbscan"}, False),
    ],
)
def test_in_sample_is_what_labels_had_a_say_in(store: Store, model: Embedding, asked: dict, in_sample: bool) -> None:
    found = made(store, model, **asked)
    assert found.details["in_sample"] is in_sample
    assert found.details["scores"]["ami"]["value"] > 0.4
    assert (found.tree is None) == ("method" in asked)


def test_each_criterion_is_told_with_what_it_would_score(store: Store, model: Embedding) -> None:
    criteria = made(store, model, label="title").details["criteria"]
    assert set(criteria) == {"ami", "nmi", "ari", "pair_f1", "count", "silhouette", "gap"}
    chosen = made(store, model, label="title").details
    assert criteria["ami"]["ami"] == pytest.approx(chosen["scores"]["ami"]["value"])
    assert criteria["ami"]["threshold"] == chosen["threshold"]


def test_two_rows_show_what_a_score_is_worth(store: Store, model: Embedding) -> None:
    rows = made(store, model).details["baselines"]
    assert rows["each its own"]["ami"] == 0.0
    assert rows["each its own"]["nmi"] > 0.4
    assert rows["all in one"]["ami"] == 0.0
    assert rows["all in one"]["pair_recall"] == 1.0


def test_of_a_model_that_was_trained_here_only_the_test_split_is_scored(store: Store, catalog: Catalog) -> None:
    model = make_embedding(store, catalog, embeddings=labelled_vectors(catalog))
    folder = store.result_folder("tiny", "embedding", model.id)
    details = {**model.manifest.details, "trained_on": {"label": "articleType", "values": []}}
    write_manifest(folder, dataclasses.replace(model.manifest, details=details))
    found = cluster(store, "tiny", model.id, GroupingRequest(sample=20), command=COMMAND)
    split = catalog.frame.set_index("product_id")["split"]
    scored = found.groups.loc[found.groups["part"] == "scored", "product_id"]
    assert set(split[scored]) == {"test"}
    assert len(scored) == (split == "test").sum()
    assert len(found.groups) == 20
    assert found.details["test_split_only"] is True


def test_of_a_model_that_was_trained_elsewhere_everything_is_scored(store: Store, catalog: Catalog) -> None:
    model = make_embedding(store, catalog, embeddings=labelled_vectors(catalog))
    folder = store.result_folder("tiny", "embedding", model.id)
    details = {**model.manifest.details, "trained_on": {"label": "articleType", "values": []}, "seen": {}}
    write_manifest(folder, dataclasses.replace(model.manifest, details=details))
    found = cluster(store, "tiny", model.id, GroupingRequest(), command=COMMAND)
    assert found.details["n_scored"] == 40
    assert found.details["test_split_only"] is False


def test_a_sample_has_each_label_s_share_and_says_so(store: Store, model: Embedding) -> None:
    found = made(store, model, sample=12)
    assert found.groups["label"].value_counts().to_dict() == {"Shirts": 4, "Jeans": 4, "Heels": 4}
    assert found.manifest.skipped == {"not in the sample": 28}


def test_samples_are_seeded_and_proportional() -> None:
    codes = np.repeat([0, 1, 2, -1], [500, 300, 150, 50])
    rows = sampled(codes, 100, seed=3)
    assert np.unique(codes[rows], return_counts=True)[1].tolist() == [5, 50, 30, 15]
    assert rows.tolist() == sampled(codes, 100, seed=3).tolist() != sampled(codes, 100, seed=4).tolist()
    assert len(set(rows.tolist())) == 100


def test_whole_labels_choose() -> None:
    codes = np.random.default_rng(0).integers(-1, 30, 600)
    chooses = calibrating(codes, seed=1)
    assert not (set(codes[chooses]) & set(codes[~chooses]))
    assert -1 not in codes[chooses]
    assert 0.2 <= chooses.sum() / (codes >= 0).sum() < 0.25
    assert not calibrating(np.array([0, 0, 1, 1, 2, 2]), seed=0).any()


def test_pictures_without_a_label_are_grouped_and_not_scored(store: Store, model: Embedding) -> None:
    found = made(store, model, label="season", threshold=0.5)
    assert (found.groups.loc[found.groups["label"].isna(), "part"] == "unlabelled").all()
    assert found.details["n_scored"] == found.groups["label"].notna().sum() < 40


@pytest.mark.parametrize("linkage", ["ward", "single"])
def test_identical_pictures_and_one_picture(store: Store, catalog: Catalog, linkage: str) -> None:
    same = make_embedding(store, catalog, embeddings=np.ones((40, 8)), embedding_id="toy-8-pad-none-111111")
    asked = GroupingRequest(metric="euclidean", linkage=linkage, threshold=0.0)
    assert cluster(store, "tiny", same.id, asked, command=COMMAND).n_clusters == 1
    one = make_embedding(store, catalog, embeddings=np.ones((1, 8)), embedding_id="toy-8-pad-none-222222")
    assert cluster(store, "tiny", one.id, asked, command=COMMAND).n_clusters == 1
    with pytest.raises(ClusteringError, match="One item is one group"):
        cluster(store, "tiny", one.id, GroupingRequest(), command=COMMAND)


def test_zero_vectors_are_far_from_everything_under_cosine(store: Store, catalog: Catalog) -> None:
    vectors = labelled_vectors(catalog)
    vectors[:2] = 0.0
    model = make_embedding(store, catalog, embeddings=vectors)
    groups = made(store, model, threshold=0.5).groups["group"]
    assert groups[0] != groups[1]
    assert (groups == groups[0]).sum() == (groups == groups[1]).sum() == 1


def test_nan_in_an_embedding_is_damage(store: Store, catalog: Catalog) -> None:
    vectors = labelled_vectors(catalog)
    vectors[3, 3] = np.nan
    model = make_embedding(store, catalog, embeddings=vectors)
    with pytest.raises(AppError, match="Run: python -m lib embed"):
        made(store, model)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"metric": "hamming"}, "Expected metric to be one of"),
        ({"linkage": "median"}, "Expected linkage to be one of"),
        ({"linkage": "ward"}, "not defined for cosine"),
        ({"method": "spectral"}, "Expected method to be one of"),
        ({"method": "kmeans", "metric": "manhattan"}, "not defined for manhattan"),
        ({"method": "kmeans", "threshold": 0.1}, "k-means has no threshold. Give --n-clusters"),
        ({"method": "hdbscan", "n_clusters": 3}, "finds the number of groups"),
        ({"calibrate": "best"}, "Expected the criterion to be one of"),
        ({"calibrate": "ami", "threshold": 0.1}, "--calibrate and --threshold both say"),
        ({"threshold": -0.1}, "A threshold is a distance from 0 on"),
        ({"threshold": float("nan")}, "A threshold is a distance from 0 on"),
        ({"n_clusters": 0}, "a number of groups from 1 on"),
        ({"sample": 0}, "a sample of 1 to 20,000"),
        ({"sample": 30_000}, "a sample of 1 to 20,000"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_read(asked: dict, said: str) -> None:
    with pytest.raises(ClusteringError, match=said):
        GroupingRequest(**asked)


def test_more_groups_than_pictures_and_a_column_that_is_not_there(store: Store, model: Embedding) -> None:
    with pytest.raises(ClusteringError, match="40 items cannot make 41 groups"):
        made(store, model, n_clusters=41)
    with pytest.raises(ClusteringError, match="40 items cannot make 41 groups"):
        made(store, model, method="kmedoids", n_clusters=41)
    with pytest.raises(CatalogError, match="price"):
        made(store, model, label="price")
    assert store.manifests("tiny", "clustering") == []


@pytest.mark.parametrize(("threshold", "n_clusters"), [(0.0, 40), (2.0, 1)])
def test_a_threshold_may_leave_everything_alone_or_together(
    store: Store, model: Embedding, threshold: float, n_clusters: int
) -> None:
    found = made(store, model, threshold=threshold)
    assert found.details["n_clusters"] == n_clusters
    assert found.details["silhouette"] is None
    assert found.details["scores"]["ami"]["value"] == 0.0


def test_a_damaged_clustering_is_made_again(store: Store, model: Embedding, caplog) -> None:
    found = made(store, model)
    (store.result_folder("tiny", "clustering", found.id) / "groups.parquet").write_bytes(b"x")
    assert not made(store, model).was_current
    assert "It is made again." in caplog.text


def test_pictures_that_changed_are_said(store: Store, catalog: Catalog, model: Embedding) -> None:
    replace_pictures(store, catalog, {0: encoded(picture(99))})
    with pytest.raises(AppError, match="changed"):
        made(store, model)


def test_the_command_prints_what_the_design_names(store: Store, model: Embedding, capsys) -> None:
    words = ["cluster", "tiny", "--model", model.id, "--calibrate", "--artifacts", str(store.root)]
    assert main([*words, "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert {"id", "threshold", "n_clusters", "in_sample", "scores"} <= values.keys()
    assert set(values["scores"]["nmi"]) == {"value", "low", "high"}
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "40 pictures in 3 groups by cosine + average" in printed
    assert "in sample" in printed
    (manifest,) = store.manifests("tiny", "clustering")
    assert main([*manifest.command.split()[3:], "--artifacts", str(store.root), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == manifest.id


def test_a_grid_of_an_experiment_leaves_out_what_is_not_defined() -> None:
    assert not is_defined({"metric": "manhattan", "linkage": "ward"})
    assert is_defined({"metric": "manhattan"})
    assert not is_defined({"method": "kmeans", "metric": "manhattan"})
    assert is_defined({"metric": "hamming", "linkage": "ward"})  # said by the check of the stage
