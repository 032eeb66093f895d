"""What is asked for when a catalogue is embedded, and the id that follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.embedding.lesson import lesson, lesson_sha256
from lib.errors import ModelError, WeightsError
from lib.images.fit import FITS
from lib.models import BACKBONES, MODELS, Backbone, Descriptor, LearntDescriptor, Model, TrainedModel
from lib.models.trained import ARRAYS, find_trained
from lib.models.weights import ACCEPTED, IMAGENET, NONE, Weights, file_called, find_weights, no_weights
from lib.schema import artifact_id

__all__ = ["ENGINE_CHOICES", "MODELS", "PRECISIONS", "EmbeddingRequest", "request_for", "request_of"]

PRECISIONS = ("f32", "bf16")
ENGINE_CHOICES = ("auto", "keras", "openvino")
#: Stands for the model's own value until a request is made; none is ever None.
_OWN: Any = None


@dataclass(frozen=True)
class EmbeddingRequest:
    """A model, what it sees of a picture, and how exactly it computes.

    Parameters
    ----------
    backbone : str
        A key of ``lib.models.MODELS``; a trained model brings its own.
    size : int, optional
        Side of the square input; by default the size that the model was made for.
    fit : str, optional
        A key of ``lib.images.fit.FITS``; by default ``pad``, or a trained model's own.
    weights : str, optional
        ``imagenet``, ``none``, or a file; by default ``imagenet``, or ``none`` for a descriptor, which has none.
    precision : {"f32", "bf16"}, default="f32"
    engine : {"auto", "keras", "openvino"}, default="auto"
        Who computes; it does not change the result, so it is no part of the id.
    trained : TrainedModel, optional
        Whose weights these are; ``request_for`` finds it by the name of its run.

    Raises
    ------
    ModelError
        If an argument is none of the above, or the size does not suit the model.
    """

    backbone: str = _OWN
    size: int = _OWN
    fit: str = _OWN
    weights: str = _OWN
    precision: str = "f32"
    engine: str = "auto"
    trained: TrainedModel | None = None

    def __post_init__(self) -> None:
        if self.trained is None:
            self._check_choice("backbone", tuple(MODELS))
        self._fill_in()
        for name, allowed in (("fit", tuple(FITS)), ("precision", PRECISIONS), ("engine", ENGINE_CHOICES)):
            self._check_choice(name, allowed)
        if self.size is _OWN:
            object.__setattr__(self, "size", self.model.size)
        if type(self.size) is not int:
            raise ModelError(f"Expected size to be a whole number of pixels. Received: size={self.size!r}")
        if not isinstance(self.weights, str) or not self.weights:
            raise ModelError(f"Expected weights to be {ACCEPTED}. Received: weights={self.weights!r}")
        self.model.check_size(self.size)
        if isinstance(self.model, Descriptor) and (self.weights != NONE or self.precision != "f32"):
            raise WeightsError(f"{self.model.title} has no weights and computes in f32.", hint="Leave both out.")

    def _check_choice(self, name: str, allowed: tuple[str, ...]) -> None:
        """Refuse what is none of a tuple's words; it may be of any kind, one that cannot be a key too."""
        if getattr(self, name) not in allowed:
            raise ModelError(f"Expected {name} to be one of {allowed}. Received: {name}={getattr(self, name)!r}")

    def _fill_in(self) -> None:
        """Take what was left out from the trained model, or from what is usual."""
        shipped = MODELS.get(self.backbone)
        if self.trained is None and isinstance(shipped, TrainedModel):
            object.__setattr__(self, "trained", shipped)
        if self.trained is not None:
            self._take_over(self.trained)
        if self.fit is _OWN:
            object.__setattr__(self, "fit", "pad")
        if self.weights is _OWN:
            object.__setattr__(self, "weights", IMAGENET if self.backbone in BACKBONES else NONE)

    def _take_over(self, trained: TrainedModel) -> None:
        """Take a trained model's own backbone, size and fit; refuse others."""
        backbone = trained.name if trained.name in MODELS else trained.backbone
        own = {"backbone": backbone, "size": trained.size, "fit": trained.fit}
        if self.weights is _OWN or trained.name in MODELS:
            own["weights"] = trained.name
        for name, value in own.items():
            given = getattr(self, name)
            if given is not _OWN and given != value:
                raise ModelError(
                    f"{trained.name} was trained with {name}={value}, so it cannot take {name}={given!r:.60}.",
                    hint=f"Leave {name} out.",
                )
            object.__setattr__(self, name, value)

    @property
    def model(self) -> Model:
        """The trained model, or the model's row in the table."""
        return self.trained or MODELS[self.backbone]

    @property
    def network(self) -> Backbone | TrainedModel:
        """The model as far as it is a network; descriptors are none."""
        return self.trained or BACKBONES[self.backbone]

    def find_weights(self, *, seed: int = 0) -> Weights:
        """Find the weights asked for; see ``lib.models.weights.find_weights``.

        Parameters
        ----------
        seed : int, default=0
            For random weights.

        Returns
        -------
        Weights
            For a descriptor, its name and version.
        """
        if isinstance(self.model, Descriptor):
            return self.model.fingerprint(seed=seed)
        if self.trained is not None:
            return Weights(label=self.trained.name, sha256=self.trained.sha256, path=self.trained.folder / ARRAYS)
        return find_weights(self.weights, BACKBONES[self.backbone], seed=seed)

    def inputs(self, catalog: Catalog, weights: Weights) -> dict[str, Any]:
        """Return what the embedding is made from, as it stands in the manifest.

        Parameters
        ----------
        catalog : Catalog
        weights : Weights

        Returns
        -------
        dict
            For a descriptor that learns words, with a digest of the pictures that it learns from: the words follow from
            them, the seed (which is in the weights' digest) and the parameters.
        """
        inputs = {
            "catalog": catalog.name,
            "pictures_sha256": catalog.pictures_sha256,
            "weights_sha256": weights.sha256,
        }
        if isinstance(self.model, LearntDescriptor):
            learnt_from = lesson(catalog, n_pictures=self.model.n_pictures, seed=weights.seed)
            inputs["lesson_sha256"] = lesson_sha256(learnt_from)
        return inputs

    def parameters(self, weights: Weights) -> dict[str, Any]:
        """Return what was asked for, as it stands in the manifest: all that decides the vectors, and nothing else.

        Parameters
        ----------
        weights : Weights

        Returns
        -------
        dict
        """
        return {
            "backbone": self.backbone,
            "size": self.size,
            "fit": self.fit,
            "weights": weights.label,
            "precision": self.precision,
        }

    def id(self, catalog: Catalog, *, seed: int = 0) -> str:
        """Return the id that the embedding has or will have. TensorFlow is loaded only to download weights.

        Parameters
        ----------
        catalog : Catalog
        seed : int, default=0
            For random weights.

        Returns
        -------
        str
            Such as ``mobilenet_v2-224-pad-imagenet-3f9c2a``.

        Raises
        ------
        WeightsError
            If the weights cannot be had.
        CatalogError
            If the descriptor learns words and the catalogue has no pictures for that.
        """
        return self.id_with(catalog, self.find_weights(seed=seed))

    def id_with(self, catalog: Catalog, weights: Weights) -> str:
        """Return the id, the weights being found already.

        Parameters
        ----------
        catalog : Catalog
        weights : Weights

        Returns
        -------
        str
        """
        parts = [self.backbone, str(self.size), self.fit, weights.label]
        if self.trained is not None:
            parts = [self.trained.name]
        if self.precision != "f32":
            parts.append(self.precision)
        return artifact_id("-".join(parts), self.inputs(catalog, weights), self.parameters(weights))


def request_for(store: Store, **options: Any) -> EmbeddingRequest:
    """Return a request in which weights may be the name of a training run.

    Parameters
    ----------
    store : Store
        Where runs are.
    **options : Any
        As of ``EmbeddingRequest``; what is left out or None takes its default.

    Returns
    -------
    EmbeddingRequest

    Raises
    ------
    ModelError
        If the model cannot be had as asked, or no backbone and no run is named; a ``WeightsError`` where nothing is
        called as the weights are.
    """
    given = {name: value for name, value in options.items() if value is not None}
    weights = given.get("weights")
    if isinstance(weights, str) and weights not in (IMAGENET, NONE) and file_called(weights) is None:
        given["trained"] = find_trained(store, weights)
    if "backbone" not in given and given.get("trained") is None:
        if weights is not None:
            raise no_weights(str(weights))
        raise ModelError("Name a backbone, or a training run with weights.", hint=f"There are: {', '.join(MODELS)}.")
    return EmbeddingRequest(**given)


def request_of(store: Store, parameters: Mapping[str, Any], *, weights: str) -> EmbeddingRequest:
    """Return the request that an embedding's manifest records.

    Parameters
    ----------
    store : Store
        Where runs are.
    parameters : dict
        The manifest's.
    weights : str
        What to ask for: the label, or the path of the file.

    Returns
    -------
    EmbeddingRequest
    """
    return request_for(
        store,
        backbone=str(parameters["backbone"]),
        size=int(parameters["size"]),
        fit=str(parameters["fit"]),
        weights=weights,
        precision=str(parameters["precision"]),
    )
