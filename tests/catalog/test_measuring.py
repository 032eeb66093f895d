"""Pictures are measured once; what an interrupted run left is used only if it is what was written."""

from pathlib import Path

import pandas as pd
import pytest

from lib.catalog import measuring
from lib.catalog.measuring import PROBLEM, Measured, measure_pictures
from lib.catalog.pictures import FolderPictures
from lib.errors import ArtifactError
from lib.progress import silent
from lib.shards import Shards
from tests.factories import encoded, picture

N = 7


@pytest.fixture
def shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shards:
    """The pieces of seven pictures, two a piece; the last picture is none."""
    monkeypatch.setattr(measuring, "SHARD_SIZE", 2)
    (tmp_path / "images").mkdir()
    for i in range(N - 1):
        (tmp_path / "images" / f"{i}.png").write_bytes(encoded(picture(i)))
    (tmp_path / "images" / f"{N - 1}.png").write_bytes(b"no picture")
    return Shards(tmp_path / "job")


def measured(shards: Shards) -> Measured:
    rows = pd.DataFrame({"product_id": [f"p{i}" for i in range(N)], "image": [f"{i}.png" for i in range(N)]})
    return measure_pictures(rows, FolderPictures(shards.folder.parent / "images"), shards, report=silent)


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def test_finished_pieces_are_used_again(shards: Shards) -> None:
    first = measured(shards)
    again = measured(shards)
    assert (first.n_reused, again.n_reused) == (0, N)
    pd.testing.assert_frame_equal(first.pictures, again.pictures)
    assert (first.pictures[PROBLEM] == "").tolist() == [True] * (N - 1) + [False]
    assert [product_id for product_id, _ in again.thumbnails()] == [f"p{i}" for i in range(N - 1)]


@pytest.mark.parametrize("share", [0, 0.2, 0.5, 0.9])
def test_a_piece_with_one_changed_bit_is_measured_again(shards: Shards, share: float) -> None:
    first = measured(shards)
    path = shards.path(1)
    flip(path, int(share * path.stat().st_size))
    again = measured(shards)
    assert again.n_reused == N - 2
    pd.testing.assert_frame_equal(first.pictures, again.pictures)
    assert dict(first.thumbnails()) == dict(again.thumbnails())


def test_a_piece_of_other_rows_is_measured_again(shards: Shards) -> None:
    measured(shards)
    shards.save(0, shards.read(1) or b"")
    shards.save(9, shards.read(1) or b"")
    assert measured(shards).n_reused == N - 2


def test_a_piece_of_an_older_kind_is_measured_again(shards: Shards) -> None:
    measured(shards)
    shards.save(0, b"PAR1 but not for long PAR1")
    assert measured(shards).n_reused == N - 2


def test_a_piece_damaged_while_in_use_is_an_error_that_says_what_to_do(shards: Shards) -> None:
    result = measured(shards)
    flip(shards.path(2), 100)
    with pytest.raises(ArtifactError, match=r"000002\.shard was damaged while it was in use") as error:
        list(result.thumbnails())
    assert "again" in error.value.hint
