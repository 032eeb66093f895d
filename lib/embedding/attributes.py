"""What a trained model says of a picture beside its vector: the attributes that it names, and how sure it is."""

from dataclasses import dataclass

import numpy as np

from lib.artifacts import Store
from lib.embedding.engines import Vectors
from lib.embedding.request import request_of
from lib.errors import WeightsError
from lib.models import TrainedModel
from lib.schema import Manifest


@dataclass(frozen=True)
class NamedAttribute:
    """What a model makes of one attribute of a picture.

    Parameters
    ----------
    column : str
        The catalogue's that it was trained on.
    label : str
        The most probable one.
    probability : float
        As the model gives it, 0 to 1.
    accuracy : float or None
        Share of the validation pictures that it named rightly, 0 to 1; None where that was not measured.
    n : int
        Number of those pictures.
    """

    column: str
    label: str
    probability: float
    accuracy: float | None
    n: int


def name_attributes(store: Store, manifest: Manifest, vectors: Vectors) -> list[NamedAttribute]:
    """Return what the model of an embedding says of one thing, by the vectors of one or several pictures of it.

    Parameters
    ----------
    store : Store
    manifest : Manifest
        The embedding's.
    vectors : ndarray of shape (n_pictures, dim), float32
        Made by that model. Probabilities are averaged over the pictures.

    Returns
    -------
    list of NamedAttribute
        In the order in which the model was trained on them; empty for a model that names nothing, or is gone.
    """
    try:
        trained = _trained(store, manifest)
        shares = trained.probabilities(np.atleast_2d(vectors)) if trained is not None else {}
    except WeightsError:
        return []
    found = []
    for head in trained.heads if trained is not None else ():
        mean = shares[head.column].mean(axis=0)
        best = int(mean.argmax())
        found.append(NamedAttribute(head.column, head.classes[best], float(mean[best]), head.accuracy, head.n))
    return found


def _trained(store: Store, manifest: Manifest) -> TrainedModel | None:
    """Return the trained model that made an embedding, if one did."""
    if "backbone" not in manifest.parameters:
        return None
    weights = str(manifest.details.get("weights_path") or manifest.parameters["weights"])
    return request_of(store, manifest.parameters, weights=weights).trained
