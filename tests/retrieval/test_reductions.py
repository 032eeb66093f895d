"""Principal components against scikit-learn's, and what whitening and length 1 must do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.preprocessing import normalize

from lib.errors import SearchError
from lib.retrieval import reductions
from lib.retrieval.reductions import learn_reduction


def made(seed: int, n: int = 60, dim: int = 7) -> np.ndarray:
    """Vectors that vary differently in every direction, far from the origin."""
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(n, dim)) @ rng.normal(size=(dim, dim)) + 5).astype(np.float32)


@pytest.mark.parametrize("whiten", [False, True])
@settings(max_examples=30)
@given(seed=st.integers(0, 1000), n_components=st.integers(1, 7))
def test_components_are_scikit_learns_up_to_their_sign(seed: int, n_components: int, whiten: bool) -> None:
    vectors, train = made(seed), np.arange(0, 60, 2)
    theirs = PCA(n_components, whiten=whiten, svd_solver="full").fit(vectors[train].astype(np.float64))
    found = learn_reduction(vectors, train, pca=n_components, whiten=whiten)
    assert np.abs(found.applied(vectors)) == pytest.approx(np.abs(theirs.transform(vectors)), rel=1e-3, abs=1e-3)
    assert found.explained == pytest.approx(theirs.explained_variance_ratio_.sum())


def test_length_1_comes_first() -> None:
    vectors, train = made(0), np.arange(30)
    ours = learn_reduction(vectors, train, l2=True, pca=3).applied(vectors)
    theirs = PCA(3, svd_solver="full").fit(normalize(vectors[train])).transform(normalize(vectors))
    assert np.abs(ours) == pytest.approx(np.abs(theirs), abs=1e-5)
    assert learn_reduction(vectors, train, l2=True).applied(vectors) == pytest.approx(normalize(vectors))


def test_only_the_rows_it_learns_from_matter() -> None:
    vectors, train = made(0), np.arange(30)
    changed = vectors.copy()
    changed[30:] *= -100
    found, again = (learn_reduction(given, train, pca=3).applied(vectors) for given in (vectors, changed))
    assert found.tolist() == again.tolist()


def test_whitened_components_have_variance_1_and_do_not_correlate() -> None:
    vectors = made(3)
    reduced = learn_reduction(vectors, np.arange(60), pca=5, whiten=True).applied(vectors)
    assert np.cov(reduced.T) == pytest.approx(np.eye(5), abs=1e-4)


def test_all_components_keep_all_distances() -> None:
    vectors = made(1)
    reduced = learn_reduction(vectors, np.arange(60), pca=7).applied(vectors)
    there, here = (np.linalg.norm(each[:, None] - each[None], axis=2) for each in (vectors, reduced))
    assert here == pytest.approx(there, abs=1e-3)


def test_blocks_change_nothing_and_the_same_rows_give_the_same_axes(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = made(1)
    whole = learn_reduction(vectors, np.arange(60), pca=4)
    assert (learn_reduction(vectors, np.arange(60), pca=4).axes == whole.axes).all()
    monkeypatch.setattr(reductions, "BLOCK_ROWS", 7)
    again = learn_reduction(vectors, np.arange(60), pca=4)
    assert again.applied(vectors) == pytest.approx(whole.applied(vectors), abs=1e-5)


@pytest.mark.parametrize(
    ("vectors", "n_components", "message"),
    [
        (made(0), 8, "pca=8 is too many: the 60 vectors of the train split, of 7 numbers each, vary in 7 directions"),
        (made(0, n=5), 5, "vary in 4 directions. Choose pca=4 or less"),
        (np.ones((9, 3), np.float32), 1, "vary in 0 directions. Choose a variant without pca"),
        (made(0)[:, [0, 1, 1]], 3, "vary in 2 directions"),
        (made(0, n=1), 1, "which has 1 pictures here"),
    ],
)
def test_more_than_there_is_is_one_clear_error(vectors: np.ndarray, n_components: int, message: str) -> None:
    with pytest.raises(SearchError, match=message):
        learn_reduction(vectors, np.arange(len(vectors)), pca=n_components)
