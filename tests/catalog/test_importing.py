"""Importing: counts and reasons, resuming after a kill, and never a half-made or lost catalogue."""

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import Store, read_manifest, verify
from lib.catalog import Catalog, importing, load_catalog, measuring
from lib.catalog.importing import ImportResult, import_catalog
from lib.catalog.splits import split_of
from lib.errors import ArtifactError, CatalogError, InvalidArtifact
from lib.images.decode import decode
from tests.catalog.sources.data import STYLES_HEADER, fashion_files, jpeg, style, write_folder, write_zip
from tests.conftest import ROOT
from tests.factories import encoded, make_embedding, picture
from tests.images.test_decode import png_bomb


@pytest.fixture(autouse=True)
def _small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "SHARD_SIZE", 5)


def fashion(store: Store, path: Path, **options: Any) -> ImportResult:
    return import_catalog(store, "fashion-small", name="f", path=path, command="python -m lib import f", **options)


def test_a_catalogue_is_whole_and_says_where_it_is_from(store: Store, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "f.zip", fashion_files(12))
    seen: list[tuple[int, int, int]] = []
    catalog = fashion(store, path, report=lambda *counts: seen.append(counts)).catalog
    manifest = catalog.manifest
    assert (manifest.n, manifest.n_in, manifest.skipped) == (12, 12, {})
    assert manifest.inputs == {
        "source": "fashion-small",
        "path": str(path),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    assert manifest.parameters["pictures"] == {"kind": "zip", "path": str(path)}
    assert (catalog.label, catalog.hierarchy[-1], catalog.synthetic) == ("articleType", "articleType", False)
    assert sum(manifest.details["n_split"].values()) == 12
    assert catalog.attributes[0] == "gender"
    assert catalog.frame["split"].tolist() == [split_of(product_id) for product_id in catalog.ids]
    verify(catalog.folder, manifest)
    assert seen[-1] == (12, 12, 0)
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)


def test_what_was_measured_is_what_the_files_are(store: Store, tmp_path: Path) -> None:
    files = fashion_files(3) | {"images/101.jpg": encoded(picture(4).convert("L"), "JPEG")}
    catalog = fashion(store, write_zip(tmp_path / "f.zip", files)).catalog
    measured = catalog.pictures.set_index("product_id")
    assert measured["mode"].tolist() == ["RGB", "L", "RGB"]
    assert (set(measured["width"]), set(measured["height"])) == ({60}, {80})
    data = catalog.read_picture("102")
    assert measured.loc["102", "file_sha256"] == hashlib.sha256(data).hexdigest()
    assert measured.loc["102", "file_bytes"] == len(data)
    lines = sorted(f"{i}\0{hashlib.sha256(files[f'images/{i}.jpg']).hexdigest()}\n" for i in catalog.ids)
    assert catalog.pictures_sha256 == hashlib.sha256("".join(lines).encode()).hexdigest()
    small = np.asarray(decode(catalog.thumbnails.read("102")), float)
    assert np.abs(small - np.asarray(decode(data), float)).mean() < 8


def test_bad_pictures_are_left_out_with_their_reason(store: Store, tmp_path: Path) -> None:
    bad = {
        "images/100.jpg": jpeg(0)[:200],
        "images/101.jpg": b"this is text\n",
        "images/102.jpg": png_bomb(50_000, 50_000),
        "images/103.jpg": b"",
    }
    catalog = fashion(store, write_zip(tmp_path / "f.zip", fashion_files(12) | bad)).catalog
    assert (catalog.manifest.n_in, catalog.manifest.n) == (12, 8)
    assert catalog.manifest.skipped == {"picture unreadable": 4}
    assert catalog.skipped[["row", "product_id", "image"]].to_numpy().tolist() == [
        [i, str(100 + i), f"images/{100 + i}.jpg"] for i in range(4)
    ]
    said = ("cut short", "text, not a picture", "50,000 x 50,000", "empty")
    assert all(words in detail for words, detail in zip(said, catalog.skipped["detail"], strict=True))
    assert not any(product_id in catalog.thumbnails for product_id in catalog.skipped["product_id"])


def test_pixel_identical_pictures_share_a_split(store: Store, tmp_path: Path) -> None:
    same = {f"images/{100 + i}.jpg": jpeg(i % 3) for i in range(30)}
    catalog = fashion(store, write_zip(tmp_path / "f.zip", fashion_files(30) | same)).catalog
    by_picture = catalog.frame["split"].groupby(catalog.pictures["pixels_sha256"]).nunique()
    assert (len(by_picture), by_picture.max()) == (3, 1)


def test_an_unchanged_import_returns_at_once(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_zip(tmp_path / "f.zip", fashion_files(12))
    first = fashion(store, path)
    monkeypatch.setattr(importing, "measure_pictures", None)
    again = fashion(store, path)
    assert (first.n_reused, again.n_reused) == (0, 12)
    assert again.catalog.manifest == first.catalog.manifest


@pytest.mark.parametrize("change", ["picture", "limit", "damage"])
def test_anything_that_changed_is_imported_again(store: Store, tmp_path: Path, change: str) -> None:
    root = write_folder(tmp_path / "f", fashion_files(12))
    first = fashion(store, root).catalog
    if change == "picture":
        (root / "images" / "100.jpg").write_bytes(jpeg(77))
    if change == "damage":
        (first.folder / "thumbnails" / "thumbnails.bin").write_bytes(b"x")
    second = fashion(store, root, limit=7 if change == "limit" else None)
    assert second.n_reused == 0
    assert second.catalog.manifest.n == (7 if change == "limit" else 12)
    assert (second.catalog.pictures_sha256 == first.pictures_sha256) == (change == "damage")
    verify(second.catalog.folder, second.catalog.manifest)


def test_results_of_an_earlier_import_stay(store: Store, tmp_path: Path) -> None:
    catalog = fashion(store, write_folder(tmp_path / "f", fashion_files(12))).catalog
    embedding = make_embedding(store, catalog)
    replaced = import_catalog(store, "folder", name="f", path=tmp_path / "f", command="c").catalog
    assert replaced.manifest.details["source"] == "folder"
    assert (replaced.folder / "embeddings" / embedding.id / "manifest.json").is_file()
    assert not (replaced.folder / ".incoming").exists()


def test_no_picture_left_keeps_the_old_catalogue(store: Store, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "f", fashion_files(3))
    before = fashion(store, root).catalog
    for path in (root / "images").iterdir():
        path.write_bytes(b"text")
    with pytest.raises(CatalogError, match=r"No picture is left to import from .*: 3 x picture unreadable"):
        fashion(store, root)
    for path in (root / "images").iterdir():
        path.unlink()
    with pytest.raises(CatalogError, match="3 x picture missing"):
        fashion(store, root)
    assert load_catalog(store, "f").manifest == before.manifest


def test_nothing_left_says_why_for_one_row(store: Store, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "f", {"t.csv": b"sku,file\n1,a.jpg\n2,b.jpg\n"})
    columns = {"id_column": "sku", "image_column": "file"}
    with pytest.raises(CatalogError, match="2 x picture missing") as caught:
        import_catalog(store, "csv", name="f", path=root / "t.csv", command="c", **columns)
    assert caught.value.hint == "For example: No picture below the folder of t.csv has this name."


def test_an_empty_folder(store: Store, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CatalogError, match="the source is empty"):
        import_catalog(store, "folder", name="f", path=tmp_path / "empty", command="c")


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "published", "x" * 65, "a..b", "a\nb"])
def test_names_that_lead_elsewhere(store: Store, tmp_path: Path, name: str) -> None:
    with pytest.raises(CatalogError, match="cannot be a catalogue's name"):
        import_catalog(store, "folder", name=name, path=tmp_path, command="c")
    assert not store.root.exists()


@pytest.mark.parametrize(
    ("source", "options", "said"),
    [
        ("nowhere", {}, "There is no source 'nowhere'"),
        ("luma", {"download": True}, "takes no --download"),
        ("luma", {"id_column": "a"}, "takes no --id-column"),
        ("sample", {"path": Path("x")}, "takes no --path"),
        ("luma", {}, "needs its data"),
        ("luma", {"path": Path("absent.zip")}, "There is nothing at"),
        ("folder", {"limit": 0, "path": Path()}, "must be at least 1"),
    ],
)
def test_what_a_source_does_not_understand(store: Store, source: str, options: dict[str, Any], said: str) -> None:
    with pytest.raises(CatalogError, match=said):
        import_catalog(store, source, name="f", command="c", **options)
    assert not store.root.exists()


def test_a_hostile_zip_stops_before_anything_is_written(store: Store, tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"'\.\./evil\.jpg' would lie outside"):
        fashion(store, write_zip(tmp_path / "f.zip", fashion_files(3) | {"../evil.jpg": b"x"}))
    assert store.catalog_names() == []


def test_a_full_disk_is_one_line_and_loses_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write_folder(tmp_path / "f", fashion_files(12))
    before = fashion(store, root).catalog
    (root / "images" / "100.jpg").write_bytes(jpeg(50))

    def full(self: pd.DataFrame, path: Path, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched, pytest.raises(ArtifactError, match="The disk is full") as caught:
        patched.setattr(importing, "write_thumbnails", full)
        fashion(store, root)
    assert "finished parts are kept" in caught.value.hint
    assert load_catalog(store, "f").manifest == before.manifest
    assert not list(before.folder.glob(".incoming*"))
    assert fashion(store, root).n_reused == 12


def test_a_full_disk_while_measuring(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lib import shards

    written = shards.write_atomically

    def nearly_full(path: Path, data: bytes) -> None:
        if path.name.startswith("000001"):
            raise OSError(errno.ENOSPC, "No space left on device")
        written(path, data)

    path = write_zip(tmp_path / "f.zip", fashion_files(12))
    with monkeypatch.context() as patched, pytest.raises(ArtifactError, match="The disk is full"):
        patched.setattr(shards, "write_atomically", nearly_full)
        fashion(store, path)
    assert store.catalog_names() == []
    assert fashion(store, path).n_reused == 5


def test_a_damaged_piece_is_made_again(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_zip(tmp_path / "f.zip", fashion_files(12))
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(importing, "_publish", lambda *_: (_ for _ in ()).throw(RuntimeError))
        fashion(store, path)
    pieces = sorted((store.catalog_folder("f") / ".partial").rglob("*.shard"))
    assert len(pieces) == 3
    pieces[1].write_bytes(pieces[1].read_bytes()[:-50])
    assert fashion(store, path).n_reused == 7
    assert not list((store.catalog_folder("f") / ".partial").iterdir())


def test_data_that_change_while_they_are_read(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_folder(tmp_path / "f", fashion_files(6))

    def meddle(done: int, total: int, n_reused: int = 0) -> None:
        (root / "images" / "100.jpg").write_bytes(jpeg(60 + done))

    with pytest.raises(CatalogError, match="changed while it was imported"):
        fashion(store, root, report=meddle)
    assert store.catalog_names() == []


_KILLED = """
import sys, time
from pathlib import Path
from lib.artifacts import Store
from lib.catalog import measuring
from lib.catalog.importing import import_catalog
measuring.SHARD_SIZE = 5
measured = measuring._measured
def slowly(store, locator):
    time.sleep(0.05)
    return measured(store, locator)
measuring._measured = slowly
import_catalog(Store(Path(sys.argv[1])), "fashion-small", name="f", path=Path(sys.argv[2]), command="c")
"""


def _kill_after_first_piece(store: Store, path: Path) -> None:
    """Import in another process, and kill it when its first finished piece is on disk."""
    process = subprocess.Popen([sys.executable, "-c", _KILLED, str(store.root), str(path)], cwd=ROOT)
    deadline = time.monotonic() + 60
    while not list(store.root.rglob("*.shard")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


@pytest.mark.slow
def test_a_killed_import_goes_on_and_ends_the_same(store: Store, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "f.zip", fashion_files(100))
    _kill_after_first_piece(store, path)
    assert store.catalog_names() == []
    resumed = fashion(store, path)
    assert resumed.n_reused >= 5
    whole = import_catalog(Store(tmp_path / "other"), "fashion-small", name="f", path=path, command="c").catalog
    assert resumed.catalog.manifest.files == whole.manifest.files


def test_two_imports_at_once_take_turns(store: Store, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "f.zip", fashion_files(20))
    code = _KILLED.replace("time.sleep(0.05)", "pass")
    start = [sys.executable, "-c", code, str(store.root), str(path)]
    processes = [subprocess.Popen(start, cwd=ROOT) for _ in range(2)]
    assert [process.wait(timeout=120) for process in processes] == [0, 0]
    verify(store.catalog_folder("f"), load_catalog(store, "f").manifest)


def test_the_sample_keeps_its_own_pictures(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog, drawn = _sample(store, monkeypatch)
    assert catalog.synthetic
    assert drawn == [3]
    assert catalog.manifest.parameters["pictures"] == {"kind": "inside", "path": "images"}
    assert catalog.read_picture("s1") == jpeg(1)
    assert catalog.frame["defect"].fillna("-").tolist() == ["-", "blur", "-"]
    assert catalog.frame["price"].dtype == "float64"
    assert import_catalog(store, "sample", name="s", command="c", seed=3).n_reused == 3
    folder = catalog.folder
    moved = folder.rename(folder.with_name("t"))
    manifest = json.loads((moved / "manifest.json").read_text())
    (moved / "manifest.json").write_text(json.dumps(manifest | {"id": "t"}))
    assert load_catalog(store, "t").read_picture("s1") == jpeg(1)


def _sample(store: Store, monkeypatch: pytest.MonkeyPatch) -> tuple[Catalog, list[int]]:
    """Import a sample of three pictures."""
    from lib.catalog import sample

    drawn = []
    columns = {"product_id": ["s0", "s1", "s2"], "group_id": ["s0", "s1", "s1"], "image": ["0.jpg", "1.jpg", "2.jpg"]}
    columns |= {"title": ["a", "b", "c"], "defect": ["", "blur", ""], "price": [1, 2, 3], "year": [2020, 2021, 2022]}
    columns |= {level: ["x", "y", "z"] for level in ("masterCategory", "subCategory", "articleType")}

    def draw(folder: Path, *, seed: int, limit: int | None, report: object) -> pd.DataFrame:
        write_folder(folder, {f"{i}.jpg": jpeg(i) for i in range(3)})
        drawn.append(seed)
        return pd.DataFrame(columns)

    monkeypatch.setattr(sample, "draw_sample", draw)
    return import_catalog(store, "sample", name="s", command="c", seed=3).catalog, drawn


@pytest.mark.parametrize("file", ["catalog.parquet", "pictures.parquet", "skipped.parquet"])
@pytest.mark.parametrize("how", ["cut", "gone", "other"])
def test_damaged_tables_are_refused_by_name(store: Store, tmp_path: Path, file: str, how: str) -> None:
    folder = fashion(store, write_zip(tmp_path / "f.zip", fashion_files(3))).catalog.folder
    data = (folder / file).read_bytes()
    if how == "gone":
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(data[:-9] if how == "cut" else bytes(len(data)))
    with pytest.raises(InvalidArtifact, match=file.replace(".", r"\.")) as caught:
        load_catalog(store, "f")
    assert "python -m lib import f" in caught.value.hint


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text[:40],
        lambda text: "[]",
        lambda text: text.replace('"schema_version": 1', '"schema_version": 99'),
        lambda text: text.replace('"label"', '"lable"'),
        lambda text: text.replace('"kind": "catalog"', '"kind": "embedding"'),
    ],
)
def test_a_damaged_manifest_is_refused(store: Store, tmp_path: Path, edit: Any) -> None:
    path = write_zip(tmp_path / "f.zip", fashion_files(3))
    manifest = fashion(store, path).catalog.folder / "manifest.json"
    manifest.write_text(edit(manifest.read_text()))
    with pytest.raises(InvalidArtifact):
        load_catalog(store, "f")
    assert fashion(store, path).catalog.manifest.n == 3


def test_the_same_import_has_the_same_files_wherever_it_runs(store: Store, tmp_path: Path) -> None:
    rows = style("2", "Shirt, long") + style("1", year="NA")
    files = {"styles.csv": (STYLES_HEADER + rows).encode(), "images/1.jpg": jpeg(1), "images/2.jpg": jpeg(2)}
    path = write_zip(tmp_path / "f.zip", files)
    first = fashion(store, path).catalog.manifest
    other = import_catalog(Store(tmp_path / "o"), "fashion-small", name="f", path=path, command="c").catalog.manifest
    assert first.files == other.files
    assert first.details["n_mended"] == 1
    assert read_manifest(tmp_path / "o" / "f") == other
    assert os.listdir(tmp_path / "o" / "f" / ".partial") == []
