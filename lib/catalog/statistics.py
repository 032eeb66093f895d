"""What is in a catalogue, counted: frames in, small tables out. Nothing here draws, and nothing is cached."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.errors import CatalogError

#: Values that have an order of their own, which is not their frequency's.
NATURAL_ORDERS: dict[str, tuple[str, ...]] = {
    "season": ("Spring", "Summer", "Fall", "Winter"),
    "split": ("train", "val", "test"),
}
#: A text column with longer values than this, at the median, is prose and no attribute to count by.
_PROSE = 48


def frequencies(values: pd.Series, *, top: int | None = None) -> pd.DataFrame:
    """How often each value occurs; missing values are left out.

    Parameters
    ----------
    values : Series
        One column of a catalogue.
    top : int, optional
        Keep the `top` most frequent values.

    Returns
    -------
    DataFrame
        ``value`` (str), ``n`` and ``share`` of the rows that have a value. Numbers and values with an order of their
        own (seasons, splits) stand in that order, others by falling `n`, ties by name.

    Examples
    --------
    >>> frequencies(pd.Series(["b", "a", "b", None]))["n"].tolist()
    [2, 1]
    """
    counted = values.dropna().value_counts()
    total = int(counted.sum())
    table = pd.DataFrame({"value": list(counted.index), "n": counted.to_numpy(dtype=np.int64)})
    table = table.assign(name=table["value"].map(as_text))
    if top is not None:
        table = table.sort_values(["n", "name"], ascending=[False, True]).head(top)
    table = _in_order(table, values)
    share = table["n"] / total if total else table["n"].astype(float)
    return pd.DataFrame({"value": table["name"], "n": table["n"], "share": share}).reset_index(drop=True)


def _in_order(table: pd.DataFrame, values: pd.Series) -> pd.DataFrame:
    """Sort counted values the way a reader expects them."""
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        return table.sort_values("value")
    order = NATURAL_ORDERS.get(str(values.name), ())
    rank = table["name"].map({name: i for i, name in enumerate(order)}).fillna(len(order))
    return table.assign(rank=rank).sort_values(["rank", "n", "name"], ascending=[True, False, True])


def as_text(value: Any) -> str:
    """Return a value as it is shown: whole numbers without a decimal point.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
    """
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def cross_table(frame: pd.DataFrame, rows: str, columns: str, *, top: int = 25) -> pd.DataFrame:
    """How often each pair of values occurs together.

    Parameters
    ----------
    frame : DataFrame
    rows, columns : str
        Two columns of it.
    top : int, default=25
        Keep the `top` most frequent values of each.

    Returns
    -------
    DataFrame of int
        Index: values of `rows`; columns: values of `columns`, both ordered as in ``frequencies``. Rows of `frame`
        that lack either value are left out.

    Raises
    ------
    CatalogError
        If a column is not there, or both are the same.
    """
    for name in (rows, columns):
        if name not in frame:
            raise CatalogError(f"There is no column {name!r}.", hint=f"There are: {', '.join(map(str, frame))}.")
    if rows == columns:
        raise CatalogError(f"{rows!r} cannot be crossed with itself.", hint="Choose two different columns.")
    both = frame[[rows, columns]].dropna()
    index, header = (frequencies(both[name], top=top)["value"].tolist() for name in (rows, columns))
    counts = pd.crosstab(both[rows].map(as_text), both[columns].map(as_text))
    return counts.reindex(index=index, columns=header, fill_value=0).astype(np.int64)


def column_summary(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """One row a column: how much is missing, how many different values there are, and the commonest.

    Parameters
    ----------
    frame : DataFrame
    columns : sequence of str

    Returns
    -------
    DataFrame
        ``column, n_missing, missing_share, n_distinct, commonest, n_commonest``.
    """
    rows = []
    for name in columns:
        counted = frame[name].value_counts()
        n_missing = int(frame[name].isna().sum())
        rows.append(
            {
                "column": name,
                "n_missing": n_missing,
                "missing_share": n_missing / len(frame) if len(frame) else 0.0,
                "n_distinct": len(counted),
                "commonest": as_text(counted.index[0]) if len(counted) else "",
                "n_commonest": int(counted.iloc[0]) if len(counted) else 0,
            }
        )
    return pd.DataFrame(rows)


def histogram(values: npt.ArrayLike, *, bins: int = 40) -> pd.DataFrame:
    """Count numbers in equally wide bins; missing and infinite ones are left out.

    Parameters
    ----------
    values : array-like of shape (n,)
    bins : int, default=40

    Returns
    -------
    DataFrame
        ``left``, ``right`` and ``n``; empty where there is nothing to count.
    """
    numbers = pd.to_numeric(pd.Series(values), errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return pd.DataFrame({"left": [], "right": [], "n": []}).astype({"n": np.int64})
    counts, edges = np.histogram(numbers, bins=bins)
    return pd.DataFrame({"left": edges[:-1], "right": edges[1:], "n": counts.astype(np.int64)})


def hierarchy_counts(frame: pd.DataFrame, levels: Sequence[str]) -> pd.DataFrame:
    """Pictures in each branch of a hierarchy, a row a node.

    Parameters
    ----------
    frame : DataFrame
    levels : sequence of str
        Columns, coarse to fine.

    Returns
    -------
    DataFrame
        ``id`` (the path, joined by ``/``), ``parent`` (its parent's id, empty at the top), ``label`` and ``n``. Rows of
        `frame` that lack a level are left out, so that a node's `n` is the sum of its children's.
    """
    known = frame[list(levels)].dropna().astype(str)
    nodes = []
    for depth in range(1, len(levels) + 1):
        for path, n in known.groupby(list(levels[:depth]), sort=True).size().items():
            parts = path if isinstance(path, tuple) else (path,)
            escaped = [part.replace("/", "∕") for part in map(str, parts)]
            nodes.append(("/".join(escaped), "/".join(escaped[:-1]), str(parts[-1]), int(n)))
    return pd.DataFrame(nodes, columns=["id", "parent", "label", "n"])


def countable(frame: pd.DataFrame, columns: Iterable[str]) -> list[str]:
    """Columns worth counting by: values that repeat, and no prose.

    Parameters
    ----------
    frame : DataFrame
    columns : iterable of str

    Returns
    -------
    list of str
        Those of `columns` with at least one value, on average on two rows or more, and short.
    """
    return [name for name in columns if _is_countable(frame[name])]


def _is_countable(values: pd.Series) -> bool:
    present = values.dropna()
    if present.empty or pd.api.types.is_float_dtype(present.dtype):
        return False
    if pd.api.types.is_numeric_dtype(present.dtype):
        return present.nunique() <= 60
    names = present.astype(str).unique()
    return len(names) * 2 <= max(len(present), 2) and float(np.median([len(name) for name in names])) <= _PROSE


def measurable(frame: pd.DataFrame, columns: Iterable[str]) -> list[str]:
    """Columns of numbers that want a histogram rather than a bar a value.

    Parameters
    ----------
    frame : DataFrame
    columns : iterable of str

    Returns
    -------
    list of str
    """
    names = [name for name in columns if pd.api.types.is_numeric_dtype(frame[name].dtype)]
    return [name for name in names if frame[name].notna().any() and not _is_countable(frame[name])]


def spread(frame: pd.DataFrame, label: str, n: int) -> list[str]:
    """Choose `n` pictures that show the range of a catalogue: one a label in turn, commonest labels first.

    Parameters
    ----------
    frame : DataFrame
        With ``product_id`` and the column `label`.
    label : str
    n : int

    Returns
    -------
    list of str
        Product ids, always the same ones for the same catalogue; the choice within a label follows a hash of the id.
    """
    labels = frame[label].astype("string").fillna("")
    order = labels.map(labels.value_counts()).to_numpy()
    digest = [hashlib.md5(str(i).encode(), usedforsecurity=False).hexdigest() for i in frame["product_id"]]
    table = pd.DataFrame({"id": frame["product_id"].astype(str).to_numpy(), "label": labels.to_numpy()})
    table = table.assign(size=order, digest=digest).sort_values("digest")
    turn = table.groupby("label").cumcount()
    chosen = table.assign(turn=turn).sort_values(["turn", "size", "label"], ascending=[True, False, True])
    return chosen["id"].head(n).tolist()
