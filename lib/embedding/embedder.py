"""The one way from picture files to vectors, for a whole catalogue and for one uploaded picture alike."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from lib.artifacts import Store
from lib.embedding.choice import choose_engine, open_for_query
from lib.embedding.engines import Engine, Pixels, Vectors, open_descriptor
from lib.embedding.ir import engines_folder, is_converted
from lib.embedding.request import EmbeddingRequest, request_of
from lib.errors import ModelError, SearchError, WeightsError
from lib.images.decode import CATALOG_LIMITS, UPLOAD_LIMITS, Limits, decode
from lib.images.fit import fit
from lib.models import BACKBONES, Descriptor
from lib.models.network import Network
from lib.models.weights import Weights
from lib.schema import Manifest


class Embedder:
    """A model, what it sees of a picture, and the engine that computes. Safe to share between threads.

    Parameters
    ----------
    request : EmbeddingRequest
    engine : Engine
    limits : Limits
        What pictures are read at all.
    model_id : str, default=""
        The embedding's id, for messages and for search to compare.
    speeds : dict of str to float, optional
        Images a second of the engines that were compared.
    """

    def __init__(
        self,
        request: EmbeddingRequest,
        engine: Engine,
        *,
        limits: Limits = CATALOG_LIMITS,
        model_id: str = "",
        speeds: dict[str, float] | None = None,
    ) -> None:
        self.request = request
        self.engine = engine
        self.limits = limits
        self.model_id = model_id
        self.speeds = dict(speeds or {})
        self._lock = threading.Lock()

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.request.model.dim

    @property
    def batch(self) -> int:
        """Number of pictures that are computed together."""
        return self.engine.batch

    def view(self, data: bytes, *, out: Pixels | None = None) -> Pixels:
        """Return a picture as the model sees it.

        Parameters
        ----------
        data : bytes
            A picture file.
        out : ndarray of shape (size, size, 3), uint8, optional
            Where to write.

        Returns
        -------
        ndarray of shape (size, size, 3), uint8

        Raises
        ------
        ImageError
            If it cannot or must not be decoded.
        """
        size = self.request.size
        return fit(decode(data, limits=self.limits, target=size), size=size, fit=self.request.fit, out=out)

    def embed(self, pictures: Sequence[bytes]) -> Vectors:
        """Return the vectors of a few picture files.

        Parameters
        ----------
        pictures : sequence of bytes

        Returns
        -------
        ndarray of shape (n, dim), float32

        Raises
        ------
        ImageError
            If one cannot or must not be decoded.
        ModelError
            If a vector is not finite.
        """
        views = [self.view(data) for data in pictures]
        if not views:
            return np.zeros((0, self.dim), np.float32)
        batches = (views[start : start + self.batch] for start in range(0, len(views), self.batch))
        vectors = np.concatenate(list(self.stream(_full(batch, self.batch) for batch in batches)))[: len(views)]
        if not np.isfinite(vectors).all():
            raise ModelError(f"{self.request.model.title} gave a vector that is not finite.")
        return vectors

    def stream(self, batches: Iterable[Pixels]) -> Iterator[Vectors]:
        """Yield the vectors of batches of ``batch`` views each, in order.

        Parameters
        ----------
        batches : iterable of ndarray of shape (batch, size, size, 3), uint8

        Yields
        ------
        ndarray of shape (batch, dim), float32
        """
        with self._lock:
            yield from self.engine.stream(batches)


def open_catalog_embedder(
    root: Path, request: EmbeddingRequest, weights: Weights, *, limits: Limits = CATALOG_LIMITS
) -> Embedder:
    """Open an embedder for whole catalogues.

    Parameters
    ----------
    root : Path
        The artifacts folder, where converted networks are kept.
    request : EmbeddingRequest
    weights : Weights
    limits : Limits, default=CATALOG_LIMITS

    Returns
    -------
    Embedder

    Raises
    ------
    ModelError
        If the model cannot be built or run as asked.
    """
    if isinstance(request.model, Descriptor):
        return Embedder(request, open_descriptor(request.model, purpose="catalog"), limits=limits)
    network = Network(BACKBONES[request.backbone], request.size, weights)
    engine, speeds = choose_engine(engines_folder(root), network, engine=request.engine, precision=request.precision)
    return Embedder(request, engine, limits=limits, speeds=speeds)


def open_embedder(store: Store, manifest: Manifest, *, limits: Limits = UPLOAD_LIMITS) -> Embedder:
    """Open the embedder that made an embedding, for queries. Quick once its network has been converted.

    Parameters
    ----------
    store : Store
    manifest : Manifest
        The embedding's.
    limits : Limits, default=UPLOAD_LIMITS

    Returns
    -------
    Embedder
        Of the same model, size, fit and precision.

    Raises
    ------
    SearchError
        If the embedding was imported: there is no model to embed a picture with.
    WeightsError
        If the weights are gone, or are no longer the ones it was made with.
    """
    if "backbone" not in manifest.parameters:
        raise SearchError(
            f"{manifest.id} was imported: there is no model that could embed a picture.",
            hint="Search by product instead, or embed the catalogue with one of our models.",
        )
    weights_spec = str(manifest.details.get("weights_path") or manifest.parameters["weights"])
    request = request_of(manifest.parameters, weights=weights_spec)
    folder = engines_folder(store.root)
    if isinstance(request.model, Descriptor):
        _check_digest(manifest, request.find_weights())
        engine = open_descriptor(request.model, purpose="query")
    else:
        engine = open_for_query(folder, _recorded_network(folder, request, manifest), precision=request.precision)
    return Embedder(request, engine, limits=limits, model_id=manifest.id)


def _recorded_network(folder: Path, request: EmbeddingRequest, manifest: Manifest) -> Network:
    """Return the network that an embedding was made with; its weights are looked up only if they will be read."""
    backbone = BACKBONES[request.backbone]
    digest, label = str(manifest.inputs["weights_sha256"]), str(manifest.parameters["weights"])
    recorded = Network(backbone, request.size, Weights(label=label, sha256=digest))
    if is_converted(folder, recorded):
        return recorded
    weights = request.find_weights(seed=manifest.seed)
    _check_digest(manifest, weights)
    return Network(backbone, request.size, weights)


def _check_digest(manifest: Manifest, weights: Weights) -> None:
    """Refuse weights other than those the embedding was made with."""
    if weights.sha256 != manifest.inputs["weights_sha256"]:
        where = weights.path or manifest.parameters["backbone"]
        raise WeightsError(
            f"{where} has changed since {manifest.id} was made with it: a query would not be comparable.",
            hint=f"Put the old weights back, or run: {manifest.command}",
        )


def _full(views: Sequence[Pixels], length: int) -> Pixels:
    """Return views as one batch of a fixed length, black pictures filling it up."""
    batch = np.zeros((length, *views[0].shape), np.uint8)
    batch[: len(views)] = views
    return batch
