"""The epochs of a run, a row each, and which of them is the best."""

import math
from collections.abc import Mapping, Sequence

#: By what the best epoch is chosen, and by what where that was not measured.
BEST_BY, OTHERWISE = "val_map_at_r", "loss"

Row = Mapping[str, float]


def score(row: Row) -> float:
    """Return what an epoch is judged by: MAP@R where it was measured, otherwise minus the loss.

    Parameters
    ----------
    row : dict of str to float

    Returns
    -------
    float
        Minus infinity where neither is a number.
    """
    value = row.get(BEST_BY, math.nan)
    value = -row.get(OTHERWISE, math.nan) if math.isnan(value) else value
    return -math.inf if math.isnan(value) else float(value)


def best_epoch(rows: Sequence[Row]) -> int:
    """Return the number of the best epoch, the first of equals.

    Parameters
    ----------
    rows : sequence of dict
        In the order of the epochs.

    Returns
    -------
    int
        From 1; 0 where there is none.

    Examples
    --------
    >>> best_epoch([{"epoch": 1, "val_map_at_r": 0.2}, {"epoch": 2, "val_map_at_r": 0.5}])
    2
    """
    return int(max(rows, key=score)["epoch"]) if rows else 0
