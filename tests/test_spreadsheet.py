import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.spreadsheet import original_cell, safe_cell, to_csv

texts = st.text(alphabet=st.sampled_from("'=+-@\t\r\nab1 ＝"), max_size=6) | st.text(max_size=8)


@given(text=texts)
def test_what_was_made_safe_can_be_had_back(text):
    assert original_cell(safe_cell(text)) == text


@given(text=texts)
def test_no_safe_cell_begins_like_a_formula(text):
    assert not safe_cell(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))


@pytest.mark.parametrize("text", ["", "Nike", "'80s jacket", "50 % = half", " =1", "1+1"])
def test_harmless_text_stays_as_it_is(text):
    assert safe_cell(text) == text


def test_only_text_cells_of_a_table_change():
    table = pd.DataFrame(
        {"title": ["=1+1", None, "a,b"], "n": [-2, 3, 4], "year": pd.array([1, None, -3], dtype="Int64")}
    )
    rows = list(csv.reader(io.StringIO(to_csv(table).decode())))
    assert rows == [["title", "n", "year"], ["'=1+1", "-2", "1"], ["", "3", ""], ["a,b", "4", "-3"]]
