"""Hostile and broken files: each is one clear line, and nothing in them is run."""

import contextlib
import io
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from lib.embedding import transfer_read
from lib.embedding.transfer import import_embedding
from lib.errors import InvalidArtifact
from tests.factories import make_catalog

IDS = np.array(["p000", "p001"])
GOOD = np.array([[1, 2], [3, 4]], np.float32)


@pytest.fixture
def refused(store, tmp_path):
    """Import a file and return the line that refuses it."""
    catalog = make_catalog(store)

    def line(path) -> str:
        with pytest.raises(InvalidArtifact) as caught:
            import_embedding(store, catalog.name, path, command="")
        assert "\n" not in str(caught.value)
        assert str(path) in caught.value.message
        assert caught.value.hint
        assert len(caught.value.message) < 700
        return caught.value.message

    return line


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"ids": IDS}, "no array 'embeddings'"),
        ({"embeddings": GOOD}, "no array 'ids'"),
        ({"ids": IDS[:1], "embeddings": GOOD}, "1 ids for 2 vectors"),
        ({"ids": IDS, "embeddings": GOOD[0]}, "shape (2,), not numbers (n, dim)"),
        ({"ids": IDS, "embeddings": GOOD[:, :0]}, "shape (2, 0)"),
        ({"ids": IDS, "embeddings": GOOD.astype(str)}, "not numbers"),
        ({"ids": IDS, "embeddings": GOOD.astype(complex)}, "not numbers"),
        ({"ids": IDS[:, None], "embeddings": GOOD}, "not text (n,)"),
        ({"ids": GOOD[0], "embeddings": GOOD}, "not text (n,)"),
        ({"ids": IDS, "embeddings": np.asfortranarray(GOOD)}, "column by column"),
        ({"ids": IDS.astype(object), "embeddings": GOOD}, "`ids`|'ids' holds Python objects"),
        ({"ids": IDS, "embeddings": GOOD.astype(object)}, "'embeddings' holds Python objects"),
        ({"ids": IDS, "embeddings": GOOD * np.nan}, "'p000' holds NaN"),
        ({"ids": IDS, "embeddings": GOOD * np.array([[1.0], [np.inf]])}, "'p001' holds NaN, infinity"),
        ({"ids": IDS, "embeddings": GOOD.astype(float) * 1e200}, "beyond float32"),
        ({"ids": np.array(["p000", "p000"]), "embeddings": GOOD}, "'p000' has more than one vector"),
        ({"ids": np.array(["p000", ""]), "embeddings": GOOD}, "a vector has no id"),
        ({"ids": np.array(["x", "y"]), "embeddings": GOOD}, "none of its 2 ids, such as 'x', is in the catalogue"),
        ({"ids": IDS[:0], "embeddings": GOOD[:0]}, "none of its 0 ids is in the catalogue"),
    ],
)
def test_npz_that_is_not_what_it_should_be(refused, tmp_path, arrays, message):
    np.savez(tmp_path / "a.npz", **arrays)
    assert any(part in refused(tmp_path / "a.npz") for part in message.split("|"))


def write_members(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return path


def header(shape, kind="<f4") -> bytes:
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    padded = text + b" " * (63 - (len(text) + 10) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded


def test_npz_that_claims_more_than_it_holds(refused, tmp_path):
    ids = header((2,), "<U4") + IDS.tobytes()
    path = write_members(tmp_path / "a.npz", ids=ids, embeddings=header((2, 60_000)) + GOOD.tobytes())
    assert "not as long as it says" in refused(path)
    path = write_members(tmp_path / "b.npz", ids=header((10**12,), "<U4"), embeddings=b"")
    assert "`ids` is not as long as it says" in refused(path)
    path = write_members(tmp_path / "c.npz", ids=header((10**12,), "<U0"), embeddings=b"")
    assert "not text" in refused(path)
    path = write_members(tmp_path / "d.npz", ids=ids, embeddings=b"\x93NUMPY\x03\x00junk")
    assert "unknown array version (3, 0)" in refused(path)
    path = write_members(tmp_path / "e.npz", ids=ids, embeddings=header("__import__('os').system('true')"))
    assert "not a whole npz" in refused(path)


def raw_header(text) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize(
    "text",
    [
        b"((((",
        b'"""',
        b"{'descr': ',,,', 'fortran_order': False, 'shape': (2,)}",
        b"{'descr': (), 'fortran_order': False, 'shape': (2,)}",
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (2L,)}",
        b"{1: 2, 'a': 3}",
        b"{[]: 2}",
        b"  1\n 2",
        b"(" * 9_000,
        b"-" * 9_000 + b"1",
        b"\x00",
        b"",
    ],
)
def test_npz_with_a_hostile_header(refused, tmp_path, text):
    for ids, vectors in ((raw_header(text), b""), (header((2,), "<U4") + IDS.tobytes(), raw_header(text))):
        path = write_members(tmp_path / "a.npz", ids=ids, embeddings=vectors)
        assert any(part in refused(path) for part in ("not a whole npz", "is not as long as", "of shape"))


@hypothesis.given(st.text("(){}[]'\",:LdescrUf4<>|0123 \n#\\-FalseTrue").map(str.encode))
def test_no_header_ends_in_a_traceback(text):
    path = Path("a.npz")
    with contextlib.suppress(InvalidArtifact, ValueError):
        transfer_read._npz_header(path, io.BytesIO(raw_header(text)), "ids")
    descr = b"{'descr': %b, 'fortran_order': False, 'shape': (2,)}" % text
    with contextlib.suppress(InvalidArtifact, ValueError):
        transfer_read._npz_header(path, io.BytesIO(raw_header(descr)), "ids")


def test_npz_bomb_is_refused_before_it_is_unpacked(refused, tmp_path, monkeypatch):
    monkeypatch.setattr(transfer_read, "_HARMLESS_BYTES", 10_000)
    shape = (2, 50_000)
    path = write_members(
        tmp_path / "a.npz", ids=header((2,), "<U4") + IDS.tobytes(), embeddings=header(shape) + bytes(400_000)
    )
    assert "'embeddings' would unpack to 400," in refused(path)


def test_npz_that_is_cut_or_changed(refused, tmp_path):
    np.savez(tmp_path / "a.npz", ids=IDS, embeddings=np.ones((2, 5_000), np.float32))
    data = (tmp_path / "a.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(data[:-3_000])
    assert "not a whole npz" in refused(tmp_path / "cut.npz")
    (tmp_path / "changed.npz").write_bytes(data[:5_000] + b"\xff" + data[5_001:])
    assert "not a whole npz" in refused(tmp_path / "changed.npz")


def database(path, *statements, rows=()):
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        if rows:
            connection.executemany("INSERT INTO image_features VALUES (?, ?)", rows)
        connection.commit()
    return path


TABLE = "CREATE TABLE image_features (image_name, features)"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("p000", "1,2"), ("p001", "1,2,3")], "features have 2, 3 numbers"),
        ([("p000", "1,two")], "'p000' (text) are neither"),
        ([("p000", "")], "neither numbers"),
        ([("p000", "[" * 100_000)], "neither numbers"),
        ([("p000", b"")], "features have 0 numbers"),
        ([("p000", b"12345")], "(bytes) are neither"),
        ([("p000", None)], "(NoneType) are neither"),
        ([("p000", 3)], "(int) are neither"),
        ([("p000", "1,nan")], "'p000' holds NaN"),
        ([("p000", "1,1e99")], "beyond float32"),
        ([(None, "1,2")], "a vector has no id"),
        ([("p000", "1,2"), ("p000.png", "1,2")], "'p000.png' has more than one vector"),
        ([], "none of its 0 ids"),
    ],
)
def test_features_that_are_no_vectors(refused, tmp_path, rows, message):
    assert message in refused(database(tmp_path / "f.db", TABLE, rows=rows))


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE other (a)"],
        ["CREATE TABLE image_features (image_name, vector)"],
        ["CREATE VIEW image_features AS SELECT 'p000' AS image_name, '1,2' AS features"],
        ["CREATE TABLE image_features (image_name, features AS ('1,2'))"],
    ],
)
def test_a_database_without_the_plain_table(refused, tmp_path, statements):
    assert "no table image_features(image_name, features)" in refused(database(tmp_path / "f.db", *statements))


def test_a_cell_too_large_to_read(refused, tmp_path, monkeypatch):
    monkeypatch.setattr(transfer_read, "_MAX_CELL", 2_000)
    path = database(tmp_path / "f.db", TABLE, rows=[("p000", "1," * 3_000 + "1")])
    assert "not a feature database (string or blob too big)" in refused(path)


def test_a_database_is_opened_read_only_and_left_as_it_was(refused, tmp_path):
    path = database(tmp_path / "a?mode=rwc#b%20.db", TABLE)
    before = path.read_bytes()
    refused(path)
    assert path.read_bytes() == before
    assert sorted(child.name for child in tmp_path.iterdir()) == [path.name, "artifacts"]


def test_what_only_begins_like_a_database(refused, tmp_path):
    (tmp_path / "f.db").write_bytes(b"SQLite format 3\0" + b"x" * 5_000)
    assert "not a feature database" in refused(tmp_path / "f.db")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        ("product_id\np000\n", "its first line has 1 columns"),
        ("product_id;a;b\np000;1;2\n", "its first line has 1 columns"),
        ("p000,0.5,1.5\np001,2.5,0.25\n", "its first line is data"),
        ("p000,3,1\np001,2,5\n", "its first line is data"),
        ("p000,0,1\np001,2,5\n", "its first line is data"),
        ("p000,7\np001,2\n", "its first line is data"),
        ("p000,7,\np001,2,1\n", "its first line is data"),
        ("product_id,3,1\np001,2,5\n", "its first line is data"),
        ("product_id,a,b\n", "not a table of numbers|none of its 0 ids"),
        ("product_id,a,b\np000,1,two\n", "not a table of numbers"),
        ("product_id,a,b\np000,1,\n", "not a table of numbers"),
        ("product_id,a,b\np000,1\n", "not a table of numbers"),
        ("product_id,a,b\np000,1,2,3\n", "not a table of numbers"),
        ("product_id,a,b\np000,1,nan\n", "'p000' holds NaN"),
        ("product_id,a,b\np000,1,1e99\n", "holds NaN, infinity|not a table"),
        ("product_id,a,b\np000,1,2\np000,1,2\n", "'p000' has more than one vector"),
        ("product_id,a,b\n,1,2\n", "a vector has no id"),
        ("product_id,a,b\nx,1,2\n", "none of its 1 ids, such as 'x', is"),
    ],
)
def test_a_table_that_is_not_what_it_should_be(refused, tmp_path, text, message):
    (tmp_path / "v.csv").write_text(text)
    line = refused(tmp_path / "v.csv")
    assert any(part in line for part in message.split("|"))


def test_a_file_of_no_known_kind(refused, tmp_path):
    (tmp_path / "v").write_bytes(bytes(range(128, 256)) * 100)
    assert "neither npz, SQLite nor CSV" in refused(tmp_path / "v")


@pytest.mark.parametrize("names", [b"id,0,1", b",0,1", b"Product_ID,1,2", b"x,a,b"])
def test_a_table_as_a_spreadsheet_saves_it(store, tmp_path, names):
    catalog = make_catalog(store)
    (tmp_path / "v.csv").write_bytes(b"\xef\xbb\xbf" + names + b'\r\np001,1,2.5\r\n"p000",-3,4e-1\r\n')
    back = import_embedding(store, catalog.name, tmp_path / "v.csv", command="")
    assert back.ids.tolist() == ["p000", "p001"]
    np.testing.assert_array_equal(back.embeddings, np.array([[-3, 0.4], [1, 2.5]], np.float32))


def test_numbers_as_ids_are_text_and_kinds_of_numbers_are_taken(store, tmp_path):
    catalog = make_catalog(store)
    for kind in ("<f2", ">f8", "<i4", "<u1"):
        np.savez(tmp_path / "a.npz", ids=IDS, embeddings=GOOD.astype(kind))
        back = import_embedding(store, catalog.name, tmp_path / "a.npz", command="")
        np.testing.assert_array_equal(back.embeddings, GOOD)
    np.savez_compressed(tmp_path / "n.npz", ids=np.array([7, 8]), embeddings=GOOD)
    assert [ids for ids, _ in transfer_read.read_npz(tmp_path / "n.npz")] == [["7", "8"]]
