"""The sums of the vectors of each label, from which mean distances follow.

The mean cosine distance of a vector to a whole label follows from the sum of the label's unit vectors, so nothing needs
the n x n distances: ``mean_j (1 - u . u_j) = 1 - u . S / n``.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.retrieval.ranks import Floats, Integers

Vectors = npt.NDArray[np.floating]
#: Rows that are added up at once.
BLOCK_ROWS = 4096


@dataclass(frozen=True, eq=False)
class LabelSums:
    """What the mean distances between labels follow from.

    Parameters
    ----------
    sums : ndarray of shape (n_labels, dim), float64
        Sum of the unit vectors of each label.
    squares : ndarray of shape (n_labels,), float64
        Sum of their squared lengths: their number, but for all-zero rows.
    counts : ndarray of shape (n_labels,), float64
    """

    sums: Floats
    squares: Floats
    counts: Floats

    @classmethod
    def of(cls, unit: Vectors, codes: Integers) -> "LabelSums":
        """Return the sums of a gallery.

        Parameters
        ----------
        unit : ndarray of shape (n, dim)
            Vectors of length 1; an all-zero row has distance 1 to every other.
        codes : ndarray of shape (n,), int
            Labels, 0 to n_labels - 1, each with at least one item.

        Returns
        -------
        LabelSums
        """
        counts = np.bincount(codes)
        squares = np.bincount(codes, np.einsum("ij,ij->i", unit, unit, dtype=np.float64), minlength=len(counts))
        return cls(label_sums(unit, codes, len(counts)), squares.astype(np.float64), counts.astype(np.float64))

    @property
    def similar(self) -> Floats:
        """Sum of the cosines over ordered pairs of different items of each label."""
        return np.asarray(np.einsum("ij,ij->i", self.sums, self.sums) - self.squares)

    @property
    def pairs(self) -> Floats:
        """Number of those pairs."""
        return np.asarray(self.counts * (self.counts - 1))


def label_sums(vectors: Vectors, codes: Integers, n_labels: int) -> Floats:
    """Return the sum of the vectors of each label.

    Parameters
    ----------
    vectors : ndarray of shape (n, dim)
    codes : ndarray of shape (n,), int
        Label of each vector, 0 to n_labels - 1.
    n_labels : int

    Returns
    -------
    ndarray of shape (n_labels, dim), float64

    Examples
    --------
    >>> label_sums(np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 5.0]]), np.array([0, 0, 1]), 2)
    array([[3., 0.],
           [0., 5.]])
    """
    sums = np.zeros((n_labels, vectors.shape[1]))
    order = np.argsort(codes, kind="stable")
    for start in range(0, len(order), BLOCK_ROWS):
        rows = order[start : start + BLOCK_ROWS]
        first = np.flatnonzero(np.diff(codes[rows], prepend=-1))
        sums[codes[rows[first]]] += np.add.reduceat(vectors[rows].astype(np.float64), first, axis=0)
    return sums
