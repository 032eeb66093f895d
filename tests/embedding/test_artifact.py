"""Vectors are written as any program reads them, part by part, and a full disk is an error rather than a signal."""

import errno
from pathlib import Path

import numpy as np
import pytest

from lib.artifacts import Store
from lib.embedding import load_embedding
from lib.embedding.artifact import write_vectors
from lib.errors import MissingArtifact
from tests.factories import make_catalog, make_embedding


def test_vectors_written_in_parts_are_one_array(tmp_path: Path):
    vectors = np.random.default_rng(0).normal(size=(11, 3)).astype(np.float32)
    path = tmp_path / "embeddings.npy"
    write_vectors(path, iter([vectors[:4], vectors[4:4], np.asfortranarray(vectors[4:])]), shape=(11, 3))
    np.save(tmp_path / "whole.npy", vectors)
    assert path.read_bytes() == (tmp_path / "whole.npy").read_bytes()
    assert np.load(path, mmap_mode="r").flags.c_contiguous


def test_parts_that_do_not_add_up_are_refused(tmp_path: Path):
    for parts in ([np.zeros((2, 3), np.float32)], [np.zeros((3, 4), np.float32)]):
        with pytest.raises(ValueError, match="Expected parts of"):
            write_vectors(tmp_path / "embeddings.npy", iter(parts), shape=(3, 3))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_an_error():
    with pytest.raises(OSError) as error:
        write_vectors(Path("/dev/full"), iter([np.zeros((300, 300), np.float32)]), shape=(300, 300))
    assert error.value.errno == errno.ENOSPC


def test_an_empty_id_is_refused_with_the_ids_there_are(store: Store):
    embedding = make_embedding(store, make_catalog(store, n=6))
    with pytest.raises(MissingArtifact) as error:
        load_embedding(store, "tiny", "")
    assert error.value.hint.startswith(f"There are: {embedding.id}. ")


def test_an_id_that_leads_elsewhere_is_refused(store: Store):
    make_embedding(store, make_catalog(store, n=6))
    for wrong in ("../../tiny", "a/b", ".hidden", "x" * 300):
        with pytest.raises(MissingArtifact, match="has no embedding"):
            load_embedding(store, "tiny", wrong)
