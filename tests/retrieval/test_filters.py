import numpy as np
import pandas as pd
import pytest

from lib.catalog import Catalog
from lib.errors import CatalogError, SearchError
from lib.retrieval.filters import Range, mask, parse_where, same_as
from tests.factories import make_catalog


@pytest.fixture
def catalog(store) -> Catalog:
    return make_catalog(store)


@pytest.mark.parametrize(
    ("conditions", "query"),
    [
        (["gender=Women"], "gender == 'Women'"),
        (["gender=Women", "gender=Men"], "gender in ('Women', 'Men')"),
        (
            ["gender=Women", "articleType=Jeans", "articleType=Heels"],
            "gender == 'Women' and articleType in ('Jeans', 'Heels')",
        ),
        (["year=2012"], "year == 2012"),
        (["year=2012.0"], "year == 2012"),
        (["year>=2012"], "year >= 2012"),
        (["year>2011", "year<2013"], "2011 < year < 2013"),
        (["year=2011", "year>2012"], "year == 2011 or year > 2012"),
        (["season="], "season.isna()"),
        (["season=", "season=Fall"], "season.isna() or season == 'Fall'"),
        (["split=test"], "split == 'test'"),
    ],
)
def test_the_mask_is_what_pandas_finds(catalog, conditions, query):
    expected = catalog.frame.index.isin(catalog.frame.query(query, engine="python").index)
    assert np.array_equal(mask(catalog, parse_where(conditions)), expected)
    assert 0 < expected.sum() <= len(expected)


def test_values_from_python_need_no_text(catalog):
    assert mask(catalog, {"year": (2012,)}).sum() == mask(catalog, {"year": ("2012",)}).sum() > 0
    assert mask(catalog, {"gender": "Women"}).sum() == mask(catalog, {"gender": ("Women",)}).sum()


def test_truth_values_compare_as_text(catalog):
    catalog.frame["sale"] = [True, False] * (len(catalog.frame) // 2)
    assert mask(catalog, parse_where(["sale=True"])).tolist() == catalog.frame["sale"].tolist()


def test_an_unknown_column_names_those_there_are(catalog):
    with pytest.raises(CatalogError, match=r"no column 'color'.*baseColour"):
        mask(catalog, {"color": ("Red",)})


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"gender": ("women",)}, "'gender' is nowhere 'women'. Nearest: Women"),
        ({"articleType": ("Jean",)}, "Nearest: Jeans"),
        ({"articleType": ("@",)}, "It has: Heels, Jeans, Shirts"),
        ({"year": ("1999",)}, "'year' is nowhere 1999. They lie between 2011 and 2013."),
        ({"year": ("soon",)}, "'soon' is none"),
        ({"gender": (Range(low=3),)}, "'gender' does not hold numbers, so it cannot be >=3."),
        ({"gender": ("",)}, "No row lacks a value in 'gender'."),
        ({"gender": ()}, "No value is given"),
    ],
)
def test_a_value_that_does_not_occur_is_said_so(catalog, where, message):
    with pytest.raises(SearchError) as caught:
        mask(catalog, where)
    for part in message.split("It has: ")[-1].split(", "):
        assert part in str(caught.value)


def test_one_wrong_value_among_right_ones_is_not_passed_over(catalog):
    with pytest.raises(SearchError, match="Wommen"):
        mask(catalog, {"gender": ("Men", "Wommen")})


def test_the_same_as_a_product(catalog):
    where, notes = same_as(catalog, "p001", ["gender", "year", "season", "gender"])
    assert where == {"gender": ("Men",), "year": (2012,), "season": ("Fall",)}
    assert notes == []
    assert mask(catalog, where)[catalog.row_of["p001"]]


def test_what_the_product_lacks_is_not_asked_for_and_said(catalog):
    assert pd.isna(catalog.row("p002")["season"])
    where, notes = same_as(catalog, "p002", ["season", "gender"])
    assert where == {"gender": ("Women",)}
    assert notes == ["The query has no season, so results of any season are shown."]


def test_same_as_an_unknown_column_or_product(catalog):
    with pytest.raises(CatalogError, match="no column 'shape'"):
        same_as(catalog, "p001", ["shape"])
    with pytest.raises(CatalogError, match="no product 'nobody'"):
        same_as(catalog, "nobody", ["gender"])
