"""Intervals of the numbers of a gallery: labels left out as if they had never been, and right 95 times of 100."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.retrieval import jackknife as module
from lib.retrieval.bootstrap import Estimate
from lib.retrieval.geometry import mean_distances, silhouette_values
from lib.retrieval.jackknife import distance_estimates, jackknife, silhouette_estimate
from lib.retrieval.label_sums import LabelSums
from lib.retrieval.silhouettes import silhouettes


def made(rng: np.random.Generator, n_labels: int, *, items: float = 12) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors around a point a label, of labels as large, as wide and as far off as they happen to be."""
    codes = np.repeat(np.arange(n_labels), np.maximum(2, rng.poisson(items, n_labels)))
    wide = rng.uniform(0.5, 1.5, n_labels)[codes][:, None]
    vectors = rng.normal(size=(n_labels, 8))[codes] + 1 + rng.normal(size=(len(codes), 8)) * wide
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), codes


def estimates(unit: np.ndarray, codes: np.ndarray) -> dict[str, Estimate]:
    labels = LabelSums.of(unit, codes)
    found = {"silhouette": silhouette_estimate(silhouettes(unit, codes, known=labels), codes)}
    return found | distance_estimates(mean_distances(unit, codes, known=labels), labels)


def from_scratch(unit: np.ndarray, codes: np.ndarray, label: int) -> dict[str, float]:
    """The numbers of a gallery that never had a label."""
    kept = codes != label
    others, renamed = unit[kept], np.unique(codes[kept], return_inverse=True)[1]
    found = mean_distances(others, renamed)
    return {
        "silhouette": silhouette_values(others, renamed).mean(),
        "intra_distance": found.intra,
        "inter_distance": found.inter,
        "separation_ratio": found.ratio,
    }


@settings(max_examples=40)
@given(st.integers(0, 1000))
def test_each_label_is_left_out_as_if_it_had_never_been_there(seed: int) -> None:
    unit, codes = made(np.random.default_rng(seed), 6, items=4)
    codes[codes == 5] = np.arange(5, 5 + (codes == 5).sum())  # the last label's items, each alone in a label of its own
    seen = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "jackknife", lambda value, without, **_: seen.setdefault(float(value), without))
        estimates(unit, codes)
    whole = {"silhouette": silhouette_values(unit, codes).mean(), "distances": mean_distances(unit, codes)}
    slow = [from_scratch(unit, codes, label) for label in range(codes.max() + 1)]
    values = {
        "silhouette": whole["silhouette"],
        "intra_distance": whole["distances"].intra,
        "inter_distance": whole["distances"].inter,
        "separation_ratio": whole["distances"].ratio,
    }
    for name, value in values.items():
        assert seen[float(value)] == pytest.approx([each[name] for each in slow], abs=1e-9), name


@given(st.integers(0, 1000))
def test_every_interval_holds_its_value_and_stays_where_values_can_be(seed: int) -> None:
    rng = np.random.default_rng(seed)
    unit, codes = made(rng, int(rng.integers(3, 9)), items=3)
    for name, found in estimates(unit, codes).items():
        assert found.low <= found.value <= found.high
        lowest, highest = {"silhouette": (-1, 1), "separation_ratio": (0, np.inf)}.get(name, (0, 2))
        assert lowest <= found.low
        assert found.high <= highest


def test_about_95_of_100_intervals_hold_what_other_labels_give_on_average() -> None:
    rng = np.random.default_rng(0)
    trials = [estimates(*made(rng, 25)) for _ in range(300)]
    for name in trials[0]:
        truth = np.mean([trial[name].value for trial in trials])
        share = np.mean([trial[name].low <= truth <= trial[name].high for trial in trials])
        assert 0.92 <= share <= 0.985, name


def test_two_labels_leave_nothing_to_compare() -> None:
    found = estimates(*made(np.random.default_rng(0), 2))
    assert all(np.isfinite(each.value) and np.isnan([each.low, each.high]).all() for each in found.values())


def test_labels_of_one_item_each_have_no_inner_distance() -> None:
    found = estimates(np.eye(4), np.arange(4))
    assert np.isnan([found["intra_distance"].value, found["intra_distance"].low]).all()
    assert (found["inter_distance"].value, found["inter_distance"].low) == (1, 1)


def test_what_is_not_defined_without_a_part_has_no_interval() -> None:
    found = jackknife(1.0, np.array([1.0, np.nan, 2.0]))
    assert (found.value, np.isnan(found.low)) == (1.0, True)
    assert np.isnan(jackknife(1.0, np.array([1.0, 2.0])).low)
    assert jackknife(1.0, np.array([1.0, 1.0, 1.0])) == Estimate(1.0, 1.0, 1.0)
