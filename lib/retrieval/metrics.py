"""Retrieval metrics: one value a query first, means last. Higher is better in all of them.

An item is relevant if it has the query's label. The query itself is never in its own ranking, and a query whose label
no other item has is left out before anything here is called. Sources:

- Musgrave, Belongie, Lim: A Metric Learning Reality Check, ECCV 2020 (R-precision, MAP@R).
- Manning, Raghavan, Schütze: Introduction to Information Retrieval, chapter 8, 2008 (precision, MAP).
- Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques, ACM TOIS 20(4), 2002 (nDCG).
- Jégou, Douze, Schmid: Product quantization for nearest neighbor search, IEEE TPAMI 33(1), 2011 (any-hit Recall@K).
- Voorhees: The TREC-8 Question Answering Track Report, 1999 (reciprocal rank).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from lib.retrieval.ranks import Floats, Integers, RelevantRanks


def recall_at(found: RelevantRanks, k: int) -> Floats:
    """Any-hit Recall@K: whether one of the K nearest is relevant.

    ``R@K(q) = 1 if min rank <= K else 0``. In classic information retrieval "recall" is the share of the relevant items
    that were found; metric learning, and this project, mean the any-hit form (also known as CMC@K).

    Parameters
    ----------
    found : RelevantRanks
    k : int

    Returns
    -------
    ndarray of shape (n_queries,), float64
        0 or 1.

    Examples
    --------
    >>> recall_at(RelevantRanks.of([[1, 3], [4]]), 3)
    array([1., 0.])
    """
    return (found.first <= _checked(k)).astype(np.float64)


def precision_at(found: RelevantRanks, k: int) -> Floats:
    """Precision@K: the share of the K nearest that is relevant.

    ``P@K(q) = #{ranks <= K} / K``, also where fewer than K items are relevant: its highest value is then below 1.

    Parameters
    ----------
    found : RelevantRanks
    k : int

    Returns
    -------
    ndarray of shape (n_queries,), float64
        0 to 1.

    Examples
    --------
    >>> precision_at(RelevantRanks.of([[1, 3], [4]]), 4)
    array([0.5 , 0.25])
    """
    return found.total(found.ranks <= _checked(k)) / k


def average_precision(found: RelevantRanks) -> Floats:
    """Average precision over the full ranking; its mean over queries is mAP.

    ``AP(q) = 1/R * sum_i i / rank_i`` over all R relevant items, ``rank_i`` being the rank of the i-th.

    Parameters
    ----------
    found : RelevantRanks

    Returns
    -------
    ndarray of shape (n_queries,), float64
        Above 0, to 1: every relevant item stands before every other.

    Examples
    --------
    (1/1 + 2/3) / 2 and 1/4:

    >>> average_precision(RelevantRanks.of([[1, 3], [4]])).round(4)
    array([0.8333, 0.25  ])
    """
    return found.total(found.precisions) / found.counts


def map_at_r(found: RelevantRanks) -> Floats:
    """MAP@R: average precision over the first R ranks, R being the number of relevant items.

    ``MAP@R(q) = 1/R * sum over relevant items with rank_i <= R of i / rank_i`` (Musgrave et al. 2020, equation 2).

    Parameters
    ----------
    found : RelevantRanks

    Returns
    -------
    ndarray of shape (n_queries,), float64
        0 to 1; never above ``average_precision`` or ``r_precision``.

    Examples
    --------
    R is 2 in both; 1/1 / 2, and (1/1 + 2/2) / 2:

    >>> map_at_r(RelevantRanks.of([[1, 3], [1, 2]]))
    array([0.5, 1. ])
    """
    within = found.ranks <= np.repeat(found.counts, found.counts)
    return found.total(np.where(within, found.precisions, 0.0)) / found.counts


def r_precision(found: RelevantRanks) -> Floats:
    """R-precision: the share of relevant items among the first R, R being their number.

    ``RP(q) = #{ranks <= R} / R``.

    Parameters
    ----------
    found : RelevantRanks

    Returns
    -------
    ndarray of shape (n_queries,), float64
        0 to 1.

    Examples
    --------
    >>> r_precision(RelevantRanks.of([[1, 3], [2]]))
    array([0.5, 0. ])
    """
    return found.total(found.ranks <= np.repeat(found.counts, found.counts)) / found.counts


def reciprocal_rank(found: RelevantRanks) -> Floats:
    """Reciprocal of the rank of the nearest relevant item; its mean over queries is MRR.

    ``RR(q) = 1 / min rank``.

    Parameters
    ----------
    found : RelevantRanks

    Returns
    -------
    ndarray of shape (n_queries,), float64
        Above 0, to 1.

    Examples
    --------
    >>> reciprocal_rank(RelevantRanks.of([[1, 3], [4]]))
    array([1.  , 0.25])
    """
    return 1.0 / found.first


def hits_before_miss(found: RelevantRanks) -> Floats:
    """Count the relevant items before the first other one: what a person scrolling the results counts.

    ``H(q) = #{i : rank_i = i}``. It is a count, not a share: frequent labels can reach more.

    Parameters
    ----------
    found : RelevantRanks

    Returns
    -------
    ndarray of shape (n_queries,), float64
        0 to the number of relevant items.

    Examples
    --------
    >>> hits_before_miss(RelevantRanks.of([[1, 2, 4], [2, 3]]))
    array([2., 0.])
    """
    return found.total(found.ranks == found.positions)


def ndcg(gains: Floats, ideal: Floats) -> Floats:
    """Normalised discounted cumulated gain of the nearest items, graded.

    ``DCG = sum_j gain_j / log2(j + 1)``, divided by the DCG of the best ranking that the gallery allows. The gains
    count as they are (Järvelin and Kekäläinen 2002), not as powers of two.

    Parameters
    ----------
    gains : ndarray of shape (n_queries, k), float64
        Gain of the j-th nearest item; 0 where there is none.
    ideal : ndarray of shape (n_queries, k), float64
        The k largest gains there are in the gallery for each query, descending.

    Returns
    -------
    ndarray of shape (n_queries,), float64
        0 to 1; NaN where no item has any gain.

    Raises
    ------
    ValueError
        If shapes differ.

    Examples
    --------
    (0/1 + 3/1.585) / (3/1 + 1/1.585):

    >>> ndcg(np.array([[0.0, 3.0]]), np.array([[3.0, 1.0]])).round(4)
    array([0.5213])
    """
    if gains.shape != ideal.shape:
        raise ValueError(f"Expected gains and ideal of one shape. Received: {gains.shape} and {ideal.shape}")
    discounts = 1.0 / np.log2(np.arange(2, gains.shape[1] + 2))
    best = ideal @ discounts
    return np.asarray(np.divide(gains @ discounts, best, out=np.full(len(gains), np.nan), where=best > 0))


def share_with_value(neighbor_codes: Integers, query_codes: Integers) -> Floats:
    """Share of the nearest items that have the query's value of an attribute.

    ``S(q) = #{j <= k : value_j = value_q} / k``; an item without a value does not have the query's.

    Parameters
    ----------
    neighbor_codes : ndarray of shape (n_queries, k), int
        Code of the value of the j-th nearest item; -1 for none.
    query_codes : ndarray of shape (n_queries,), int
        Code of the query's value; -1 for none.

    Returns
    -------
    ndarray of shape (n_queries,), float64
        0 to 1; NaN for a query without a value.

    Examples
    --------
    >>> share_with_value(np.array([[7, 8], [7, -1]]), np.array([7, -1]))
    array([0.5, nan])
    """
    same = (neighbor_codes == query_codes[:, None]).mean(axis=1)
    return np.asarray(np.where(query_codes >= 0, same, np.nan))


def _checked(k: int) -> int:
    """Return k, if it is one."""
    if k < 1:
        raise ValueError(f"Expected k to be at least 1. Received: k={k}")
    return k


@dataclass(frozen=True)
class RankMetric:
    """A metric that follows from the ranks of the relevant items.

    Parameters
    ----------
    name : str
        As in tables and JSON.
    label : str
        As on screen.
    explanation : str
        One sentence for a person.
    compute : callable
        Ranks -> one value a query.
    """

    name: str
    label: str
    explanation: str
    compute: Callable[[RelevantRanks], Floats]


def _at(name: str, label: str, explanation: str, compute: Callable[..., Floats], k: int) -> RankMetric:
    return RankMetric(f"{name}@{k}", f"{label}@{k}", explanation.format(k=k), partial(compute, k=k))


#: Every metric of ranks, in the order of tables.
RANK_METRICS: dict[str, RankMetric] = {
    metric.name: metric
    for metric in (
        *(_at("recall", "Recall", "Whether one of the {k} nearest is relevant.", recall_at, k) for k in (1, 5, 10, 20)),
        *(
            _at("precision", "Precision", "Share of the {k} nearest that is relevant.", precision_at, k)
            for k in (5, 10)
        ),
        RankMetric("map", "mAP", "Mean precision at each relevant item, over the full ranking.", average_precision),
        RankMetric("map_at_r", "MAP@R", "The same over the first R ranks, R relevant items being there.", map_at_r),
        RankMetric("r_precision", "R-precision", "Share of relevant items among the first R.", r_precision),
        RankMetric("mrr", "MRR", "1 over the rank of the nearest relevant item.", reciprocal_rank),
        RankMetric(
            "hits_before_miss", "Right before the first wrong", "Relevant items before any other.", hits_before_miss
        ),
    )
}
