"""A folder as people have it: links, pipes, folders that cannot be read, names that are no text; all are listed."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.artifacts import Store
from lib.catalog.importing import import_catalog
from lib.catalog.pictures import FolderPictures
from lib.errors import CatalogError
from tests.catalog.sources.data import fashion_files, jpeg, write_folder

FILES = {"bags/1.jpg": jpeg(1), "shoes/2.jpg": jpeg(2)}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "shop", FILES)


def _unreadable(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Make one folder unreadable, for the superuser too."""
    scandir = os.scandir

    def refusing(path: Any = ".") -> Iterator[os.DirEntry[str]]:
        if str(path) == str(folder):
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)


def _left_out(store: Store, root: Path, source: str = "folder", **options: Any) -> list[tuple[str, str]]:
    """Import, and return what was left out: its place and the reason."""
    catalog = import_catalog(store, source, name="f", path=root, command="c", **options).catalog
    assert catalog.manifest.n == 2
    assert catalog.manifest.n_in == 2 + len(catalog.skipped)
    assert sum(catalog.manifest.skipped.values()) == len(catalog.skipped)
    return list(zip(catalog.skipped["image"], catalog.skipped["reason"], strict=True))


def test_links_are_listed_and_not_followed(store: Store, root: Path, tmp_path: Path) -> None:
    write_folder(tmp_path / "other", {"3.jpg": jpeg(3)})
    (root / "bags" / "link.jpg").symlink_to(tmp_path / "other" / "3.jpg")
    (root / "bags" / "gone.jpg").symlink_to(tmp_path / "nothing")
    (root / "more").symlink_to(tmp_path / "other")
    assert _left_out(store, root) == [
        (name, "a link, not followed") for name in ("bags/gone.jpg", "bags/link.jpg", "more/")
    ]


def test_a_pipe_is_listed_and_does_not_hang(store: Store, root: Path) -> None:
    os.mkfifo(root / "bags" / "p.jpg")
    assert _left_out(store, root) == [("bags/p.jpg", "not a regular file")]
    with pytest.raises(CatalogError, match="is not a regular file"):
        FolderPictures(root).read("bags/p.jpg")


def test_a_folder_that_cannot_be_read_is_listed(store: Store, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(root, {"hats/3.jpg": jpeg(3)})
    _unreadable(monkeypatch, root / "hats")
    assert _left_out(store, root) == [("hats/", "folder cannot be read")]


def test_the_folder_itself_cannot_be_read(store: Store, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _unreadable(monkeypatch, root)
    with pytest.raises(CatalogError, match="1 x folder cannot be read"):
        import_catalog(store, "folder", name="f", path=root, command="c")


def test_a_name_that_is_no_text_is_listed(store: Store, root: Path) -> None:
    for name in (b"caf\xe9.jpg", b"caf\xe9/1.jpg"):
        path = root / "bags" / os.fsdecode(name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(jpeg(3))
    assert _left_out(store, root) == [
        (rf"bags/{name}", "file name is not text") for name in (r"caf\xe9.jpg", r"caf\xe9/1.jpg")
    ]


def test_hidden_things_do_not_count(store: Store, root: Path) -> None:
    (root / ".cache").symlink_to(root / "bags")
    assert _left_out(store, root) == []


def test_another_link_makes_another_import(store: Store, root: Path) -> None:
    assert _left_out(store, root) == []
    (root / "more").symlink_to(root / "bags")
    assert _left_out(store, root) == [("more/", "a link, not followed")]


def test_a_table_beside_links_and_pipes(store: Store, root: Path) -> None:
    (root / "shop.csv").write_text("sku,file\n1,bags/1.jpg\n2,shoes/2.jpg\n3,bags/link.jpg\n4,bags/p.jpg\n")
    (root / "bags" / "link.jpg").symlink_to(root / "shoes" / "2.jpg")
    os.mkfifo(root / "bags" / "p.jpg")
    expected = [
        ("bags/link.jpg", "picture missing"),
        ("bags/p.jpg", "picture missing"),
        ("bags/link.jpg", "a link, not followed"),
        ("bags/p.jpg", "not a regular file"),
    ]
    columns = {"id_column": "sku", "image_column": "file"}
    assert _left_out(store, root, "csv", **columns) == expected
    assert _left_out(store, root / "shop.csv", "csv", **columns) == expected


def test_a_table_that_is_a_pipe(store: Store, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "t.csv")
    with pytest.raises(CatalogError, match="There is no CSV file"):
        import_catalog(store, "csv", name="f", path=tmp_path, command="c", id_column="a", image_column="b")


def test_a_data_set_with_a_link(store: Store, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "f", fashion_files(2))
    (folder / "images" / "9.jpg").symlink_to(folder / "images" / "100.jpg")
    (folder / "notes").symlink_to(tmp_path)
    assert _left_out(store, folder, "fashion-small") == [
        ("images/9.jpg", "a link, not followed"),
        ("notes/", "a link, not followed"),
    ]
