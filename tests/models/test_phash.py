"""The perceptual hash as a vector: distances are Hamming distances."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lib.images.fit import fit
from lib.images.perceptual_hash import grey, perceptual_hashes
from lib.models.phash import PHASH, describe
from lib.retrieval.distances import euclidean_distances, manhattan_distances


def photo(seed: int, size: int = 128) -> Image.Image:
    """A smooth picture, as photographs are."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((size, size), Image.Resampling.BICUBIC)


def vector(image: Image.Image, size: int = 32) -> np.ndarray:
    return describe(fit(image, size=size, fit="resize")[None])[0]


def test_a_vector_is_the_hash_bit_by_bit():
    views = np.stack([np.asarray(photo(seed, 32)) for seed in range(5)])
    vectors = describe(views)
    assert vectors.shape == (5, PHASH.dim) == (5, 64)
    assert vectors.dtype == np.float32
    hashes = perceptual_hashes(np.stack([grey(Image.fromarray(view)) for view in views]))
    assert np.packbits(vectors.astype(bool), axis=1).view(np.uint64).ravel().tolist() == hashes.tolist()
    assert describe(views[:0]).shape == (0, 64)


def test_half_black_half_white_by_hand():
    """Left black, right white: a step has the mean and the odd horizontal waves, of signs - + - +."""
    step = np.zeros((32, 32, 3), np.uint8)
    step[:, 16:] = 255
    bits = describe(step[None])[0].reshape(8, 8)
    assert bits[0].tolist() == [1, 0, 0, 1, 0, 0, 0, 1]
    assert not bits[1:].any(), "nothing changes from row to row"


@given(st.integers(0, 50), st.integers(0, 50))
def test_euclidean_and_manhattan_are_the_number_of_bits_that_differ(one: int, other: int):
    views = np.stack([np.asarray(photo(seed, 32)) for seed in (one, other)])
    vectors = describe(views)
    first, second = perceptual_hashes(np.stack([grey(Image.fromarray(view)) for view in views])).tolist()
    differing = (first ^ second).bit_count()
    assert manhattan_distances(vectors[:1], vectors[1])[0] == differing
    np.testing.assert_allclose(euclidean_distances(vectors[:1], vectors[1]) ** 2, differing)


def test_hamming_by_hand():
    """Two steps at a right angle: each has its mean and three waves, of which only the mean is common."""
    step = np.zeros((32, 32, 3), np.uint8)
    step[:, 16:] = 255
    across, down = describe(np.stack([step, step.transpose(1, 0, 2)]))
    assert manhattan_distances(across[None], down)[0] == across[1:].sum() + down[1:].sum() == 4


def test_the_same_photograph_is_near_and_another_is_far():
    image = photo(0, 200)
    darker = image.point([level * 3 // 4 for level in range(256)] * 3)
    for same in (image.resize((90, 90)), darker, image.resize((64, 300))):
        assert np.abs(vector(image) - vector(same)).sum() <= 4
    assert np.abs(vector(image) - vector(photo(1, 200))).sum() > 16


def test_pictures_of_one_colour_have_a_mean_at_most():
    flat = [np.full((1, 32, 32, 3), level, np.uint8) for level in (0, 9, 255)]
    assert [describe(views)[0].nonzero()[0].tolist() for views in flat] == [[], [0], [0]]


def test_larger_inputs_are_reduced_to_nearly_the_same_hash():
    assert np.abs(vector(photo(3, 300), size=32) - vector(photo(3, 300), size=96)).sum() <= 4
