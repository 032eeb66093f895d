import errno
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import ArtifactError
from lib.shards import Shards

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def shards(tmp_path: Path) -> Shards:
    return Shards(tmp_path / ".partial" / "job-1")


def test_a_new_job_has_no_finished_pieces(shards: Shards) -> None:
    assert shards.finished() == []


def test_pieces_are_kept_by_number(shards: Shards) -> None:
    for number in (3, 0, 11):
        shards.save(number, str(number).encode())
    assert shards.finished() == [0, 3, 11]
    assert [shards.read(number) for number in (0, 3, 11)] == [b"0", b"3", b"11"]


def test_a_piece_saved_again_is_replaced(shards: Shards) -> None:
    shards.save(0, b"old")
    shards.save(0, b"new")
    assert shards.read(0) == b"new"


@given(st.binary(max_size=200), st.data())
def test_a_damaged_piece_is_as_good_as_none(data: bytes, draw: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shards = Shards(Path(folder))
        shards.save(0, data)
        assert shards.read(0) == data
        whole = shards.path(0).read_bytes()
        place = draw.draw(st.integers(0, len(whole) - 1))
        flipped = bytearray(whole)
        flipped[place] ^= 1 << draw.draw(st.integers(0, 7))
        for damaged in (bytes(flipped), whole[:place], whole + b"x"):
            shards.path(0).write_bytes(damaged)
            assert shards.read(0) is None


def test_a_piece_that_is_absent_or_cannot_be_read_is_none(shards: Shards) -> None:
    assert shards.read(0) is None
    shards.path(1).mkdir(parents=True)
    assert shards.read(1) is None


def test_foreign_files_are_no_pieces(shards: Shards) -> None:
    shards.save(1, b"x")
    for name in (".000002.shard.abcdef01.tmp", "2.shard", "note.txt", "000002.shard.tmp", "abcdef.shard"):
        (shards.folder / name).write_bytes(b"")
    assert shards.finished() == [1]


def test_a_finished_job_leaves_nothing(shards: Shards) -> None:
    shards.save(0, b"x")
    shards.remove()
    assert not shards.folder.exists()
    shards.remove()


def test_another_job_never_finds_these_pieces(shards: Shards) -> None:
    shards.save(0, b"x")
    assert Shards(shards.folder.with_name("job-2")).finished() == []


def test_a_full_disk_loses_only_the_piece_that_did_not_fit(shards: Shards, monkeypatch: pytest.MonkeyPatch) -> None:
    shards.save(0, b"x")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("lib.publish.os.fsync", full)
    with pytest.raises(ArtifactError, match="The disk is full"):
        shards.save(1, b"y")
    assert shards.finished() == [0]
    assert os.listdir(shards.folder) == ["000000.shard"]


SAVER = """
import sys
from pathlib import Path
from lib.shards import Shards
shards = Shards(Path(sys.argv[1]))
for number in range(100_000):
    shards.save(number, bytes([number % 256]) * 200_000)
    if number == 20:
        print("ready", flush=True)
"""


def test_every_piece_of_a_killed_job_is_whole(shards: Shards) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SAVER, str(shards.folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    finished = shards.finished()
    assert finished == list(range(len(finished)))
    assert len(finished) > 20
    assert all(shards.read(number) == bytes([number % 256]) * 200_000 for number in finished)
