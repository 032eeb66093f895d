"""Shape of the labels: closed forms against all pairs, scikit-learn and SciPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import skew
from sklearn.metrics import calinski_harabasz_score, silhouette_samples

from lib.retrieval import geometry
from lib.retrieval import silhouettes as module
from lib.retrieval.silhouettes import silhouettes
from tests.retrieval import naive_metrics


def made(seed: int, n: int = 60, n_labels: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors around one direction a label, and labels that all occur."""
    rng = np.random.default_rng(seed)
    codes = np.concatenate([np.arange(n_labels), rng.integers(0, n_labels, n - n_labels)])
    vectors = rng.normal(size=(n_labels, 7))[codes] + rng.normal(size=(n, 7))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), codes


@given(st.integers(0, 1000))
def test_silhouette_is_scikit_learns(seed: int) -> None:
    unit, codes = made(seed)
    theirs = silhouette_samples(unit, codes, metric="cosine")
    assert geometry.silhouette_values(unit, codes) == pytest.approx(theirs, abs=1e-9)


def test_an_item_alone_in_its_label_has_silhouette_0() -> None:
    unit, codes = made(1)
    codes[0] = 5
    theirs = silhouette_samples(unit, codes, metric="cosine")
    assert geometry.silhouette_values(unit, codes) == pytest.approx(theirs, abs=1e-9)
    assert geometry.silhouette_values(unit, codes)[0] == 0


def test_blocks_change_no_silhouette(monkeypatch: pytest.MonkeyPatch) -> None:
    unit, codes = made(1)
    whole = silhouettes(unit, codes)
    monkeypatch.setattr(module, "_BLOCK_NUMBERS", 35)
    again = silhouettes(unit, codes)
    assert again.values == pytest.approx(whole.values)
    assert again.nearest.tolist() == whole.nearest.tolist()
    assert again.without_nearest == pytest.approx(whole.without_nearest)


@given(st.integers(0, 1000))
def test_calinski_harabasz_is_scikit_learns_and_feels_no_shift_or_scale(seed: int) -> None:
    vectors, codes = made(seed)
    got = geometry.calinski_harabasz(vectors, codes)
    assert got == pytest.approx(calinski_harabasz_score(vectors, codes))
    assert geometry.calinski_harabasz(vectors * 3 + 1, codes) == pytest.approx(got)


@given(st.integers(0, 1000))
def test_mean_distances_are_those_of_all_pairs(seed: int) -> None:
    unit, codes = made(seed)
    got = geometry.mean_distances(unit, codes)
    intra, inter = naive_metrics.intra_inter(unit, codes)
    assert (got.intra, got.inter, got.ratio) == pytest.approx((intra, inter, inter / intra))
    alone = [
        naive_metrics.intra_inter(np.concatenate([unit[codes == c], -unit[:1]]), np.append(codes[codes == c], -1))[0]
        for c in range(5)
        if (codes == c).sum() > 1
    ]
    assert got.intra_of_label[np.isfinite(got.intra_of_label)] == pytest.approx(alone)


def test_an_all_zero_row_is_at_distance_1_from_everything() -> None:
    unit = np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    got = geometry.mean_distances(unit, np.array([0, 0, 1, 1]))
    assert (got.intra, got.inter) == (1.0, 1.0)
    assert geometry.silhouette_values(unit, np.array([0, 0, 1, 1])) == pytest.approx([0, 0, 0, 0])


@given(st.permutations(range(5)), st.permutations(range(60)))
def test_names_of_labels_and_order_of_items_do_not_matter(names: list[int], order: list[int]) -> None:
    unit, codes = made(3)
    renamed, turned = np.array(names)[codes][order], unit[order]
    assert geometry.calinski_harabasz(turned, renamed) == pytest.approx(geometry.calinski_harabasz(unit, codes))
    assert geometry.mean_distances(turned, renamed).ratio == pytest.approx(geometry.mean_distances(unit, codes).ratio)
    expected = geometry.silhouette_values(unit, codes)[order]
    assert geometry.silhouette_values(turned, renamed) == pytest.approx(expected)


def test_what_is_not_defined_is_nan() -> None:
    unit, one = np.eye(3), np.zeros(3, np.int64)
    assert np.isnan(geometry.silhouette_values(unit, one)).all()
    assert np.isnan(geometry.calinski_harabasz(unit, one))
    assert np.isnan(geometry.calinski_harabasz(unit, np.arange(3)))
    assert np.isnan(geometry.mean_distances(unit, one).inter)
    assert np.isnan(geometry.mean_distances(unit, np.arange(3)).intra)
    assert np.isnan(geometry.mean_distances(np.ones((2, 1)), np.zeros(2, np.int64)).ratio)
    assert np.isnan(geometry.skewness(np.full(4, 2)))
    assert np.isnan(geometry.top_share(np.zeros(4, np.int64)))


@given(st.lists(st.integers(0, 50), min_size=2, max_size=80))
def test_skewness_is_scipys(counts: list[int]) -> None:
    occurrences = np.array(counts)
    if occurrences.std() > 0:
        assert geometry.skewness(occurrences) == pytest.approx(skew(occurrences), abs=1e-9)


def test_the_share_of_the_top_percent_worked_by_hand() -> None:
    occurrences = np.concatenate([[50, 30], np.ones(198, np.int64)])
    assert geometry.top_share(occurrences) == pytest.approx(80 / 278)
