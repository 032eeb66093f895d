"""Near-duplicates: what counts as one, what the hash alone would join, and that the source may be gone."""

import shutil

import numpy as np
import pytest
from PIL import Image

from lib.artifacts import Store
from lib.catalog.near_duplicates import find_near_duplicates, near_duplicate_pairs
from lib.errors import AppError
from lib.images.perceptual_hash import grey, perceptual_hashes
from tests.factories import make_catalog


def photo(seed: int, size: int = 128) -> Image.Image:
    """A smooth picture, as photographs are."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((size, size), Image.Resampling.BICUBIC)


def pairs(*images: Image.Image) -> list[tuple[int, int]]:
    return [(i, j) for i, j, _ in near_duplicate_pairs(np.stack([grey(image) for image in images]))]


def test_the_same_photograph_saved_again_or_scaled_is_a_near_duplicate_and_another_is_not() -> None:
    image = photo(0)
    assert pairs(image, photo(1), image.copy(), photo(2), image.resize((90, 90))) == [(0, 2), (0, 4), (2, 4)]


def test_one_hash_is_not_enough() -> None:
    """Low frequencies that are clearly high or low, under a fine pattern that is reversed in the second picture."""
    signs = np.resize([1.0, -1.0], 64).reshape(8, 8)
    basis = np.cos(np.pi * np.outer(np.arange(32), np.arange(32) + 0.5) / 32)
    coarse = basis[:8].T @ signs @ basis[:8]
    fine = np.outer(basis[20], basis[21])
    greys = np.stack([128 + coarse + 60 * sign * fine for sign in (1, -1)]).round().clip(0, 255).astype(np.uint8)
    assert len(set(perceptual_hashes(greys).tolist())) == 1
    assert list(near_duplicate_pairs(greys)) == []


def test_pictures_of_one_colour_are_alike_only_where_the_colour_is() -> None:
    flat = [Image.new("L", (40, 40), value) for value in (0, 200, 200, 255)]
    assert pairs(*flat) == [(1, 2)]


def test_a_catalogue_is_read_once(store: Store) -> None:
    catalog = make_catalog(store, n=12)
    first = catalog.folder / "images" / "p000.png"
    reports: list[tuple[int, int, int]] = []
    found = find_near_duplicates(store, "tiny", report=lambda *counts: reports.append(counts))
    first.rename(first.with_suffix(".gone"))
    again = find_near_duplicates(store, "tiny")
    assert reports == [(12, 12, 0)]
    assert again.manifest == found.manifest
    assert found.manifest.details["n_pictures"] <= 12


def test_a_picture_that_cannot_be_read_any_more_is_counted(store: Store) -> None:
    catalog = make_catalog(store, n=6)
    (catalog.folder / "images" / "p001.png").write_bytes(b"\x89PNG")
    assert dict(find_near_duplicates(store, "tiny").manifest.skipped) == {"picture unreadable": 1}


def test_a_source_that_is_gone_is_said(store: Store) -> None:
    catalog = make_catalog(store, n=6)
    shutil.rmtree(catalog.folder / "images")
    with pytest.raises(AppError):
        find_near_duplicates(store, "tiny")


def test_rows_among_some_products(store: Store) -> None:
    catalog = make_catalog(store, n=4)
    shutil.copy(catalog.folder / "images" / "p000.png", catalog.folder / "images" / "p003.png")
    found = find_near_duplicates(store, "tiny")
    assert ("p000", "p003") in list(zip(found.pairs["product_id"], found.pairs["near_duplicate"], strict=True))
    among = found.rows_among(np.array(["p003", "p009", "p000"]))
    assert {row: rows.tolist() for row, rows in among.items()} == {0: [2], 2: [0]}
