import contextlib
import csv
import json
import os
import resource
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import MANIFEST
from lib.embedding import transfer, transfer_write
from lib.embedding.artifact import SKIPPED, embedding_folder
from lib.embedding.transfer import FORMATS, export_embedding, import_embedding
from lib.errors import ArtifactError, InvalidArtifact, MissingArtifact, SearchError
from lib.retrieval.search import Gallery, Query, search
from tests.factories import make_catalog, make_embedding

SOME = np.array([[0.1, -2.5e-8, 3.4e38], [1 / 3, 0.0, -1e-45]], np.float32)


@pytest.fixture
def catalog(store):
    return make_catalog(store)


@pytest.fixture
def embedding(store, catalog):
    return make_embedding(store, catalog)


def feature_database(path, rows):
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE image_features (image_name, features)")
        database.executemany("INSERT INTO image_features VALUES (?, ?)", rows)
        database.commit()
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_there_and_back(store, catalog, embedding, tmp_path, name):
    out = tmp_path / "vectors"
    assert export_embedding(store, catalog.name, "toy", format=name, out=out).id == embedding.id
    back = import_embedding(store, catalog.name, out, command="again")
    assert back.ids.tolist() == embedding.ids.tolist()
    np.testing.assert_array_equal(back.embeddings, embedding.embeddings)
    assert back.manifest.command == "again"
    assert back.manifest.details["backbone"] == "imported"
    assert (back.manifest.n_in, back.manifest.n, back.manifest.n_skipped) == (24, 24, 0)
    assert back.manifest.synthetic is catalog.synthetic


@pytest.mark.parametrize("name", FORMATS)
def test_numbers_and_ids_come_back_to_the_last_bit(store, tmp_path, name, monkeypatch):
    catalog = make_catalog(store, n=2)
    ids = np.array(["=cmd()|'x'", 'a,"b"\nc é'])
    catalog.frame["product_id"] = ids
    monkeypatch.setattr(transfer, "load_catalog", lambda *_: catalog)
    FORMATS[name].write(tmp_path / "file", ids, SOME)
    back = import_embedding(store, catalog.name, tmp_path / "file", command="")
    assert back.ids.tolist() == ids.tolist()
    np.testing.assert_array_equal(back.embeddings, SOME)


def test_npz_holds_ids_and_embeddings(store, catalog, embedding, tmp_path):
    export_embedding(store, catalog.name, embedding.id, format="npz", out=tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as arrays:
        assert sorted(arrays) == ["embeddings", "ids"]
        assert arrays["ids"].tolist() == catalog.ids.tolist()
        assert arrays["embeddings"].dtype == np.float32


def test_sqlite_is_the_feature_database_of_the_thesis(store, catalog, embedding, tmp_path):
    export_embedding(store, catalog.name, embedding.id, format="sqlite", out=tmp_path / "a.db")
    with closing(sqlite3.connect(tmp_path / "a.db")) as database:
        rows = dict(database.execute("SELECT image_name, features FROM image_features"))
    assert list(rows) == catalog.ids.tolist()
    assert [np.float32(number) for number in rows["p003"].split(",")] == embedding.embeddings[3].tolist()


def test_csv_runs_nothing_in_a_spreadsheet(tmp_path):
    FORMATS["csv"].write(tmp_path / "a.csv", np.array(["=1+1", "-2", "p"]), np.eye(3, 2, dtype=np.float32))
    with (tmp_path / "a.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["product_id", "d0", "d1"]
    assert [row[0] for row in rows[1:]] == ["'=1+1", "'-2", "p"]


@pytest.mark.parametrize(
    "as_cell", [lambda v: ",".join(map(str, v.tolist())), lambda v: json.dumps(v.tolist()), lambda v: v.tobytes()]
)
def test_a_feature_database_by_others(store, catalog, embedding, tmp_path, as_cell):
    """Their image names are file names, and their features text or bytes."""
    rows = [(f"p{i:03d}.png", as_cell(vector)) for i, vector in enumerate(embedding.embeddings)]
    back = import_embedding(store, catalog.name, feature_database(tmp_path / "f.db", rows), command="")
    assert back.ids.tolist() == embedding.ids.tolist()
    np.testing.assert_array_equal(back.embeddings, embedding.embeddings)


def test_a_file_name_that_two_pictures_share_names_neither(store, catalog, tmp_path):
    catalog.frame.loc[0, "image"], catalog.frame.loc[1, "image"] = "a/x.png", "b/x.png"
    catalog.frame.to_parquet(catalog.folder / "catalog.parquet", index=False)
    names = transfer._rows_by_id(catalog, FORMATS["sqlite"])
    assert "x.png" not in names
    assert "x" not in names
    assert (names["a/x.png"], names["b/x.png"], names["p002.png"], names["p003"]) == (0, 1, 2, 3)


def test_what_is_missing_on_either_side_is_counted_and_listed(store, catalog, tmp_path):
    ids = np.array(["p005", "gone", "p001", "also gone"])
    np.savez(tmp_path / "a.npz", ids=ids, embeddings=np.arange(8.0).reshape(4, 2))
    back = import_embedding(store, catalog.name, tmp_path / "a.npz", command="")
    assert back.ids.tolist() == ["p001", "p005"]
    assert back.embeddings.tolist() == [[4.0, 5.0], [0.0, 1.0]]
    assert back.manifest.skipped == {"no vector in the file": 22, "not in the catalogue": 2}
    listed = pd.read_parquet(embedding_folder(store, catalog.name, back.id) / SKIPPED)
    assert listed[listed["reason"] == "not in the catalogue"]["product_id"].tolist() == ["gone", "also gone"]
    assert len(listed) == 24


def test_the_same_file_is_imported_once(store, catalog, tmp_path, monkeypatch):
    np.savez(tmp_path / "a.npz", ids=catalog.ids, embeddings=np.ones((24, 2)))
    first = import_embedding(store, catalog.name, tmp_path / "a.npz", command="")
    monkeypatch.setattr(transfer, "_collect", lambda *_: pytest.fail("read again"))
    second = import_embedding(store, catalog.name, (tmp_path / "a.npz").rename(tmp_path / "b.npz"), command="")
    assert (second.id, second.manifest.created_at) == (first.id, first.manifest.created_at)


def test_other_vectors_are_another_embedding(store, catalog, tmp_path):
    ids = set()
    for value in (1.0, 2.0):
        np.savez(tmp_path / "a.npz", ids=catalog.ids, embeddings=np.full((24, 2), value))
        ids.add(import_embedding(store, catalog.name, tmp_path / "a.npz", command="").id)
    assert len(ids) == 2


def test_an_imported_embedding_can_be_searched_by_product(store, catalog, tmp_path):
    np.savez(tmp_path / "a.npz", ids=catalog.ids, embeddings=np.arange(24.0)[:, None])
    gallery = Gallery(catalog, import_embedding(store, catalog.name, tmp_path / "a.npz", command=""))
    assert search(gallery, Query(product_id="p010"), metric="euclidean", k=2).ids == ["p009", "p011"]


def test_an_imported_embedding_has_no_model_for_uploads(store, catalog, tmp_path):
    from lib.embedding.embedder import open_embedder

    np.savez(tmp_path / "a.npz", ids=catalog.ids, embeddings=np.ones((24, 2)))
    imported = import_embedding(store, catalog.name, tmp_path / "a.npz", command="")
    with pytest.raises(SearchError, match="was imported: there is no model"):
        open_embedder(store, imported.manifest)


def test_export_is_whole_or_not_at_all(store, catalog, embedding, tmp_path, monkeypatch):
    out = tmp_path / "a.npz"
    out.write_bytes(b"before")

    def breaks(path, ids, vectors):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(FORMATS, "npz", transfer.TransferFormat("", b"PK", breaks, FORMATS["npz"].read))
    with pytest.raises(ArtifactError, match=r"The disk is full: .*a\.npz"):
        export_embedding(store, catalog.name, embedding.id, format="npz", out=out)
    assert out.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir() if path.name != "artifacts"] == ["a.npz"]


def test_a_full_disk_while_writing_a_database(tmp_path, monkeypatch):
    class Full:
        def execute(self, *_):
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error

        def close(self):
            pass

    monkeypatch.setattr(sqlite3, "connect", lambda *_: Full())
    with pytest.raises(OSError, match="No space left"):
        FORMATS["sqlite"].write(tmp_path / "x", np.array(["a"]), SOME[:1])


@pytest.mark.parametrize("name", FORMATS)
def test_where_no_file_can_be_written(store, catalog, embedding, tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(ArtifactError, match="is a folder"):
        export_embedding(store, catalog.name, embedding.id, format=name, out=tmp_path / "folder")
    with pytest.raises(ArtifactError, match="There is no folder"):
        export_embedding(store, catalog.name, embedding.id, format=name, out=tmp_path / "no" / "where")
    assert list((tmp_path / "folder").iterdir()) == []


def test_what_is_no_plain_file_is_left_as_it_is(store, catalog, embedding, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    (tmp_path / "target").write_text("mine")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name in ("pipe", "link", "dangling"):
        with pytest.raises(ArtifactError, match=f"{name} is a (link|device or a pipe), not a file"):
            export_embedding(store, catalog.name, embedding.id, format="npz", out=tmp_path / name)
    with pytest.raises(ArtifactError, match="/dev/null is a device"):
        export_embedding(store, catalog.name, embedding.id, format="csv", out=Path("/dev/null"))
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "mine"


@pytest.mark.parametrize("name", FORMATS)
def test_names_that_cannot_be_written(store, catalog, embedding, tmp_path, name):
    longest = tmp_path / ("x" * 255)
    export_embedding(store, catalog.name, embedding.id, format=name, out=longest)
    assert longest.stat().st_size
    with pytest.raises(ArtifactError, match="is too long"):
        export_embedding(store, catalog.name, embedding.id, format=name, out=tmp_path / ("x" * 256))
    with pytest.raises(ArtifactError, match="/proc"):
        export_embedding(store, catalog.name, embedding.id, format=name, out=Path("/proc/x"))


@contextlib.contextmanager
def small_files():
    """No file may be larger than some 2 KB: only here, because the tests' own output may be a file too."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limit[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_that_grows_too_large(tmp_path, name):
    with pytest.raises(ArtifactError, match=r"larger than a file may|The disk fails"), small_files():
        with transfer_write.written_whole(tmp_path / "a") as draft:
            FORMATS[name].write(draft, np.array(["a", "b"]), np.ones((2, 5_000), np.float32))
    assert list(tmp_path.iterdir()) == []


def test_vectors_that_grow_too_large(tmp_path):
    with pytest.raises(OSError, match="File too large"), small_files():
        transfer._save(tmp_path / "a.npy", np.ones((2, 5_000), np.float32))


def test_vectors_are_saved_as_numpy_would(tmp_path):
    for vectors in (SOME, np.empty((0, 3), np.float32)):
        transfer._save(tmp_path / "a.npy", vectors)
        np.save(tmp_path / "b.npy", vectors)
        assert (tmp_path / "a.npy").read_bytes() == (tmp_path / "b.npy").read_bytes()


def test_what_is_not_there(store, catalog, tmp_path):
    with pytest.raises(MissingArtifact, match="has no embedding 'vgg'"):
        export_embedding(store, catalog.name, "vgg", format="npz", out=tmp_path / "a")
    with pytest.raises(ValueError, match="one of"):
        export_embedding(store, catalog.name, "vgg", format="pickle", out=tmp_path / "a")
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "absent", tmp_path, tmp_path / "pipe", Path("/dev/zero"), tmp_path / ("x" * 300)):
        with pytest.raises(InvalidArtifact, match="cannot be read"):
            import_embedding(store, catalog.name, path, command="")


def test_a_failed_import_leaves_nothing(store, catalog, tmp_path):
    np.savez(tmp_path / "a.npz", ids=catalog.ids, embeddings=np.full((24, 2), np.nan))
    with pytest.raises(InvalidArtifact):
        import_embedding(store, catalog.name, tmp_path / "a.npz", command="")
    assert list(store.root.rglob(f"embeddings/**/{MANIFEST}")) == []
