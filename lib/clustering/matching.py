"""Which pictures show the same product, told pair by pair: the task that S0's data comes from (Shopee).

Each item's match is itself and every item within the threshold. Its F1 against the items of its label, averaged over
items, is what that task was scored by.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.clustering.pairs import distances_between
from lib.retrieval.ranks import Floats

_BLOCK_ROWS = 512


def match_curve(
    vectors: npt.NDArray[np.floating],
    labels: npt.NDArray[np.integer],
    *,
    metric: str,
    thresholds: Floats,
    mutual: int = 0,
) -> pd.DataFrame:
    """Return how rightly pairs are matched at each threshold.

    Parameters
    ----------
    vectors : ndarray of shape (n, dim)
    labels : ndarray of shape (n,), int
    metric : str
        A key of ``DISTANCE_METRICS``.
    thresholds : ndarray of float64
        Rising.
    mutual : int, default=0
        Keep only pairs of which each is among the other's so many nearest; 0 keeps all within the threshold.

    Returns
    -------
    DataFrame
        A row a threshold: ``threshold``, ``n_pairs`` (matched, each counted once), ``precision`` and ``recall`` of
        pairs (precision is NaN where none is matched, recall where there is none to match), and ``mean_f1``, the mean
        over items of the F1 of their matches, themselves among them.
    """
    n, n_steps = len(vectors), len(thresholds)
    matched, right = np.zeros((n, n_steps), np.int64), np.zeros((n, n_steps), np.int64)
    reach = _reach(vectors, metric, mutual) if mutual else None
    for start in range(0, n, _BLOCK_ROWS):
        distances = distances_between(vectors[start : start + _BLOCK_ROWS], vectors, metric)
        rows = np.arange(start, start + len(distances))
        distances[np.arange(len(rows)), rows] = np.inf
        if reach is not None:
            distances[(distances > reach[rows, None]) | (distances > reach[None, :])] = np.inf
        same = labels[rows, None] == labels[None, :]
        for place, row in enumerate(rows):
            matched[row] = np.searchsorted(np.sort(distances[place]), thresholds, side="right")
            right[row] = np.searchsorted(np.sort(distances[place][same[place]]), thresholds, side="right")
    sizes = np.bincount(labels)[labels]
    f1 = 2 * (right + 1) / (matched + 1 + sizes[:, None])
    n_matched, n_right, n_true = matched.sum(axis=0), right.sum(axis=0), int((sizes - 1).sum())
    return pd.DataFrame(
        {
            "threshold": thresholds,
            "n_pairs": n_matched // 2,
            "precision": np.divide(n_right, n_matched, out=np.full(n_steps, np.nan), where=n_matched > 0),
            "recall": n_right / n_true if n_true else np.full(n_steps, np.nan),
            "mean_f1": f1.mean(axis=0),
        }
    )


def _reach(vectors: npt.NDArray[np.floating], metric: str, k: int) -> Floats:
    """Return each item's distance from its k-th nearest other, and a hair more: both ways round it is not the same."""
    n = len(vectors)
    reach = np.full(n, np.inf)
    if k >= n - 1:
        return reach
    for start in range(0, n, _BLOCK_ROWS):
        distances = distances_between(vectors[start : start + _BLOCK_ROWS], vectors, metric)
        rows = np.arange(len(distances))
        distances[rows, start + rows] = np.inf
        reach[start : start + len(rows)] = np.partition(distances, k - 1, axis=1)[:, k - 1] * (1 + 1e-9)
    return reach
