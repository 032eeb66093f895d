"""Batches for ``fit``: pictures that lie in memory, in the order that the epoch draws."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt


class Feed(keras.utils.PyDataset):
    """Pictures and what is to be said of them, batch by batch.

    Parameters
    ----------
    pixels : ndarray of shape (n, size, size, 3), uint8
    targets : dict of str to ndarray of shape (n, ...)
        Codes of labels, and what teachers say.
    batches : callable
        Epoch, from 0 -> rows of each batch, ndarray of shape (n_batches, batch).
    epoch : int
        The first one.
    """

    def __init__(
        self,
        pixels: npt.NDArray[np.uint8],
        targets: Mapping[str, npt.NDArray[Any]],
        *,
        batches: Callable[[int], npt.NDArray[np.int64]],
        epoch: int,
    ) -> None:
        super().__init__(workers=1, use_multiprocessing=False)
        self._pixels, self._targets, self._batches = pixels, targets, batches
        self._epoch = epoch
        self._rows = batches(epoch)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, number: int) -> tuple[Any, dict[str, Any]]:
        rows = self._rows[number]
        return self._pixels[rows], {name: values[rows] for name, values in self._targets.items()}

    def on_epoch_end(self) -> None:
        """Draw the next epoch's batches."""
        self._epoch += 1
        self._rows = self._batches(self._epoch)
