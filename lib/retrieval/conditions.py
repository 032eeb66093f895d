"""Conditions on attributes, as they are typed and as they are told: values, and ranges of numbers."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.errors import SearchError

#: How a value that is not given is written in a condition, as in ``season=``.
MISSING = ""

_CONDITION = re.compile(r"\s*([^=<>]+?)\s*(>=|<=|=|>|<)\s*(.*?)\s*", re.DOTALL)


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

    def contains(self, numbers: pd.Series) -> npt.NDArray[np.bool_]:
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
    bound = number_of(value)
    if bound is None:
        raise SearchError(f"The filter {condition!r} needs a number after {operator!r}.")
    if operator in (">", ">="):
        return Range(low=bound, include_low=operator == ">=")
    return Range(high=bound, include_high=operator == "<=")


def number_of(value: Value) -> float | None:
    """Return a finite number, or None for what is none.

    Parameters
    ----------
    value : str, number or Range

    Returns
    -------
    float or None
    """
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


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
