"""Telling a quoted cell of several lines from a stray quote, which would swallow every row behind it."""

import csv
import io
from collections.abc import Sequence

#: A table of so many columns, and a cell of so many lines that are all whole rows, speak for a stray quote.
_TELLING_COLUMNS, _TELLING_LINES = 4, 3


def read_records(text: str, *, delimiter: str) -> list[list[str]]:
    """Read every record that is not blank; a quote that does not fit costs no more than its own line.

    A cell may span lines where the record it gives is well-formed and has as many fields as the first one.
    Otherwise its line is read alone.

    Parameters
    ----------
    text : str
    delimiter : str

    Returns
    -------
    list of list of str
        A line that cannot be read becomes a record of one field.
    """
    lines = list(io.StringIO(text, newline=""))
    records: list[list[str]] = []
    start = 0
    while start < len(lines):
        record, n_lines = _record(lines, start, delimiter, len(records[0]) if records else 0)
        start += n_lines
        if any(field.strip() for field in record):
            records.append(record)
    return records


def _record(lines: Sequence[str], start: int, delimiter: str, width: int) -> tuple[list[str], int]:
    """Return the record that starts at a line, and how many lines it takes; a width of 0 is not known yet."""
    rest = csv.reader((lines[at] for at in range(start, len(lines))), delimiter=delimiter, strict=True)
    try:
        record = next(rest)
    except csv.Error:
        return _alone(lines[start], delimiter, width), 1
    n_lines = rest.line_num
    if n_lines == 1:
        return record, 1
    fits = not width or len(record) == width
    if not fits or _are_rows(lines[start : start + n_lines], delimiter, width):
        return _alone(lines[start], delimiter, width), 1
    return record, n_lines


def _are_rows(lines: Sequence[str], delimiter: str, width: int) -> bool:
    """Whether the lines of a cell look like rows of their own."""
    if width < _TELLING_COLUMNS or len(lines) < _TELLING_LINES:
        return False
    return all(line.count(delimiter) == width - 1 for line in lines)


def _alone(line: str, delimiter: str, width: int) -> list[str]:
    """Read one line, with quotes or, where that does not fit, without."""
    try:
        record = next(csv.reader([line], delimiter=delimiter))
    except csv.Error as error:
        return [f"unreadable: {error}"]
    plain = line.rstrip("\r\n").split(delimiter)
    return plain if len(record) != width and len(plain) == width else record
