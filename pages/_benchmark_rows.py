"""The rows that the Benchmark page draws, and what is counted over them query by query, once for everybody."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.report.wording import distance_title, variant_words
from lib.retrieval.differences import paired_differences
from lib.retrieval.evaluation import Evaluation, slices
from lib.retrieval.leaderboard import leaderboard, standing
from lib.retrieval.reading import read_scores
from pages import _loaders as loaders

AS_S2 = "as-s2"


@dataclass(frozen=True, eq=False)
class Board:
    """The evaluations of a catalogue, and those of them that were chosen to be compared.

    Parameters
    ----------
    catalog : Catalog
    table : DataFrame
        Every row of its leaderboard.
    label, protocol, score : str
        What was chosen.
    """

    catalog: Catalog
    table: pd.DataFrame
    label: str
    protocol: str
    score: str

    @property
    def rows(self) -> pd.DataFrame:
        """The rows by the chosen label and protocol, best first, each with its ``name``."""
        return self.by_protocol(self.protocol)

    def by_protocol(self, protocol: str) -> pd.DataFrame:
        """Return the rows by the chosen label and any protocol, best first, each with its ``name``."""
        chosen = (self.table["label"] == self.label) & (self.table["protocol"] == protocol)
        rows = self.table[chosen].sort_values(self.score, ascending=False, kind="stable", ignore_index=True)
        names = zip(row_names(rows), rows["stale"], strict=True)
        return rows.assign(name=[f"{name} (stale)" if stale else name for name, stale in names])


def row_names(rows: pd.DataFrame) -> list[str]:
    """Return a name for each row that no other row has: model, distance, what was changed, and n where it is less."""
    parts = [
        [row.title, distance_title(row.metric), *([variant_words(row.variant)] if row.variant else [])]
        for row in rows.itertuples()
    ]
    most = rows["n_queries"].max()
    parts = [[*part, f"n {n:,}"] if n < most else part for part, n in zip(parts, rows["n_queries"], strict=True)]
    names = [" · ".join(part) for part in parts]
    return [
        f"{name} · {evaluation[-6:]}" if names.count(name) > 1 else name
        for name, evaluation in zip(names, rows["evaluation"], strict=True)
    ]


def interval(low: float, high: float, *, digits: int = 3) -> str:
    """Return an interval as text; an empty one where there is none."""
    return f"[{low:.{digits}f}, {high:.{digits}f}]" if low == low and high == high else ""


def load_table(catalog: Catalog) -> pd.DataFrame:
    """Return the leaderboard of a catalogue."""
    return leaderboard(loaders.store(), catalog.name)


def load_scores(catalog: Catalog, evaluation: str, metric: str) -> Evaluation:
    """Return an evaluation with the scores of its queries by one metric."""
    return read_scores(loaders.store(), catalog.name, evaluation, metric=metric)


def find_standing(board: Board, rows: pd.DataFrame) -> list[str | None]:
    """Return which of some rows is best, and which cannot be told from it; a stale one is compared with nothing."""
    ids = "\n".join(rows.loc[~rows["stale"], "evaluation"])
    found = _standing(
        str(loaders.store().root), board.catalog.name, ids, board.score, loaders.evaluations_stamp(board.catalog)
    )
    return [found.get(name) for name in rows["evaluation"]]


@st.cache_data(max_entries=64, show_spinner="Comparing query by query …")
def _standing(root: str, name: str, ids: str, score: str, when: str) -> dict[str, str | None]:
    here = Store(Path(root))
    table = leaderboard(here, name)
    rows = table[table["evaluation"].isin(ids.split("\n"))]
    if rows.empty:
        return {}
    found = standing(rows, lambda evaluation: read_scores(here, name, evaluation, metric=score), metric=score)
    return dict(zip(rows["evaluation"], found, strict=True))


def find_differences(board: Board, pairs: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """Return the paired difference of each pair of evaluations, with its interval."""
    asked = json.dumps(list(pairs))
    return _differences(
        str(loaders.store().root), board.catalog.name, asked, board.score, loaders.evaluations_stamp(board.catalog)
    )


@st.cache_data(max_entries=64, show_spinner="Comparing query by query …")
def _differences(root: str, name: str, pairs: str, score: str, when: str) -> pd.DataFrame:
    def scores(evaluation: str) -> pd.Series:
        found = read_scores(Store(Path(root)), name, evaluation, metric=score).queries
        values = found[score] if score in found else pd.Series(float("nan"), index=found.index)
        return pd.Series(values.to_numpy(dtype=float), index=found["product_id"].astype(str))

    return paired_differences([(a, b) for a, b in json.loads(pairs)], scores)


def find_slices(board: Board, evaluation: str, column: str) -> pd.DataFrame:
    """Return the score of the queries of each value of an attribute."""
    root, score = str(loaders.store().root), board.score
    return _slices(root, board.catalog.name, evaluation, column, score, loaders.evaluations_stamp(board.catalog))


@st.cache_data(max_entries=64, show_spinner="Counting …")
def _slices(root: str, name: str, evaluation: str, column: str, score: str, when: str) -> pd.DataFrame:
    found = read_scores(Store(Path(root)), name, evaluation, metric=score)
    return slices(found, loaders.catalog(name), column=column, metric=score)
