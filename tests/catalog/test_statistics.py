"""Counting: values by hand, and sums that must come out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.catalog.balance import class_balance, long_tail
from lib.catalog.find import find_products
from lib.catalog.measures import MEASURES, extremes, measured, picture_sizes
from lib.catalog.statistics import (
    column_summary,
    countable,
    cross_table,
    frequencies,
    hierarchy_counts,
    histogram,
    measurable,
    spread,
)
from lib.errors import CatalogError
from tests.factories import catalog_rows

LABELS = st.lists(st.one_of(st.none(), st.sampled_from("abcdefg")), max_size=60)


class TestFrequencies:
    def test_by_falling_count_ties_by_name_missing_left_out(self):
        table = frequencies(pd.Series(["b", "a", "c", "c", None]))
        assert table["value"].tolist() == ["c", "a", "b"]
        assert table["n"].tolist() == [2, 1, 1]
        assert table["share"].tolist() == [0.5, 0.25, 0.25]

    def test_shares_are_of_all_values_where_only_the_top_is_kept(self):
        table = frequencies(pd.Series(list("aaabbc")), top=2)
        assert table["value"].tolist() == ["a", "b"]
        assert table["share"].tolist() == [3 / 6, 2 / 6]

    def test_years_stand_in_their_order_and_without_decimals(self):
        table = frequencies(pd.Series([2012, 2011, 2012, None]))
        assert table["value"].tolist() == ["2011", "2012"]

    def test_seasons_stand_in_the_year_s_order_unknown_ones_last(self):
        table = frequencies(pd.Series(["Winter", "Winter", "Spring", "Monsoon"], name="season"))
        assert table["value"].tolist() == ["Spring", "Winter", "Monsoon"]

    def test_nothing_gives_an_empty_table(self):
        assert frequencies(pd.Series([None, None], dtype=object)).empty

    @given(LABELS)
    def test_counts_add_up_to_the_values_there_are(self, values):
        series = pd.Series(values, dtype="string")
        table = frequencies(series)
        assert table["n"].sum() == series.notna().sum()
        assert not len(table) or table["share"].sum() == pytest.approx(1)


class TestCrossTable:
    FRAME = pd.DataFrame({"g": ["m", "m", "w", None], "t": ["x", "y", "x", "x"]})

    def test_counts_by_hand(self):
        table = cross_table(self.FRAME, "g", "t")
        assert table.loc["m", "x"] == 1
        assert table.loc["m", "y"] == 1
        assert table.loc["w", "x"] == 1
        assert table.loc["w", "y"] == 0
        assert table.to_numpy().sum() == 3

    def test_an_unknown_column_names_those_there_are(self):
        with pytest.raises(CatalogError, match=r"no column 'z'.*g, t"):
            cross_table(self.FRAME, "g", "z")

    def test_a_column_is_not_crossed_with_itself(self):
        with pytest.raises(CatalogError, match="itself"):
            cross_table(self.FRAME, "g", "g")

    def test_keeps_the_commonest_of_many(self):
        frame = pd.DataFrame({"a": list("xxy"), "b": list("ppq")})
        assert cross_table(frame, "a", "b", top=1).to_numpy().tolist() == [[2]]


class TestBalance:
    def test_equal_labels_are_worth_as_many_as_there_are(self):
        found = class_balance(pd.Series(list("aabbcc") + [None]))
        assert found.effective == pytest.approx(3)
        assert (found.n_labels, found.n_pictures, found.n_missing, found.n_half) == (3, 6, 1, 2)

    def test_one_label_rules(self):
        found = class_balance(pd.Series(["a"] * 98 + ["b", "c"]))
        expected = np.exp(-(0.98 * np.log(0.98) + 2 * 0.01 * np.log(0.01)))
        assert found.effective == pytest.approx(expected)
        assert (found.n_largest, found.n_smallest, found.n_half, found.n_rare, found.n_single) == (98, 1, 1, 2, 2)

    def test_no_labels_at_all(self):
        found = class_balance(pd.Series([None], dtype="string"))
        assert (found.n_labels, found.n_pictures, found.effective) == (0, 0, 0.0)

    @given(LABELS)
    def test_worth_lies_between_one_and_the_number_of_labels(self, values):
        found = class_balance(pd.Series(values, dtype="string"))
        assert not found.n_labels or 1 - 1e-6 <= found.effective <= found.n_labels + 1e-6

    def test_the_tail_covers_everything_in_the_end(self):
        tail = long_tail(pd.Series(list("aaab")))
        assert tail["covered"].tolist() == [0.75, 1.0]
        assert tail["rank"].tolist() == [1, 2]


def test_summary_counts_missing_and_distinct():
    frame = pd.DataFrame({"a": ["x", "x", None, "y"]})
    row = column_summary(frame, ["a"]).iloc[0]
    assert (row["n_missing"], row["missing_share"], row["n_distinct"]) == (1, 0.25, 2)
    assert (row["commonest"], row["n_commonest"]) == ("x", 2)


def test_histogram_counts_every_finite_number_once():
    table = histogram([0.0, 1.0, 1.0, np.nan, np.inf], bins=2)
    assert table["n"].tolist() == [1, 2]
    assert histogram([]).empty
    assert histogram([np.nan]).empty


def test_a_branch_holds_what_its_parts_hold():
    frame = pd.DataFrame({"a": ["x", "x", "y"], "b": ["1/2", "3", "3"]})
    nodes = hierarchy_counts(frame, ["a", "b"]).set_index("id")
    assert nodes.loc["x", "n"] == 2
    assert nodes[nodes["parent"] == "x"]["n"].sum() == 2
    assert nodes.loc["x/1∕2", "label"] == "1/2"


def test_a_branch_lacking_a_level_is_left_out_at_every_depth():
    nodes = hierarchy_counts(pd.DataFrame({"a": ["x", "x"], "b": ["1", None]}), ["a", "b"])
    assert nodes["n"].tolist() == [1, 1]


def test_prose_and_names_of_one_thing_are_not_counted():
    frame = pd.DataFrame({"kind": ["a", "b"] * 5, "id": [str(i) for i in range(10)], "text": ["long " * 20] * 10})
    assert countable(frame, frame.columns) == ["kind"]


def test_prices_are_measured_and_years_are_counted():
    frame = pd.DataFrame({"price": np.linspace(1, 9, 20), "year": [2011, 2012] * 10})
    assert measurable(frame, frame.columns) == ["price"]
    assert countable(frame, frame.columns) == ["year"]


def test_spread_takes_one_a_label_in_turn_and_is_the_same_every_time():
    frame = catalog_rows(24)
    chosen = spread(frame, "articleType", 7)
    labels = frame.set_index("product_id").loc[chosen, "articleType"].tolist()
    assert len(set(chosen)) == 7
    assert set(labels[:3]) == set(labels[3:6]) == {"Shirts", "Jeans", "Heels"}
    assert chosen == spread(frame.sample(frac=1, random_state=1), "articleType", 7)


def test_spread_gives_all_there_are_at_most():
    assert len(spread(catalog_rows(5), "articleType", 40)) == 5


class TestFind:
    FRAME = pd.DataFrame({"product_id": ["1", "2"], "group_id": ["a", "b"], "title": ["Blue (Shirt)", None]})

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("shirt BLUE", [True, False]),
            ("(", [True, False]),
            ("2", [False, True]),
            ("", [True, True]),
            ("red", [False, False]),
            ("blue 2", [False, False]),
        ],
    )
    def test_every_word_must_occur_literally(self, words, expected):
        assert find_products(self.FRAME, words).tolist() == expected


class TestMeasures:
    PICTURES = pd.DataFrame(
        {
            "product_id": ["a", "b", "c"],
            "width": [60, 60, 30],
            "height": [80, 80, 60],
            "file_bytes": [1000, 2000, 3000],
            "brightness": [0.2, 0.9, 0.9],
            "sharpness": [1.0, np.nan, 3.0],
        }
    )

    def test_units(self):
        values = measured(self.PICTURES)
        assert set(MEASURES) <= set(values)
        assert values["aspect"].tolist() == [0.75, 0.75, 0.5]
        assert values["kilobytes"].tolist() == [1.0, 2.0, 3.0]

    def test_sizes_commonest_first(self):
        assert picture_sizes(self.PICTURES).to_numpy().tolist() == [[60, 80, 2], [30, 60, 1]]

    def test_extremes_skip_what_was_not_measured(self):
        assert extremes(self.PICTURES, "sharpness", n=5) == (["a", "c"], ["c", "a"])
        assert extremes(self.PICTURES, "brightness", n=2) == (["a", "b"], ["b", "c"])

    def test_an_unknown_measure_is_refused(self):
        with pytest.raises(ValueError, match="Expected measure to be one of"):
            extremes(self.PICTURES, "taste")
