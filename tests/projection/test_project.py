"""The stage: what it stores, what it shares, and where an uploaded picture lies."""

import json

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.cli import main
from lib.embedding import Embedding
from lib.errors import InvalidArtifact, ProjectionError
from lib.projection.project import project
from lib.projection.projection import load_projection
from lib.projection.request import MapRequest
from tests.factories import make_catalog, make_embedding

COMMAND = "python -m lib project tiny --model toy"


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def catalog(store: Store) -> Catalog:
    return make_catalog(store, n=40)


@pytest.fixture
def model(store: Store, catalog: Catalog) -> Embedding:
    return make_embedding(store, catalog)


def made(store: Store, model: Embedding, **asked: object):
    return project(store, "tiny", model.id, MapRequest(**asked), command=COMMAND)


@pytest.mark.parametrize("asked", [{}, {"method": "tsne", "perplexity": 5.0}, {"method": "pca", "dimensions": 3}])
def test_what_was_made_is_read_back(store: Store, model: Embedding, asked: dict) -> None:
    found = made(store, model, **asked)
    assert not found.was_current
    assert found.points["product_id"].tolist() == sorted(model.ids.tolist())
    assert list(found.points) == ["product_id", *found.axes, "distortion"]
    assert 0 < found.details["trustworthiness"] <= 1
    assert found.details["label"] == "articleType"
    again = made(store, model, **asked)
    assert again.was_current
    pd.testing.assert_frame_equal(again.points, found.points)


def test_maps_of_one_metric_share_their_neighbours(store: Store, model: Embedding) -> None:
    made(store, model)
    made(store, model, method="tsne", perplexity=5.0)
    made(store, model, method="pca")
    (graph,) = store.manifests("tiny", "neighbor-graph")
    assert graph.details["k"] == 39
    made(store, model, metric="euclidean")
    assert len(store.manifests("tiny", "neighbor-graph")) == 2


def test_several_maps_stand_side_by_side(store: Store, model: Embedding) -> None:
    ids = {made(store, model, min_dist=distance, n_neighbors=k).id for distance in (0.1, 0.5) for k in (5, 15)}
    assert len(ids) == 4
    assert made(store, model, method="pca", perplexity=7.0).id == made(store, model, method="pca").id


def test_a_damaged_map_and_a_damaged_graph_are_made_again(store: Store, model: Embedding, caplog) -> None:
    first = made(store, model)
    (store.result_folder("tiny", "projection", first.id) / "points.parquet").write_bytes(b"x")
    (graph,) = store.manifests("tiny", "neighbor-graph")
    (store.result_folder("tiny", "neighbor-graph", graph.id) / "neighbors.npy").write_bytes(b"x")
    with pytest.raises(InvalidArtifact):
        load_projection(store, "tiny", first.id)
    again = made(store, model)
    assert caplog.text.count("It is made again.") == 2
    np.testing.assert_array_equal(again.points["x"], first.points["x"])


def test_a_map_in_space_by_tsne_is_of_a_sample(store: Store, model: Embedding, monkeypatch) -> None:
    monkeypatch.setattr("lib.projection.project.MOST_IN_SPACE", 30)
    found = made(store, model, method="tsne", dimensions=3, perplexity=5.0)
    assert (found.manifest.n, found.manifest.n_in) == (30, 40)
    assert found.manifest.skipped == {"not in the sample": 10}
    assert store.manifests("tiny", "neighbor-graph") == []


def test_an_uploaded_picture_lies_among_its_nearest(store: Store, model: Embedding) -> None:
    found = made(store, model, method="pca")
    points = found.points[["x", "y"]].to_numpy()
    ids = found.points["product_id"].to_numpy(str)
    assert found.place(ids[:1], np.array([0.9])).tolist() == points[0].tolist()
    place = found.place(ids[:3], np.array([0.9, 0.5, 0.1]))
    assert (place >= points[:3].min(axis=0)).all()
    assert (place <= points[:3].max(axis=0)).all()
    assert found.place(ids[:2], np.array([0.5, 0.5])) == pytest.approx(points[:2].mean(axis=0))
    near, far = (found.place(ids[:2], np.array(scores)) for scores in ([0.9, 0.1], [0.5, 0.5]))
    assert np.linalg.norm(near - points[0]) < np.linalg.norm(far - points[0])
    assert found.place(np.array(["nobody"]), np.array([1.0])) is None


def test_too_few_pictures_are_refused_and_leave_nothing(store: Store, catalog: Catalog) -> None:
    few = make_embedding(store, catalog, embeddings=np.eye(8)[:5])
    with pytest.raises(ProjectionError, match="5 pictures have no 15 neighbours"):
        made(store, few)
    with pytest.raises(ProjectionError, match="perplexity"):
        made(store, few, method="tsne")
    assert store.manifests("tiny", "projection") == []
    assert made(store, few, method="pca").manifest.n == 5


def test_the_command_prints_what_the_design_names(store: Store, model: Embedding, capsys) -> None:
    words = ["project", "tiny", "--model", model.id, "--method", "tsne", "--perplexity", "5"]
    words += ["--artifacts", str(store.root)]
    assert main([*words, "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert {"id", "trustworthiness", "continuity"} <= values.keys()
    assert main(words) == 0
    assert "40 pictures by tsne in 2 dimensions" in capsys.readouterr().out
    (manifest,) = store.manifests("tiny", "projection")
    assert main([*manifest.command.split()[3:], "--artifacts", str(store.root), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == values["id"]
    assert main([*words[:4], "--n-neighbors", "300", "--artifacts", str(store.root)]) == 1
    assert "from 2 to 200" in capsys.readouterr().err
