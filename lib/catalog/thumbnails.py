"""Thumbnails: one file of WebP pictures end to end, and an index by product id."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from lib.errors import InvalidArtifact

PACK = "thumbnails.bin"
INDEX = "index.parquet"


class Thumbnails:
    """Reads thumbnails by product id; the file is mapped, not loaded.

    Parameters
    ----------
    folder : Path
        Holds ``thumbnails.bin`` and ``index.parquet`` (product_id, offset, length).
    """

    def __init__(self, folder: Path) -> None:
        try:
            index = pd.read_parquet(folder / INDEX)
            self._pack = np.memmap(folder / PACK, dtype=np.uint8, mode="r")
        except (OSError, ValueError) as error:
            raise InvalidArtifact(f"{folder} cannot be read ({error}).", hint="Import the catalogue again.") from error
        if len(index) and int((index["offset"] + index["length"]).max()) > len(self._pack):
            raise InvalidArtifact(f"{folder / PACK} is shorter than its index.", hint="Import the catalogue again.")
        self._where = dict(zip(index["product_id"], zip(index["offset"], index["length"], strict=True), strict=True))

    def __contains__(self, product_id: str) -> bool:
        return product_id in self._where

    def read(self, product_id: str) -> bytes:
        """Return one thumbnail.

        Parameters
        ----------
        product_id : str

        Returns
        -------
        bytes
            A WebP file, longest side at most 256 px.
        """
        offset, length = self._where[product_id]
        return self._pack[offset : offset + length].tobytes()


def write_thumbnails(folder: Path, thumbnails: Iterable[tuple[str, bytes]]) -> None:
    """Write thumbnails into a new folder.

    Parameters
    ----------
    folder : Path
    thumbnails : iterable of (product id, WebP bytes)
    """
    folder.mkdir(parents=True)
    ids, lengths = [], []
    with (folder / PACK).open("wb") as pack:
        for product_id, data in thumbnails:
            pack.write(data)
            ids.append(product_id)
            lengths.append(len(data))
    ends = np.cumsum(lengths, dtype=np.int64)
    index = pd.DataFrame({"product_id": ids, "offset": ends - np.array(lengths, dtype=np.int64), "length": lengths})
    index.to_parquet(folder / INDEX, index=False)
