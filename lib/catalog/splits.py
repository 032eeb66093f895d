"""Training, validation and test: a function of the product alone, the same on every machine."""

import hashlib

import pandas as pd

from lib.errors import CatalogError
from lib.schema import SPLITS

#: The share below which a product's place, 0 to 1, belongs to a split.
_UPPER = {"train": 0.8, "val": 0.9, "test": 1.0}


def split_of(group_id: str) -> str:
    """Return the split that a product falls into by its id.

    Parameters
    ----------
    group_id : str

    Returns
    -------
    str
        ``"train"`` (80 %), ``"val"`` or ``"test"`` (10 % each).

    Examples
    --------
    >>> split_of("15970") == split_of("15970")
    True
    """
    place = int.from_bytes(hashlib.sha256(group_id.encode()).digest()[:8], "big") / 2**64
    return next(name for name in SPLITS if place < _UPPER[name])


def assign_splits(group_ids: pd.Series, pixels: pd.Series, *, given: pd.Series | None = None) -> pd.Series:
    """Assign each picture to a split so that nothing that looks the same stands on both sides.

    The pictures of one product stay together, and so do products that share a picture to the last pixel: such a
    component goes where the smallest of its group ids falls.

    Parameters
    ----------
    group_ids : Series of str
    pixels : Series of str
        Digests of the decoded pictures.
    given : Series of str, optional
        Splits that the source gives; they are kept as they are, missing ones are assigned.

    Returns
    -------
    Series of str

    Raises
    ------
    CatalogError
        If a given split is none of train, val, test.
    """
    components = connected(group_ids, pixels)
    smallest = group_ids.groupby(components).transform("min")
    chosen = {group_id: split_of(group_id) for group_id in smallest.unique()}
    assigned = smallest.map(chosen).astype("str")
    if given is None:
        return assigned
    unknown = sorted(set(given.dropna().unique()) - set(SPLITS))
    if unknown:
        raise CatalogError(f"The source gives the split {unknown[0]!r}.", hint=f"Splits are {', '.join(SPLITS)}.")
    return given.where(given.notna(), assigned).astype("str")


def connected(first: pd.Series, second: pd.Series) -> pd.Series:
    """Return the components of rows that are joined by equal values in either column.

    Parameters
    ----------
    first, second : Series
        Of the same index.

    Returns
    -------
    Series of int
        The same number for rows that a chain of equal values joins.
    """
    left, _ = pd.factorize(first)
    right, _ = pd.factorize(second)
    parent = list(range(left.max(initial=-1) + 1))
    holder: dict[int, int] = {}
    for group, digest in zip(left.tolist(), right.tolist(), strict=True):
        a, b = _root(parent, group), _root(parent, holder.setdefault(digest, group))
        parent[max(a, b)] = min(a, b)
    return pd.Series([_root(parent, group) for group in left.tolist()], index=first.index, dtype="int64")


def _root(parent: list[int], node: int) -> int:
    """Follow the parents to the top, halving the path on the way."""
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node
