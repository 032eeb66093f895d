"""Marks of pictures that a model learnt from: by hand, and hostile files."""

from pathlib import Path

import numpy as np
import pytest

from lib.errors import WeightsError
from lib.models.seen import SEEN, marks_of, read_seen, seen_counts, together, write_seen

A, B, C = "0" * 15 + "a" + "f" * 48, "0" * 15 + "b" + "f" * 48, "f" * 64


def test_a_mark_is_the_first_64_bits_each_once_and_sorted() -> None:
    assert marks_of([C, A, B, A, ""]).tolist() == [10, 11, 2**64 - 1]
    assert together([marks_of([B]), marks_of([A, B])]).tolist() == [10, 11]
    assert together([]).tolist() == []


def test_seen_pictures_are_counted_by_split() -> None:
    digests, splits = [A, B, C, A, ""], ["train", "train", "test", "test", "val"]
    assert seen_counts(marks_of([A, C]), digests, splits) == {"train": 1, "test": 2}
    assert seen_counts(marks_of([]), digests, splits) == {}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    assert read_seen(tmp_path) is None
    write_seen(tmp_path, marks_of([C, A]))
    assert read_seen(tmp_path).tolist() == [10, 2**64 - 1]
    write_seen(tmp_path, marks_of([]))
    assert read_seen(tmp_path).tolist() == []


@pytest.mark.parametrize("damage", ["empty", "short", "other kind", "square", "objects", "huge"])
def test_a_damaged_file_is_one_clear_line(tmp_path: Path, damage: str) -> None:
    path = tmp_path / SEEN
    write_seen(tmp_path, marks_of([A, B, C]))
    if damage in ("empty", "short"):
        path.write_bytes(b"" if damage == "empty" else path.read_bytes()[:-5])
    elif damage == "huge":
        path.write_bytes(path.read_bytes().replace(b"(3,)", b"(9" + b"9" * 13 + b",)"[:2]))
    else:
        arrays = {"other kind": np.zeros(3), "square": np.zeros((2, 2), np.uint64), "objects": np.array([{}])}
        np.save(path, arrays[damage], allow_pickle=True)
    with pytest.raises(WeightsError, match="is damaged"):
        read_seen(tmp_path)
