"""Which distance keeps a precision: worked by hand, and over curves that go up and down."""

import numpy as np
import pandas as pd
import pytest

from lib.retrieval.bootstrap import estimate_ratios
from lib.retrieval.calibration import LEAST_PAIRS, best_precision, cut_at, cut_keeping, threshold_curve
from lib.retrieval.shown import Shown


def made(shown: list[list[int]], right: list[list[int]], relevant: list[int]) -> Shown:
    """Counts whose nearest are all that is shown."""
    all_shown, all_right = np.array(shown, np.int32), np.array(right, np.int32)
    return Shown(all_shown, all_right, all_shown, all_right, np.array(relevant, np.int64))


def curve(chosen_by: list[float], pairs: list[int] | None = None) -> pd.DataFrame:
    """A curve by what chooses; the rest counts up."""
    n = len(chosen_by)
    names = ("precision", "low", "high", "recall", "n_results", "share_without")
    values = {name: np.arange(n, dtype=float) for name in (*names, "nearest", "nearest_low", "nearest_high")}
    telling = [LEAST_PAIRS] * n if pairs is None else pairs
    return pd.DataFrame({"threshold": np.arange(n) / 10, **values, "chosen_by": chosen_by, "chosen_by_pairs": telling})


def test_a_curve_worked_by_hand() -> None:
    """Two distances. One query held back shows 2, 2 of them right, then 6 and 3; the other none, then 4 and 1."""
    held_back = made([[2, 6], [0, 4]], [[2, 3], [0, 1]], [5, 3])
    choosing = made([[1, 4]], [[1, 2]], [3])
    found = threshold_curve(np.array([0.1, 0.2]), choosing=choosing, held_back=held_back, seed=0)
    assert found["precision"].tolist() == [2 / 2, 4 / 10]
    assert found["recall"].tolist() == [2 / 8, 4 / 8]
    assert found["n_results"].tolist() == [2 / 2, 10 / 2]
    assert found["share_without"].tolist() == [1 / 2, 0]
    assert found["chosen_by"].tolist() == [1, 2 / 4]
    assert found["chosen_by_pairs"].tolist() == [1, 4]
    # Half of the resamples hold both queries, a quarter one of them twice: from 1/4 to 3/6.
    assert (found["low"][1], found["high"][1]) == (1 / 4, 3 / 6)


def test_where_nothing_is_shown_there_is_no_share() -> None:
    nothing = made([[0, 1]], [[0, 0]], [0])
    found = threshold_curve(np.array([0.1, 0.2]), choosing=nothing, held_back=nothing, seed=0)
    assert found[["precision", "low", "high", "chosen_by"]].isna().to_numpy()[0].all()
    assert found["recall"].isna().all()
    assert found["precision"][1] == 0


class TestChoice:
    def test_the_largest_that_keeps_it_also_behind_one_that_does_not(self) -> None:
        bumpy = curve([1.0, 0.7, 0.9, 0.85, 0.2])
        assert cut_keeping(bumpy, 0.9).threshold == 0.2
        assert cut_keeping(bumpy, 0.85).threshold == pytest.approx(0.3)
        assert cut_keeping(bumpy, 0.2).threshold == 0.4

    def test_what_it_keeps_is_of_the_same_row(self) -> None:
        cut = cut_keeping(curve([1.0, 0.9, 0.1]), 0.9)
        assert cut == cut_at(curve([1.0, 0.9, 0.1]), 1)
        assert (cut.precision.value, cut.recall, cut.n_results) == (1.0, 1.0, 1.0)

    def test_none_keeps_more_than_the_best(self) -> None:
        assert cut_keeping(curve([0.8, 0.5]), 0.81) is None
        assert best_precision(curve([0.8, 0.5])) == 0.8

    def test_a_handful_of_pairs_says_nothing(self) -> None:
        few = curve([1.0, 1.0, 0.6], [3, LEAST_PAIRS - 1, LEAST_PAIRS])
        assert cut_keeping(few, 0.9) is None
        assert best_precision(few) == 0.6
        assert best_precision(curve([1.0], [1])) == 0.0

    def test_what_is_not_defined_keeps_nothing(self) -> None:
        assert cut_keeping(curve([float("nan"), 0.5]), 0.9) is None


class TestRatios:
    def test_a_query_that_shows_more_counts_for_more(self) -> None:
        found = estimate_ratios(np.array([[1.0], [0.0]]), np.array([[1.0], [9.0]]), seed=0)[0]
        assert found.value == 0.1
        assert (found.low, found.high) == (0.0, 1.0)

    def test_it_is_the_bootstrap_done_one_resample_at_a_time(self) -> None:
        rng = np.random.default_rng(1)
        totals = rng.integers(0, 9, (30, 4)).astype(float)
        parts = np.floor(totals * rng.random((30, 4)))
        drawn = np.random.default_rng(7).integers(0, 30, (200, 30))
        slow = np.array([parts[rows].sum(axis=0) / totals[rows].sum(axis=0) for rows in drawn])
        found = estimate_ratios(parts, totals, seed=7, n_resamples=200)
        for column, estimate in enumerate(found):
            assert estimate.value == pytest.approx(parts[:, column].sum() / totals[:, column].sum())
            assert [estimate.low, estimate.high] == pytest.approx(np.percentile(slow[:, column], [2.5, 97.5]).tolist())

    def test_totals_of_zero_are_not_defined(self) -> None:
        found = estimate_ratios(np.zeros((3, 1)), np.zeros((3, 1)), seed=0)[0]
        assert np.isnan([found.value, found.low, found.high]).all()
