"""Hostile and broken zips are refused in one line that names the member; nothing is ever unpacked."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from lib.catalog.archive import Bounds, check_archive, open_tree
from lib.errors import CatalogError


def make_zip(path: Path, members: dict[str, bytes], **options: object) -> Path:
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_good_zip_is_read_in_place(tmp_path: Path) -> None:
    tree = open_tree(make_zip(tmp_path / "a.zip", {"styles.csv": b"id\n1\n", "images/1.jpg": b"x", "images/": b""}))
    assert tree.names() == ["images/1.jpg", "styles.csv"]
    assert tree.read("images/1.jpg") == b"x"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip"]


def test_a_missing_zip(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="There is nothing at"):
        open_tree(tmp_path / "absent.zip")


@pytest.mark.parametrize("data", [b"", b"this is text", b"PK\x03\x04" + bytes(50)])
def test_a_zip_that_is_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(CatalogError, match="not a zip, or is damaged"):
        open_tree(tmp_path / "a.zip")


@pytest.mark.parametrize(
    "name", ["../evil.jpg", "images/../../evil.jpg", "/etc/passwd", "C:/evil.jpg", "images\\..\\evil.jpg", "a\nb.jpg"]
)
def test_names_that_lead_out(tmp_path: Path, name: str) -> None:
    path = make_zip(tmp_path / "a.zip", {"good.jpg": b"x", name: b"x"})
    with pytest.raises(CatalogError, match="would lie outside the folder") as caught:
        check_archive(path)
    assert repr(name) in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFBLK])
def test_links_and_devices(tmp_path: Path, kind: int) -> None:
    member = zipfile.ZipInfo("images/1.jpg")
    member.create_system, member.external_attr = 3, (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(member, "/etc/passwd")
    with pytest.raises(CatalogError, match=r"'images/1\.jpg' is a link or a device"):
        check_archive(tmp_path / "a.zip")


def test_a_name_that_occurs_twice(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("1.jpg", b"x")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("1.jpg", b"y")
    with pytest.raises(CatalogError, match=r"'1\.jpg' occurs twice"):
        check_archive(tmp_path / "a.zip")


def test_an_encrypted_member(tmp_path: Path) -> None:
    data = bytearray(make_zip(tmp_path / "a.zip", {"1.jpg": b"x"}).read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(CatalogError, match="is encrypted"):
        check_archive(tmp_path / "a.zip")


def test_an_unknown_way_of_packing(tmp_path: Path) -> None:
    data = bytearray(make_zip(tmp_path / "a.zip", {"1.jpg": b"x"}).read_bytes())
    data[data.index(b"PK\x01\x02") + 10] = 9
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(CatalogError, match="packed in an unknown way"):
        check_archive(tmp_path / "a.zip")


def test_a_bomb_by_ratio(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"1.bmp": bytes(5_000_000)}, compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(CatalogError, match="far more than it holds"):
        check_archive(path)


def test_a_small_member_may_have_any_ratio(tmp_path: Path) -> None:
    check_archive(make_zip(tmp_path / "a.zip", {"1.bmp": bytes(500_000)}, compression=zipfile.ZIP_DEFLATED))


def test_bounds_on_the_whole(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {f"{i}.jpg": bytes(1000) for i in range(20)})
    with pytest.raises(CatalogError, match="20 members"):
        check_archive(path, bounds=Bounds(max_members=19))
    with pytest.raises(CatalogError, match="would unpack to"):
        check_archive(path, bounds=Bounds(max_total=19_999))


def test_members_that_share_bytes(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("1.jpg", bytes(1000))
    data = bytearray(buffer.getvalue())
    entry = data[data.index(b"PK\x01\x02") : data.index(b"PK\x05\x06")]
    end = bytearray(data[data.index(b"PK\x05\x06") :])
    entries = b"".join(bytes(entry).replace(b"1.jpg", f"{i}.jpg".encode()) for i in range(9))
    struct.pack_into("<HHI", end, 8, 9, 9, len(entries))
    (tmp_path / "a.zip").write_bytes(bytes(data[: data.index(b"PK\x01\x02")]) + entries + bytes(end))
    with pytest.raises(CatalogError, match="members overlap"):
        check_archive(tmp_path / "a.zip")


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "data"
    (root / "images").mkdir(parents=True)
    (root / "images" / "1.jpg").write_bytes(b"x")
    (root / "images" / "2.jpg").symlink_to(tmp_path / "secret.txt")
    (root / "more").symlink_to(tmp_path)
    tree = open_tree(root)
    assert tree.names() == ["images/1.jpg"]
    for locator in ("images/2.jpg", "../secret.txt", "more/secret.txt", str(tmp_path / "secret.txt")):
        with pytest.raises(CatalogError, match="outside"):
            tree.read(locator)
