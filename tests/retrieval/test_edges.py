"""What stands on either side of a threshold, against the whole ranking."""

import numpy as np
import pytest

from lib.artifacts import Store
from lib.errors import CatalogError
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.edges import either_side
from lib.retrieval.gallery import Gallery
from lib.retrieval.hand_tuned import HAND_TUNED
from lib.retrieval.search import Query, search
from tests.factories import make_catalog, make_embedding


@pytest.fixture
def gallery(store: Store) -> Gallery:
    catalog = make_catalog(store)
    return Gallery(catalog=catalog, embedding=make_embedding(store, catalog))


@pytest.mark.parametrize("metric", DISTANCE_METRICS)
@pytest.mark.parametrize("place", [0, 1, 7, 22, 23])
def test_they_are_the_neighbours_of_the_threshold_in_the_ranking(gallery: Gallery, metric: str, place: int) -> None:
    whole = search(gallery, Query(product_id="p005"), metric=metric, k=50, per="picture").table
    threshold = 0.0 if not place else float(whole["distance"][place - 1])
    found = either_side(gallery, "p005", metric=metric, threshold=threshold, n=3)
    expected = whole.iloc[max(0, place - 3) : place + 3]
    assert found["product_id"].tolist() == expected["product_id"].tolist()
    assert found["rank"].tolist() == expected["rank"].tolist()
    assert found["distance"].to_numpy() == pytest.approx(expected["distance"].to_numpy())
    assert found["within"].sum() == min(3, place)
    assert "p005" not in set(found["product_id"])


def test_pictures_that_are_all_alike_are_all_within(store: Store) -> None:
    catalog = make_catalog(store, n=6)
    alike = Gallery(catalog=catalog, embedding=make_embedding(store, catalog, embeddings=np.ones((6, 8))))
    found = either_side(alike, "p000", metric="cosine", threshold=0.0, n=2)
    assert found["product_id"].tolist() == ["p004", "p005"]
    assert found["within"].all()


def test_an_unknown_product(gallery: Gallery) -> None:
    with pytest.raises(CatalogError, match="no product"):
        either_side(gallery, "../x", metric="cosine", threshold=1.0, n=2)


def test_what_was_tuned_by_hand_is_one_of_what_was_tried_or_lies_between() -> None:
    for each in HAND_TUNED:
        assert each.metric in DISTANCE_METRICS
        assert min(each.tried) <= each.kept <= max(each.tried)
