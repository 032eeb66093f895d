"""The rankings of an evaluation in pieces on disk, so that a killed one goes on where it stopped."""

import io
import zipfile
from collections.abc import Iterator

import numpy as np

from lib.retrieval.metrics import RANK_METRICS
from lib.retrieval.ranking import BLOCK_QUERIES, N_NEIGHBORS, Ranked, Ranker
from lib.retrieval.ranks import Integers
from lib.shards import Shards

#: Queries in one finished piece.
SHARD_QUERIES = 8 * BLOCK_QUERIES


def rank_resumably(ranker: Ranker, queries: Integers, shards: Shards) -> Iterator[tuple[Ranked, bool]]:
    """Rank the gallery for every query, keeping finished pieces and taking over those that are there.

    Parameters
    ----------
    ranker : Ranker
    queries : ndarray of shape (n_queries,), int
    shards : Shards
        Named after everything that determines the rankings.

    Yields
    ------
    ranked : Ranked
        Of the next queries.
    kept : bool
        Whether it was there before.
    """
    for number, start in enumerate(range(0, len(queries), SHARD_QUERIES)):
        asked = queries[start : start + SHARD_QUERIES]
        kept = _read(shards.read(number), len(asked))
        if kept is not None:
            yield kept, True
            continue
        blocks = []
        for block in ranker.blocks(asked):
            blocks.append(block)
            yield block, False
        buffer = io.BytesIO()
        whole = Ranked.joined(blocks)
        np.savez(buffer, values=whole.values, neighbors=whole.neighbors)
        shards.save(number, buffer.getvalue())


def _read(data: bytes | None, n: int) -> Ranked | None:
    """Return a finished piece, or None where it must be made again."""
    if data is None:
        return None
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            values, neighbors = arrays["values"], arrays["neighbors"]
    except (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    fits = values.shape == (n, len(RANK_METRICS)) and neighbors.shape == (n, N_NEIGHBORS)
    return Ranked(values, neighbors) if fits else None
