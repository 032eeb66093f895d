import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from lib.errors import CatalogError, SearchError
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.filters import parse_where
from lib.retrieval.result import RESULT_COLUMNS
from lib.retrieval.search import Gallery, Query, search
from tests.factories import make_catalog, make_embedding
from tests.retrieval import naive

METRICS = list(DISTANCE_METRICS)


@pytest.fixture
def gallery(store) -> Gallery:
    catalog = make_catalog(store)
    return Gallery(catalog, make_embedding(store, catalog))


@pytest.fixture
def line(store) -> Gallery:
    """Products on a line: p000 at 0, p001 at 1 ... ; p003 is a second picture of p002's product, as in the factory."""
    catalog = make_catalog(store, "line", 9)
    return Gallery(catalog, make_embedding(store, catalog, embeddings=np.arange(9.0)[:, None]))


def by_upload(gallery: Gallery, *vectors: object) -> Query:
    return Query(vectors=np.array(vectors, np.float64), model=gallery.embedding.id)


def naive_pictures(gallery, metric, query, *, k, allowed=None) -> list[str]:
    return naive.nearest(metric, gallery.embedding.embeddings, gallery.embedding.ids, query, k, allowed)


@pytest.mark.parametrize("metric", METRICS)
def test_pictures_equal_the_naive_search(gallery, metric):
    rows = gallery.embedding.embeddings
    others = gallery.embedding.ids != "p004"
    found = search(gallery, Query(product_id="p004"), metric=metric, k=7, per="picture")
    assert found.ids == naive_pictures(gallery, metric, rows[4], k=7, allowed=others)
    vector = rows[4] + rows[9]
    assert search(gallery, by_upload(gallery, vector), metric=metric, k=7, per="picture").ids == naive_pictures(
        gallery, metric, vector.astype(np.float32), k=7
    )


@pytest.mark.parametrize("metric", METRICS)
def test_products_are_their_nearest_picture(gallery, metric):
    frame = gallery.catalog.frame.set_index("product_id")
    others = (frame["group_id"] != frame.loc["p004", "group_id"]).to_numpy()
    ranked = naive_pictures(gallery, metric, gallery.embedding.embeddings[4], k=99, allowed=others)
    expected = frame.loc[ranked].drop_duplicates("group_id").index.tolist()
    assert search(gallery, Query(product_id="p004"), metric=metric, k=6).ids == expected[:6]
    assert search(gallery, Query(product_id="p004"), metric=metric, k=99).ids == expected


@pytest.mark.parametrize("metric", METRICS)
def test_a_catalogue_picture_finds_itself_first(gallery, metric):
    for row in (0, 11, 23):
        result = search(gallery, by_upload(gallery, gallery.embedding.embeddings[row]), metric=metric, k=3)
        assert result.ids[0] == gallery.embedding.ids[row]
        assert result.table["distance"].iloc[0] == pytest.approx(0, abs=1e-12)
        assert result.table["score"].iloc[0] == pytest.approx(1.0 if metric == "cosine" else 0.0)


def test_the_table_says_what_is_known(line):
    table = search(line, Query(product_id="p000"), metric="euclidean", k=3).table
    assert list(table.columns) == [*RESULT_COLUMNS, "title", *line.catalog.attributes]
    assert table["rank"].tolist() == [1, 2, 3]
    assert table["product_id"].tolist() == ["p001", "p002", "p004"]
    assert table["distance"].tolist() == [1.0, 2.0, 4.0]
    assert table["score"].tolist() == [-1.0, -2.0, -4.0]
    assert table["title"].tolist() == [line.catalog.row(name)["title"] for name in table["product_id"]]
    assert table["year"].dtype == line.catalog.frame["year"].dtype


def test_the_pictures_of_a_product_are_counted_up_to_the_last_result(line):
    near = search(line, Query(product_id="p000"), metric="euclidean", k=2).table
    assert near.set_index("product_id")["n_pictures"].to_dict() == {"p001": 1, "p002": 1}
    more = search(line, Query(product_id="p000"), metric="euclidean", k=3).table
    assert more.set_index("product_id")["n_pictures"].to_dict() == {"p001": 1, "p002": 2, "p004": 1}
    assert (
        search(line, Query(product_id="p000"), per="picture", k=3, metric="euclidean").table["n_pictures"].tolist()
        == [1] * 3
    )


def test_the_query_itself_is_left_out(line):
    assert line.catalog.row("p002")["group_id"] == line.catalog.row("p003")["group_id"]
    options = {"metric": "euclidean", "k": 2}
    assert search(line, Query(product_id="p003"), **options).ids == ["p004", "p001"]
    assert search(line, Query(product_id="p003"), per="picture", **options).ids == ["p002", "p004"]
    assert search(line, Query(product_id="p003"), exclude_self=False, **options).ids == ["p003", "p004"]
    assert search(line, Query(product_id="p003"), **options).n_allowed == 7
    assert search(line, by_upload(line, [3.0]), per="picture", **options).ids == ["p003", "p002"]


def test_filters_come_before_ranking(line):
    result = search(
        line, Query(product_id="p000"), metric="euclidean", k=2, where=parse_where(["year=2013", "gender=Men"])
    )
    assert result.ids == ["p005"]
    assert (result.n_gallery, result.n_allowed) == (9, 1)
    assert result.notes == ("2 results were asked for; there is no more than 1 products.",)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(
    "conditions", [["gender=Women"], ["year>=2012", "season=Fall"], ["articleType=Jeans", "gender=Men"]]
)
def test_filtered_search_equals_searching_what_the_filter_leaves(gallery, metric, conditions):
    where = parse_where(conditions)
    kept = gallery.catalog.frame
    for column, values in where.items():
        kept = kept[kept[column] >= 2012] if column == "year" else kept[kept[column].isin(values)]
    allowed = np.isin(gallery.embedding.ids, kept["product_id"])
    query = np.ones(8, np.float32)
    found = search(gallery, by_upload(gallery, query), metric=metric, k=50, where=where, per="picture")
    assert found.ids == naive_pictures(gallery, metric, query, k=50, allowed=allowed)


def test_the_same_gender_and_season_as_the_query(gallery):
    result = search(gallery, Query(product_id="p001"), k=50, same_as_query=("gender", "season"))
    assert set(result.table["gender"]) == {"Men"}
    assert set(result.table["season"]) == {"Fall"}
    both = search(gallery, Query(product_id="p001"), k=50, same_as_query=("gender",), where={"year": ("2013",)})
    assert set(both.table["gender"]) == {"Men"}
    assert set(both.table["year"]) == {2013}


def test_what_the_query_lacks_is_noted(gallery):
    result = search(gallery, Query(product_id="p002"), k=3, same_as_query=("season",))
    assert len(result.table) == 3
    assert result.notes == ("The query has no season, so results of any season are shown.",)


def test_nothing_is_known_of_an_upload(gallery):
    with pytest.raises(SearchError, match="Nothing is known of an uploaded picture's gender, season"):
        search(gallery, by_upload(gallery, np.ones(8)), same_as_query=("gender", "season"))


def test_a_filter_that_leaves_nothing_says_what_each_leaves(gallery):
    where = parse_where(["articleType=Jeans", "year=2011", "gender=Men"])
    with pytest.raises(SearchError) as caught:
        search(gallery, by_upload(gallery, np.ones(8)), where=where)
    assert caught.value.message == (
        "The filters leave none of 24 pictures; each alone: "
        "articleType=Jeans leaves 8, year=2011 leaves 8, gender=Men leaves 12."
    )
    assert caught.value.hint


def test_a_filter_that_leaves_only_the_query_leaves_nothing(gallery):
    title = gallery.catalog.row("p000")["title"]
    with pytest.raises(SearchError, match="leave none of 23 pictures"):
        search(gallery, Query(product_id="p000"), where={"title": (title,)}, per="picture")


def test_a_query_alone_in_its_gallery(store):
    catalog = make_catalog(store, n=1)
    alone = Gallery(catalog, make_embedding(store, catalog))
    with pytest.raises(SearchError, match="nothing is left to compare"):
        search(alone, Query(product_id="p000"))
    assert search(alone, by_upload(alone, np.ones(8))).ids == ["p000"]


def test_a_threshold_is_a_distance(line):
    result = search(line, Query(product_id="p000"), metric="euclidean", k=9, threshold=2.0)
    assert result.ids == ["p001", "p002"]
    assert (result.threshold, result.nearest_distance, result.notes) == (2.0, 1.0, ())
    everything = search(line, Query(product_id="p000"), metric="euclidean", k=None, threshold=5.0, per="picture")
    assert everything.ids == ["p001", "p002", "p003", "p004", "p005"]
    assert search(line, Query(product_id="p000"), metric="euclidean", k=1, threshold=5.0).ids == ["p001"]


def test_nothing_similar_enough_says_how_far_the_nearest_is(line):
    for k in (5, None):
        result = search(line, Query(product_id="p000"), metric="euclidean", k=k, threshold=0.5)
        assert result.nothing_similar
        assert result.nearest_distance == 1.0
        assert result.to_json_rows() == []
        assert result.to_csv().startswith(b"rank,product_id,score,distance")


def test_more_than_there_is_returns_all_and_says_so(line):
    result = search(line, Query(product_id="p000"), k=1_000, per="picture", metric="manhattan")
    assert len(result.ids) == 8
    assert result.notes == ("1,000 results were asked for; there is no more than 8 pictures.",)


@pytest.mark.parametrize("k", [0, -3, 2.5, True, "3"])
def test_no_such_number_of_results(gallery, k):
    with pytest.raises(SearchError, match="whole number from 1 on"):
        search(gallery, Query(product_id="p000"), k=k)


@pytest.mark.parametrize("threshold", [-0.1, math.nan, math.inf])
def test_no_such_threshold(gallery, threshold):
    with pytest.raises(SearchError, match="threshold is a distance"):
        search(gallery, Query(product_id="p000"), threshold=threshold)


def test_neither_number_nor_threshold(gallery):
    with pytest.raises(SearchError, match="Neither"):
        search(gallery, Query(product_id="p000"), k=None)


def test_a_query_of_another_model_is_refused_by_both_names(gallery):
    query = Query(vectors=np.ones(8), model="resnet50-224-pad-imagenet-abcdef")
    with pytest.raises(
        SearchError, match=f"by resnet50-224-pad-imagenet-abcdef, but the gallery by {gallery.embedding.id}"
    ):
        search(gallery, query)


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (np.ones(7), r"8 dimensions; the query's shape is \(1, 7\)"),
        (np.ones((0, 8)), r"\(0, 8\)"),
        (np.ones((2, 2, 8)), r"\(2, 2, 8\)"),
        (np.full(8, np.nan), "NaN"),
        (np.full(8, np.inf), "infinity"),
        (np.full(8, 1e300), "too large"),
    ],
)
def test_a_vector_that_cannot_be_compared(gallery, vectors, message):
    with pytest.raises(SearchError, match=message):
        search(gallery, Query(vectors=vectors, model=gallery.embedding.id))


def test_a_query_is_one_thing():
    for wrong in (
        {},
        {"product_id": "a", "vectors": np.ones(2), "model": "m"},
        {"vectors": np.ones(2)},
        {"product_id": "a", "model": "m"},
    ):
        with pytest.raises(ValueError, match="Expected"):
            Query(**wrong)


def test_options_name_what_there_is(gallery):
    with pytest.raises(ValueError, match="cosine"):
        search(gallery, Query(product_id="p000"), metric="hamming")
    with pytest.raises(ValueError, match="picture"):
        search(gallery, Query(product_id="p000"), per="shop")
    with pytest.raises(CatalogError, match="no product 'p999'"):
        search(gallery, Query(product_id="p999"))
    with pytest.raises(CatalogError, match="no column 'shape'"):
        search(gallery, Query(product_id="p000"), where={"shape": ("round",)})


def test_several_pictures_of_one_thing_are_searched_by_their_mean(gallery):
    rows = gallery.embedding.embeddings.astype(np.float64)
    long, short = 100 * rows[3], rows[8]
    directions = long / np.linalg.norm(long) + short / np.linalg.norm(short)
    expected = {"cosine": directions / 2, "euclidean": (long + short) / 2, "manhattan": (long + short) / 2}
    for metric, mean in expected.items():
        several = search(gallery, by_upload(gallery, long, short), metric=metric, k=24, per="picture")
        assert several.ids == naive_pictures(gallery, metric, mean.astype(np.float32), k=24)


def test_a_zero_query_is_as_far_from_everything(gallery):
    result = search(gallery, by_upload(gallery, np.zeros(8)), k=4, per="picture")
    assert result.ids == ["p000", "p001", "p002", "p003"]
    assert result.table["distance"].tolist() == [1.0] * 4


def test_it_says_what_took_how_long(gallery):
    took = search(gallery, Query(product_id="p000")).took_ms
    assert list(took) == ["filter", "search", "table", "total"]
    assert took["total"] == pytest.approx(took["filter"] + took["search"] + took["table"])
    assert min(took.values()) >= 0


def test_the_tables_of_a_gallery_are_left_as_they_were(gallery):
    before = gallery.catalog.frame.copy()
    table = search(gallery, Query(product_id="p000")).table
    table["title"] = "changed"
    pd.testing.assert_frame_equal(gallery.catalog.frame, before)
    assert "changed" not in set(search(gallery, Query(product_id="p001"), k=30).table["title"])


@pytest.mark.slow
def test_threads_find_what_one_thread_finds(store):
    catalog = make_catalog(store)
    vectors = np.random.default_rng(5).normal(size=(24, 64))
    shared = Gallery(catalog, make_embedding(store, catalog, embeddings=vectors))
    requests = [(f"p{i % 24:03d}", METRICS[i % 3], (None, {"gender": ("Men",)})[i % 2]) for i in range(120)]

    def ask(request, gallery=shared):
        product_id, metric, where = request
        return search(gallery, Query(product_id=product_id), metric=metric, where=where).to_json_rows()

    alone = [ask(request, Gallery(catalog, shared.embedding)) for request in requests[:24]]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(ask, requests))
    assert together[:24] == alone
    assert together == [ask(request) for request in requests]
