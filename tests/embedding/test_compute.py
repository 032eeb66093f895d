"""The stream: in order, bounded, whole batches, and every failure accounted for."""

import dataclasses
import hashlib
import threading
from collections.abc import Iterable, Iterator

import numpy as np
import pytest

from lib.embedding.compute import compute_parts
from lib.embedding.embedder import Embedder
from lib.embedding.engines import Pixels, Vectors
from lib.embedding.reading import CHANGED, MISSING, UNREADABLE, Item, read_batches
from lib.embedding.request import EmbeddingRequest
from lib.errors import CatalogError, ModelError
from lib.images.measure import pixels_sha256
from tests.factories import encoded, picture

REQUEST = EmbeddingRequest("color_hog", size=32)


class MeanColour:
    """An engine whose vectors are known by hand: the mean colour, in the first three of the descriptor's numbers."""

    name = "mean colour"
    batch = 4

    def __init__(self) -> None:
        self.lengths: list[int] = []

    def stream(self, batches: Iterable[Pixels]) -> Iterator[Vectors]:
        for batch in batches:
            self.lengths.append(len(batch))
            vectors = np.zeros((len(batch), REQUEST.model.dim), np.float32)
            vectors[:, :3] = batch.mean(axis=(1, 2))
            yield vectors


class Drawer:
    """Pictures drawn on demand; counts how many were asked for."""

    def __init__(self, *, missing: set[str] = frozenset(), broken: set[str] = frozenset()) -> None:
        self.missing, self.broken = missing, broken
        self.n_read = 0
        self._lock = threading.Lock()

    def read(self, locator: str) -> bytes:
        with self._lock:
            self.n_read += 1
        if locator in self.missing:
            raise CatalogError(f"{locator} is gone.")
        return b"no picture" if locator in self.broken else drawn(locator)

    def names(self) -> list[str]:
        return []

    def describe(self) -> dict[str, str]:
        return {}


def drawn(locator: str, kind: str = "PNG") -> bytes:
    level = int(locator)
    return encoded(picture(0, colour=(level, level, level)), kind)


def items(n: int, *, broken: set[str] = frozenset()) -> list[Item]:
    files = [b"no picture" if str(i) in broken else drawn(str(i)) for i in range(n)]
    return [Item(f"p{i}", str(i), hashlib.sha256(data).hexdigest(), "") for i, data in enumerate(files)]


def test_vectors_come_out_in_the_order_of_the_rows_in_whole_batches():
    engine = MeanColour()
    parts = {0: range(0, 10), 1: range(10, 13)}
    steps = list(compute_parts(Drawer(), items(13), Embedder(REQUEST, engine), parts))
    finished = [step.part for step in steps if step.part is not None]
    assert [part.ids.tolist() for part in finished] == [[f"p{i}" for i in rows] for rows in parts.values()]
    assert [step.n_pictures for step in steps] == [4, 4, 2, 3], "no batch reaches across parts"
    assert engine.lengths == [4, 4, 4, 4], "the last ones are filled up"
    reds = np.concatenate([part.vectors[:, 0] for part in finished])
    assert (np.diff(reds) > 0).all(), "each picture is lighter than the one before"


def test_a_part_is_the_same_however_it_is_reached():
    whole = [step.part for step in compute_parts(Drawer(), items(9), Embedder(REQUEST, MeanColour()), {0: range(9)})]
    later = {1: range(4, 9)}
    resumed = [step.part for step in compute_parts(Drawer(), items(9), Embedder(REQUEST, MeanColour()), later)]
    np.testing.assert_array_equal(whole[-1].vectors[4:], resumed[-1].vectors)


def test_pictures_that_cannot_be_read_have_no_vector_and_a_reason():
    drawer = Drawer(missing={"2"}, broken={"5"})
    part = list(compute_parts(drawer, items(7, broken={"5"}), Embedder(REQUEST, MeanColour()), {0: range(7)}))[-1].part
    assert part.ids.tolist() == ["p0", "p1", "p3", "p4", "p6"]
    assert part.vectors.shape == (5, REQUEST.model.dim)
    assert part.skipped[:, :2].tolist() == [["p2", MISSING], ["p5", UNREADABLE]]
    assert "2 is gone" in part.skipped[0, 2]


def test_a_picture_that_is_not_the_imported_one_has_no_vector_and_a_reason():
    pictures = items(3)
    pictures[1] = dataclasses.replace(pictures[1], file_sha256=pictures[2].file_sha256)
    part = list(compute_parts(Drawer(), pictures, Embedder(REQUEST, MeanColour()), {0: range(3)}))[-1].part
    assert part.ids.tolist() == ["p0", "p2"]
    assert part.skipped[:, :2].tolist() == [["p1", CHANGED]]
    assert "1 is not the picture that was imported" in part.skipped[0, 2]


def test_another_file_of_the_same_pixels_is_the_same_picture():
    item = Item("p", "9", hashlib.sha256(drawn("9")).hexdigest(), pixels_sha256(picture(0, colour=(9, 9, 9))))
    assert item.is_shown_by(drawn("9"))
    assert item.is_shown_by(drawn("9", "BMP"))
    assert not item.is_shown_by(drawn("8"))
    assert not item.is_shown_by(b"no picture")


def test_a_part_without_one_readable_picture_is_empty():
    drawer = Drawer(missing={"0", "1"})
    part = list(compute_parts(drawer, items(2), Embedder(REQUEST, MeanColour()), {0: range(2)}))[-1].part
    assert part.vectors.shape == (0, REQUEST.model.dim)
    assert len(part.skipped) == 2


def test_a_vector_that_is_not_finite_is_an_error_naming_the_picture():
    class Broken(MeanColour):
        def stream(self, batches: Iterable[Pixels]) -> Iterator[Vectors]:
            for vectors in super().stream(batches):
                vectors[1, 7] = np.nan
                yield vectors

    with pytest.raises(ModelError, match="not finite for the picture of 'p1'"):
        list(compute_parts(Drawer(), items(4), Embedder(REQUEST, Broken()), {0: range(4)}))


def test_reading_stays_a_bounded_way_ahead():
    drawer = Drawer()
    embedder = Embedder(REQUEST, MeanColour())
    rows = [range(start, start + 1) for start in range(200)]
    stream = read_batches(drawer, items(200), embedder, rows)
    next(stream)
    assert drawer.n_read < 100
    stream.close()


def test_nothing_to_do_opens_nothing():
    assert list(compute_parts(Drawer(), items(3), Embedder(REQUEST, MeanColour()), {})) == []
