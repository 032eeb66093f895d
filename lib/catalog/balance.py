"""How evenly a catalogue's pictures are spread over its labels, and how long the tail of rare ones is."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lib.catalog.statistics import as_text

#: A label on fewer pictures than this is a rare one.
RARE = 10


@dataclass(frozen=True)
class Balance:
    """How evenly the pictures of a catalogue are spread over its labels.

    Parameters
    ----------
    n_labels, n_pictures, n_missing : int
        Labels that occur, pictures that have one, pictures that have none.
    n_largest, n_smallest : int
        Pictures of the commonest and of the rarest label.
    n_half : int
        How many of the commonest labels hold half of the pictures.
    n_rare : int
        Labels on fewer than ``RARE`` pictures.
    n_single : int
        Labels on one picture only: as a query it has nothing to find.
    effective : float
        exp of the entropy: how many equally large labels would be as diverse. `n_labels` where all are equally large.
    """

    n_labels: int
    n_pictures: int
    n_missing: int
    n_largest: int
    n_smallest: int
    n_half: int
    n_rare: int
    n_single: int
    effective: float


def class_balance(labels: pd.Series) -> Balance:
    """Measure how evenly pictures are spread over labels.

    Parameters
    ----------
    labels : Series
        One label a picture, possibly missing.

    Returns
    -------
    Balance

    Examples
    --------
    >>> class_balance(pd.Series(["a", "a", "b", "b"])).effective
    2.0
    """
    counts = labels.value_counts().to_numpy(dtype=np.int64)
    total = int(counts.sum())
    shares = counts / total if total else counts.astype(float)
    entropy = -float(np.sum(shares * np.log(shares))) if total else 0.0
    return Balance(
        n_labels=len(counts),
        n_pictures=total,
        n_missing=int(labels.isna().sum()),
        n_largest=int(counts[0]) if total else 0,
        n_smallest=int(counts[-1]) if total else 0,
        n_half=int(np.searchsorted(np.cumsum(counts), total / 2) + 1) if total else 0,
        n_rare=int((counts < RARE).sum()),
        n_single=int((counts == 1).sum()),
        effective=round(math.exp(entropy), 9) if total else 0.0,
    )


def long_tail(labels: pd.Series) -> pd.DataFrame:
    """Labels from the commonest to the rarest, with the share of pictures covered so far.

    Parameters
    ----------
    labels : Series

    Returns
    -------
    DataFrame
        ``rank`` (from 1), ``value``, ``n``, ``covered`` (0..1, cumulative).
    """
    counted = labels.dropna().value_counts()
    table = pd.DataFrame({"value": [as_text(v) for v in counted.index], "n": counted.to_numpy(dtype=np.int64)})
    table = table.sort_values(["n", "value"], ascending=[False, True], ignore_index=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table.assign(covered=table["n"].cumsum() / max(int(table["n"].sum()), 1))
