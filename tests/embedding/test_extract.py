"""A catalogue is embedded whole, once, and never in vain."""

import errno
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import Store
from lib.embedding import artifact, extract, load_embedding
from lib.embedding.extract import embed_catalog
from lib.embedding.request import EmbeddingRequest
from lib.errors import ArtifactError, CatalogError, MissingArtifact
from lib.publish import disk_errors
from tests.factories import make_catalog, replace_pictures

REQUEST = EmbeddingRequest("color_hog", size=32)
ROOT = Path(__file__).resolve().parents[2]

#: Embeds in another process, in parts of 16; kills itself without warning, or dawdles, when so many are done.
CHILD = """
import json, logging, os, signal, sys, time
from pathlib import Path
from lib.artifacts import Store
from lib.embedding import extract
from lib.embedding.request import EmbeddingRequest
root, kill_at, pause = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
logging.basicConfig()
extract.PART_ROWS = 16
def report(done, total, n_reused):
    time.sleep(pause)
    if kill_at and done >= kill_at:
        os.kill(os.getpid(), signal.SIGKILL)
result = extract.embed_catalog(Store(root), "tiny", EmbeddingRequest("color_hog", size=32), command="x", report=report)
print(json.dumps({"n_reused": result.n_reused, "n": result.embedding.manifest.n}))
"""


def child(store: Store, *, kill_at: int = 0, pause: float = 0.0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(store.root), str(kill_at), str(pause)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_every_picture_gets_a_row_and_the_manifest_says_how(store: Store):
    catalog = make_catalog(store, n=24)
    seen: list[tuple[int, int, int]] = []
    result = embed_catalog(
        store, "tiny", REQUEST, command="python -m lib embed tiny", seed=7, report=lambda *counts: seen.append(counts)
    )
    embedding, manifest = result.embedding, result.embedding.manifest
    assert embedding.ids.tolist() == catalog.ids.tolist()
    assert embedding.embeddings.shape == (24, REQUEST.model.dim)
    assert result.n_reused == 0
    assert embedding.id == manifest.id == REQUEST.id(catalog)
    assert manifest.command == "python -m lib embed tiny"
    assert manifest.seed == 7
    assert manifest.synthetic
    assert set(manifest.inputs) == {"catalog", "pictures_sha256", "weights_sha256"}
    assert manifest.details["dim"] == REQUEST.model.dim
    assert manifest.details["images_per_second"] > 0
    assert {"backbone", "size", "fit", "weights", "precision", "engine", "agreement"} <= set(manifest.details)
    assert set(manifest.timings) == {"decode", "compute", "wall"}
    assert seen[0] == (0, 24, 0)
    assert seen[-1] == (24, 24, 0)
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
    assert not (catalog.folder / ".partial" / embedding.id).exists()


def test_a_second_call_finds_the_first(store: Store, monkeypatch: pytest.MonkeyPatch):
    make_catalog(store, n=24)
    first = embed_catalog(store, "tiny", REQUEST, command="x")
    monkeypatch.setattr(extract, "open_catalog_embedder", lambda *_: pytest.fail("nothing is left to compute"))
    started = time.perf_counter()
    seen: list[tuple[int, int, int]] = []
    second = embed_catalog(store, "tiny", REQUEST, command="x", report=lambda *counts: seen.append(counts))
    assert time.perf_counter() - started < 1
    assert second.n_reused == 24
    assert second.embedding.manifest == first.embedding.manifest
    assert seen == [(24, 24, 24)]


def test_a_killed_run_goes_on_where_it_stopped(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    make_catalog(store, n=70)
    killed = child(store, kill_at=40)
    killed.communicate()
    assert killed.returncode == -9
    with pytest.raises(MissingArtifact):
        load_embedding(store, "tiny", "color_hog")
    resumed = child(store)
    out, err = resumed.communicate()
    assert json.loads(out) == {"n_reused": 48, "n": 70}, err
    monkeypatch.setattr(extract, "PART_ROWS", 16)
    other = Store(tmp_path / "other")
    make_catalog(other, n=70)
    whole = embed_catalog(other, "tiny", REQUEST, command="x").embedding
    found = load_embedding(store, "tiny", "color_hog")
    np.testing.assert_array_equal(found.embeddings, whole.embeddings)
    assert found.ids.tolist() == whole.ids.tolist()
    assert found.id == whole.id


@pytest.mark.parametrize("damage", [lambda data: data[:500], lambda data: data[:-900] + b"x" + data[-899:]])
def test_a_damaged_part_is_computed_again(
    damage: Callable[[bytes], bytes], store: Store, monkeypatch: pytest.MonkeyPatch
):
    make_catalog(store, n=70)
    killed = child(store, kill_at=64)
    killed.communicate()
    parts = sorted(store.catalog_folder("tiny").glob(".partial/*/*.shard"))
    assert len(parts) >= 3
    parts[1].write_bytes(damage(parts[1].read_bytes()))
    monkeypatch.setattr(extract, "PART_ROWS", 16)
    result = embed_catalog(store, "tiny", REQUEST, command="x")
    assert result.n_reused == 16 * (len(parts) - 1)
    assert result.embedding.manifest.n == 70


def test_two_processes_do_the_work_once(store: Store):
    make_catalog(store, n=40)
    both = [child(store, pause=0.15), child(store, pause=0.15)]
    ends = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    assert sorted(json.loads(out)["n_reused"] for out, _ in ends) == [0, 40]
    assert sum("waiting for it" in err for _, err in ends) == 1


def test_pictures_that_cannot_be_read_are_recorded(store: Store):
    catalog = replace_pictures(store, make_catalog(store, n=24), {5: b"no picture"})
    (catalog.folder / "images" / "p003.png").unlink()
    embedding = embed_catalog(store, "tiny", REQUEST, command="x").embedding
    assert embedding.manifest.n_in == 24
    assert embedding.manifest.n == len(embedding.ids) == 22
    assert dict(embedding.manifest.skipped) == {"picture missing": 1, "picture unreadable": 1}
    assert not {"p003", "p005"} & set(embedding.ids)
    skipped = pd.read_parquet(artifact.embedding_folder(store, "tiny", embedding.id) / artifact.SKIPPED)
    assert skipped[["product_id", "reason"]].to_numpy().tolist() == [
        ["p003", "picture missing"],
        ["p005", "picture unreadable"],
    ]
    row = embedding.row_of["p006"]
    alone = embed_catalog(store, "tiny", REQUEST, command="x").embedding
    np.testing.assert_array_equal(alone.embeddings[row], embedding.embeddings[row])


def test_a_picture_that_changed_since_import_gets_no_vector(store: Store):
    catalog = make_catalog(store, n=24)
    path = catalog.folder / "images" / "p004.png"
    imported = path.read_bytes()
    path.write_bytes((catalog.folder / "images" / "p006.png").read_bytes())
    (catalog.folder / "images" / "p007.png").write_bytes(b"no picture any more")
    embedding = embed_catalog(store, "tiny", REQUEST, command="x").embedding
    path.write_bytes(imported)
    assert dict(embedding.manifest.skipped) == {"picture changed since import": 2}
    assert set(catalog.ids) - set(embedding.ids) == {"p004", "p007"}
    skipped = pd.read_parquet(artifact.embedding_folder(store, "tiny", embedding.id) / artifact.SKIPPED)
    assert skipped["product_id"].tolist() == ["p004", "p007"]
    assert all("import the catalogue again" in detail for detail in skipped["detail"])


def test_a_catalogue_without_one_readable_picture_is_an_error(store: Store):
    catalog = make_catalog(store, n=5)
    for path in (catalog.folder / "images").iterdir():
        path.write_bytes(b"no picture")
    with pytest.raises(CatalogError, match="Not one picture"):
        embed_catalog(store, "tiny", REQUEST, command="x")
    assert store.manifests("tiny", "embedding") == []


def test_a_damaged_embedding_is_made_again_by_the_same_command(store: Store, caplog: pytest.LogCaptureFixture):
    make_catalog(store, n=24)
    first = embed_catalog(store, "tiny", REQUEST, command="x").embedding
    expected = np.array(first.embeddings)
    folder = artifact.embedding_folder(store, "tiny", first.id)
    for damaged, content in ((artifact.VECTORS, b"\x93NUMPY rubbish"), ("manifest.json", b"{")):
        (folder / damaged).write_bytes(content)
        with pytest.raises(ArtifactError):
            load_embedding(store, "tiny", first.id)
        result = embed_catalog(store, "tiny", REQUEST, command="x")
        assert "made again" in caplog.text
        np.testing.assert_array_equal(result.embedding.embeddings, expected)


def test_a_full_disk_loses_nothing_that_was_finished(store: Store, monkeypatch: pytest.MonkeyPatch):
    make_catalog(store, n=70)
    monkeypatch.setattr(extract, "PART_ROWS", 16)
    save, saved = extract.Shards.save, []

    def fill(self: object, number: int, data: bytes) -> None:
        if len(saved) == 2:
            with disk_errors(Path("part")):
                raise OSError(errno.ENOSPC, "No space left on device")
        saved.append(number)
        save(self, number, data)

    with monkeypatch.context() as full:
        full.setattr(extract.Shards, "save", fill)
        with pytest.raises(ArtifactError, match="disk is full"):
            embed_catalog(store, "tiny", REQUEST, command="x")
    assert embed_catalog(store, "tiny", REQUEST, command="x").n_reused == 32


def test_a_disk_that_fills_while_publishing_is_one_line_and_leaves_no_draft(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    make_catalog(store, n=24)
    with monkeypatch.context() as full:
        full.setattr(artifact, "VECTORS", "/dev/full")
        with pytest.raises(ArtifactError, match="disk is full"):
            embed_catalog(store, "tiny", REQUEST, command="x")
    assert list((store.catalog_folder("tiny") / "embeddings").iterdir()) == []
    assert embed_catalog(store, "tiny", REQUEST, command="x").n_reused == 24


def test_a_changed_catalogue_gets_an_embedding_of_its_own(store: Store, tmp_path: Path):
    make_catalog(store, n=8)
    first = embed_catalog(store, "tiny", REQUEST, command="x").embedding
    shutil.rmtree(store.catalog_folder("tiny"))
    catalog = make_catalog(store, n=9)
    assert REQUEST.id(catalog) != first.id


def test_a_catalogue_that_is_not_there_says_so(store: Store):
    with pytest.raises(MissingArtifact, match="no catalogue 'nothing'"):
        embed_catalog(store, "nothing", REQUEST, command="x")
