"""Pairs of rows of a leaderboard that differ in one thing only: what that thing does."""

from collections.abc import Sequence

import pandas as pd


def contrasts(rows: pd.DataFrame, *, column: str, order: Sequence[str], same: Sequence[str]) -> pd.DataFrame:
    """Return pairs of rows that are equal in some columns and differ in one.

    Parameters
    ----------
    rows : DataFrame
        With ``evaluation``, `column` and the columns `same`.
    column : str
        What differs.
    order : sequence of str
        Its values; where several rows are equal in all else, each is set against the one whose value stands first.
        Rows with other values take no part.
    same : sequence of str
        What is equal in both rows of a pair.

    Returns
    -------
    DataFrame
        One row a pair: the columns `same`, then ``a`` and ``b`` (evaluations: `b` is what is set against), and
        ``value_a`` and ``value_b``.

    Examples
    --------
    >>> rows = pd.DataFrame({"evaluation": ["e1", "e2"], "metric": ["euclidean", "cosine"], "model": ["m", "m"]})
    >>> contrasts(rows, column="metric", order=["cosine", "euclidean"], same=["model"]).iloc[0].tolist()
    ['m', 'e1', 'e2', 'euclidean', 'cosine']
    """
    ranks = {value: rank for rank, value in enumerate(order)}
    kept = rows[rows[column].isin(ranks)]
    kept = kept.assign(_rank=kept[column].map(ranks)).sort_values("_rank", kind="stable")
    found = []
    for key, group in kept.groupby(list(same), sort=False, dropna=False):
        newest = group.drop_duplicates(column, keep="last")
        base = newest.iloc[0]
        found += [
            (*key, row["evaluation"], base["evaluation"], row[column], base[column])
            for _, row in newest.iloc[1:].iterrows()
        ]
    return pd.DataFrame(found, columns=[*same, "a", "b", "value_a", "value_b"])


def models_alone(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of vectors as they were embedded, asked with as many queries as there are.

    Parameters
    ----------
    rows : DataFrame
        As of ``largest_samples``.

    Returns
    -------
    DataFrame
        In the same order: no variants, and no samples of a question that was asked in full.

    Examples
    --------
    >>> row = {"model": "m", "metric": "cosine", "label": "kind", "protocol": "all", "n_queries": 9}
    >>> models_alone(pd.DataFrame([row | {"variant": "pca=64"}, row | {"variant": ""}]))["variant"].tolist()
    ['']
    """
    return largest_samples(rows[rows["variant"] == ""])


def largest_samples(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows without those that asked the question of another row with fewer queries: a sample of its own.

    Parameters
    ----------
    rows : DataFrame
        With ``model``, ``metric``, ``label``, ``protocol``, ``variant`` and ``n_queries``.

    Returns
    -------
    DataFrame
        In the same order.

    Examples
    --------
    >>> question = {"model": "m", "metric": "cosine", "label": "kind", "protocol": "all", "variant": ""}
    >>> largest_samples(pd.DataFrame([question | {"n_queries": 5}, question | {"n_queries": 9}]))["n_queries"].tolist()
    [9]
    """
    if rows.empty:
        return rows
    most = rows.groupby(["model", "metric", "label", "protocol", "variant"], dropna=False)["n_queries"].transform("max")
    return rows[rows["n_queries"] == most].reset_index(drop=True)
