"""Which rows nothing beats in cost and in quality at once."""

import numpy as np
import numpy.typing as npt

from lib.retrieval.index import Mask


def pareto_front(cost: npt.NDArray[np.floating], score: npt.NDArray[np.floating]) -> Mask:
    """Return which rows are on the Pareto front: none is as cheap and as good, and better in one of the two.

    Rows that are equal in both do not beat each other. A row without a finite cost or score is never on the front and
    beats nothing.

    Parameters
    ----------
    cost : ndarray of shape (n,)
        Lower is better.
    score : ndarray of shape (n,)
        Higher is better.

    Returns
    -------
    ndarray of shape (n,), bool

    Raises
    ------
    ValueError
        If shapes differ.

    Examples
    --------
    The third costs as much as the second and is worse:

    >>> pareto_front(np.array([1.0, 2.0, 2.0]), np.array([0.5, 0.7, 0.6]))
    array([ True,  True, False])
    """
    if cost.shape != score.shape or cost.ndim != 1:
        raise ValueError(f"Expected cost and score of one shape (n,). Received: {cost.shape} and {score.shape}")
    known = np.isfinite(cost) & np.isfinite(score)
    c, s = cost[known], score[known]
    as_good = (c[None, :] <= c[:, None]) & (s[None, :] >= s[:, None])
    better = (c[None, :] < c[:, None]) | (s[None, :] > s[:, None])
    front = np.zeros(len(cost), dtype=bool)
    front[known] = ~(as_good & better).any(axis=1)
    return front
