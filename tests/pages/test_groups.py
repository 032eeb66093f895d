"""The Groups page: what it says is what the clusterings hold, and what is missing can be made."""

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import Store
from lib.clustering.cluster import cluster
from lib.clustering.clustering import Clustering
from lib.clustering.request import GroupingRequest
from lib.clustering.taxonomy import group_table
from tests.factories import catalog_rows, encoded, make_catalog, make_embedding, picture, replace_pictures
from tests.pages.conftest import Open, grids, texts

CUT, SHEETS, LABELS = "Where to cut", "Groups", "Against the labels"


def vectors(n: int = 60) -> np.ndarray:
    """Vectors that lie by article type and colour, but for one that lies elsewhere."""
    frame = catalog_rows(n)
    codes = pd.factorize(frame["articleType"] + frame["baseColour"])[0]
    rng = np.random.default_rng(0)
    found = rng.normal(size=(codes.max() + 1, 8))[codes] + rng.normal(scale=0.05, size=(n, 8))
    found[0] = found[1]
    return found


@pytest.fixture
def made(store: Store) -> list[Clustering]:
    """Three clusterings of one catalogue."""
    embedding = make_embedding(store, make_catalog(store, n=60), embeddings=vectors())
    asked = ({}, {"metric": "euclidean", "linkage": "ward"}, {"method": "kmeans"})
    command = "python -m lib cluster tiny --model toy"
    return [cluster(store, "tiny", embedding.id, GroupingRequest(**each), command=command) for each in asked]


def test_without_a_clustering_it_says_what_makes_one(tiny: Store, open_page: Open) -> None:
    app = open_page("groups")
    assert not app.exception
    (model,) = tiny.manifests("tiny", "embedding")
    assert f"python -m lib cluster tiny --model {model.id} --metric cosine" in app.code[0].value


def test_the_table_holds_every_clustering_and_what_nothing_scores(made: list[Clustering], open_page: Open) -> None:
    app = open_page("groups")
    assert not app.exception
    assert app.get("plotly_chart")
    table = app.dataframe[0].value
    assert set(table["Made by"]) == {
        *("Cosine + Average", "Euclidean + Ward", "k-means, Cosine", "(each its own)", "(all in one)")
    }
    best = max(each.details["scores"]["ami"]["value"] for each in made)
    assert table["AMI"].max() == pytest.approx(best)
    assert "In sample" in texts(app)


def test_cells_that_are_missing_are_offered(made: list[Clustering], open_page: Open) -> None:
    app = open_page("groups")
    (code,) = [each.value for each in app.code if "python -m lib cluster" in each.value]
    assert len(code.splitlines()) == 8
    assert "--metric manhattan --linkage single --calibrate ami" in code
    assert "--metric cosine --linkage ward" not in code
    assert "--metric cosine --linkage average" not in code


def test_another_score_and_the_silhouette_can_be_drawn(made: list[Clustering], open_page: Open) -> None:
    app = open_page("groups")
    for name in ("nmi", "silhouette"):
        app.selectbox(key="score").select(name).run()
        assert not app.exception


def test_where_to_cut_says_the_clustering_s_numbers(made: list[Clustering], open_page: Open) -> None:
    app = open_page("groups", view=CUT, groups=made[0].id)
    assert not app.exception
    numbers = {metric.label: metric.value for metric in app.metric}
    assert numbers["Threshold"] == f"{made[0].threshold:.4g}"
    assert numbers["Groups"] == f"{made[0].n_clusters:,}"
    assert numbers["AMI"] == f"{made[0].details['scores']['ami']['value']:.3f}"
    assert app.dataframe[0].value["Criterion"].tolist()[0] == "Best AMI"
    app = open_page("groups", view=CUT, groups=made[2].id)
    assert "made without a threshold" in texts(app)


def test_groups_are_drawn_and_another_threshold_makes_others(made: list[Clustering], open_page: Open) -> None:
    app = open_page("groups", view=SHEETS, groups=made[0].id)
    assert not app.exception
    table = group_table(made[0].groups)
    several = table[table["n"] > 1]
    assert len(grids(app)) == min(8, len(several))
    assert len(grids(app)[0]) == min(18, several["n"].max())
    assert f"{len(table)} groups" in texts(app)
    app.number_input(key=f"at-{made[0].id}").set_value(0.0).run()
    assert not app.exception
    assert "60 groups" in texts(app) or "59 groups" in texts(app)
    app.number_input(key=f"at-{made[0].id}").set_value(float(made[0].tree.heights.max())).run()
    assert "1 group," in texts(app)


@pytest.mark.parametrize("order", ["Largest", "Most mixed", "Purest"])
def test_groups_come_in_an_order(made: list[Clustering], open_page: Open, order: str) -> None:
    app = open_page("groups", view=SHEETS, groups=made[0].id, order=order)
    assert not app.exception
    assert grids(app)


def test_where_groups_and_labels_disagree_is_shown(made: list[Clustering], open_page: Open) -> None:
    app = open_page("groups", view=LABELS, groups=made[0].id)
    assert not app.exception
    said = [each.value for each in app.subheader]
    assert said == [
        "These labels look the same",
        "These labels hold several kinds",
        "These pictures lie in a group of another label",
    ]


def test_a_stale_clustering_says_what_makes_it_again(store: Store, made: list[Clustering], open_page: Open) -> None:
    from lib.catalog import load_catalog

    replace_pictures(store, load_catalog(store, "tiny"), {0: encoded(picture(99))})
    app = open_page("groups")
    assert not app.exception
    assert any("older catalogue or embedding" in each.value for each in app.warning)


def test_a_damaged_clustering_is_named(store: Store, made: list[Clustering], open_page: Open) -> None:
    folder = store.result_folder("tiny", "clustering", made[0].id)
    (folder / "groups.parquet").write_bytes(b"x")
    app = open_page("groups", view=SHEETS, groups=made[0].id)
    assert not app.exception
    assert "groups.parquet" in app.error[0].value.replace("\\", "")
    (folder / "manifest.json").write_text("{}")
    app = open_page("groups")
    assert not app.exception
    assert app.error
