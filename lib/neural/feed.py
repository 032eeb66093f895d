"""Batches for ``fit``: pictures that lie in memory, in the order that the epoch draws."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt


class Feed(keras.utils.PyDataset):
    """Pictures and codes of labels, batch by batch.

    Parameters
    ----------
    pixels : ndarray of shape (n, size, size, 3), uint8
    codes : dict of str to ndarray of shape (n,), int32
    batches : callable
        Epoch, from 0 -> rows of each batch, ndarray of shape (n_batches, batch).
    epoch : int
        The first one.
    """

    def __init__(
        self,
        pixels: npt.NDArray[np.uint8],
        codes: Mapping[str, npt.NDArray[np.int32]],
        *,
        batches: Callable[[int], npt.NDArray[np.int64]],
        epoch: int,
    ) -> None:
        super().__init__(workers=1, use_multiprocessing=False)
        self._pixels, self._codes, self._batches = pixels, codes, batches
        self._epoch = epoch
        self._rows = batches(epoch)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, number: int) -> tuple[Any, dict[str, Any]]:
        rows = self._rows[number]
        return self._pixels[rows], {name: codes[rows] for name, codes in self._codes.items()}

    def on_epoch_end(self) -> None:
        """Draw the next epoch's batches."""
        self._epoch += 1
        self._rows = self._batches(self._epoch)
