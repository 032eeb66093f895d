import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.errors import SearchError
from lib.retrieval.conditions import Range, describe, parse_where


def test_conditions_are_read_as_typed():
    assert parse_where(["gender=Women", " gender = Men ", "title=a=b, c", "season="]) == {
        "gender": ("Women", "Men"),
        "title": ("a=b, c",),
        "season": ("",),
    }
    assert parse_where(["year>=2010", "year<2013", "year=2007"]) == {
        "year": ("2007", Range(low=2010, high=2013, include_high=False))
    }
    assert parse_where(["price<50", "price<=50", "price<60"]) == {"price": (Range(high=50, include_high=False),)}
    assert parse_where([]) == {}


@pytest.mark.parametrize("condition", ["gender", "=Women", "", "year>=soon", "year<nan", "price>", "price>inf"])
def test_what_cannot_be_read_is_named(condition):
    with pytest.raises(SearchError) as caught:
        parse_where([condition])
    assert repr(condition) in str(caught.value)


@given(
    low=st.integers(2009, 2015),
    high=st.integers(2009, 2015),
    include_low=st.booleans(),
    include_high=st.booleans(),
    other=st.tuples(st.integers(2009, 2015), st.booleans()),
)
@settings(max_examples=60, deadline=None)
def test_ranges_keep_what_lies_in_them(low, high, include_low, include_high, other):
    numbers = pd.Series([2009, 2010, 2011, 2012, None, 2014], dtype="Int64")
    first = Range(low=low, high=high, include_low=include_low, include_high=include_high)
    second = Range(low=other[0], include_low=other[1])
    both = first.contains(numbers) & second.contains(numbers)
    assert np.array_equal(first.narrowed(second).contains(numbers), both)
    expected = [
        value is not pd.NA
        and (value >= low if include_low else value > low)
        and (value <= high if include_high else value < high)
        for value in numbers
    ]
    assert first.contains(numbers).tolist() == expected


def test_conditions_are_told_as_people_say_them():
    assert describe("season", ("", "Fall")) == "season=(none) or Fall"
    assert describe("year", (2007, Range(low=2010, include_low=False, high=2013))) == "year=2007 or >2010 and <=2013"
    assert str(Range()) == "any number"
