"""Filters on attributes: which pictures of a catalogue may be among the results, decided before anything is ranked."""

import difflib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.catalog import Catalog
from lib.errors import SearchError

Mask = npt.NDArray[np.bool_]
#: How a value that is not given is written in a filter, as in ``season=``.
MISSING = ""

_CONDITION = re.compile(r"\s*([^=<>]+?)\s*(>=|<=|=|>|<)\s*(.*?)\s*", re.DOTALL)
_LISTED_VALUES = 2_000


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, either of which may be open.

    Parameters
    ----------
    low, high : float
    include_low, include_high : bool, default=True
        Whether the ends belong to it.
    """

    low: float = -math.inf
    high: float = math.inf
    include_low: bool = True
    include_high: bool = True

    def __str__(self) -> str:
        ends = []
        if self.low > -math.inf:
            ends.append(f"{'>=' if self.include_low else '>'}{self.low:g}")
        if self.high < math.inf:
            ends.append(f"{'<=' if self.include_high else '<'}{self.high:g}")
        return " and ".join(ends) or "any number"

    def contains(self, numbers: pd.Series) -> Mask:
        """Return which numbers lie in it; a missing one never does.

        Parameters
        ----------
        numbers : Series of float

        Returns
        -------
        ndarray of bool
        """
        values = numbers.to_numpy(dtype=np.float64, na_value=np.nan)
        above = values >= self.low if self.include_low else values > self.low
        below = values <= self.high if self.include_high else values < self.high
        return np.asarray(above & below)

    def narrowed(self, other: "Range") -> "Range":
        """Return the numbers that lie in both.

        Parameters
        ----------
        other : Range

        Returns
        -------
        Range
        """
        low, keep_low = max((self.low, not self.include_low), (other.low, not other.include_low))
        high, keep_high = min((self.high, self.include_high), (other.high, other.include_high))
        return Range(low=low, high=high, include_low=not keep_low, include_high=keep_high)


Value: TypeAlias = str | int | float | Range
#: Column -> values, any of which will do; every column must be met.
Where: TypeAlias = Mapping[str, tuple[Value, ...]]


def parse_where(conditions: Sequence[str]) -> dict[str, tuple[Value, ...]]:
    """Read conditions as they are typed: ``column=value``, or ``>=``, ``<=``, ``>``, ``<`` for numbers.

    Several values of one column are alternatives, several bounds of one column hold together, and all columns must be
    met. ``column=`` asks for rows without a value.

    Parameters
    ----------
    conditions : sequence of str

    Returns
    -------
    dict of str to tuple

    Raises
    ------
    SearchError
        If a condition cannot be read.

    Examples
    --------
    >>> parse_where(["gender=Women", "gender=Girls", "usage=Casual"])
    {'gender': ('Women', 'Girls'), 'usage': ('Casual',)}
    >>> [str(bounds) for bounds in parse_where(["year>=2010", "year<2013"])["year"]]
    ['>=2010 and <2013']
    """
    values: dict[str, list[Value]] = {}
    ranges: dict[str, Range] = {}
    for condition in conditions:
        match = _CONDITION.fullmatch(condition)
        if match is None:
            raise SearchError(
                f"The filter {condition!r} cannot be read.",
                hint="Write column=value, or column>=number (also <=, >, <).",
            )
        column, operator, value = match.groups()
        values.setdefault(column, [])
        if operator == "=":
            values[column].append(value)
        else:
            ranges[column] = ranges.get(column, Range()).narrowed(_range(condition, operator, value))
    return {
        column: (*dict.fromkeys(given), *((ranges[column],) if column in ranges else ()))
        for column, given in values.items()
    }


def _range(condition: str, operator: str, value: str) -> Range:
    bound = _number(value)
    if bound is None:
        raise SearchError(f"The filter {condition!r} needs a number after {operator!r}.")
    if operator in (">", ">="):
        return Range(low=bound, include_low=operator == ">=")
    return Range(high=bound, include_high=operator == "<=")


def _number(value: Value) -> float | None:
    """Return a finite number, or None for what is none."""
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def mask(catalog: Catalog, where: Where) -> Mask:
    """Return which rows of a catalogue meet every condition.

    Parameters
    ----------
    catalog : Catalog
    where : mapping of str to tuple
        Column -> values, any of which will do. Numeric columns compare by value (``"2012"`` is 2012); ``""`` is a
        missing value.

    Returns
    -------
    ndarray of shape (len(catalog.frame),), bool

    Raises
    ------
    CatalogError
        If there is no such column, naming those there are.
    SearchError
        If a value does not occur in its column, naming the nearest ones.
    """
    kept = np.ones(len(catalog.frame), dtype=bool)
    for column, values in where.items():
        kept &= column_mask(catalog, column, values)
    return kept


def column_mask(catalog: Catalog, column: str, values: Sequence[Value]) -> Mask:
    """Return which rows of a catalogue hold one of some values in one column.

    Parameters
    ----------
    catalog : Catalog
    column : str
    values : sequence of str, number or Range

    Returns
    -------
    ndarray of shape (len(catalog.frame),), bool

    Raises
    ------
    CatalogError, SearchError
        As ``mask``.
    """
    series = catalog.column(column)
    given = (values,) if isinstance(values, (str, int, float, Range)) else tuple(values)
    if not given:
        raise SearchError(f"No value is given for the filter on {column!r}.")
    kept = np.zeros(len(series), dtype=bool)
    for value in given:
        rows = _rows_with(series, column, value)
        if not rows.any() and not isinstance(value, Range):
            raise _no_such_value(series, column, value)
        kept |= rows
    return kept


def _rows_with(series: pd.Series, column: str, value: Value) -> Mask:
    """Return which rows hold one value, by number in numeric columns and by text in all others."""
    if value == MISSING:
        return np.asarray(series.isna() | (series.astype("string") == MISSING).fillna(False), dtype=bool)
    if not is_numeric(series):
        if isinstance(value, Range):
            raise SearchError(f"{column!r} does not hold numbers, so it cannot be {value}.")
        return np.asarray((series.astype("string") == str(value)).fillna(False), dtype=bool)
    if isinstance(value, Range):
        return value.contains(series)
    number = _number(value)
    if number is None:
        raise SearchError(f"{column!r} holds numbers, and {value!r} is none.", hint=_extent(series))
    return Range(low=number, high=number).contains(series)


def is_numeric(series: pd.Series) -> bool:
    """Return whether a column holds numbers (truth values are none).

    Parameters
    ----------
    series : Series

    Returns
    -------
    bool
    """
    return bool(pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series))


def _extent(series: pd.Series) -> str:
    present = series.dropna()
    return f"They lie between {present.min()} and {present.max()}." if len(present) else "All of them are missing."


def _no_such_value(series: pd.Series, column: str, value: Value) -> SearchError:
    """Return the error for a value that does not occur, with the values most like it."""
    if value == MISSING:
        return SearchError(f"No row lacks a value in {column!r}.")
    if is_numeric(series):
        return SearchError(f"{column!r} is nowhere {value}.", hint=_extent(series))
    common = [str(known) for known in series.dropna().value_counts().index[:_LISTED_VALUES]]
    folded = {known.casefold(): known for known in reversed(common)}
    close = difflib.get_close_matches(str(value).casefold(), folded, n=3, cutoff=0.5)
    named = [folded[match] for match in close] or common[:5]
    return SearchError(
        f"{column!r} is nowhere {str(value)!r}.",
        hint=f"{'Nearest' if close else 'It has'}: {', '.join(named) or 'no values at all'}.",
    )


def same_as(
    catalog: Catalog, product_id: str, columns: Sequence[str]
) -> tuple[dict[str, tuple[Value, ...]], list[str]]:
    """Return conditions that ask for a product's own attributes.

    Parameters
    ----------
    catalog : Catalog
    product_id : str
    columns : sequence of str

    Returns
    -------
    where : dict of str to tuple
    notes : list of str
        One for each column in which the product itself has no value, which asks for nothing then.

    Raises
    ------
    CatalogError
        If there is no such product or column.
    """
    row, where, notes = catalog.row(product_id), dict[str, tuple[Value, ...]](), list[str]()
    for column in dict.fromkeys(columns):
        catalog.column(column)
        if pd.isna(row[column]) or row[column] == MISSING:
            notes.append(f"The query has no {column}, so results of any {column} are shown.")
        else:
            where[column] = (row[column] if is_numeric(catalog.column(column)) else str(row[column]),)
    return where, notes


def describe(column: str, values: Sequence[Value]) -> str:
    """Return a condition as a person would say it.

    Parameters
    ----------
    column : str
    values : sequence of str, number or Range

    Returns
    -------
    str

    Examples
    --------
    >>> describe("gender", ("Women", "Girls"))
    'gender=Women or Girls'
    >>> describe("year", (Range(low=2012),))
    'year>=2012'
    """
    parts = ["(none)" if value == MISSING else str(value) for value in values]
    separator = "" if values and isinstance(values[0], Range) else "="
    return f"{column}{separator}{' or '.join(parts)}"
