"""Splits depend on the product alone, and nothing that looks the same stands on both sides."""

import hashlib
import subprocess
import sys

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.catalog.splits import assign_splits, connected, split_of
from lib.errors import CatalogError
from tests.conftest import ROOT


def series(*values: object) -> pd.Series:
    return pd.Series(list(values), dtype="str")


def test_the_place_of_a_product_by_hand() -> None:
    for product_id in ("15970", "shoe 7", "ß"):
        place = int(hashlib.sha256(product_id.encode()).hexdigest()[:16], 16) / 16**16
        assert split_of(product_id) == ("train" if place < 0.8 else "val" if place < 0.9 else "test")


def test_another_process_with_another_hash_seed_agrees() -> None:
    code = "from lib.catalog.splits import split_of; print([split_of(str(i)) for i in range(50)])"
    environment = {"PYTHONHASHSEED": "7", "PATH": ""}
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True)
    assert found.stdout.decode().strip() == str([split_of(str(i)) for i in range(50)])


def test_shares_are_near_80_10_10() -> None:
    shares = pd.Series([split_of(f"product {i}") for i in range(20_000)]).value_counts(normalize=True)
    assert shares["train"] == pytest.approx(0.8, abs=0.01)
    assert shares["val"] == pytest.approx(0.1, abs=0.01)
    assert shares["test"] == pytest.approx(0.1, abs=0.01)


def test_components_by_hand() -> None:
    # a-b share a group, b-c a picture, d stands alone, e-f share a picture.
    groups = series("g1", "g1", "g2", "g3", "g4", "g5")
    pixels = series("x", "y", "y", "z", "w", "w")
    found = connected(groups, pixels).tolist()
    assert found[0] == found[1] == found[2]
    assert found[4] == found[5]
    assert len({found[0], found[3], found[4]}) == 3


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=40))
def test_components_as_a_naive_search_finds_them(pairs: list[tuple[int, int]]) -> None:
    found = connected(series(*(a for a, _ in pairs)), series(*(b for _, b in pairs))).tolist()
    for start in range(len(pairs)):
        reached, grown = {start}, True
        while grown:
            more = {
                j for i in reached for j, pair in enumerate(pairs) if pair[0] == pairs[i][0] or pair[1] == pairs[i][1]
            }
            grown, reached = not more <= reached, reached | more
        assert {j for j, component in enumerate(found) if component == found[start]} == reached


def test_one_split_a_component_whatever_the_order() -> None:
    groups = series(*(f"g{i // 2}" for i in range(400)))
    pixels = series(*(f"p{i % 150}" for i in range(400)))
    split = assign_splits(groups, pixels)
    assert split.groupby(connected(groups, pixels)).nunique().max() == 1
    order = split.sample(frac=1, random_state=1).index
    assert assign_splits(groups[order], pixels[order]).sort_index().tolist() == split.tolist()


def test_given_splits_are_kept_and_missing_ones_filled() -> None:
    given_split = series("test", None, "val")
    found = assign_splits(series("a", "b", "c"), series("x", "y", "x"), given=given_split)
    assert found.tolist() == ["test", split_of("b"), "val"]


def test_an_unknown_given_split_is_named() -> None:
    with pytest.raises(CatalogError, match="'holdout'"):
        assign_splits(series("a"), series("x"), given=series("holdout"))
