"""Class probabilities beside a learnt embedding: what a model is sure of counts more than what merely looks alike.

A head's probabilities are brought to length 1, so that the product of two pictures' is the cosine of what the head says
of them. Set beside the embedding, each with a weight, and brought back to the embedding's own length by the projection
that keeps most of their products, they are one embedding again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Part:
    """A head whose probabilities join the embedding.

    Parameters
    ----------
    column : str
        The catalogue's.
    n_labels : int
    weight : float
        Of its probabilities at length 1, where the embedding itself has 1.
    """

    column: str
    n_labels: int
    weight: float


def beside(embedding: Floats, logits: Sequence[Floats], weights: Sequence[float]) -> Floats:
    """Return embeddings with probabilities beside them.

    Parameters
    ----------
    embedding : ndarray of shape (n, dim), float32
        Rows of unit length.
    logits : sequence of ndarray of shape (n, n_labels), float32
    weights : sequence of float

    Returns
    -------
    ndarray of shape (n, dim + all labels), float32
        Rows of length ``sqrt(1 + sum of squared weights)``.
    """
    parts = [embedding]
    for found, weight in zip(logits, weights, strict=True):
        shares = np.exp(found - found.max(axis=1, keepdims=True))
        parts.append(weight * shares / np.linalg.norm(shares, axis=1, keepdims=True))
    return np.concatenate(parts, axis=1).astype(np.float32)


def projection(rows: Floats, dim: int) -> Floats:
    """Return the projection to fewer numbers that keeps most of the rows' products with each other.

    Parameters
    ----------
    rows : ndarray of shape (n, wide), float32
    dim : int
        At most `wide`.

    Returns
    -------
    ndarray of shape (wide, dim), float32
        Orthonormal columns: the first right singular vectors of the rows, which are not centred.
    """
    moments = rows.astype(np.float64).T @ rows.astype(np.float64)
    _, vectors = np.linalg.eigh(moments)
    return vectors[:, ::-1][:, :dim].astype(np.float32)


def heads_after(
    heads: Mapping[str, tuple[Floats, Floats]], projected: Floats, weights: Sequence[float]
) -> dict[str, tuple[Floats, Floats]]:
    """Return heads that say of blended embeddings what they said of the embeddings before.

    Parameters
    ----------
    heads : dict of str to (ndarray of shape (dim, n_labels), ndarray of shape (n_labels,))
        Kernels and biases by column.
    projected : ndarray of shape (wide, dim), float32
        As of `projection`; its first ``dim`` rows belong to the embedding.
    weights : sequence of float

    Returns
    -------
    dict of str to (ndarray, ndarray)
        Exact as far as the projection loses nothing.
    """
    length = np.float32(np.sqrt(1.0 + sum(weight**2 for weight in weights)))
    return {column: (length * (projected[: len(kernel)].T @ kernel), bias) for column, (kernel, bias) in heads.items()}
