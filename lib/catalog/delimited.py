"""Reading text tables as they come: unknown encoding, unquoted commas, broken rows."""

import codecs
import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from lib.catalog.quoting import read_records
from lib.errors import CatalogError

#: Cells that mean "not known". ``NA`` stands so in the fashion table.
MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL")
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, eq=False)
class Table:
    """A text table.

    Parameters
    ----------
    frame : DataFrame
        Text columns; the index is the number of the row in the file, from 0; missing cells are missing.
    malformed : list of (int, str)
        Rows that have no right number of fields, and what they have.
    n_mended : int
        Rows whose surplus commas were put back into their text.
    """

    frame: pd.DataFrame
    malformed: list[tuple[int, str]]
    n_mended: int


def read_table(data: bytes, *, name: str, unquoted: str = "") -> Table:
    """Read a table with a header row.

    Parameters
    ----------
    data : bytes
        UTF-8, UTF-16 with a byte order mark, or Latin-1; separated by commas, semicolons, tabs or bars.
    name : str
        For messages.
    unquoted : str, default=""
        A column whose text may hold commas although nothing is quoted: a row with too many fields is mended by
        joining the surplus to it. Quotes then have no meaning but around that text.

    Returns
    -------
    Table

    Raises
    ------
    CatalogError
        If there is no text, no row, or a column's name occurs twice.
    """
    lines = _decoded(data, name)
    first = lines.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    records = (_unquoted if unquoted else read_records)(lines, delimiter=delimiter)
    header = _header(records[0], name)
    if unquoted and unquoted not in header:
        raise missing_column(name, unquoted, header)
    table = _sorted_out(records[1:], header, delimiter=delimiter, unquoted=unquoted)
    if table.frame.empty and not table.malformed:
        raise CatalogError(f"{name} has no rows.")
    return table


def missing_column(name: str, column: str, there_are: Iterable[str]) -> CatalogError:
    """Return the error for a column that a table lacks, naming those it has.

    Parameters
    ----------
    name : str
    column : str
    there_are : iterable of str

    Returns
    -------
    CatalogError
    """
    return CatalogError(f"{name} has no column {column!r}.", hint=f"It has: {', '.join(there_are)}.")


def _decoded(data: bytes, name: str) -> str:
    """Return the text, or refuse what is none."""
    if not data.strip():
        raise CatalogError(f"{name} is empty.")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data:
        raise CatalogError(f"{name} is not a text table.", hint="Save it as CSV.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _unquoted(text: str, *, delimiter: str) -> list[list[str]]:
    """Read every line that is not blank; one the reader cannot take becomes a record of one field."""
    records: list[list[str]] = []
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE)
    while True:
        try:
            record = next(rows)
        except StopIteration:
            return records
        except csv.Error as error:
            record = [f"unreadable: {error}"]
        if record and any(field.strip() for field in record):
            records.append(record)


def _header(fields: list[str], name: str) -> list[str]:
    """Return the columns' names; a nameless one is numbered."""
    columns = [field.strip() or f"column_{place}" for place, field in enumerate(fields, start=1)]
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise CatalogError(f"{name} has the column {twice[0]!r} twice.")
    return columns


def _sorted_out(records: list[list[str]], header: list[str], *, delimiter: str, unquoted: str) -> Table:
    """Mend what can be mended, set aside what cannot, and make a frame of the rest."""
    kept, numbers, malformed, n_mended = [], [], [], 0
    for number, record in enumerate(records):
        fields = record
        if unquoted and len(fields) > len(header):
            fields = _mended(fields, header.index(unquoted), len(fields) - len(header), delimiter)
            n_mended += 1
        if len(fields) == len(header):
            kept.append([field.strip() for field in fields])
            numbers.append(number)
        else:
            malformed.append((number, f"{len(record)} fields, not {len(header)}"))
    frame = pd.DataFrame(kept, columns=header, index=numbers, dtype="str")
    if unquoted:
        frame[unquoted] = frame[unquoted].str.replace(r'^"(.*)"$', r"\1", regex=True).str.replace('""', '"')
    return Table(frame.mask(frame.isin(MISSING)), malformed, n_mended)


def _mended(fields: list[str], place: int, surplus: int, delimiter: str) -> list[str]:
    """Join the surplus fields to the text they were cut from."""
    text = delimiter.join(fields[place : place + surplus + 1])
    return [*fields[:place], text, *fields[place + surplus + 1 :]]


def typed(column: pd.Series) -> pd.Series:
    """Give a text column the type that all its values have: whole numbers, numbers, or text.

    Parameters
    ----------
    column : Series of str

    Returns
    -------
    Series
        ``Int64``, ``float64`` or ``str``. Codes with leading zeros stay text; a column without any value too.
    """
    values = column.dropna()
    if len(values) and values.str.fullmatch(r"-?(0|[1-9]\d{0,15})").all():
        return pd.to_numeric(column).astype("Int64")
    if len(values) and values.str.fullmatch(r"-?(0|[1-9]\d{0,15})(\.\d+)?([eE][-+]?\d{1,2})?").all():
        return pd.to_numeric(column).astype("float64")
    return column.astype("str")


def money(column: pd.Series) -> pd.Series:
    """Read amounts such as ``$1,129.99``; what is no amount is missing.

    Parameters
    ----------
    column : Series of str

    Returns
    -------
    Series of float64
    """
    found = column.str.extract(r"^\D{0,4}(\d[\d,]*(?:\.\d+)?)\D{0,4}$")[0]
    return pd.to_numeric(found.str.replace(",", ""), errors="coerce").astype("float64")


def whole_numbers(column: pd.Series) -> pd.Series:
    """Read whole numbers; what is none is missing.

    Parameters
    ----------
    column : Series of str

    Returns
    -------
    Series of Int64
    """
    clean = column.where(column.str.fullmatch(re.compile(r"-?\d{1,15}(\.0+)?"), na=False))
    return pd.to_numeric(clean).astype("Int64")
