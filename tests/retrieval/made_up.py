"""Small galleries in memory, prepared as an evaluation prepares them."""

import numpy as np

from lib.retrieval.index import prepare_vectors
from lib.retrieval.prepared import Prepared, prepare
from lib.retrieval.protocols import Task
from lib.retrieval.variants import parse_variant


def clusters(seed: int = 0, n: int = 40, *, n_labels: int = 5, dim: int = 6) -> np.ndarray:
    """Vectors around one point a label; item i has label i modulo the number of labels."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(n_labels, dim))[np.arange(n) % n_labels] * 2 + rng.normal(size=(n, dim))
    return vectors.astype(np.float32)


def prepared(
    vectors: np.ndarray,
    variant: str,
    metric: str = "cosine",
    *,
    queries: np.ndarray | None = None,
    rows: np.ndarray | None = None,
    self_counted: bool = False,
    **options: object,
) -> Prepared:
    """A gallery of some rows, in this order, as a variant makes it; every item asks unless some are named."""
    rows = np.arange(len(vectors)) if rows is None else rows
    n = len(rows)
    task = Task(
        rows=rows,
        ids=np.array([f"p{i:05d}" for i in rows]),
        codes=np.arange(n) % min(5, n // 2),
        labels=tuple("abcde"),
        queries=np.arange(n) if queries is None else queries,
        n_left_out=0,
        n_without_label=0,
        self_counted=self_counted,
    )
    stored = prepare_vectors(vectors, np.array([f"p{i:05d}" for i in range(len(vectors))]))
    return prepare(stored, task, parse_variant(variant), metric=metric, train=np.arange(len(vectors)), **options)
