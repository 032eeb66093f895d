"""A finished piece of an embedding, as it is kept on disk until the whole is there."""

import io
import zipfile
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

#: Rows of the catalogue in one piece; a multiple of every engine's batch.
PART_ROWS = 512


@dataclass(frozen=True, eq=False)
class Part:
    """The vectors of consecutive rows of a catalogue.

    Parameters
    ----------
    ids : ndarray of shape (n,), str
        Product ids that have a vector.
    vectors : ndarray of shape (n, dim), float32
    skipped : ndarray of shape (m, 3), str
        Product id, reason, and what exactly was wrong.
    seconds : ndarray of shape (3,), float64
        Decoding (summed over threads), computing, and by the clock.
    """

    ids: npt.NDArray[np.str_]
    vectors: npt.NDArray[np.float32]
    skipped: npt.NDArray[np.str_]
    seconds: npt.NDArray[np.float64]

    def to_bytes(self) -> bytes:
        """Return the piece as the bytes of an npz.

        Returns
        -------
        bytes
        """
        buffer = io.BytesIO()
        np.savez(buffer, ids=self.ids, vectors=self.vectors, skipped=self.skipped, seconds=self.seconds)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes, *, expected_ids: npt.NDArray[np.str_], dim: int) -> "Part | None":
        """Read a piece back; None if it is damaged or belongs to other rows, so that it is made again.

        Parameters
        ----------
        data : bytes
        expected_ids : ndarray of str
            The product ids of its rows, in order.
        dim : int

        Returns
        -------
        Part or None
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                part = cls(**{name: arrays[name] for name in ("ids", "vectors", "skipped", "seconds")})
        except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile):
            return None
        return part if part._belongs(expected_ids, dim) else None

    def _belongs(self, expected_ids: npt.NDArray[np.str_], dim: int) -> bool:
        """Return whether every row is accounted for, and every vector is whole."""
        if self.vectors.shape != (len(self.ids), dim) or self.vectors.dtype != np.float32 or self.seconds.shape != (3,):
            return False
        skipped = set(self.skipped[:, 0].tolist()) if self.skipped.ndim == 2 else set()
        kept = [product_id for product_id in expected_ids.tolist() if product_id not in skipped]
        return kept == self.ids.tolist() and len(kept) + len(skipped) == len(expected_ids)
