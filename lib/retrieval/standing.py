"""Which evaluation is best by a metric, and which cannot be told from it."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from lib.retrieval.bootstrap import estimate_means
from lib.retrieval.evaluation import Evaluation
from lib.retrieval.ranks import Floats

BEST, TIED, BEHIND = "best", "tied", ""
#: A mean this many standard errors from zero, over so many queries, is told from zero without a bootstrap.
_SURE, _SURE_QUERIES = 8.0, 100

#: Values of single queries by product id, sorted; of each evaluation that has them.
_Values = Mapping[str, "pd.Series[float]"]


def standing(rows: pd.DataFrame, evaluations: Callable[[str], Evaluation], *, metric: str) -> pd.Series:
    """Say which evaluation is best by a metric, and which cannot be told from it.

    The best has the highest mean of those that asked the most queries; one that asked fewer takes its place only where
    it is better on the queries that both asked. Tied is whose paired difference with the best has a 95 % interval that
    covers zero, as of ``lib.retrieval.evaluation.compare``.

    Parameters
    ----------
    rows : DataFrame
        Rows of a leaderboard, all of one label and one protocol.
    evaluations : callable
        Evaluation id -> Evaluation.
    metric : str

    Returns
    -------
    Series
        Like `rows`: ``"best"``, ``"tied"``, ``""``, or None for one that has no values of single queries, or asked
        none of the queries of the best.

    Raises
    ------
    ValueError
        If the rows are of different labels or protocols.
    """
    if len(rows[["label", "protocol"]].drop_duplicates()) > 1:
        raise ValueError("Expected rows of one label and one protocol. Received: rows of several")
    ids = [str(evaluation_id) for evaluation_id in rows["evaluation"]]
    values = _query_values(ids, evaluations, metric)
    verdicts: dict[str, str | None] = {}
    if values:
        best = _champion(values)
        verdicts = {**_against(values, best), best: BEST}
    return pd.Series([verdicts.get(evaluation_id) for evaluation_id in ids], index=rows.index, dtype=object)


def _query_values(ids: list[str], evaluations: Callable[[str], Evaluation], metric: str) -> _Values:
    """Return the values of single queries of each evaluation that has any."""
    values = {}
    for evaluation_id in ids:
        queries = evaluations(evaluation_id).queries
        if metric in queries:
            of_query = pd.Series(queries[metric].to_numpy(np.float64), index=queries["product_id"].astype(str))
            of_query = of_query.dropna().sort_index()
            if len(of_query):
                values[evaluation_id] = of_query
    return values


def _champion(values: _Values) -> str:
    """Return the best; see ``standing``."""
    order = sorted(values, key=lambda name: (-len(values[name]), -values[name].mean()))
    best = order[0]
    for name in order[1:]:
        if len(values[name]) < len(values[best]):
            differences = np.asarray((values[name] - values[best]).dropna(), np.float64)
            if len(differences) and _signs(differences[:, None])[0] > 0:
                best = name
    return best


def _against(values: _Values, best: str) -> dict[str, str | None]:
    """Return the verdict on each but the best; those of the same queries share the draws of the bootstrap."""
    verdicts: dict[str, str | None] = {}
    of_same_queries: dict[str, dict[str, Floats]] = {}
    for name, of_query in values.items():
        differences = (values[best] - of_query).dropna()
        if name != best and len(differences):
            of_same_queries.setdefault("\0".join(differences.index), {})[name] = np.asarray(differences)
    for columns in of_same_queries.values():
        for name, sign in zip(columns, _signs(np.stack(list(columns.values()), axis=1)), strict=True):
            verdicts[name] = BEHIND if sign > 0 else TIED
    return verdicts


def _signs(differences: Floats) -> list[int]:
    """Return whether the mean of each column is above zero (1), below (-1), or not told from it (0)."""
    n = len(differences)
    means, errors = differences.mean(axis=0), differences.std(axis=0) / np.sqrt(n)
    signs = np.sign(means).astype(int)
    open_ = np.flatnonzero((np.abs(means) <= _SURE * errors) | (n < _SURE_QUERIES))
    if len(open_):
        for column, estimate in zip(open_, estimate_means(differences[:, open_], seed=0), strict=True):
            signs[column] = 1 if estimate.low > 0 else -1 if estimate.high < 0 else 0
    return [int(sign) for sign in signs]
