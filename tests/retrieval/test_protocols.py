"""Who asks whom, who is left out, and what is said where nothing can be asked."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import Store
from lib.embedding import Embedding
from lib.errors import AppError, CatalogError, SearchError
from lib.retrieval.gallery import Gallery
from lib.retrieval.protocols import PROTOCOLS, make_task
from tests.factories import make_catalog, make_embedding


@pytest.fixture
def gallery(store: Store) -> Callable[..., Gallery]:
    """Makes a gallery of the tiny catalogue with some columns replaced."""
    catalog = make_catalog(store)
    embedding = make_embedding(store, catalog)

    def make(*, keep: int = 24, trained_on: object = None, **columns: object) -> Gallery:
        changed = dataclasses.replace(catalog, frame=catalog.frame.assign(**columns))
        details = dict(embedding.manifest.details) | ({"trained_on": trained_on} if trained_on else {})
        manifest = dataclasses.replace(embedding.manifest, details=details)
        part = Embedding(ids=embedding.ids[:keep], embeddings=embedding.embeddings[:keep], manifest=manifest)
        return Gallery(catalog=changed, embedding=part)

    return make


def test_all_asks_all(gallery: Callable[..., Gallery]) -> None:
    task = make_task(gallery(), label="articleType", protocol="all", seed=0)
    assert (len(task.queries), len(task.rows), task.n_left_out, task.self_counted) == (24, 24, 0, False)
    assert task.ids.tolist() == sorted(task.ids)
    assert [task.labels[code] for code in task.codes[:3]] == ["Shirts", "Jeans", "Heels"]


def test_the_test_split_asks_all_or_itself(gallery: Callable[..., Gallery]) -> None:
    against_all = make_task(gallery(), label="articleType", protocol="test-vs-all", seed=0)
    itself = make_task(gallery(), label="articleType", protocol="test-vs-test", seed=0)
    tests = [f"p{i:03d}" for i in (4, 9, 14, 19)]
    assert against_all.ids[against_all.queries].tolist() == tests
    assert len(against_all.rows) == 24
    assert itself.ids.tolist() == tests
    assert itself.ids[itself.queries].tolist() == ["p004", "p019"]
    assert itself.n_left_out == 2


def test_queries_alone_in_their_label_or_without_one_are_left_out_and_stay_in_the_gallery(
    gallery: Callable[..., Gallery],
) -> None:
    labels = ["only me", None, *["many"] * 22]
    task = make_task(gallery(kind=labels), label="kind", protocol="all", seed=0)
    assert (len(task.queries), task.n_left_out, task.n_without_label, len(task.rows)) == (22, 1, 1, 24)


def test_a_label_may_be_a_number(gallery: Callable[..., Gallery]) -> None:
    assert make_task(gallery(), label="year", protocol="all", seed=0).labels == ("2011", "2012", "2013")


def test_as_s2_counts_the_query_itself_and_draws_a_sample(gallery: Callable[..., Gallery]) -> None:
    protocol = PROTOCOLS["as-s2"]
    assert protocol.self_counted
    assert protocol.sample == 1000
    task = make_task(gallery(), label="articleType", protocol="as-s2", seed=0, sample=5)
    assert (len(task.queries), task.n_sampled_from, task.self_counted) == (5, 24, True)


def test_the_seed_decides_the_sample(gallery: Callable[..., Gallery]) -> None:
    drawn = [
        make_task(gallery(), label="articleType", protocol="all", seed=seed, sample=9).queries.tolist()
        for seed in (0, 0, 1)
    ]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(set(drawn[0])) == 9
    with pytest.raises(ValueError, match="sample"):
        make_task(gallery(), label="articleType", protocol="all", seed=0, sample=0)


def test_unseen_labels_are_those_the_model_was_not_trained_on(gallery: Callable[..., Gallery]) -> None:
    trained = {"label": "articleType", "values": ["Shirts"]}
    task = make_task(gallery(trained_on=trained), label="articleType", protocol="unseen-labels", seed=0)
    assert task.labels == ("Heels", "Jeans")
    assert set(task.ids) == {f"p{i:03d}" for i in range(24) if i % 3}


def test_unseen_labels_are_not_applicable_to_a_model_that_saw_all(gallery: Callable[..., Gallery]) -> None:
    trained = {"label": "articleType", "values": ["Shirts", "Jeans", "Heels"]}
    with pytest.raises(SearchError, match="not applicable"):
        make_task(gallery(trained_on=trained), label="articleType", protocol="unseen-labels", seed=0)


def test_unseen_labels_are_not_applicable_to_a_model_that_was_not_trained(gallery: Callable[..., Gallery]) -> None:
    with pytest.raises(SearchError, match="not applicable: this model was not trained on gender"):
        make_task(gallery(), label="gender", protocol="unseen-labels", seed=0)


@pytest.mark.parametrize(
    ("values", "error", "said"),
    [
        ("same", CatalogError, "only one value"),
        ([f"v{i}" for i in range(24)], SearchError, "no kind has two pictures"),
        ([None] * 24, CatalogError, "has no value"),
    ],
    ids=["constant", "only singletons", "empty"],
)
def test_labels_that_tell_nothing_are_refused(
    gallery: Callable[..., Gallery], values: object, error: type[AppError], said: str
) -> None:
    column = pd.Series([values] * 24 if isinstance(values, str) else values, dtype="string")
    with pytest.raises(error, match=said) as caught:
        make_task(gallery(kind=column.to_numpy(object)), label="kind", protocol="all", seed=0)
    assert "--label" in caught.value.hint


def test_a_column_that_there_is_not_is_refused_naming_those_there_are(gallery: Callable[..., Gallery]) -> None:
    with pytest.raises(CatalogError, match="no column 'colour'") as caught:
        make_task(gallery(), label="colour", protocol="all", seed=0)
    assert "baseColour" in caught.value.hint


def test_one_item_is_refused(gallery: Callable[..., Gallery]) -> None:
    with pytest.raises(CatalogError, match="nothing to tell apart"):
        make_task(gallery(keep=1), label="articleType", protocol="all", seed=0)


def test_an_unknown_protocol_is_refused(gallery: Callable[..., Gallery]) -> None:
    with pytest.raises(ValueError, match="Expected protocol to be one of"):
        make_task(gallery(), label="articleType", protocol="some", seed=0)


def test_labels_codes_follow_text_order(gallery: Callable[..., Gallery]) -> None:
    task = make_task(gallery(), label="gender", protocol="all", seed=0)
    assert task.labels == ("Men", "Women")
    assert np.bincount(task.codes).tolist() == [12, 12]
