"""Whether models find the same: against sets taken one query at a time, and with galleries that differ."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.artifacts import Store
from lib.catalog import load_catalog
from lib.errors import InvalidArtifact
from lib.retrieval import overlap
from lib.retrieval.evaluate import evaluate
from lib.retrieval.gallery import Gallery
from lib.retrieval.overlap import Neighbors, common_products, nearest_to, overlap_at_k, overlap_matrix, overlap_table
from lib.retrieval.search import Query, search
from tests.factories import make_catalog, make_embedding

IDS = [f"p{i:02d}" for i in range(12)]


@pytest.mark.parametrize(
    ("a", "b", "k", "share"),
    [
        ("abcd", "abcd", 4, 1),
        ("abcd", "dcba", 4, 1),
        ("abcd", "dcba", 1, 0),
        ("abcd", "wxyz", 3, 0),
        ("abc", "abcdef", 6, 3 / 6),
        ("ab", "ab", 10, 1),
        ("", "ab", 2, 0),
    ],
)
def test_two_lists(a: str, b: str, k: int, share: float) -> None:
    assert overlap_at_k(list(a), list(b), k=k) == overlap_at_k(list(b), list(a), k=k) == share


def test_two_empty_lists_do_not_say() -> None:
    assert np.isnan(overlap_at_k([], [], k=3))


@pytest.mark.parametrize("k", [0, -1])
def test_a_k_below_1(k: int) -> None:
    with pytest.raises(ValueError, match="Expected k"):
        overlap_at_k(["a"], ["a"], k=k)
    with pytest.raises(ValueError, match="Expected k"):
        overlap_table({}, k=k)


def neighbors(rng: np.random.Generator) -> Neighbors:
    """Some of the ids, in an order of their own, of which some ask."""
    gallery = rng.permutation(IDS)[: rng.integers(5, 13)]
    queries = rng.permutation(IDS)[: rng.integers(1, 13)]
    rows = np.array([rng.permutation(len(gallery))[:5] for _ in queries])
    return Neighbors(queries, gallery, np.where(rng.random(rows.shape) < 0.1, -1, rows) if rng.random() < 0.2 else rows)


@settings(max_examples=60)
@given(seed=st.integers(0, 100_000), k=st.integers(1, 6))
def test_every_pair_is_the_naive_one(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    models = {name: neighbors(rng) for name in "abc"}
    found = overlap_table(models, k=k).set_index(["a", "b"])
    assert found.index.tolist() == [("a", "b"), ("a", "c"), ("b", "c")]
    for (one, other), row in found.iterrows():
        first, second = models[one], models[other]
        both = set(first.gallery) & set(second.gallery)
        values = []
        for query in sorted(set(first.queries) & set(second.queries)):
            lists = []
            for each in (first, second):
                near = each.nearest[each.queries.tolist().index(query)]
                lists.append([each.gallery[i] for i in near if i >= 0 and each.gallery[i] in both])
            values.append(overlap_at_k(*lists, k=k))
        known = [value for value in values if not np.isnan(value)]
        expected = np.mean(known) if known else np.nan
        assert row["overlap"] == pytest.approx(expected, nan_ok=True)
        assert row["n_queries"] == len(values)
        assert row["n_items_left_out"] == len(set(first.gallery) ^ set(second.gallery))
        assert row["n_queries_left_out"] == len(set(first.queries) ^ set(second.queries))


def test_the_interval_holds_the_mean_and_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    ids = np.array([f"q{i:03d}" for i in range(80)])
    models = {name: Neighbors(ids, ids, rng.integers(0, 80, (80, 5))) for name in "ab"}
    whole = overlap_table(models, k=5)
    assert whole["low"][0] <= whole["overlap"][0] <= whole["high"][0]
    monkeypatch.setattr(overlap, "_COMPARED", 25 * 7)
    assert overlap_table(models, k=5).equals(whole)


def test_the_square_is_symmetric_and_each_agrees_with_itself() -> None:
    models = {name: neighbors(np.random.default_rng(i)) for i, name in enumerate("abc")}
    table = overlap_table(models, k=3)
    square = overlap_matrix(table, ["c", "a", "b"])
    assert np.array_equal(square, square.T, equal_nan=True)
    assert np.diag(square).tolist() == [1, 1, 1]
    assert square[0, 1] == table.set_index(["a", "b"]).loc[("a", "c"), "overlap"]
    assert np.isnan(overlap_matrix(table, ["a", "z"])[0, 1])


def test_one_model_has_nobody_to_agree_with() -> None:
    assert overlap_table({"a": neighbors(np.random.default_rng(0))}, k=3).empty
    assert overlap_table({}, k=3).empty


def test_neighbours_that_cannot_be() -> None:
    ids = np.array(IDS)
    with pytest.raises(ValueError, match="Expected 12 rows"):
        Neighbors(ids, ids, np.zeros((3, 2), int))
    with pytest.raises(ValueError, match="Expected rows of a gallery"):
        Neighbors(ids[:1], ids, np.array([[12]]))


class TestNearest:
    @pytest.fixture
    def gallery(self, store: Store) -> Gallery:
        catalog = make_catalog(store)
        return Gallery(catalog=catalog, embedding=make_embedding(store, catalog))

    @pytest.mark.parametrize("metric", ["cosine", "euclidean", "manhattan"])
    def test_it_is_what_searches_find(self, gallery: Gallery, metric: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(overlap, "_BLOCK_QUERIES", 5)
        queries = gallery.catalog.ids[::2]
        told: list[tuple[int, int, int]] = []
        found = nearest_to(gallery, queries, metric=metric, k=4, report=lambda *counts: told.append(counts))
        for query, row in zip(queries, found.nearest, strict=True):
            expected = search(gallery, Query(product_id=str(query)), metric=metric, k=4, per="picture").ids
            assert found.gallery[row].tolist() == expected
        assert told == [(5, 12, 0), (10, 12, 0), (12, 12, 0)]

    def test_it_is_what_an_evaluation_kept(self, store: Store, gallery: Gallery) -> None:
        kept = evaluate(store, "tiny", "toy", command="x").evaluation
        found = nearest_to(gallery, gallery.catalog.ids, metric="cosine", k=20)
        assert found.nearest.tolist() == np.asarray(kept.neighbors).tolist()
        assert found.gallery.tolist() == kept.gallery["product_id"].tolist()

    def test_only_what_may_be_found_is_found(self, gallery: Gallery) -> None:
        few = gallery.catalog.ids[:4]
        found = nearest_to(gallery, few, metric="cosine", k=10, among=few)
        assert found.nearest.shape == (4, 3)
        assert set(found.gallery) == set(few)
        with pytest.raises(ValueError, match="1 others"):
            nearest_to(gallery, gallery.catalog.ids[:5], metric="cosine", k=3, among=few)

    def test_an_item_alone_has_no_neighbour(self, gallery: Gallery) -> None:
        only = gallery.catalog.ids[:1]
        assert nearest_to(gallery, only, metric="cosine", k=3, among=only).nearest.shape == (1, 0)

    def test_common_products(self, store: Store, gallery: Gallery) -> None:
        catalog = load_catalog(store, "tiny")
        part = make_embedding(store, catalog, embeddings=np.ones((9, 8)), embedding_id="part-8-pad-none-000000")
        few = Gallery(catalog=catalog, embedding=part)
        assert common_products([gallery, few]).tolist() == sorted(catalog.ids[:9])
        assert common_products([few]).tolist() == sorted(catalog.ids[:9])

    def test_vectors_that_are_not_numbers(self, store: Store) -> None:
        catalog = make_catalog(store, "broken")
        broken = make_embedding(store, catalog, embeddings=np.full((24, 8), np.nan))
        with pytest.raises(InvalidArtifact, match="NaN"):
            nearest_to(Gallery(catalog=catalog, embedding=broken), catalog.ids[:2], metric="cosine", k=3)
