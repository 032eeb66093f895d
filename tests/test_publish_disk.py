"""What a disk refuses: each is one clear line, and nothing else is taken for it."""

import errno
import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from lib.errors import ArtifactError
from lib.publish import disk_errors, exclusive, make_folder, publish, write_atomically


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_disk_that_is_really_full() -> None:
    with pytest.raises(ArtifactError, match="The disk is full"), disk_errors(Path("big.bin")):
        with Path("/dev/full").open("wb", buffering=0) as file:
            file.write(b"x" * 4096)


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_a_place_that_may_not_be_written_is_one_clear_error(tmp_path: Path, number: int) -> None:
    with pytest.raises(ArtifactError, match="may not be written") as error, disk_errors(tmp_path):
        raise OSError(number, os.strerror(number))
    assert "--artifacts DIR" in error.value.hint


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EFBIG, "would be larger than a file may be"),
        (errno.EIO, "The disk fails at"),
        (errno.ENAMETOOLONG, "is too long"),
    ],
)
def test_what_else_a_disk_refuses_is_one_clear_error(tmp_path: Path, number: int, said: str) -> None:
    with pytest.raises(ArtifactError, match=said) as error, disk_errors(tmp_path, elsewhere="Go."):
        raise OSError(number, os.strerror(number))
    assert str(tmp_path) in error.value.message
    assert error.value.hint


def test_a_name_that_is_too_long_is_the_one_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="xxxx is too long"), disk_errors(tmp_path):
        (tmp_path / ("x" * 300)).touch()


def test_a_file_larger_than_the_limit(tmp_path: Path) -> None:
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limit[1]))
    try:
        with pytest.raises(ArtifactError, match="larger than a file may be"), disk_errors(tmp_path):
            write_atomically(tmp_path / "big", bytes(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)


def published(folder: Path) -> None:
    with publish(folder):
        pytest.fail("entered")


def locked(folder: Path) -> None:
    with exclusive(folder, "m-1"):
        pytest.fail("entered")


@pytest.mark.parametrize("make", [make_folder, published, locked])
def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path, make: Callable[[Path], None]) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArtifactError, match="cannot be made") as error:
        make(tmp_path / "file" / "shop")
    assert "--artifacts DIR" in error.value.hint


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="this system has no /proc")
def test_a_place_that_takes_no_folders_is_one_clear_error() -> None:
    with pytest.raises(ArtifactError, match="/proc/nothing cannot be made"):
        make_folder(Path("/proc/nothing"))


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_lock_that_cannot_be_written_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise OSError(number, os.strerror(number), str(tmp_path / ".locks" / "m-1.lock"))

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    with pytest.raises(ArtifactError, match=r"may not be written|disk is full"), exclusive(tmp_path, "m-1"):
        pytest.fail("entered")


def test_errors_of_the_work_under_a_lock_are_not_the_locks(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), exclusive(tmp_path, "m-1"):
        raise PermissionError(errno.EACCES, "of the work")


def test_other_errors_are_let_through(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), disk_errors(tmp_path):
        (tmp_path / "nothing").read_bytes()
