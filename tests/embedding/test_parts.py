"""A finished piece comes back as it was, or not at all."""

import numpy as np
import pytest

from lib.embedding.parts import Part

IDS = np.array(["a", "b", "c"])


def part() -> Part:
    return Part(
        ids=np.array(["a", "c"]),
        vectors=np.arange(8, dtype=np.float32).reshape(2, 4),
        skipped=np.array([["b", "picture unreadable", "cut short"]]),
        seconds=np.array([1.0, 2.0, 3.0]),
    )


def test_a_part_comes_back():
    found = Part.from_bytes(part().to_bytes(), expected_ids=IDS, dim=4)
    assert found is not None
    np.testing.assert_array_equal(found.vectors, part().vectors)
    assert found.ids.tolist() == ["a", "c"]
    assert found.skipped.tolist() == part().skipped.tolist()
    assert found.seconds.tolist() == [1, 2, 3]


def test_a_part_of_other_rows_or_another_model_is_not_taken():
    data = part().to_bytes()
    assert Part.from_bytes(data, expected_ids=np.array(["a", "b", "d"]), dim=4) is None
    assert Part.from_bytes(data, expected_ids=np.array(["a", "b", "c", "d"]), dim=4) is None
    assert Part.from_bytes(data, expected_ids=np.array(["c", "b", "a"]), dim=4) is None
    assert Part.from_bytes(data, expected_ids=IDS, dim=5) is None


@pytest.mark.parametrize("place", [0, 40, 300, -60, -1])
def test_a_damaged_part_is_not_taken(place: int):
    data = bytearray(part().to_bytes())
    data[place] ^= 0xFF
    found = Part.from_bytes(bytes(data), expected_ids=IDS, dim=4)
    if found is not None:
        np.testing.assert_array_equal(found.vectors, part().vectors)
    assert Part.from_bytes(bytes(data[: len(data) // 2]), expected_ids=IDS, dim=4) is None
    assert Part.from_bytes(b"", expected_ids=IDS, dim=4) is None


def test_objects_are_never_unpickled():
    import io

    buffer = io.BytesIO()
    np.savez(buffer, ids=np.array([{"a": 1}], dtype=object), vectors=np.zeros((1, 4)), skipped=[], seconds=[0, 0, 0])
    assert Part.from_bytes(buffer.getvalue(), expected_ids=IDS[:1], dim=4) is None
