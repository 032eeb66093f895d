"""ORB visual words: what they are learnt from, how they are counted, and what has none."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageDraw

from lib.errors import ModelError
from lib.models import orb
from lib.models.lbp import light
from lib.models.orb import N_BYTES, N_WORDS, ORB, describe, keypoints, learn, nearest_words


def busy(seed: int, size: int = 128) -> np.ndarray:
    """A picture with corners: rectangles on white."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (size, size), "white")
    for _ in range(6):
        left, top = rng.integers(10, size // 2, 2).tolist()
        width, height = rng.integers(10, size // 2, 2).tolist()
        ImageDraw.Draw(image).rectangle(
            (left, top, left + width, top + height), tuple(rng.integers(0, 256, 3).tolist())
        )
    return np.asarray(image)


BLANK = np.full((128, 128, 3), 255, np.uint8)
PICTURES = np.stack([busy(seed) for seed in range(8)])
WORDS = learn(PICTURES, 0)


def test_the_nearest_word_is_the_first_that_differs_in_the_fewest_bits():
    words = np.zeros((4, N_BYTES), np.uint8)
    words[1, 0], words[2, 0], words[3, 0] = 0b1111, 0b1111, 0b11110000
    asked = np.zeros((4, N_BYTES), np.uint8)
    asked[0, 0], asked[1, 0], asked[2, 0], asked[3, 0] = 0b0001, 0b0111, 0b11000000, 0b1111_1111
    assert nearest_words(asked, words).tolist() == [0, 1, 0, 1]


def test_the_nearest_word_is_that_of_a_naive_search():
    rng = np.random.default_rng(0)
    for n, n_words in ((1, 1), (300, 512), (40, 7)):
        asked, words = (rng.integers(0, 3, (rows, N_BYTES), dtype=np.uint8) for rows in (n, n_words))
        distances = np.bitwise_count(asked[:, None] ^ words[None]).sum(axis=2)
        assert nearest_words(asked, words).tolist() == distances.argmin(axis=1).tolist()
    assert nearest_words(asked[:0], words).shape == (0,)


def test_a_vector_is_the_root_of_the_share_of_each_word():
    vectors = describe(PICTURES, words=WORDS)
    assert vectors.shape == (8, ORB.dim) == (8, N_WORDS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    described = keypoints(light(PICTURES[:1])[0])
    counts = np.zeros(N_WORDS)
    for descriptor in described:
        counts[np.bitwise_count(WORDS ^ descriptor).sum(axis=1).argmin()] += 1
    np.testing.assert_allclose(vectors[0] ** 2, counts / len(described), atol=1e-6)


def test_a_picture_without_corners_has_a_vector_of_zeros():
    grey = np.full((2, 128, 128, 3), 128, np.uint8)
    assert not describe(np.stack([BLANK, *grey]), words=WORDS).any()
    assert not describe(np.zeros((1, ORB.minimum_size, ORB.minimum_size, 3), np.uint8), words=WORDS).any()
    assert describe(PICTURES[:0], words=WORDS).shape == (0, N_WORDS)


def test_a_vector_does_not_depend_on_its_batch_or_on_other_threads():
    together = describe(PICTURES, words=WORDS)
    with ThreadPoolExecutor(4) as pool:
        alone = list(pool.map(lambda view: describe(view[None], words=WORDS)[0], np.concatenate([PICTURES] * 4)))
    np.testing.assert_array_equal(np.stack(alone), np.concatenate([together] * 4))


def test_a_shifted_picture_has_nearly_the_same_words():
    shifted = np.roll(PICTURES[0], (8, 8), axis=(0, 1))
    same, moved, other = describe(np.stack([PICTURES[0], shifted, PICTURES[1]]), words=WORDS)
    assert same @ moved > same @ other


def test_few_keypoints_are_their_own_words():
    words = learn(PICTURES[:1], 0)
    strongest = keypoints(light(PICTURES[:1])[0])[: orb._N_LEARNT]
    assert words.tolist() == np.unique(strongest, axis=0).tolist()


def test_many_keypoints_become_words_that_depend_on_the_seed_and_on_nothing_else(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(orb, "N_WORDS", 16)
    first = learn(PICTURES, 0)
    assert first.dtype == np.uint8
    assert 8 <= len(first) <= 16
    assert learn(iter(PICTURES), 0).tolist() == first.tolist()
    assert learn(PICTURES, 1).tolist() != first.tolist()
    described = np.concatenate([keypoints(view)[: orb._N_LEARNT] for view in light(PICTURES)])
    distances = np.bitwise_count(described[:, None] ^ first[None]).sum(axis=2).min(axis=1)
    random = np.random.default_rng(0).integers(0, 256, first.shape, dtype=np.uint8)
    assert distances.mean() < 0.6 * np.bitwise_count(described[:, None] ^ random[None]).sum(axis=2).min(axis=1).mean()


@pytest.mark.parametrize("views", [[], [BLANK, BLANK]])
def test_nothing_to_learn_from_is_said(views: list[np.ndarray]):
    with pytest.raises(ModelError, match=f"not one keypoint in the {len(views)} training pictures"):
        learn(views, 0)


def test_it_cannot_describe_before_it_has_learnt():
    with pytest.raises(ModelError, match="before it had learnt"):
        ORB.describe(PICTURES)
    np.testing.assert_array_equal(ORB.taught(WORDS).describe(PICTURES), describe(PICTURES, words=WORDS))


def test_the_seed_is_part_of_what_identifies_it():
    assert ORB.fingerprint(seed=1) != ORB.fingerprint(seed=2)
    assert ORB.fingerprint(seed=1).label == "none"
