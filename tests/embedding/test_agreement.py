"""Agreement of a reduced precision with float32, by hand."""

import numpy as np
import pytest

from lib.embedding.agreement import agreement


def test_equal_vectors_agree():
    vectors = np.random.default_rng(0).normal(size=(30, 8)).astype(np.float32)
    found = agreement(vectors * 3, vectors)
    assert found == {"n": 30, "mean_cosine": 1.0, "lowest_cosine": 1.0, "shared_neighbours": 1.0}


def test_cosines_are_those_between_the_two_vectors_of_a_picture():
    exact = np.array([[1, 0], [0, 1], [1, 1]], np.float32)
    reduced = np.array([[1, 0], [1, 1], [1, 1]], np.float32)
    found = agreement(reduced, exact)
    assert found["lowest_cosine"] == pytest.approx(0.5**0.5, abs=1e-6)
    assert found["mean_cosine"] == pytest.approx((2 + 0.5**0.5) / 3, abs=1e-6)


def test_neighbours_are_counted_without_the_picture_itself():
    angles = np.deg2rad(np.arange(22) * 4.0)
    exact = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    moved = np.deg2rad(np.where(np.arange(22) == 0, 86.0, np.arange(22) * 4.0))
    reduced = np.stack([np.cos(moved), np.sin(moved)], axis=1).astype(np.float32)
    found = agreement(reduced, exact)
    sets = []
    for unit in (exact, reduced):
        order = [[j for j in np.argsort(-(unit @ unit[i])) if j != i][:10] for i in range(22)]
        sets.append(order)
    naive = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(*sets, strict=True)])
    assert found["shared_neighbours"] == pytest.approx(naive, abs=1e-4)
    assert found["shared_neighbours"] < 1


def test_one_picture_has_no_neighbours():
    assert agreement(np.ones((1, 3), np.float32), np.ones((1, 3), np.float32))["shared_neighbours"] is None
