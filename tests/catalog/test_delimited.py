"""Text tables in every encoding and with every usual fault."""

import pandas as pd
import pytest

from lib.catalog.delimited import money, read_table, typed, whole_numbers
from lib.errors import CatalogError

STYLES = b"id,gender,productDisplayName\n"


def test_a_name_with_commas_is_mended() -> None:
    table = read_table(STYLES + b"1,Men,Shirt, blue, long\n2,Women,Plain\n", name="t", unquoted="productDisplayName")
    assert table.frame["productDisplayName"].tolist() == ["Shirt, blue, long", "Plain"]
    assert (table.n_mended, table.malformed) == (1, [])


def test_quotes_inside_an_unquoted_name_do_not_swallow_rows() -> None:
    data = STYLES + b'1,Men,Tempo 3.5" Short\n2,Men,"Quoted, name"\n3,Men,"open\n4,Men,x\n'
    table = read_table(data, name="t", unquoted="productDisplayName")
    assert table.frame["productDisplayName"].tolist() == ['Tempo 3.5" Short', "Quoted, name", '"open', "x"]


def test_surplus_before_the_last_column_joins_the_text() -> None:
    table = read_table(b"id,name,year\n1,a,b,c,2012\n", name="t", unquoted="name")
    assert table.frame.iloc[0].tolist() == ["1", "a,b,c", "2012"]


def test_rows_with_too_few_fields_are_set_aside_by_number() -> None:
    table = read_table(b"a,b\n1,2\n3\n\n4,5\n6,7,8\n", name="t")
    assert table.frame.index.tolist() == [0, 2]
    assert table.malformed == [(1, "1 fields, not 2"), (3, "3 fields, not 2")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_encodings(encoding: str) -> None:
    frame = read_table("id,title\n1,Rock für Ärzte\n".encode(encoding), name="t").frame
    assert frame.columns.tolist() == ["id", "title"]
    assert frame["title"].tolist() == ["Rock für Ärzte"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    assert read_table(f"id{delimiter}title\r\n1{delimiter}x\r\n".encode(), name="t").frame["title"].tolist() == ["x"]


def test_quoted_cells_may_hold_anything() -> None:
    frame = read_table(b'id,title\n1,"a, ""b""\nc"\n', name="t").frame
    assert frame["title"].tolist() == ['a, "b"\nc']


def test_missing_cells() -> None:
    frame = read_table(b"id,colour\n1,NA\n2,\n3,None\n4, Navy \n", name="t").frame
    assert frame["colour"].isna().tolist() == [True, True, False, False]
    assert frame["colour"].iloc[3] == "Navy"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"id,title\n", "has no rows"),
        (b"id,title\n\n\n", "has no rows"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is not a text table"),
        (b"id,a,a\n1,2,3\n", "has the column 'a' twice"),
    ],
)
def test_what_is_no_table(data: bytes, said: str) -> None:
    with pytest.raises(CatalogError, match=said):
        read_table(data, name="t.csv")


def test_a_huge_cell_does_not_stop_the_reading() -> None:
    table = read_table(b"id,title\n1,x\n2," + b"y" * 200_000 + b"\n3,z\n", name="t")
    assert table.frame["id"].tolist() == ["1", "3"]
    assert len(table.malformed) == 1


def test_types_are_those_that_all_values_have() -> None:
    def of(*values: str | None) -> str:
        return str(typed(pd.Series(values, dtype="str")).dtype)

    assert of("1", None, "-20") == "Int64"
    assert of("1.5", "2") == "float64"
    assert of("007", "008") == "str"
    assert of(None, None) == "str"
    assert of("1", "x") == "str"


def test_amounts_and_years() -> None:
    prices = pd.Series(["$26.26", "$1,129.99", "Too low to display", None, "5 €"], dtype="str")
    assert money(prices).fillna(-1).tolist() == [26.26, 1129.99, -1, -1, 5]
    years = whole_numbers(pd.Series(["2012", "2013.0", "soon", None], dtype="str"))
    assert years.dtype == "Int64"
    assert years.fillna(0).tolist() == [2012, 2013, 0, 0]
