"""What ImageNet's own features score on the question that runs are measured by, for the Runs page."""

from typing import NamedTuple

import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.models import BACKBONES
from lib.models.weights import IMAGENET
from pages import _loaders as loaders
from pages._benchmark_rows import load_table
from pages._mend import commands

PROTOCOL = "test-vs-test"


class Reference(NamedTuple):
    """What ImageNet's own features score on the same question."""

    title: str
    value: float
    low: float
    high: float
    evaluation: str


def reference(catalog: Catalog, label: str, score: str) -> Reference | None:
    """Return the best of ImageNet's features that were measured by the same question; None where none was."""
    known = {manifest.id: manifest for manifest in loaders.embeddings(catalog)}
    plain = [
        name for name, each in known.items()
        if each.parameters.get("weights") == IMAGENET and each.parameters.get("backbone") in BACKBONES
    ]  # fmt: skip
    rows = by_the_same_question(catalog, label, score)
    rows = rows[rows["model"].isin(plain)]
    if rows.empty:
        return None
    best = rows.loc[rows[score].idxmax()]
    return Reference(
        loaders.title(known[best["model"]]),
        *(float(best[f"{score}{end}"]) for end in ("", "_low", "_high")),
        str(best["evaluation"]),
    )


def by_the_same_question(catalog: Catalog, label: str, score: str) -> pd.DataFrame:
    """Return the leaderboard's rows in which each test picture asks the others, as runs are measured at their end."""
    board = load_table(catalog)
    if board.empty or score not in board:
        return board.iloc[:0]
    fits = (board["label"] == label) & (board["protocol"] == PROTOCOL) & (board["metric"] == "cosine")
    return board[fits & (board["variant"] == "") & ~board["stale"] & board[score].notna()]


def no_reference(catalog: Catalog, label: str) -> None:
    """Say how ImageNet's features get beside the runs."""
    st.caption("To see whether training paid, measure ImageNet's own features by the same question:")
    words = f" --label {label}" if label != catalog.label else ""
    known = [each.id for each in loaders.embeddings(catalog) if each.parameters.get("weights") == IMAGENET]
    lines = [] if known else [f"python -m lib embed {catalog.name} --backbone mobilenet_v2"]
    lines.append(
        f"python -m lib evaluate {catalog.name} --model {(known or ['mobilenet_v2'])[0]} --protocol {PROTOCOL}{words}"
    )
    commands(*lines, wrap=True)
