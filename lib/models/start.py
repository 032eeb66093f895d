"""What a training run starts from: a backbone's weights, or models that were trained before."""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lib.artifacts import Store
from lib.errors import ModelError, WeightsError
from lib.models.arrays import arrays_to_start_from
from lib.models.backbones import Backbone
from lib.models.trained import ARRAYS, TrainedModel, find_trained, shipped_models
from lib.models.weights import IMAGENET, NONE, Weights, find_weights

#: Stands between the names of models whose weights are averaged.
AND = ","
_WORDS = {"layers": "dense layers", "unit": "unit length", "fixed_norm": "fixed batch norm"}


@dataclass(frozen=True)
class Start:
    """What a run starts from.

    Parameters
    ----------
    label : str
        What it is called; stands in ids.
    sha256 : str
        What identifies it.
    weights : Weights, optional
        The backbone's; the dense layers and heads begin at random.
    models : tuple of TrainedModel
        Where there are no such weights: of these the mean is taken.
    teachers : tuple of TrainedModel
        Whose answers are learnt.
    """

    label: str
    sha256: str
    weights: Weights | None = None
    models: tuple[TrainedModel, ...] = ()
    teachers: tuple[TrainedModel, ...] = ()

    @property
    def fixed_norm(self) -> bool:
        """Whether the backbone's batch norm stays as it was trained before: it has to, but from scratch."""
        return self.models[0].fixed_norm if self.models else self.label != NONE

    def check(self, wanted: Mapping[str, Any]) -> None:
        """Refuse models that are built otherwise than the network that is to be trained.

        Parameters
        ----------
        wanted : dict
            The network's ``backbone``, ``pixels``, ``layers`` and ``unit``.

        Raises
        ------
        ModelError
        """
        first = {**wanted, "fixed_norm": self.fixed_norm}
        for model in self.models:
            other = [name for name in first if getattr(model, name) != first[name]]
            if other:
                raise ModelError(
                    f"{model.name} cannot be started from: it has the {_WORDS.get(other[0], other[0])} "
                    f"{_said(getattr(model, other[0]))}, asked for is {_said(first[other[0]])}.",
                    hint="Ask for the recipe, backbone and embedding that its model card names.",
                )

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return the mean of the models' weights and heads.

        Returns
        -------
        dict of str to ndarray
            As of ``lib.models.trained.arrays_of`` and ``head_arrays``; heads that not all of the models have, or not
            for the same labels, are left out.

        Raises
        ------
        WeightsError
            If a file is missing or damaged.
        """
        known = self.classes()
        first, *others = [arrays_to_start_from(model.folder / ARRAYS) for model in self.models]
        shared = [
            name
            for name, array in first.items()
            if all(name in other and other[name].shape == array.shape for other in others)
            and (not name.startswith("head/") or name[len("head/") : name.rindex("/")] in known)
        ]
        mean = {name: np.mean([a[name].astype(np.float64) for a in (first, *others)], axis=0) for name in shared}
        return {name: values.astype(np.float32) for name, values in mean.items()}

    def classes(self) -> dict[str, tuple[str, ...]]:
        """Return the labels of the heads that all of the models have alike, by column.

        Returns
        -------
        dict of str to tuple of str
        """
        if not self.models:
            return {}
        heads = [{head.column: head.classes for head in model.heads} for model in self.models]
        return {
            column: names for column, names in heads[0].items() if all(other.get(column) == names for other in heads)
        }


def find_start(store: Store, spec: str, backbone: Backbone, *, seed: int = 0, teachers: str = "") -> Start:
    """Find what a person asked to start from.

    Parameters
    ----------
    store : Store
    spec : str
        ``imagenet``, ``none``, a file of weights, a model that comes with the project, the name of a training run, the
        folder of a shared model; or several models with commas between.
    backbone : Backbone
        Whose weights they are, where they are a backbone's.
    seed : int, default=0
        For ``none``.
    teachers : str, default=""
        Trained models whose answers are learnt, with commas between.

    Returns
    -------
    Start

    Raises
    ------
    WeightsError
        If they cannot be had.
    """
    taught_by = tuple(_model(store, name) or _refused(name) for name in _names(teachers))
    if taught_by:
        start = find_start(store, spec, backbone, seed=seed)
        return dataclasses.replace(start, sha256=_digest([start, *taught_by]), teachers=taught_by)
    found = None if spec in (IMAGENET, NONE) else _model(store, spec)
    if found is None and AND not in spec:
        weights = find_weights(spec, backbone, seed=seed)
        return Start(weights.label, weights.sha256, weights=weights)
    names = [spec] if found else _names(spec)
    models = tuple(found or _model(store, name) or _refused(name) for name in names)
    digest = models[0].sha256 if len(models) == 1 else _digest(models)
    return Start(AND.join(model.name for model in models), digest, None, models)


def _names(spec: str) -> list[str]:
    return [name.strip() for name in spec.split(AND)] if spec else []


def _digest(parts: Sequence[Start | TrainedModel]) -> str:
    return hashlib.sha256("".join(part.sha256 for part in parts).encode()).hexdigest()


def _model(store: Store, name: str) -> TrainedModel | None:
    return shipped_models().get(name) or find_trained(store, name)


def _refused(name: str) -> TrainedModel:
    raise WeightsError(
        f"There is no trained model {name!r:.200}.",
        hint="Several to start from, or to learn from, are names of training runs, with commas between.",
    )


def _said(value: Any) -> str:
    """Return a property of a network in words."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ", ".join(f"{layer.units} {layer.activation}{' normed' * layer.batch_norm}" for layer in value)
    return str(value)
