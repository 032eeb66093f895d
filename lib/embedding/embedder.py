"""The one way from picture files to vectors, for a whole catalogue and for one uploaded picture alike."""

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from lib.artifacts import Store
from lib.embedding.artifact import load_words
from lib.embedding.choice import choose_engine, open_for_query
from lib.embedding.engines import Engine, Pixels, Vectors, open_descriptor, open_engine
from lib.embedding.ir import EngineUnavailable, engines_folder, is_converted
from lib.embedding.request import EmbeddingRequest, request_of
from lib.embedding.view import Fitted
from lib.errors import ModelError, SearchError, WeightsError
from lib.images.decode import CATALOG_LIMITS, UPLOAD_LIMITS, Limits
from lib.models import Descriptor, LearntDescriptor
from lib.models.descriptor import Words
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
    disturb : callable, optional
        RGB picture -> RGB picture: what happens to each picture after it was decoded and before it is fitted.
    """

    def __init__(
        self,
        request: EmbeddingRequest,
        engine: Engine,
        *,
        limits: Limits = CATALOG_LIMITS,
        model_id: str = "",
        speeds: dict[str, float] | None = None,
        disturb: Callable[[Image.Image], Image.Image] | None = None,
    ) -> None:
        self.request = request
        self.engine = engine
        self.limits = limits
        self.model_id = model_id
        self.speeds = dict(speeds or {})
        self.disturb = disturb
        self._lock = threading.Lock()

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.request.model.dim

    @property
    def size(self) -> int:
        """Side of the model's input, in pixels."""
        return self.request.size

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
        return Fitted(self.size, self.request.fit, self.limits, self.disturb).view(data, out=out)

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
    root: Path,
    request: EmbeddingRequest,
    weights: Weights,
    *,
    limits: Limits = CATALOG_LIMITS,
    words: Words | None = None,
) -> Embedder:
    """Open an embedder for whole catalogues.

    Parameters
    ----------
    root : Path
        The artifacts folder, where converted networks are kept.
    request : EmbeddingRequest
    weights : Weights
    limits : Limits, default=CATALOG_LIMITS
    words : ndarray, optional
        What the descriptor has learnt, where it is one that learns.

    Returns
    -------
    Embedder

    Raises
    ------
    ModelError
        If the model cannot be built or run as asked.
    """
    if isinstance(request.model, Descriptor):
        model = _knowing(request.model, words)
        return Embedder(request, open_descriptor(model, purpose="catalog"), limits=limits)
    network = Network(request.network, request.size, weights)
    engine, speeds = choose_engine(engines_folder(root), network, engine=request.engine, precision=request.precision)
    return Embedder(request, engine, limits=limits, speeds=speeds)


def open_embedder(
    store: Store,
    manifest: Manifest,
    *,
    limits: Limits = UPLOAD_LIMITS,
    purpose: str = "query",
    disturb: Callable[[Image.Image], Image.Image] | None = None,
) -> Embedder:
    """Open the embedder that made an embedding. Quick for single queries once its network has been converted.

    Parameters
    ----------
    store : Store
    manifest : Manifest
        The embedding's.
    limits : Limits, default=UPLOAD_LIMITS
    purpose : {"query", "catalog"}, default="query"
        One picture at a time, or many.
    disturb : callable, optional
        As of `Embedder`.

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
    InvalidArtifact
        If the words that its descriptor learnt are gone or damaged.
    """
    if "backbone" not in manifest.parameters:
        raise SearchError(
            f"{manifest.id} was imported: there is no model that could embed a picture.",
            hint="Search by product instead, or embed the catalogue with one of our models.",
        )
    request = _request(store, manifest)
    engine = _engine_of(store, request, manifest, purpose)
    return Embedder(request, engine, limits=limits, model_id=manifest.id, disturb=disturb)


def is_prepared(store: Store, manifest: Manifest) -> bool:
    """Return whether a model opens for queries in a moment: a network that was never converted is built first.

    Parameters
    ----------
    store : Store
    manifest : Manifest
        The embedding's.

    Returns
    -------
    bool
        As far as can be told at once; True for vectors that were imported.

    Raises
    ------
    ModelError
        If the model cannot be had any more as it was asked for.
    """
    request = _request(store, manifest) if "backbone" in manifest.parameters else None
    if request is None or isinstance(request.model, Descriptor):
        return True
    return (engines_folder(store.root) / _recorded(request, manifest).key).is_dir()


def _request(store: Store, manifest: Manifest) -> EmbeddingRequest:
    """Return the request that an embedding was made by, its weights named so that they are found again."""
    weights = str(manifest.details.get("weights_path") or manifest.parameters["weights"])
    return request_of(store, manifest.parameters, weights=weights)


def _recorded(request: EmbeddingRequest, manifest: Manifest) -> Network:
    """Return the network that made an embedding, by what its manifest says: its weights need not be there."""
    digest, label = str(manifest.inputs["weights_sha256"]), str(manifest.parameters["weights"])
    return Network(request.network, request.size, Weights(label=label, sha256=digest))


def _knowing(model: Descriptor, words: Words | None) -> Descriptor:
    """Return a descriptor that knows its words, if it is one that learns any."""
    return model.taught(words) if isinstance(model, LearntDescriptor) and words is not None else model


def _engine_of(store: Store, request: EmbeddingRequest, manifest: Manifest, purpose: str) -> Engine:
    """Open what computed an embedding, or computes the same."""
    if isinstance(request.model, Descriptor):
        _check_digest(manifest, request.find_weights(seed=manifest.seed))
        words = load_words(store, manifest) if isinstance(request.model, LearntDescriptor) else None
        return open_descriptor(_knowing(request.model, words), purpose=purpose)
    folder, precision = engines_folder(store.root), request.precision
    if purpose == "query":
        recorded = _recorded(request, manifest)
        if is_converted(folder, recorded):  # its weights need not be there any more
            with contextlib.suppress(EngineUnavailable):
                return open_engine(folder, recorded, engine="openvino", precision=precision, purpose=purpose)
    network = Network(request.network, request.size, _found_weights(request, manifest))
    if purpose == "query":
        return open_for_query(folder, network, precision=precision)
    return choose_engine(folder, network, engine="auto", precision=precision)[0]


def _found_weights(request: EmbeddingRequest, manifest: Manifest) -> Weights:
    """Find the very weights that an embedding was made with."""
    try:
        weights = request.find_weights(seed=manifest.seed)
    except WeightsError as error:
        label = str(manifest.parameters["weights"])
        if request.trained is not None or not manifest.id.startswith(f"{label}-"):
            raise
        raise WeightsError(
            f"The trained model {label} that made these vectors is gone: no other picture can be compared with them.",
            hint="Choose another model, or search with a picture of the catalogue.",
        ) from error
    _check_digest(manifest, weights)
    return weights


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
