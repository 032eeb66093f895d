"""Single queries on the Benchmark page: what stood nearest to them, hit or miss, as pictures that lead to Search."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.catalog.statistics import as_text
from lib.retrieval.reading import read_found
from pages import _loaders as loaders
from pages import _shared as shared
from pages._benchmark_rows import Board, load_scores, score_name
from pages._grid import bare, product_grid

N_WORST, N_NEAREST = 4, 10
HIT, MISS = "✓", "✗"


def worst_queries(board: Board, evaluation: str, label: str) -> None:
    """Draw the worst queries of a label, each with its first neighbours."""
    found = load_scores(board.catalog, evaluation, board.score)
    queries = found.queries[found.queries["label"] == label]
    worst = queries.sort_values([board.score, "product_id"]).head(N_WORST)
    gallery, neighbors = read_found(loaders.store(), board.catalog.name, evaluation)
    for i, query in worst.iterrows():
        nearest = neighbors[int(i)][:N_NEAREST]
        rows = gallery.iloc[nearest[nearest >= 0]]
        draw_query(board, str(query["product_id"]), label, float(query[board.score]), rows)
    st.caption(
        f"The worst queries with their {score_name(board.score)}, each followed by its {N_NEAREST} nearest: {HIT} has "
        f"the query's {shared.escape(board.label)}, {MISS} has another, which stands below. "
        "Click a picture to search with it."
    )


def draw_query(board: Board, product_id: str, label: str, value: float, nearest: pd.DataFrame) -> None:
    """Draw a query and what stood nearest to it."""
    shown = [(product_id, "query", "Query", f"{value:.3f}")]
    for rank, (found, its_label) in enumerate(nearest.itertuples(index=False), start=1):
        hit = its_label == label
        shown.append((str(found), str(rank), HIT if hit else MISS, "" if hit else said(its_label)))
    cards = [marked(board.catalog, *parts) for parts in shown if parts[0] in board.catalog.row_of]
    if product_id in board.catalog.row_of:
        alt = f"Query {product_id} and its nearest, hits and misses marked"
        product_grid(cards, key=f"query-{product_id}", label=alt, on_pick=shared.search_for, size=74)
    if len(cards) < len(shown):
        st.caption(f"{len(shown) - len(cards)} of these pictures have left the catalogue since this was measured.")


def said(label: object) -> str:
    """Return a label as text; a picture without one says so."""
    return as_text(label) if isinstance(label, str) else "no label"


def marked(catalog: Catalog, product_id: str, badge: str, mark: str, note: str) -> dict[str, Any]:
    """Return a card that is a picture, its rank, and whether it is right."""
    words, tones = {HIT: "hit", MISS: f"miss: {note}"}, {HIT: "hit", MISS: "miss"}
    plain = bare(catalog, product_id)
    label = ", ".join(part for part in (badge, words.get(mark, mark), plain["label"]) if part)
    judged = {"mark": mark, "tone": tones[mark]} if mark in tones else {}
    return plain | {"badge": badge, "note": note, "label": label} | judged


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
