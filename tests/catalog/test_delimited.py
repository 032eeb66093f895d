"""Text tables in every encoding and with every usual fault."""

import csv
import io
import time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


SHOP = b"sku,file,title,price\n"


def _shop(n: int, **lines: bytes) -> bytes:
    """A table of n rows, some of them given."""
    rows = [lines.get(f"row_{i}", b"s%d,%d.jpg,Thing %d,%d.5" % (i, i, i, i)) for i in range(n)]
    return SHOP + b"\n".join(rows) + b"\n"


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ({"row_5": b's5,5.jpg,"24 inch,5.5'}, '"24 inch'),
        ({"row_5": b's5,5.jpg,"24 inch,5.5', "row_20": b's20,20.jpg,"Nice, warm",2.5'}, '"24 inch'),
        ({"row_5": b's5,5.jpg,"24 inch,5.5', "row_20": b's20,20.jpg,30" disc,2.5'}, '"24 inch'),
        ({"row_5": b's5,5.jpg,"24 inch,5.5', "row_20": b's20,20.jpg,30",2.5'}, '"24 inch'),
        ({"row_29": b's29,29.jpg,"24 inch,5.5'}, "Thing 5"),
        ({f"row_{i}": b's%d,%d.jpg,"24 inch,5.5' % (i, i) for i in range(30)}, '"24 inch'),
        ({"row_4": b's4,4.jpg,"Soft, warm\nand red",4.5'}, "Thing 5"),
    ],
)
def test_a_stray_quote_swallows_no_row(lines: dict[str, bytes], title: str) -> None:
    table = read_table(_shop(30, **lines), name="t")
    assert table.malformed == []
    assert table.frame["sku"].tolist() == [f"s{i}" for i in range(30)]
    assert table.frame["title"].iloc[5] == title


def test_a_stray_quote_loses_at_most_its_own_row() -> None:
    table = read_table(_shop(30, row_5=b's5,5.jpg,"24 inch, black,5.5'), name="t")
    assert table.frame["sku"].tolist() == [f"s{i}" for i in range(30) if i != 5]
    assert [number for number, _ in table.malformed] == [5]


@pytest.mark.parametrize(
    "text", ["Sizes\nS, M, L, XL", "a\n\nb", "one\r\ntwo\nthree", '4" disc,\nsecond', "x" * 9000 + "\ny"]
)
def test_a_cell_of_several_lines_is_whole(text: str) -> None:
    cell = '"' + text.replace('"', '""') + '"'
    table = read_table(_shop(9, row_3=f"s3,3.jpg,{cell},3.5".encode()), name="t")
    assert table.frame["title"].iloc[3] == text
    assert (len(table.frame), table.malformed) == (9, [])


@given(
    st.lists(
        st.lists(st.text(alphabet='ab ,"\n\r;x', min_size=1, max_size=9), min_size=2, max_size=3),
        min_size=1,
        max_size=6,
    )
)
def test_what_the_csv_module_writes_is_read_back(rows: list[list[str]]) -> None:
    buffer = io.StringIO(newline="")
    wanted = [[f"{i}", *(row + ["-", "-"])[:2]] for i, row in enumerate(rows)]
    csv.writer(buffer).writerows([["id", "first", "second"], *wanted])
    table = read_table(buffer.getvalue().encode(), name="t")
    assert table.malformed == []
    assert table.frame.fillna("").to_numpy().tolist() == [[cell.strip() for cell in row] for row in wanted]


def test_many_stray_quotes_take_no_longer() -> None:
    """Linear: a table of 40,000 open quotes is read in well under a second or two."""
    start = time.monotonic()
    table = read_table(SHOP + b's,f.jpg,"24 inch,5.5\n' * 40_000, name="t")
    assert len(table.frame) == 40_000
    assert time.monotonic() - start < 5


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
