"""What near-duplicates do to the scores of an evaluation: the same with them out of the rankings."""

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.artifacts import Store
from lib.catalog.near_duplicates import find_near_duplicates
from lib.errors import ArtifactError, CatalogError
from lib.progress import Report, silent
from lib.retrieval.ranking import Ranker, rank_all
from lib.retrieval.ranks import Integers
from lib.retrieval.scoring import Scorer, summarise
from lib.retrieval.spaces import Space

logger = logging.getLogger(__name__)

#: Rows of a gallery -> their near-duplicates' rows.
Twins = dict[int, Integers]


def find_twins(store: Store, name: str, ids: npt.NDArray[np.str_], *, seed: int) -> Twins | str:
    """Find the near-duplicates among the items of a gallery.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    ids : ndarray of shape (n_gallery,), str
        Product ids in the gallery's order.
    seed : int

    Returns
    -------
    dict of int to ndarray of int, or str
        Why they are not known, where the pictures cannot be read any more.
    """
    try:
        return find_near_duplicates(store, name, seed=seed).rows_among(ids)
    except (CatalogError, ArtifactError) as error:
        logger.warning("Near-duplicates are not counted: %s", error)
        return error.message


def score_without(
    scorer: Scorer,
    spaces: Callable[[Integers], Space],
    scores: pd.DataFrame,
    twins: Twins,
    *,
    seed: int,
    report: Report = silent,
) -> dict[str, Any]:
    """Score the queries again with their near-duplicates out of their own rankings.

    Only the rankings of queries that have near-duplicates change. A query left with no relevant item is left out.

    Parameters
    ----------
    scorer : Scorer
    spaces : callable
        Queries -> what ranks the gallery for them, their near-duplicates having no part in it.
    scores : DataFrame
        As of ``Scorer.per_query``, with the near-duplicates in.
    twins : dict of int to ndarray of int
        Rows of the gallery -> rows of their near-duplicates.
    seed : int
    report : callable, optional
        Told how many of the queries that have near-duplicates are ranked again, and of how many.

    Returns
    -------
    dict
        ``n_queries_with`` near-duplicates, ``n_left_out`` without them, ``n_pairs`` in the gallery, and
        ``without``, as of ``summarise``.
    """
    task = scorer.task
    position = {query: i for i, query in enumerate(task.queries.tolist())}
    affected = np.array([query for query in twins if query in position], np.int64)
    own = task.codes[affected]
    n_same = np.array([(task.codes[twins[q]] == task.codes[q]).sum() for q in affected.tolist()], np.int64)
    left = affected[np.bincount(task.codes[task.codes >= 0])[own] - (not task.self_counted) - n_same > 0]
    ranker = Ranker(spaces(left), task.codes, self_counted=task.self_counted, without=twins)
    ranked = rank_all(ranker, left, report=report)
    changed = scorer.per_query(ranked, left)
    without = scores.copy()
    without.iloc[[position[q] for q in left.tolist()]] = changed.to_numpy()
    stay = np.ones(len(scores), bool)
    stay[[position[q] for q in np.setdiff1d(affected, left).tolist()]] = False
    summary = summarise(without[stay], task.codes[task.queries][stay], None, seed=seed) if stay.any() else {}
    return {
        "n_queries_with": len(affected),
        "n_left_out": len(affected) - len(left),
        "n_pairs": sum(len(rows) for rows in twins.values()) // 2,
        "without": summary,
    }
