"""Pictures are read where they are: by several threads at once, and without leading anywhere else."""

import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lib.catalog.pictures import FolderPictures, ZipPictures
from lib.errors import CatalogError


@pytest.fixture
def zipped(tmp_path: Path) -> ZipPictures:
    path = tmp_path / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for i in range(50):
            archive.writestr(f"images/{i}.jpg", str(i) * 1000)
    return ZipPictures(path)


def test_threads_read_the_same_zip_at_once(zipped: ZipPictures) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(zipped.read, [f"images/{i % 50}.jpg" for i in range(400)]))
    assert found == [(str(i % 50) * 1000).encode() for i in range(400)]


def test_a_zip_s_directory_is_read_once_for_threads_that_follow_each_other(
    zipped: ZipPictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    original = zipfile.ZipFile
    monkeypatch.setattr(zipfile, "ZipFile", lambda path: opened.append(path) or original(path))
    for _ in range(5):
        with ThreadPoolExecutor(1) as pool:
            pool.submit(zipped.read, "images/1.jpg").result()
    assert len(opened) == 1


def test_a_handle_is_usable_after_a_failed_read(zipped: ZipPictures) -> None:
    with pytest.raises(CatalogError, match=r"cannot give 'images/99\.jpg'"):
        zipped.read("images/99.jpg")
    assert zipped.read("images/3.jpg") == b"3" * 1000


def test_a_link_out_of_a_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    (folder / "link.jpg").symlink_to(tmp_path / "secret")
    for locator in ("link.jpg", "../secret"):
        with pytest.raises(CatalogError):
            FolderPictures(folder).read(locator)
