"""Stored vectors: what a byte holds, worked out in NumPy, and what cannot be stored."""

import sys

import numpy as np
import pytest

from lib.errors import SearchError
from lib.retrieval import storage
from lib.retrieval.storage import learn_codec


@pytest.fixture
def vectors() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(400, 12)).astype(np.float32) * np.arange(1, 13, dtype=np.float32)


def test_float16_is_numpys(vectors: np.ndarray) -> None:
    codec = learn_codec(vectors, storage="float16", metric="cosine")
    assert codec.stored(vectors).tolist() == vectors.astype(np.float16).astype(np.float32).tolist()
    assert (codec.n_bytes, codec.n_bytes_shared) == (24, 0)


def test_int8_is_256_even_steps_in_each_dimension(vectors: np.ndarray) -> None:
    vectors[:, 3] = 7.0
    codec = learn_codec(vectors, storage="int8", metric="cosine")
    low, high = vectors.min(axis=0), vectors.max(axis=0)
    found, step = codec.stored(vectors), (high - low) / 255
    assert (np.abs(found - vectors) <= step * 0.51 + 1e-6).all()
    assert (found[:, 3] == 7).all()
    places = (found - low)[:, np.arange(12) != 3] / step[np.arange(12) != 3] - 0.5
    assert places == pytest.approx(places.round(), abs=0.01)
    assert (places.round().min(), places.round().max()) == (0, 255)
    assert (codec.n_bytes, codec.n_bytes_shared) == (12, 2 * 12 * 4)


def test_each_part_becomes_the_nearest_of_its_256_means(vectors: np.ndarray) -> None:
    codec = learn_codec(vectors, storage="pq", pq=4, metric="cosine")
    codes, found = codec.encode(vectors), codec.stored(vectors)
    for part in range(4):
        cut = slice(3 * part, 3 * part + 3)
        means = np.zeros((256, 3), np.float32)
        means[codes[:, part]] = found[:, cut]
        known = np.unique(codes[:, part])
        apart = np.linalg.norm(vectors[:, None, cut] - means[None, known], axis=2)
        assert np.linalg.norm(vectors[:, cut] - found[:, cut], axis=1) == pytest.approx(apart.min(axis=1), abs=1e-4)
    assert (codec.n_bytes, codec.n_bytes_shared) == (4, 256 * 12 * 4)


def test_more_bytes_are_nearer_to_the_truth(vectors: np.ndarray) -> None:
    wanted = [{"storage": "pq", "pq": n} for n in (1, 3)] + [{"storage": "int8"}, {"storage": "float16"}]
    errors = [np.abs(learn_codec(vectors, **each, metric="cosine").stored(vectors) - vectors).mean() for each in wanted]
    assert errors == sorted(errors, reverse=True)


def test_the_same_seed_gives_the_same_codes_and_blocks_change_nothing(
    vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, again = (learn_codec(vectors, storage="pq", pq=6, metric="euclidean", seed=5) for _ in range(2))
    assert first.encode(vectors).tolist() == again.encode(vectors).tolist()
    whole = first.stored(vectors)
    monkeypatch.setattr(storage, "_BLOCK_ROWS", 37)
    assert again.stored(vectors).tolist() == whole.tolist()


def test_nothing_is_printed_while_few_vectors_are_learnt_from(
    vectors: np.ndarray, capfd: pytest.CaptureFixture[str]
) -> None:
    learn_codec(vectors[:300], storage="pq", pq=2, metric="cosine")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"storage": "pq", "pq": 5}, "pq=5 does not divide 12 dimensions into equal parts. 1, 2, 3, 4, 6, 12 do"),
        ({"storage": "pq", "pq": 24}, "does not divide 12"),
        ({"storage": "pq"}, "pq=0 does not divide 12"),
        ({"storage": "int4"}, "Expected storage to be one of"),
    ],
)
def test_what_there_is_not(vectors: np.ndarray, options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        learn_codec(vectors, **options, metric="cosine")


def test_too_few_vectors_and_too_large_numbers(vectors: np.ndarray) -> None:
    with pytest.raises(SearchError, match="learns 256 values a byte, and the gallery has 255 vectors only"):
        learn_codec(vectors[:255], storage="pq", pq=4, metric="cosine")
    with pytest.raises(SearchError, match="float16 holds numbers up to 65,504"):
        learn_codec(vectors * 1e5, storage="float16", metric="cosine")


def test_without_faiss_it_says_so(vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(SearchError, match="FAISS is not installed"):
        learn_codec(vectors, storage="int8", metric="cosine")
