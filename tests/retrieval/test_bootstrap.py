"""Intervals: that they hold what they should, as often as they say, and that differences are paired."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lib.retrieval.bootstrap import estimate_means, label_means, macro_means, paired_difference


@given(arrays(np.float64, st.tuples(st.integers(1, 40), st.integers(1, 3)), elements=st.floats(-1, 1)))
def test_every_interval_holds_its_value(values: np.ndarray) -> None:
    for column, found in zip(values.T, estimate_means(values, seed=1, n_resamples=50), strict=True):
        assert found.value == pytest.approx(column.mean())
        assert found.low <= found.value <= found.high


def test_the_same_seed_gives_the_same_interval_and_columns_share_their_draws() -> None:
    values = np.random.default_rng(0).random((50, 1))
    first, second = estimate_means(np.hstack([values, values]), seed=3)
    assert first == second == estimate_means(np.hstack([values, values]), seed=3)[0]
    assert estimate_means(values, seed=4)[0].low != first.low


def test_it_is_the_bootstrap_done_one_resample_at_a_time() -> None:
    values = np.random.default_rng(0).random(30)
    rng = np.random.default_rng(7)
    means = [values[drawn].mean() for drawn in rng.integers(0, 30, (1000, 30))]
    found = estimate_means(values[:, None], seed=7)[0]
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(means, [2.5, 97.5])))


def test_about_95_of_100_intervals_hold_the_true_mean() -> None:
    rng = np.random.default_rng(0)
    truth, trials = 0.3, 400
    columns = [estimate_means((rng.random((200, 1)) < truth) * 1.0, seed=trial)[0] for trial in range(trials)]
    share = np.mean([found.low <= truth <= found.high for found in columns])
    assert 0.92 <= share <= 0.975


def test_values_that_are_not_defined_are_left_out() -> None:
    found, nothing = estimate_means(np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, np.nan]]), seed=0)
    assert found.value == 2
    assert 1 <= found.low <= 2 <= found.high <= 3
    assert np.isnan([nothing.value, nothing.low, nothing.high]).all()
    assert nothing.to_json() == {"value": None, "low": None, "high": None}


def test_no_query_has_no_estimate() -> None:
    assert np.isnan(estimate_means(np.empty((0, 1)), seed=0)[0].value)


def test_macro_counts_every_label_the_same() -> None:
    values = np.array([[1.0, np.nan], [0.0, 1.0], [0.0, np.nan], [0.5, np.nan]])
    codes = np.array([0, 0, 2, 1])
    assert label_means(values[:, 0], codes) == pytest.approx([0.5, 0.5, 0.0])
    assert macro_means(values, codes) == pytest.approx([1 / 3, 1.0])


class TestPairedDifference:
    ids = np.array([f"p{i}" for i in range(200)])

    def test_a_small_difference_in_every_query_is_shown_though_both_intervals_overlap(self) -> None:
        a = np.random.default_rng(0).random(200)
        found = paired_difference(a, a - 0.01, ids_a=self.ids, ids_b=self.ids, seed=0)
        assert found.estimate.value == pytest.approx(0.01)
        assert found.verdict == "a is better"
        wide = estimate_means(a[:, None], seed=0)[0]
        assert wide.high - wide.low > 0.05

    def test_swapping_the_two_turns_the_sign(self) -> None:
        rng = np.random.default_rng(0)
        a, b = rng.random(200), rng.random(200) + 1
        there = paired_difference(a, b, ids_a=self.ids, ids_b=self.ids, seed=0)
        back = paired_difference(b, a, ids_a=self.ids, ids_b=self.ids, seed=0)
        assert there.verdict == "b is better"
        assert back.verdict == "a is better"
        assert there.estimate.value == pytest.approx(-back.estimate.value)

    def test_noise_shows_no_difference(self) -> None:
        rng = np.random.default_rng(0)
        a, b = rng.random((2, 200))
        found = paired_difference(a, b, ids_a=self.ids, ids_b=self.ids, seed=0)
        assert found.verdict == "no difference shown"
        assert found.estimate.low < 0 < found.estimate.high

    def test_products_of_one_alone_are_left_out_and_counted(self) -> None:
        a, b = np.arange(4.0), np.array([10.0, 2.0, np.nan])
        ids_b = np.array(["p9", "p3", "p1"])
        found = paired_difference(a, b, ids_a=self.ids[:4], ids_b=ids_b, seed=0)
        assert (found.n_queries, found.n_only_a, found.n_only_b) == (1, 3, 1)
        assert found.estimate.value == 3 - 2

    def test_nothing_in_common_shows_nothing(self) -> None:
        found = paired_difference(np.ones(1), np.ones(1), ids_a=np.array(["a"]), ids_b=np.array(["b"]), seed=0)
        assert (found.n_queries, found.verdict) == (0, "no difference shown")
