"""The ways to lay vectors out in a plane or in space: PCA, t-SNE and UMAP, each the same for the same seed."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.clustering.pairs import unit_rows
from lib.progress import Report
from lib.projection.graph import Graph
from lib.projection.request import PCA, TSNE, UMAP, MapRequest
from lib.retrieval.distances import n_cores

Points = npt.NDArray[np.float64]
_EXAGGERATED, _STEPS, _STEPS_A_REPORT = 250, 500, 25
#: Below so many vectors other ways are quicker; UMAP makes more passes over them, by its own rule.
_FEW = 10_000
_PASSES_OF_FEW, _PASSES = 500, 200


@dataclass(frozen=True, eq=False)
class Material:
    """What a layout is made from.

    Parameters
    ----------
    vectors : ndarray of shape (n, dim)
    graph : Graph or None
        Their nearest neighbours; None for PCA, which looks at no neighbours.
    seed : int
    """

    vectors: npt.NDArray[np.floating]
    graph: Graph | None
    seed: int


def lay_out(material: Material, request: MapRequest, *, report: Report) -> Points:
    """Lay vectors out.

    Parameters
    ----------
    material : Material
    request : MapRequest
    report : callable
        Told the number of steps done, and of all.

    Returns
    -------
    ndarray of shape (n, dimensions), float64
        Around 0; the unit is the map's own.
    """
    points = _LAYOUTS[request.method](material, request, report)
    return np.asarray(points - points.mean(axis=0), dtype=np.float64)


def principal_components(vectors: npt.NDArray[np.floating], dimensions: int, *, metric: str) -> Points:
    """Return vectors along the directions in which they spread most.

    Parameters
    ----------
    vectors : ndarray of shape (n, dim)
    dimensions : int
    metric : str
        Under cosine it is their directions that are laid out: vectors of length 1.

    Returns
    -------
    ndarray of shape (n, dimensions), float64
        Each direction's largest component is positive, so that the sign is always the same; 0 in directions that there
        are not.
    """
    rows = unit_rows(vectors) if metric == "cosine" else np.asarray(vectors, dtype=np.float64)
    centred = rows - rows.mean(axis=0)
    _, found = np.linalg.eigh(centred.T @ centred)
    axes = found[:, ::-1][:, :dimensions]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    points = np.zeros((len(rows), dimensions))
    points[:, : axes.shape[1]] = centred @ axes
    return points


def _pca(material: Material, request: MapRequest, report: Report) -> Points:
    points = principal_components(material.vectors, request.dimensions, metric=request.metric)
    report(1, 1, 0)
    return points


def _begin(material: Material, request: MapRequest, spread: float) -> Points:
    """Return where layouts begin: at the principal components, made small, and identical vectors a hair apart."""
    points = principal_components(material.vectors, request.dimensions, metric=request.metric)
    points *= spread / max(float(points.std(axis=0).max()), 1e-12)
    return points + np.random.default_rng(material.seed).normal(size=points.shape) * spread * 1e-3


def _tsne(material: Material, request: MapRequest, report: Report) -> Points:
    from openTSNE import TSNEEmbedding, affinity
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    graph = _needed(material).first(request.n_graph(len(material.vectors)))
    known = PrecomputedNeighbors(graph.neighbors.astype(np.int64), graph.distances.astype(np.float64))
    many = len(material.vectors) >= _FEW
    n_jobs = n_cores() if many else 1  # few points are done before threads have found each other
    likeness = affinity.PerplexityBasedNN(perplexity=request.perplexity, knn_index=known, n_jobs=n_jobs)
    method = "fft" if many and request.dimensions == 2 else "bh"
    found = TSNEEmbedding(
        _begin(material, request, 1e-4),
        likeness,
        negative_gradient_method=method,
        random_state=material.seed,
        n_jobs=n_jobs,
    )
    total = _EXAGGERATED + _STEPS
    for exaggeration, n_steps, before in ((12.0, _EXAGGERATED, 0), (1.0, _STEPS, _EXAGGERATED)):
        for done in range(_STEPS_A_REPORT, n_steps + 1, _STEPS_A_REPORT):
            found = found.optimize(n_iter=_STEPS_A_REPORT, exaggeration=exaggeration, momentum=0.8)
            report(before + done, total, 0)
    return np.asarray(found)


def _umap(material: Material, request: MapRequest, report: Report) -> Points:
    from umap.umap_ import find_ab_params, fuzzy_simplicial_set, simplicial_set_embedding

    n = len(material.vectors)
    graph = _needed(material).first(request.n_graph(n))
    itself = np.arange(n)[:, None]  # UMAP counts a vector among its own neighbours
    indices = np.concatenate([itself, graph.neighbors], axis=1).astype(np.int64)
    distances = np.concatenate([np.zeros((n, 1), np.float32), graph.distances], axis=1)
    state, rows = np.random.RandomState(material.seed), np.zeros((n, 1), np.float32)  # rows are only counted
    connected, _, _ = fuzzy_simplicial_set(
        rows, indices.shape[1], state, request.metric, knn_indices=indices, knn_dists=distances
    )
    a, b = find_ab_params(1.0, request.min_dist)
    passes = _PASSES_OF_FEW if n < _FEW else _PASSES
    points, _ = simplicial_set_embedding(
        rows, connected, request.dimensions, 1.0, a, b, 1.0, 5, passes,
        _begin(material, request, 3.0).astype(np.float32), state, request.metric, {}, False, {}, False,
        tqdm_kwds={
            "disable": False, "file": _Counter(report, passes), "bar_format": "{n_fmt}/", "mininterval": 1.0,
        },
    )  # fmt: skip
    report(passes, passes, 0)
    return np.asarray(points, dtype=np.float64)


class _Counter:
    """A file that a progress bar is written to, of which only the count is passed on."""

    def __init__(self, report: Report, total: int) -> None:
        self._report, self._total = report, total

    def write(self, text: str) -> int:
        """Pass the number on that stands before a stroke."""
        if found := re.search(r"(\d+)/", text):
            self._report(min(int(found[1]), self._total - 1), self._total, 0)  # the end is told by who began
        return len(text)

    def flush(self) -> None:
        """Do nothing: there is nothing kept back."""


def _needed(material: Material) -> Graph:
    """Return the graph of a layout that needs one."""
    if material.graph is None:
        raise ValueError("Expected the nearest neighbours of the vectors.")
    return material.graph


_LAYOUTS: dict[str, Callable[[Material, MapRequest, Report], Points]] = {PCA: _pca, TSNE: _tsne, UMAP: _umap}
