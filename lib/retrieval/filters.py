"""Filters on attributes: which pictures of a catalogue may be among the results, decided before anything is ranked."""

import difflib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.catalog import Catalog
from lib.errors import SearchError
from lib.retrieval.conditions import MISSING, Range, Value, Where, describe, number_of, parse_where

__all__ = [
    "MISSING",
    "Range",
    "Value",
    "Where",
    "column_mask",
    "describe",
    "is_numeric",
    "mask",
    "parse_where",
    "same_as",
]

Mask = npt.NDArray[np.bool_]
_LISTED_VALUES = 2_000


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
    number = number_of(value)
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
