"""Words that a descriptor learns: kept with the embedding, the same for its queries, learnt once if it is killed."""

import dataclasses
import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lib.artifacts import Store
from lib.catalog import Catalog, load_catalog
from lib.cli import main
from lib.embedding import artifact, extract, is_stale
from lib.embedding.disturbed import embed_disturbed
from lib.embedding.embedder import open_catalog_embedder, open_embedder
from lib.embedding.extract import embed_catalog
from lib.embedding.lesson import lesson, lesson_sha256
from lib.embedding.request import EmbeddingRequest
from lib.errors import CatalogError, InvalidArtifact, ModelError
from lib.images.disturb import Disturbance
from lib.publish import write_manifest
from lib.shards import Shards
from tests.embedding.test_embedder import check_no_skew, varied
from tests.factories import make_catalog

REQUEST = EmbeddingRequest("orb", fit="pad-white")
ROOT = Path(__file__).resolve().parents[2]

#: Embeds in parts of 16 and kills itself when so many pictures are embedded.
CHILD = """
import os, signal, sys
from pathlib import Path
from lib.artifacts import Store
from lib.embedding import extract
from lib.embedding.request import EmbeddingRequest
extract.PART_ROWS = 16
def report(done, total, n_reused):
    if total == 40 and done >= 32:
        os.kill(os.getpid(), signal.SIGKILL)
request = EmbeddingRequest("orb", fit="pad-white")
extract.embed_catalog(Store(Path(sys.argv[1])), "tiny", request, command="x", report=report)
"""


def resplit(store: Store, catalog: Catalog, splits: str | list[str]) -> Catalog:
    """Give the pictures of a catalogue other splits."""
    catalog.frame.assign(split=splits).to_parquet(catalog.folder / "catalog.parquet", index=False)
    write_manifest(catalog.folder, catalog.manifest)
    return load_catalog(store, catalog.name)


def test_catalogue_and_query_count_the_same_words(store: Store):
    catalog = varied(store, make_catalog(store, n=24))
    embedding = check_no_skew(store, catalog, REQUEST)
    folder = artifact.embedding_folder(store, "tiny", embedding.id)
    words = np.load(folder / artifact.WORDS, allow_pickle=False)
    assert words.dtype == np.uint8
    assert artifact.WORDS in embedding.manifest.files
    assert embedding.manifest.inputs["lesson_sha256"] == lesson_sha256(lesson(catalog, n_pictures=2000, seed=0))
    assert embedding.id == REQUEST.id(catalog)
    assert embedding.manifest.has_own_id
    nothing = Disturbance("nothing", "Nothing", "", lambda image: image)
    again = embed_disturbed(store, catalog, embedding.manifest, embedding.ids, nothing)
    np.testing.assert_array_equal(again, embedding.embeddings)


def test_the_id_follows_from_what_is_learnt_from(store: Store):
    catalog = make_catalog(store, n=24)
    ids = {REQUEST.id(catalog), REQUEST.id(catalog, seed=1)}
    ids.add(REQUEST.id(resplit(store, catalog, "train")))
    assert len(ids) == 3
    other = EmbeddingRequest("color_hog")
    assert other.id(catalog) == other.id(catalog, seed=1) == other.id(resplit(store, catalog, "train"))
    assert "lesson_sha256" not in other.inputs(catalog, other.find_weights())


def test_a_lesson_is_of_the_train_split_seeded_and_blind_to_order(store: Store):
    catalog = make_catalog(store, n=24)
    train = sorted(catalog.ids[catalog.frame["split"] == "train"])
    assert lesson(catalog, n_pictures=100, seed=0) == train
    few = lesson(catalog, n_pictures=5, seed=0)
    assert len(set(few)) == 5
    assert set(few) < set(train)
    assert few == sorted(few) != lesson(catalog, n_pictures=5, seed=1)
    turned = dataclasses.replace(catalog, frame=catalog.frame[::-1].reset_index(drop=True))
    assert lesson(turned, n_pictures=5, seed=0) == few


def test_other_splits_make_it_stale_where_it_learnt_from_them(store: Store):
    catalog = varied(store, make_catalog(store, n=24))
    learnt = embed_catalog(store, "tiny", REQUEST, command="x", seed=3).embedding.manifest
    plain = embed_catalog(store, "tiny", EmbeddingRequest("color_hog"), command="x").embedding.manifest
    assert not is_stale(learnt, catalog)
    turned = resplit(store, catalog, catalog.frame["split"].replace({"val": "train", "train": "val"}).tolist())
    assert is_stale(learnt, turned)
    assert not is_stale(plain, turned)
    assert is_stale(learnt, resplit(store, catalog, "test"))
    known = resplit(store, catalog, catalog.frame["split"].tolist())
    assert not is_stale(learnt, known)


def test_the_list_says_that_it_is_stale(store: Store, capsys: pytest.CaptureFixture[str]):
    catalog = varied(store, make_catalog(store, n=24))
    embed_catalog(store, "tiny", REQUEST, command="x")
    assert main(["list", "tiny", "--json"]) == 0
    assert not json.loads(capsys.readouterr().out)["results"][0]["stale"]
    resplit(store, catalog, "train")
    main(["list", "tiny", "--json"])
    assert json.loads(capsys.readouterr().out)["results"][0]["stale"]


def test_a_catalogue_with_nothing_to_learn_from_is_said(store: Store):
    catalog = resplit(store, make_catalog(store, n=4), "test")
    with pytest.raises(CatalogError, match="'tiny' has no picture in its train split"):
        REQUEST.id(catalog)
    with pytest.raises(CatalogError, match="train split"):
        embed_catalog(store, "tiny", REQUEST, command="x")


def test_pictures_that_cannot_be_read_teach_nothing(store: Store):
    catalog = make_catalog(store, n=12)
    (catalog.folder / "images" / "p001.png").write_bytes(b"no picture")
    assert embed_catalog(store, "tiny", REQUEST, command="x").embedding.manifest.n == 11


def test_progress_counts_learning_first(store: Store):
    catalog = make_catalog(store, n=24)
    n_train = int((catalog.frame["split"] == "train").sum())
    seen: list[tuple[int, int, int]] = []
    embed_catalog(store, "tiny", REQUEST, command="x", report=lambda *counts: seen.append(counts))
    assert seen[0] == (n_train, n_train, 0)
    assert seen[1] == (0, 24, 0)
    assert seen[-1] == (24, 24, 0)


def test_a_killed_run_keeps_its_words(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    make_catalog(store, n=40)
    killed = subprocess.run([sys.executable, "-c", CHILD, str(store.root)], cwd=ROOT, capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    monkeypatch.setattr(extract, "PART_ROWS", 16)
    with monkeypatch.context() as patched:
        patched.setattr("lib.embedding.words.read_batches", lambda *_: pytest.fail("the words are there"))
        resumed = embed_catalog(store, "tiny", REQUEST, command="x")
    assert resumed.n_reused == 32
    other = Store(tmp_path / "other")
    make_catalog(other, n=40)
    whole = embed_catalog(other, "tiny", REQUEST, command="x").embedding
    np.testing.assert_array_equal(resumed.embedding.embeddings, whole.embeddings)
    assert resumed.embedding.id == whole.id
    assert not list(store.catalog_folder("tiny").glob(".partial/*"))


def test_pieces_whose_words_are_lost_are_made_again(store: Store, monkeypatch: pytest.MonkeyPatch):
    make_catalog(store, n=40)
    subprocess.run([sys.executable, "-c", CHILD, str(store.root)], cwd=ROOT, capture_output=True)
    (partial,) = store.catalog_folder("tiny").glob(".partial/*")
    assert Shards(partial).finished()
    Shards(partial / "words").path(0).write_bytes(b"damaged")
    monkeypatch.setattr(extract, "PART_ROWS", 16)
    assert embed_catalog(store, "tiny", REQUEST, command="x").n_reused == 0


def test_without_its_words_a_model_takes_no_query(store: Store):
    make_catalog(store, n=12)
    embedding = embed_catalog(store, "tiny", REQUEST, command="python -m lib embed tiny").embedding
    path = artifact.embedding_folder(store, "tiny", embedding.id) / artifact.WORDS
    words = np.load(path)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(InvalidArtifact, match="damaged"):
        open_embedder(store, embedding.manifest)
    path.unlink()
    with pytest.raises(InvalidArtifact, match="missing"):
        open_embedder(store, embedding.manifest)
    with pytest.raises(ModelError, match="before it had learnt"):
        open_catalog_embedder(store.root, REQUEST, REQUEST.find_weights()).embed(
            [load_catalog(store, "tiny").read_picture("p001")]
        )
    made = embed_catalog(store, "tiny", REQUEST, command="python -m lib embed tiny").embedding
    assert made.id == embedding.id
    np.testing.assert_array_equal(np.load(path), words)
