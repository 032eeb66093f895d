"""Paired differences of many pairs of evaluations at once: pairs that share their queries share one bootstrap."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from lib.retrieval.bootstrap import Difference, Estimate, estimate_means
from lib.retrieval.ranks import Floats

#: Returns one value a query, indexed by product id, for an evaluation's id.
Scores = Callable[[str], pd.Series]
COLUMNS = ("a", "b", "difference", "low", "high", "verdict", "n_queries", "n_only_a", "n_only_b")


def paired_differences(pairs: Iterable[tuple[str, str]], scores: Scores, *, seed: int = 0) -> pd.DataFrame:
    """Compare pairs of evaluations query by query, as ``evaluation.compare`` does one pair.

    A bootstrap of 40,000 queries takes a second, whether one column is resampled or thirty: pairs that have the same
    queries in common are resampled together, and every interval is the one that ``compare`` returns.

    Parameters
    ----------
    pairs : iterable of (str, str)
        Ids of evaluations by one label and protocol.
    scores : callable
        Id -> values of one metric, NaN where a query has none, indexed by product id.
    seed : int, default=0

    Returns
    -------
    DataFrame
        One row a pair, in their order: ``a``, ``b``, the mean ``difference`` of ``a - b`` with its ``low`` and
        ``high``, ``verdict``, ``n_queries`` in common, and the queries of one alone.
    """
    asked = list(pairs)
    values = {name: _known(scores(name)) for name in dict.fromkeys(name for pair in asked for name in pair)}
    groups: list[tuple[pd.Index, list[tuple[int, Floats]]]] = []
    for i, (a, b) in enumerate(asked):
        common, column = _difference(values[a], values[b])
        members = next((members for ids, members in groups if ids.equals(common)), None)
        if members is None:
            members = []
            groups.append((common, members))
        members.append((i, column))
    found = {i: estimate for _, members in groups for i, estimate in _estimates(members, seed)}
    rows = [_row(pair, values, found[i]) for i, pair in enumerate(asked)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _known(values: pd.Series) -> pd.Series:
    """Return the queries that have a value, in the order of their ids."""
    found: pd.Series[float] = values[np.isfinite(values.to_numpy(np.float64))]
    return found if found.index.is_monotonic_increasing else found.sort_index()


def _difference(a: pd.Series, b: pd.Series) -> tuple[pd.Index, Floats]:
    """Return the queries in common, and ``a - b`` for each."""
    common = a.index if a.index.equals(b.index) else a.index.intersection(b.index).sort_values()
    of_a, of_b = (found if len(found) == len(common) else found.loc[common] for found in (a, b))
    return common, of_a.to_numpy(np.float64) - of_b.to_numpy(np.float64)


def _estimates(members: Sequence[tuple[int, Floats]], seed: int) -> list[tuple[int, tuple[Estimate, int]]]:
    """Return the estimate of each column of one group, and how many queries it is over."""
    columns = np.stack([column for _, column in members], axis=1)
    estimates = estimate_means(columns, seed=seed)
    return [(i, (estimate, len(columns))) for (i, _), estimate in zip(members, estimates, strict=True)]


def _row(pair: tuple[str, str], values: dict[str, pd.Series], found: tuple[Estimate, int]) -> dict[str, object]:
    """Return the row of one pair."""
    estimate, n = found
    only_a, only_b = (len(values[name]) - n for name in pair)
    verdict = Difference(estimate, n, only_a, only_b).verdict
    numbers = (estimate.value, estimate.low, estimate.high, verdict, n, only_a, only_b)
    return dict(zip(COLUMNS, (*pair, *numbers), strict=True))


def largest_differences(a: pd.Series, b: pd.Series, *, n: int) -> pd.DataFrame:
    """Return the queries for which one evaluation does most better than the other, and the other way round.

    Parameters
    ----------
    a, b : Series of float
        Values of one metric, indexed by product id.
    n : int
        Queries a direction, at most.

    Returns
    -------
    DataFrame
        ``product_id``, ``a``, ``b``, ``difference`` (``a - b``): those where `a` leads, largest first, then those where
        `b` does, largest first. Ties stand in the order of product ids; queries that are equal are left out.
    """
    table = pd.concat({"a": a, "b": b}, axis=1, join="inner").dropna().rename_axis("product_id").reset_index()
    table["difference"] = table["a"] - table["b"]
    order = table.sort_values(["difference", "product_id"], ascending=[False, True])
    leads = order[order["difference"] > 0].head(n)
    trails = order[order["difference"] < 0].sort_values(["difference", "product_id"]).head(n)
    return pd.concat([leads, trails], ignore_index=True)


def label_differences(a: pd.DataFrame, b: pd.DataFrame, *, metric: str) -> pd.DataFrame:
    """Return what each label gains from one evaluation to another by the same question.

    Parameters
    ----------
    a, b : DataFrame
        As ``Evaluation.labels``, with `metric` and perhaps ``silhouette``.
    metric : str

    Returns
    -------
    DataFrame
        ``label``, ``n_queries`` (those of `a`), ``a``, ``b``, ``difference`` (``a - b``) and ``silhouette`` (likewise a
        difference, NaN where it is not known), what `a` loses most first; labels without a value are left out.
    """
    columns = ["label", "n_queries", metric, "silhouette"]
    both = a.reindex(columns=columns).merge(b.reindex(columns=columns), on="label", suffixes=("_a", "_b"))
    table = pd.DataFrame(
        {
            "label": both["label"].astype(object),
            "n_queries": both["n_queries_a"],
            "a": both[f"{metric}_a"],
            "b": both[f"{metric}_b"],
            "difference": both[f"{metric}_a"] - both[f"{metric}_b"],
            "silhouette": both["silhouette_a"] - both["silhouette_b"],
        }
    )
    known = table[table["difference"].notna()]
    return known.sort_values(["difference", "label"], ignore_index=True)
