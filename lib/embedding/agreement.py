"""How far vectors of a reduced precision are from float32's: measured, stored, never assumed."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lib.catalog import Catalog
from lib.embedding.embedder import Embedder, open_catalog_embedder
from lib.embedding.engines import Vectors
from lib.models.weights import Weights

N_PICTURES = 256
N_NEAREST = 10


def measure_agreement(
    root: Path,
    catalog: Catalog,
    embedder: Embedder,
    weights: Weights,
    *,
    ids: npt.NDArray[Any],
    vectors: Vectors,
) -> dict[str, Any] | None:
    """Return how an embedding of reduced precision agrees with float32; None for float32 itself.

    Parameters
    ----------
    root : Path
        The artifacts folder.
    catalog : Catalog
    embedder : Embedder
        What made `vectors`.
    weights : Weights
    ids : ndarray of shape (n,), str
    vectors : ndarray of shape (n, dim), float32

    Returns
    -------
    dict or None
        As ``agreement`` returns it.
    """
    if embedder.request.precision == "f32":
        return None
    exact = dataclasses.replace(embedder.request, precision="f32", engine=embedder.engine.name)
    rows = np.unique(np.linspace(0, len(ids) - 1, min(N_PICTURES, len(ids))).astype(int))
    pictures = [catalog.read_picture(str(ids[row])) for row in rows]
    return agreement(np.asarray(vectors[rows]), open_catalog_embedder(root, exact, weights).embed(pictures))


def agreement(reduced: Vectors, exact: Vectors) -> dict[str, Any]:
    """Compare two embeddings of the same pictures.

    Parameters
    ----------
    reduced, exact : ndarray of shape (n, dim), float32

    Returns
    -------
    dict
        ``n``; ``mean_cosine`` and ``lowest_cosine`` between the two vectors of a picture; ``shared_neighbours``: the
        mean share of its ten nearest among these pictures (by cosine, itself left out) that both have.
    """
    first, second = _unit(reduced), _unit(exact)
    cosines = (first * second).sum(axis=1)
    k = min(N_NEAREST, len(first) - 1)
    shared = (
        [len(set(a) & set(b)) / k for a, b in zip(_nearest(first, k), _nearest(second, k), strict=True)] if k else []
    )
    return {
        "n": len(first),
        "mean_cosine": round(float(cosines.mean()), 6),
        "lowest_cosine": round(float(cosines.min()), 6),
        "shared_neighbours": round(float(np.mean(shared)), 4) if shared else None,
    }


def _unit(vectors: Vectors) -> npt.NDArray[np.float64]:
    wide = vectors.astype(np.float64)
    unit: npt.NDArray[np.float64] = wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-30)
    return unit


def _nearest(unit: npt.NDArray[np.float64], k: int) -> list[list[int]]:
    """Return the k nearest others of each row, ties by position."""
    similarities = unit @ unit.T
    np.fill_diagonal(similarities, -np.inf)
    return [list(row) for row in np.argsort(-similarities, axis=1, kind="stable")[:, :k].tolist()]
