"""Local binary patterns: by hand, against a naive version, and what does not change them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lib.models.lbp import GRID, LBP, N_PATTERNS, describe, light, pattern_numbers, patterns


def colourful(seed: int, n: int = 1, size: int = 32) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, size, size, 3), dtype=np.uint8)


def grey_picture(levels: np.ndarray) -> np.ndarray:
    return np.repeat(levels.astype(np.uint8)[None, :, :, None], 3, axis=3)


def naive_code(window: np.ndarray) -> int:
    """Of one 3 x 3 window: clockwise from the upper left, the first the lowest bit."""
    ring = [
        window[0, 0],
        window[0, 1],
        window[0, 2],
        window[1, 2],
        window[2, 2],
        window[2, 1],
        window[2, 0],
        window[1, 0],
    ]
    return sum(2**i for i, value in enumerate(ring) if value >= window[1, 1])


def naive_number(code: int) -> int:
    def changes(word: int) -> int:
        text = f"{word:08b}"
        return sum(text[i] != text[i - 1] for i in range(8))

    return sum(changes(word) <= 2 for word in range(code)) if changes(code) <= 2 else 58


def naive(picture: np.ndarray) -> np.ndarray:
    """The descriptor of one picture, pixel by pixel."""
    levels = light(picture[None])[0]
    side = len(levels) - 2
    counts = np.zeros((GRID, GRID, N_PATTERNS))
    for row in range(side):
        for column in range(side):
            number = naive_number(naive_code(levels[row : row + 3, column : column + 3]))
            counts[row * GRID // side, column * GRID // side, number] += 1
    shares = counts / counts.sum(axis=2, keepdims=True)
    vector = np.sqrt(shares).ravel()
    return vector / np.linalg.norm(vector)


@pytest.mark.parametrize(
    ("window", "code"),
    [
        ([[5, 9, 1], [4, 6, 7], [2, 3, 3]], 0b00001010),
        ([[6, 5, 2], [7, 6, 1], [9, 8, 7]], 0b11110001),
        ([[1, 1, 1], [1, 9, 1], [1, 1, 1]], 0),
        ([[4, 4, 4], [4, 4, 4], [4, 4, 4]], 255),
        ([[1, 2, 3], [4, 5, 6], [7, 8, 9]], 0b01111000),
    ],
)
def test_a_window_by_hand(window: list[list[int]], code: int):
    levels = np.array(window, np.uint8)
    assert naive_code(levels) == code
    assert patterns(levels[None]).tolist() == [[[naive_number(code)]]]


def test_there_are_58_uniform_patterns_in_order_and_one_for_the_rest():
    numbers = pattern_numbers()
    assert numbers.tolist() == [naive_number(code) for code in range(256)]
    assert np.bincount(numbers).tolist() == [1] * 58 + [256 - 58]


@given(st.integers(0, 9))
def test_it_is_the_naive_version(seed: int):
    picture = colourful(seed)
    picture[0, 8:20, 4:] //= 16
    np.testing.assert_allclose(describe(picture)[0], naive(picture[0]), atol=1e-6)


@pytest.mark.parametrize("size", [32, 50, 96, 131])
def test_vectors_are_of_length_one_and_independent_of_their_batch(size: int):
    pictures = colourful(1, n=3, size=size)
    vectors = describe(pictures)
    assert vectors.shape == (3, LBP.dim)
    assert vectors.dtype == np.float32
    assert vectors.min() >= 0
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(vectors, np.concatenate([describe(pictures[i : i + 1]) for i in range(3)]))


def test_only_the_order_of_the_levels_counts():
    levels = np.random.default_rng(2).integers(0, 100, (48, 48))
    expected = describe(grey_picture(levels))
    np.testing.assert_array_equal(describe(grey_picture(levels + 60)), expected)
    np.testing.assert_array_equal(describe(grey_picture(levels * 2 + 5)), expected)
    assert not np.array_equal(describe(grey_picture(200 - levels)), expected)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_one_colour_is_one_pattern(level: int):
    vector = describe(np.full((1, 40, 40, 3), level, np.uint8))[0].reshape(GRID**2, N_PATTERNS)
    assert (vector[:, 57] == 0.25).all()
    assert not vector[:, :57].any()


def test_grey_is_pillows():
    pixels = colourful(3, size=64)
    assert (light(pixels)[0] == np.asarray(Image.fromarray(pixels[0]).convert("L"))).all()
