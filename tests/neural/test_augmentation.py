"""Random changes to pictures: the identity where nothing is asked, the right move where one is, the same for a seed."""

import dataclasses

import numpy as np
import pytest

from lib.models.recipes import Settings

pytestmark = pytest.mark.slow
STILL = Settings(flip=False)


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    """Smooth pictures, so that resampling between pixels changes little."""
    y, x = np.mgrid[0:32, 0:32]
    waves = [127 + 100 * np.sin(x / (4 + i)) * np.cos(y / (5 + i)) for i in range(4)]
    return np.stack([np.stack([w, w[::-1], w.T], axis=2) for w in waves]).astype(np.uint8)


def changed(pictures: np.ndarray, *, seed: int = 0, **settings: float) -> np.ndarray:
    from lib.neural.augmentation import Augmentation

    return np.asarray(Augmentation(dataclasses.replace(STILL, **settings), seed=seed)(pictures))


def test_nothing_asked_changes_nothing(pictures: np.ndarray) -> None:
    np.testing.assert_array_equal(changed(pictures), pictures.astype(np.float32))


def test_pictures_are_mirrored_or_as_they_are(pictures: np.ndarray) -> None:
    many = np.repeat(pictures, 16, axis=0)
    found = changed(many, flip=True)
    mirrored = [np.abs(f - p[:, ::-1]).max() < 1e-2 for f, p in zip(found, many, strict=True)]
    same = [np.abs(f - p).max() < 1e-2 for f, p in zip(found, many, strict=True)]
    assert all(a != b for a, b in zip(mirrored, same, strict=True))
    assert 16 < sum(mirrored) < 48


@pytest.mark.parametrize("what", ["rotation", "zoom", "crop", "squeeze"])
def test_pictures_move_about_their_middle_and_each_by_its_own_draw(pictures: np.ndarray, what: str) -> None:
    same = np.repeat(pictures[:1], 6, axis=0)
    found = changed(same, **{what: 0.05})
    assert found.shape == same.shape
    assert len({picture.tobytes() for picture in found}) == 6
    middle = np.s_[:, 13:19, 13:19]
    assert 0.2 < np.abs(found - same)[middle].mean() < 60


def test_light_stays_within_its_range(pictures: np.ndarray) -> None:
    flat = np.full((50, 8, 8, 3), 100, np.uint8)
    brighter = changed(flat, brightness=0.2)
    assert 79.9 <= brighter.min() < 90 < 110 < brighter.max() <= 120.1
    assert np.ptp(brighter, axis=(1, 2, 3)).max() < 1e-3
    np.testing.assert_allclose(changed(flat, contrast=0.5), flat, atol=1e-3)  # about its own mean
    strong = changed(np.full((9, 8, 8, 3), 250, np.uint8), brightness=0.9)
    assert (strong.min() >= 0, strong.max() <= 255) == (True, True)


def test_a_seed_gives_the_same_changes(pictures: np.ndarray) -> None:
    options = {"flip": True, "rotation": 0.1, "brightness": 0.2}
    first, again, other = (changed(pictures, seed=seed, **options) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_a_part_of_each_picture_is_blanked_in_its_mean_colour(pictures: np.ndarray) -> None:
    same = np.repeat(pictures[:1], 200, axis=0)
    found = changed(same, erase=0.5)
    mean = same[0].mean(axis=(0, 1))
    blank = np.abs(found - same).max(axis=3) > 0
    shares = []
    for picture, gone in zip(found, blank, strict=True):
        rows, columns = gone.any(axis=1), gone.any(axis=0)
        assert rows.sum() <= 17  # half a side, and the pixel that its ends share
        assert columns.sum() <= 17
        inside = np.outer(rows, columns)
        np.testing.assert_allclose(picture[gone], np.broadcast_to(mean, (gone.sum(), 3)), atol=0.51)
        np.testing.assert_array_equal(picture[~inside], same[0][~inside])
        shares.append(gone.mean())
    assert 0.03 < np.mean(shares) < 0.0625 < max(shares) <= 0.29
