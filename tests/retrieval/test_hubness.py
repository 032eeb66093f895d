"""Hubness: how sure its numbers are."""

import numpy as np
import pytest

from lib.retrieval import hubness
from lib.retrieval.geometry import skewness, top_share
from lib.retrieval.hubness import count_occurrences, measure_hubness


def lists(rng: np.random.Generator, weights: np.ndarray, n_queries: int = 200) -> np.ndarray:
    """Ten items a query, heavy ones more often."""
    drawn = weights + rng.gumbel(size=(n_queries, len(weights)))
    return np.argpartition(-drawn, 10, axis=1)[:, :10]


def test_both_numbers_are_those_of_all_queries() -> None:
    nearest = lists(np.random.default_rng(0), np.zeros(50))
    counts = count_occurrences(nearest, 50)
    found = measure_hubness(nearest, 50, seed=0)
    assert counts.sum() == 2000
    assert found["hubness_skewness"].value == skewness(counts)
    assert found["hubness_top1_share"].value == top_share(counts)
    assert all(each.low < each.value < each.high for each in found.values())
    assert measure_hubness(nearest, 50, seed=0) == found


@pytest.mark.parametrize("spread", [0.3, 1.0])
def test_about_95_of_100_intervals_hold_what_as_many_other_queries_give_on_average(
    spread: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubness, "N_PARTS", 25)
    rng = np.random.default_rng(0)
    weights = rng.normal(0, spread, 250)
    trials = [measure_hubness(lists(rng, weights), 250, seed=trial) for trial in range(120)]
    for name in trials[0]:
        truth = np.mean([trial[name].value for trial in trials])
        share = np.mean([trial[name].low <= truth <= trial[name].high for trial in trials])
        assert share >= 0.92, name


def test_few_queries_have_no_interval_and_none_have_no_value() -> None:
    found = measure_hubness(np.array([[0, 1], [2, -1]]), 4, seed=0)
    assert np.isfinite(found["hubness_skewness"].value)
    assert np.isnan(found["hubness_skewness"].low)
    empty = measure_hubness(np.empty((0, 10), np.int32), 4, seed=0)
    assert np.isnan([empty["hubness_skewness"].value, empty["hubness_top1_share"].value]).all()
