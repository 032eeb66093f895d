"""A model that was trained here: what its folder says about itself, and how its network is put together again.

The folder holds ``model.json`` and ``weights.npz``. The network is built by our own code from the first and filled from
the second: nothing in a file is run.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lib.artifacts import Store, sha256_of
from lib.errors import WeightsError
from lib.images.fit import FITS
from lib.models.arrays import head_in, put_arrays, read_arrays
from lib.models.backbones import BACKBONES, MAX_SIZE, Backbone, Model, load_keras
from lib.models.blend import Part
from lib.models.encoder import build_encoder
from lib.models.recipes.recipe import Layer
from lib.models.weights import file_called

SPEC, ARRAYS = "model.json", "weights.npz"
#: Models that come with the project, each a folder beside this file.
_SHIPPED_FOLDER = Path(__file__).parent / "shipped"
_MOST_LABELS, _MOST_UNITS, _LONGEST = 100_000, 16_384, 1_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


@dataclass(frozen=True)
class Head:
    """What a model says about one attribute of a picture.

    Parameters
    ----------
    column : str
        The catalogue's.
    classes : tuple of str
        Its labels.
    accuracy : float or None
        Share of the held-back pictures that it names rightly, 0 to 1; None where that was not measured.
    n : int
        Number of those pictures.
    """

    column: str
    classes: tuple[str, ...]
    accuracy: float | None = None
    n: int = 0


@dataclass(frozen=True)
class TrainedModel(Model):
    """A trained model, as its folder describes it.

    Parameters
    ----------
    name, title, size, dim, minimum_size
        As of ``Model``; the name is the run's id, or ``vitrine_mini``.
    backbone : str
        Key of ``BACKBONES``.
    fit : str
        Key of ``lib.images.fit.FITS``.
    pixels : {"backbone", "unit"}
        What the network is fed.
    layers : tuple of Layer
        Between the backbone's averaged features and the embedding.
    unit : bool
        Whether the embedding has unit length.
    fixed_norm : bool
        Whether batch norm is folded into the backbone's convolutions.
    heads : tuple of Head
    blend : tuple of Part
        Heads whose probabilities are in the embedding.
    recipe, preset : str
        What it was trained by.
    trained_on : dict
        ``label`` and ``values``: the labels it saw.
    folder : Path
    """

    backbone: str = ""
    fit: str = "pad"
    pixels: str = "backbone"
    layers: tuple[Layer, ...] = ()
    unit: bool = True
    fixed_norm: bool = True
    heads: tuple[Head, ...] = ()
    blend: tuple[Part, ...] = ()
    recipe: str = ""
    preset: str = ""
    trained_on: Mapping[str, Any] | None = None
    folder: Path = Path()

    def to_json(self) -> str:
        """Return the text of ``model.json``.

        Returns
        -------
        str
        """
        values = {key: value for key, value in asdict(self).items() if key != "folder"}
        return json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False)

    @property
    def network(self) -> Backbone:
        """The backbone's row in the table."""
        return BACKBONES[self.backbone]

    @property
    def sha256(self) -> str:
        """What identifies the function: a digest of the description and the weights."""
        return _digest(self.folder, *(_stamp(self.folder / name) for name in (SPEC, ARRAYS)))

    def build(self) -> Any:
        """Return the network with its weights.

        Returns
        -------
        keras.Model
            (n, size, size, 3) uint8 -> (n, dim) float32, in inference mode.

        Raises
        ------
        WeightsError
            If the weights are damaged or do not fit.
        """
        keras = load_keras()
        encoder = build_encoder(
            self.network,
            size=self.size,
            layers=self.layers,
            unit=self.unit,
            pixels=self.pixels,
            fixed_norm=self.fixed_norm,
            blend=self.blend,
        )
        put_arrays(encoder, read_arrays(self.folder / ARRAYS), source=self.folder / ARRAYS)
        encoder.trainable = False
        pixels = keras.Input((self.size, self.size, 3), dtype="uint8", name="pixels")
        return keras.Model(pixels, encoder(keras.ops.cast(pixels, "float32"), training=False), name=self.backbone)

    def probabilities(self, embeddings: npt.NDArray[np.float32]) -> dict[str, npt.NDArray[np.float32]]:
        """Return what the heads make of embeddings.

        Parameters
        ----------
        embeddings : ndarray of shape (n, dim), float32
            Of this very model.

        Returns
        -------
        dict of str to ndarray of shape (n, n_classes), float32
            Column -> probabilities in the order of the head's classes; rows sum to 1.

        Raises
        ------
        WeightsError
            If the weights are damaged, or do not hold a head.
        """
        source = self.folder / ARRAYS
        arrays = read_arrays(source)
        found = {}
        for head in self.heads:
            kernel, bias = head_in(arrays, head.column, dim=self.dim, n_classes=len(head.classes), source=source)
            logits = embeddings @ kernel + bias
            shares = np.exp(logits - logits.max(axis=1, keepdims=True))
            found[head.column] = shares / shares.sum(axis=1, keepdims=True)
        return found


def read_trained(folder: Path) -> TrainedModel:
    """Read what a trained model's folder says about it.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    TrainedModel

    Raises
    ------
    WeightsError
        If the file is missing or damaged, or the model is not one that can be built.
    """
    path = folder / SPEC
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        values["layers"] = tuple(Layer(**layer) for layer in values["layers"])
        values["heads"] = tuple(Head(**{**head, "classes": tuple(head["classes"])}) for head in values["heads"])
        values["blend"] = tuple(Part(**part) for part in values.get("blend", ()))
        model = TrainedModel(**values, folder=folder)
        _check_possible(model)
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise WeightsError(
            f"{path} is no description of a model ({str(error)[:120]}).", hint="Train it again."
        ) from error
    return model


def _check_possible(model: TrainedModel) -> None:
    """Raise ValueError for a model that our code cannot build, or whose description is of another kind."""
    words = (model.name, model.title, model.backbone, model.fit, model.pixels, model.recipe, model.preset)
    switches = (model.unit, model.fixed_norm, *(layer.batch_norm for layer in model.layers))
    if not all(type(word) is str for word in words) or not all(type(switch) is bool for switch in switches):
        raise ValueError("it does not describe a model")
    if not _NAME.fullmatch(model.name) or len(model.title) > _LONGEST:
        raise ValueError("its name is none")
    known = model.backbone in BACKBONES and model.fit in FITS and model.pixels in ("backbone", "unit")
    if not known or not _is_count(model.size, MAX_SIZE) or not _is_count(model.minimum_size, MAX_SIZE):
        raise ValueError("it does not describe a model")
    activations = {layer.activation for layer in model.layers}
    if model.layers[-1].units != model.dim or not activations <= {"linear", "relu"}:
        raise ValueError("its layers are none")
    if not all(_is_count(layer.units, _MOST_UNITS) for layer in model.layers):
        raise ValueError("its layers are none")
    if not all(_is_count(part.n_labels, _MOST_LABELS) and _is_share(part.weight, of=100) for part in model.blend):
        raise ValueError("its blend is none")
    if not all(map(_is_head, model.heads)) or len({head.column for head in model.heads}) < len(model.heads):
        raise ValueError("its heads are none")
    seen = model.trained_on
    if seen is not None and not (type(seen["label"]) is str and all(type(value) is str for value in seen["values"])):
        raise ValueError("it does not say what it was trained on")


def _is_head(head: Head) -> bool:
    """Return whether each part of a head is of its kind."""
    names = (head.column, *head.classes)
    measured = head.accuracy is None or _is_share(head.accuracy)
    return (
        1 <= len(head.classes) <= _MOST_LABELS
        and all(type(name) is str and len(name) <= _LONGEST for name in names)
        and measured
        and (head.n == 0 or _is_count(head.n, 10**9))
    )


def _is_count(value: Any, most: int) -> bool:
    return type(value) is int and 1 <= value <= most


def _is_share(value: Any, *, of: float = 1.0) -> bool:
    return type(value) in (int, float) and 0 <= value <= of


def find_trained(store: Store, spec: str) -> TrainedModel | None:
    """Find a trained model by the name of its run, in whichever catalogue it was trained on, or by its folder.

    Parameters
    ----------
    store : Store
    spec : str
        A run's id, the folder of a shared model, or anything else that weights may be called.

    Returns
    -------
    TrainedModel or None
        None where it is neither.

    Raises
    ------
    ArtifactError
        If the run is damaged.
    WeightsError
        If its model cannot be read.
    """
    described = file_called(spec, SPEC)
    if described is not None:
        return read_trained(described.resolve().parent)
    for catalog in store.catalog_names():
        if any(run.id == spec for run in store.manifests(catalog, "run")):
            return read_trained(store.result_folder(catalog, "run", spec))
    return None


@lru_cache(maxsize=1)
def shipped_models() -> dict[str, TrainedModel]:
    """Return the trained models that come with the project, by name.

    Returns
    -------
    dict of str to TrainedModel
    """
    folders = sorted(path.parent for path in _SHIPPED_FOLDER.glob(f"*/{SPEC}"))
    return {model.name: model for model in map(read_trained, folders)}


def _stamp(path: Path) -> tuple[int, int]:
    """Return a file's time and size; a missing one is as its reader will find it."""
    try:
        stat = path.stat()
    except OSError as error:
        raise WeightsError(f"{path} is missing.", hint="Train it again.") from error
    return stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=64)
def _digest(folder: Path, *_stamps: tuple[int, int]) -> str:
    digests = "".join(sha256_of(folder / name) for name in (SPEC, ARRAYS))
    return hashlib.sha256(digests.encode()).hexdigest()
