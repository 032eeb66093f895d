"""Reductions: vectors at length 1, their principal components, and whitening; learnt from some rows, applied to all."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.errors import SearchError
from lib.retrieval.distances import Floats, Vectors32
from lib.retrieval.gathering import BLOCK_ROWS, unit_length
from lib.retrieval.ranks import Integers

#: Variances below this share of the largest are rounding.
_NO_VARIANCE = 1e-10


@dataclass(frozen=True, eq=False)
class Reduction:
    """What is done to every vector, of the gallery and of a query alike.

    Parameters
    ----------
    l2 : bool
        Bring it to length 1 first; an all-zero vector stays so.
    mean : ndarray of shape (dim,), float64, optional
        What is taken off.
    axes : ndarray of shape (dim, n_components), float64, optional
        What it is multiplied by then: principal axes, divided by standard deviations where it whitens.
    explained : float, default=1.0
        Share of the variance that is left.
    """

    l2: bool = False
    mean: Floats | None = None
    axes: Floats | None = None
    explained: float = 1.0

    @property
    def n_bytes(self) -> int:
        """Bytes that every search needs beside the vectors."""
        return sum(4 * part.size for part in (self.mean, self.axes) if part is not None)

    def applied(self, vectors: Vectors32) -> Vectors32:
        """Return vectors reduced.

        Parameters
        ----------
        vectors : ndarray of shape (n, dim), float32

        Returns
        -------
        ndarray of shape (n, n_components), float32
        """
        shortened = unit_length(vectors) if self.l2 else vectors
        if self.mean is None or self.axes is None:
            return np.asarray(shortened)
        out = np.empty((len(vectors), self.axes.shape[1]), np.float32)
        for start in range(0, len(vectors), BLOCK_ROWS):
            out[start : start + BLOCK_ROWS] = (shortened[start : start + BLOCK_ROWS] - self.mean) @ self.axes
        return out


def learn_reduction(
    embeddings: Vectors32, rows: Integers, *, l2: bool = False, pca: int | None = None, whiten: bool = False
) -> Reduction:
    """Learn a reduction from some rows; without `pca` there is nothing to learn.

    The principal axes are the eigenvectors of the full covariance matrix, largest variance first, each with its largest
    component positive, so that the same rows give the same axes.

    Parameters
    ----------
    embeddings : ndarray of shape (n_all, dim), float32
        May be mapped from disk.
    rows : ndarray of shape (n,), int
        The rows to learn from.
    l2 : bool, default=False
        Bring vectors to length 1 first.
    pca : int, optional
        Number of principal components to keep.
    whiten : bool, default=False
        Divide each component by its standard deviation.

    Returns
    -------
    Reduction

    Raises
    ------
    SearchError
        If the rows do not vary in so many directions.

    Examples
    --------
    Points on a line have one component; whitened, their variance is 1:

    >>> line = np.array([[0, 0], [3, 4], [6, 8]], np.float32)
    >>> learn_reduction(line, np.arange(3), pca=1).applied(line).ravel().tolist()
    [-5.0, 0.0, 5.0]
    >>> learn_reduction(line, np.arange(3), pca=1, whiten=True).applied(line).ravel().tolist()
    [-1.0, 0.0, 1.0]
    """
    if pca is None:
        return Reduction(l2=l2)
    if len(rows) < 2:
        raise SearchError(f"pca={pca} learns from the train split, which has {len(rows)} pictures here.")
    mean, covariance = _moments(embeddings, rows, l2=l2)
    variances, axes = np.linalg.eigh(covariance)
    variances, axes = variances[::-1], axes[:, ::-1]
    rank = min(int((variances > _NO_VARIANCE * variances[0]).sum()), len(rows) - 1) if variances[0] > 0 else 0
    if pca > rank:
        raise SearchError(
            f"pca={pca} is too many: the {len(rows):,} vectors of the train split, of {len(mean):,} numbers each, vary "
            f"in {rank:,} directions.",
            hint=f"Choose pca={rank} or less." if rank else "Choose a variant without pca.",
        )
    kept = axes[:, :pca] * np.sign(_largest(axes[:, :pca]))
    scaled = kept / np.sqrt(variances[:pca]) if whiten else kept
    return Reduction(l2=l2, mean=mean, axes=scaled, explained=float(variances[:pca].sum() / variances.sum()))


def _moments(embeddings: Vectors32, rows: Integers, *, l2: bool) -> tuple[Floats, Floats]:
    """Return mean and covariance of some rows, block by block in float64."""
    dim = embeddings.shape[1]
    total, products = np.zeros(dim), np.zeros((dim, dim))
    for start in range(0, len(rows), BLOCK_ROWS):
        total += _block(embeddings, rows[start : start + BLOCK_ROWS], l2=l2).sum(axis=0)
    mean = total / len(rows)
    for start in range(0, len(rows), BLOCK_ROWS):
        block = _block(embeddings, rows[start : start + BLOCK_ROWS], l2=l2) - mean
        products += block.T @ block
    return mean, products / (len(rows) - 1)


def _block(embeddings: Vectors32, rows: Integers, *, l2: bool) -> Floats:
    block = embeddings[rows]
    return (unit_length(block) if l2 else block).astype(np.float64)


def _largest(axes: Floats) -> npt.NDArray[np.float64]:
    """Return the component of each axis that is farthest from 0."""
    return np.asarray(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
