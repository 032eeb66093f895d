"""Single queries on the Benchmark page: what stood nearest to them, hit or miss, as pictures that lead to Search."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from lib.catalog.statistics import as_text
from lib.report.wording import metric_title
from lib.retrieval.reading import read_found
from pages import _loaders as loaders
from pages import _shared as shared
from pages._benchmark_rows import Board, load_scores
from pages._grid import bare, judged, product_grid

N_WORST, N_NEAREST = 4, 10


def worst_queries(board: Board, evaluation: str, label: str) -> None:
    """Draw the worst queries of a label, each with its first neighbours."""
    found = load_scores(board.catalog, evaluation, board.score)
    queries = found.queries[found.queries["label"] == label]
    worst = queries.sort_values([board.score, "product_id"]).head(N_WORST)
    gallery, neighbors = read_found(loaders.store(), board.catalog.name, evaluation)
    row = board.table.set_index("evaluation").loc[evaluation]
    asked = {"model": str(row["model"]), "metric": str(row["metric"])}
    for i, query in worst.iterrows():
        nearest = neighbors[int(i)][:N_NEAREST]
        rows = gallery.iloc[nearest[nearest >= 0]]
        draw_query(board, str(query["product_id"]), label, float(query[board.score]), rows, asked=asked)
    st.caption(
        f"The worst queries with their {metric_title(board.score)}, each followed by its {N_NEAREST} nearest: ✓ has "
        f"the query's {shared.escape(board.label)}, ✗ has another, which stands below. "
        "Click a picture to search with it by this model and distance."
    )


def draw_query(
    board: Board, product_id: str, label: str, value: float, nearest: pd.DataFrame, *, asked: dict[str, str]
) -> None:
    """Draw a query and what stood nearest to it; a click asks the same model by the same distance."""
    ranked = list(enumerate(nearest.itertuples(index=False, name=None), start=1))
    cards = [
        neighbour(board, str(found), rank, its, right=its == label)
        for rank, (found, its) in ranked
        if found in board.catalog.row_of
    ]
    n_left = len(ranked) - len(cards) + (product_id not in board.catalog.row_of)
    if product_id in board.catalog.row_of:
        cards.insert(0, bare(board.catalog, product_id) | {"badge": "query", "note": f"{value:.3f}"})
    if product_id in board.catalog.row_of:
        alt = f"Query {product_id} and its nearest, hits and misses marked"
        on_pick = functools.partial(shared.search_for, **asked)
        product_grid(cards, key=f"query-{product_id}", label=alt, on_pick=on_pick, size=74)
    if n_left:
        st.caption(f"{n_left} of these pictures left the catalogue after this was measured.")


def said(label: object) -> str:
    """Return a label as text; a picture without one says so."""
    return as_text(label) if isinstance(label, str) else "no label"


def neighbour(board: Board, product_id: str, rank: int, its: object, *, right: bool) -> dict[str, Any]:
    """Return a card that is a picture with its rank, and with its label where that is another than the query's."""
    plain, note = bare(board.catalog, product_id), "" if right else said(its)
    label = ", ".join(part for part in (str(rank), plain["label"], note) if part)
    return judged(plain | {"badge": str(rank), "note": note, "label": label}, right=right, label=board.label)


def draw_differing(board: Board, table: pd.DataFrame, names: Sequence[str], *, key: str) -> None:
    """Draw queries for which two rows differ, each with both scores."""
    cards = []
    for row in table.itertuples():
        if row.product_id in board.catalog.row_of:
            card = bare(board.catalog, row.product_id)
            note = f"{row.a:.2f} against {row.b:.2f}"
            label = f"{card['label']}, {names[0]} {row.a:.3f}, {names[1]} {row.b:.3f}"
            cards.append(card | {"badge": f"{row.difference:+.2f}", "note": note, "label": label})
    product_grid(cards, key=key, label="Queries that differ most", on_pick=shared.search_for, size=120)


def score_series(board: Board, evaluation: str) -> pd.Series:
    """Return the score of each query, by product id."""
    queries = load_scores(board.catalog, evaluation, board.score).queries
    return pd.Series(queries[board.score].to_numpy(np.float64), index=queries["product_id"].astype(str))
