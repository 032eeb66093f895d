"""The Pareto front: rows that nothing beats in cost and in quality at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.retrieval.pareto import pareto_front

NUMBERS = st.sampled_from([0.0, 1.0, 2.0, 3.0, np.nan, np.inf])


def naive(cost: list[float], score: list[float]) -> list[bool]:
    rows = list(zip(cost, score, strict=True))
    known = [row for row in rows if np.isfinite(row).all()]
    return [
        bool(np.isfinite((c, s)).all()) and not any(c2 <= c and s2 >= s and (c2 < c or s2 > s) for c2, s2 in known)
        for c, s in rows
    ]


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=12))
def test_it_is_the_naive_one(rows: list[tuple[float, float]]) -> None:
    cost, score = (np.array([row[i] for row in rows], float) for i in (0, 1))
    assert pareto_front(cost, score).tolist() == naive(cost.tolist(), score.tolist())


def test_by_hand() -> None:
    cost = np.array([1.0, 2.0, 2.0, 3.0, 4.0, np.nan])
    score = np.array([0.5, 0.7, 0.7, 0.6, 0.9, 1.0])
    assert pareto_front(cost, score).tolist() == [True, True, True, False, True, False]


def test_different_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="Expected cost and score of one shape"):
        pareto_front(np.zeros(2), np.zeros(3))
