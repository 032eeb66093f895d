"""The stream from pictures to finished parts: threads read ahead, the engine computes, parts come out in order."""

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from lib.catalog.pictures import PictureStore
from lib.embedding.embedder import Embedder
from lib.embedding.engines import Pixels, Vectors
from lib.embedding.parts import Part
from lib.embedding.reading import Batch, Item, read_batches
from lib.errors import ModelError


@dataclass(frozen=True)
class Progress:
    """One batch is done, and with it perhaps a part.

    Parameters
    ----------
    number : int
        Of the part that the batch belongs to.
    n_pictures : int
        In the batch.
    part : Part, optional
        If the batch was its last.
    """

    number: int
    n_pictures: int
    part: Part | None = None


def compute_parts(
    pictures: PictureStore, items: Sequence[Item], embedder: Embedder, parts: Mapping[int, range]
) -> Iterator[Progress]:
    """Embed the rows of some parts of a catalogue.

    Batches never reach across parts and always have the same length, so that vectors are the same to the last bit
    whether a run was interrupted or not.

    Parameters
    ----------
    pictures : PictureStore
    items : sequence of Item
        Every row of the catalogue.
    embedder : Embedder
    parts : dict of int to range
        Number of the part -> its rows.

    Yields
    ------
    Progress

    Raises
    ------
    ModelError
        If a vector is not finite.
    """
    if not parts:
        return
    work = [(number, rows) for number, part_rows in parts.items() for rows in _split(part_rows, embedder.batch)]
    clock = _Clock()
    in_flight: deque[Batch] = deque()
    batches = read_batches(pictures, items, embedder, [rows for _, rows in work])
    filling = _Filling()
    stream = embedder.stream(_pixels(batches, in_flight, clock))
    for (number, rows), vectors in zip(work, stream, strict=True):
        filling.add(items, in_flight.popleft(), vectors)
        done = rows.stop == parts[number].stop
        yield Progress(number, len(rows), filling.finish(embedder.dim, clock) if done else None)


def _split(rows: range, length: int) -> list[range]:
    """Return rows in pieces of at most `length`."""
    return [range(start, min(start + length, rows.stop)) for start in range(rows.start, rows.stop, length)]


def _pixels(batches: Iterator[Batch], in_flight: deque[Batch], clock: "_Clock") -> Iterator[Pixels]:
    """Yield the pixels of each batch, noting which batches are on their way and how long one had to wait for them."""
    while True:
        started = time.perf_counter()
        batch = next(batches, None)
        clock.waited += time.perf_counter() - started
        if batch is None:
            return
        in_flight.append(batch)
        yield batch.pixels


@dataclass
class _Clock:
    """Time by the wall since the last part, and how much of it was spent waiting for pictures."""

    started: float = field(default_factory=time.perf_counter)
    waited: float = 0.0

    def lap(self) -> tuple[float, float]:
        now = time.perf_counter()
        wall, waited = now - self.started, self.waited
        self.started, self.waited = now, 0.0
        return wall, waited


@dataclass
class _Filling:
    """The part that is being filled."""

    ids: list[str] = field(default_factory=list)
    vectors: list[Vectors] = field(default_factory=list)
    skipped: list[tuple[str, str, str]] = field(default_factory=list)
    decoding: float = 0.0

    def add(self, items: Sequence[Item], batch: Batch, vectors: Vectors) -> None:
        """Take the vectors of the pictures that could be read."""
        places = [place for place, row in enumerate(batch.rows) if row not in batch.failures]
        kept = vectors[places]
        ids = [items[batch.rows[place]].product_id for place in places]
        wrong = np.flatnonzero(~np.isfinite(kept).all(axis=1))
        if len(wrong):
            raise ModelError(
                f"The model gave a vector that is not finite for the picture of {ids[wrong[0]]!r}.",
                hint="Its weights are damaged, or its precision does not suffice.",
            )
        self.ids += ids
        self.vectors.append(kept)
        self.skipped += [(items[row].product_id, *why) for row, why in sorted(batch.failures.items())]
        self.decoding += batch.seconds

    def finish(self, dim: int, clock: _Clock) -> Part:
        """Return what was taken as a part, and start the next one."""
        wall, waited = clock.lap()
        part = Part(
            ids=np.array(self.ids, dtype=np.str_),
            vectors=np.concatenate([np.zeros((0, dim), np.float32), *self.vectors]),
            skipped=np.array(self.skipped, dtype=np.str_).reshape(-1, 3),
            seconds=np.array([self.decoding, wall - waited, wall]),
        )
        self.ids, self.vectors, self.skipped, self.decoding = [], [], [], 0.0
        return part
