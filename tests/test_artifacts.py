import json
from pathlib import Path

import pytest

from lib.artifacts import MANIFEST, Store, read_manifest, sha256_of, verify
from lib.catalog import load_catalog
from lib.embedding import load_embedding
from lib.errors import CatalogError, InvalidArtifact, MissingArtifact
from lib.schema import artifact_id
from tests.factories import make_catalog, make_embedding, tiny_model

MODEL = tiny_model(6)
REQUEST = ("inputs", "parameters")


@pytest.fixture
def made(store: Store) -> Store:
    """A store with one catalogue and one embedding of it."""
    make_embedding(store, make_catalog(store, n=6))
    return store


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "..",
        ".",
        "",
        "a/b",
        "/etc",
        "a\\b",
        ".hidden",
        "a..b",
        "-x",
        "a b",
        "a\n",
        "x" * 65,
        "published",
        "ä",
        "a\0",
    ],
)
def test_a_name_that_could_lead_elsewhere_is_refused(store: Store, name: str) -> None:
    with pytest.raises(CatalogError, match="cannot be a catalogue's name"):
        store.catalog_folder(name)


@pytest.mark.parametrize("name", ["fashion", "a", "9", "fashion-small_v1.2", "x" * 64])
def test_a_plain_name_is_a_folder_of_the_store(store: Store, name: str) -> None:
    assert store.catalog_folder(name) == store.root / name


@pytest.mark.parametrize("result_id", ["../../x", "..", "", ".tmp", "a/b", "x" * 201, "a\n"])
def test_an_id_that_could_lead_elsewhere_was_never_made(store: Store, result_id: str) -> None:
    with pytest.raises(MissingArtifact, match="has no embedding"):
        store.result_folder("shop", "embedding", result_id)


def test_an_absent_store_has_no_catalogues(store: Store) -> None:
    assert store.catalog_names() == []


def test_only_folders_with_a_manifest_are_catalogues(made: Store) -> None:
    (made.root / "half-made").mkdir()
    (made.root / ".engines").mkdir()
    (made.root / "note.txt").write_text("no catalogue")
    assert made.catalog_names() == ["tiny"]


def test_results_are_listed_oldest_first_and_drafts_are_not(made: Store) -> None:
    other = make_embedding(made, load_catalog(made, "tiny"), embedding_id="toy-8-pad-none-111111")
    folder = made.result_folder("tiny", "embedding", MODEL)
    (folder.parent / ".toy.tmp").mkdir()
    (folder.parent / ".toy.tmp" / MANIFEST).write_text((folder / MANIFEST).read_text())
    rewrite(folder / MANIFEST, created_at="2099-01-01T00:00:00+00:00")
    assert [manifest.id for manifest in made.manifests("tiny", "embedding")] == [other.id, MODEL]
    assert made.manifests("tiny", "run") == []


def test_a_damaged_result_is_reported_and_does_not_hide_the_others(made: Store) -> None:
    broken = make_embedding(made, load_catalog(made, "tiny"), embedding_id="toy-8-pad-none-222222")
    path = made.result_folder("tiny", "embedding", broken.id) / MANIFEST
    path.write_text('{"schema_version": 1, "kind"')
    assert [manifest.id for manifest in made.manifests("tiny", "embedding")] == [MODEL]
    assert [str(path) in str(error) for error in made.damaged("tiny", "embedding")] == [True]


def rewrite(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_text(path.read_text()[:-20]),
        lambda path: path.write_bytes(b"\xff\xfe\x00"),
        lambda path: path.write_text(""),
        lambda path: rewrite(path, schema_version=2),
        lambda path: rewrite(path, n=3),
        lambda path: rewrite(path, surprise=1),
        lambda path: rewrite(path, details=None),
        lambda path: rewrite(path, created_at=None),
        lambda path: rewrite(path, created_at=""),
        lambda path: rewrite(path, files={}),
        lambda path: rewrite(path, files={"embeddings.npy": "0" * 64}),
        lambda path: rewrite(path, details={"dim": "8"}),
        lambda path: rewrite(path, parameters={"variant": "000000", "fit": "resize"}),
        lambda path: rewrite(path, inputs={"catalog": "tiny", "pictures_sha256": "0" * 64}),
        lambda path: rewrite(path, id="toy-8-pad-none-000000"),
        lambda path: rewrite(path, id=artifact_id("other", *(json.loads(path.read_text())[k] for k in REQUEST))),
        lambda path: rewrite(path, kind="run"),
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=[
        "cut short",
        "no text",
        "empty",
        "another version",
        "counts disagree",
        "unknown field",
        "no details",
        "made at null",
        "made at no time",
        "no files",
        "too few files",
        "a detail that is no number",
        "edited parameters",
        "edited inputs",
        "edited id",
        "the id of another folder",
        "another kind",
        "a folder",
    ],
)
def test_a_damaged_manifest_is_named_with_what_mends_it(made: Store, damage: object) -> None:
    folder = made.result_folder("tiny", "embedding", MODEL)
    damage(folder / MANIFEST)
    with pytest.raises(InvalidArtifact) as error:
        load_embedding(made, "tiny", MODEL)
    assert str(folder / MANIFEST) in error.value.message
    assert "python -m lib embed tiny" in error.value.hint
    assert made.manifests("tiny", "embedding") == []
    assert [str(folder / MANIFEST) in str(error) for error in made.damaged("tiny", "embedding")] == [True]


def test_a_catalogue_that_lists_no_files_is_refused(made: Store) -> None:
    rewrite(made.catalog_folder("tiny") / MANIFEST, files={})
    with pytest.raises(InvalidArtifact, match=r"does not list catalog\.parquet"):
        load_catalog(made, "tiny")


def test_a_missing_manifest_is_named_with_what_makes_it(store: Store) -> None:
    with pytest.raises(MissingArtifact) as error:
        read_manifest(store.root / "shop", mend="python -m lib import folder --name shop")
    assert str(store.root / "shop" / MANIFEST) in error.value.message
    assert error.value.hint == "Run: python -m lib import folder --name shop"


def test_a_manifest_that_is_a_folder_is_told_in_one_line(store: Store) -> None:
    (store.root / "shop" / MANIFEST).mkdir(parents=True)
    with pytest.raises(InvalidArtifact, match=r"manifest\.json cannot be read \(Is a directory\)\.") as error:
        read_manifest(store.root / "shop", mend="python -m lib import folder --name shop")
    assert error.value.hint == "Run: python -m lib import folder --name shop"


def test_a_file_where_a_folder_should_be_is_a_missing_artifact(store: Store) -> None:
    store.root.mkdir()
    (store.root / "shop").write_text("")
    with pytest.raises(MissingArtifact):
        read_manifest(store.root / "shop")


def test_an_untouched_artifact_verifies(made: Store) -> None:
    folder = made.result_folder("tiny", "embedding", MODEL)
    verify(folder, read_manifest(folder))


@pytest.mark.parametrize("name", ["embeddings.npy", "ids.parquet", "skipped.parquet"])
def test_one_changed_byte_in_any_file_is_found_and_named(made: Store, name: str) -> None:
    folder = made.result_folder("tiny", "embedding", MODEL)
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(InvalidArtifact) as error:
        load_embedding(made, "tiny", MODEL)
    assert str(folder / name) in error.value.message
    assert "python -m lib embed tiny --backbone toy" in error.value.hint


def test_a_missing_file_is_named_with_what_makes_it(made: Store) -> None:
    path = made.catalog_folder("tiny") / "pictures.parquet"
    path.unlink()
    with pytest.raises(InvalidArtifact) as error:
        load_catalog(made, "tiny")
    assert error.value.message == f"{path} is missing."
    assert error.value.hint.startswith("Run: python -m lib import folder --name tiny")


def test_one_file_can_be_verified_alone(made: Store) -> None:
    folder = made.catalog_folder("tiny")
    (folder / "catalog.parquet").write_bytes(b"")
    verify(folder, read_manifest(folder), only="pictures.parquet")
    with pytest.raises(InvalidArtifact, match=r"catalog\.parquet is damaged"):
        verify(folder, read_manifest(folder), only="catalog.parquet")


def test_the_digest_is_sha256(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    assert sha256_of(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
