"""The model that a run trains, built from its request, and what is kept of it."""

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from lib.errors import ModelError
from lib.models.arrays import arrays_of, head_arrays, put_arrays
from lib.models.backbones import load_keras
from lib.models.blend import Part
from lib.models.encoder import build_encoder
from lib.models.recipes.recipe import LABEL
from lib.models.trained import ARRAYS
from lib.models.weights import Weights
from lib.training.classes import Classes, values_of
from lib.training.job import Job
from lib.training.pictures import Pictures

logger = logging.getLogger(__name__)


def labels_of(job: Job, pictures: Pictures) -> pd.Series:
    """Return the labels of pictures, those among them that nobody learnt.

    Parameters
    ----------
    job : Job
    pictures : Pictures

    Returns
    -------
    Series of str or missing
        Indexed by product id.
    """
    rows = [job.catalog.row_of[product_id] for product_id in pictures.ids]
    labels = values_of(job.catalog.frame.iloc[rows], job.label)
    return labels.set_axis(pictures.ids)


def encoder_of(job: Job, *, weights: Weights | None = None, blend: Sequence[Part] = ()) -> Any:
    """Return the network that a run trains, or one of the same shape with probabilities in its embedding.

    Parameters
    ----------
    job : Job
    weights : Weights, optional
        The backbone's to start from; none where all weights are put in later.
    blend : sequence of Part, optional

    Returns
    -------
    keras.Model
        As of ``lib.models.encoder.build_encoder``.
    """
    request, settings = job.request, job.request.settings
    return build_encoder(
        request.network,
        size=request.size,
        layers=request.method.embedder(settings),
        unit=request.method.unit,
        pixels=settings.pixels,
        weights=weights,
        fixed_norm=job.start.fixed_norm,
        trained_layers=settings.trained_layers,
        blend=blend,
    )


def build_trainee(job: Job, classes: Classes) -> Any:
    """Return the model that is trained, with the weights that it starts from.

    Parameters
    ----------
    job : Job
    classes : Classes

    Returns
    -------
    Trainee

    Raises
    ------
    ModelError
        If nothing is left to train.
    """
    from lib.neural.trainee import Trainee

    request, settings = job.request, job.request.settings
    load_keras().utils.set_random_seed(request.seed)
    encoder = encoder_of(job, weights=job.start.weights)
    n_classes = {name: len(classes.names[name]) for name in classes.heads}
    trainee = Trainee(encoder, request.method, settings, classes=n_classes, seed=request.seed)
    trainee(np.zeros((2, request.size, request.size, 3), np.uint8), training=True)
    if job.start.models:
        _go_on_from(trainee, job, classes)
    if not trainee.trainable_variables:
        raise ModelError("Nothing is left to train.", hint="Use a larger --set trained_layers")
    return trainee


def _go_on_from(trainee: Any, job: Job, classes: Classes) -> None:
    """Put in the weights of models that were trained before; heads for other labels begin anew."""
    arrays, known = job.start.arrays(), job.start.classes()
    put_arrays(trainee.encoder, arrays, source=job.start.models[0].folder / ARRAYS)
    for name, head in trainee.heads.items():
        column = classes.label if name == LABEL else name
        if known.get(column) == classes.names[name]:
            head.take(*(arrays[key] for key in head_arrays({column: ((), ())})))
        else:
            logger.info(
                "The head for %s begins anew: the model that is started from has none for these labels.", column
            )


def exported(trainee: Any, classes: Classes) -> dict[str, Any]:
    """Return what ``weights.npz`` of a trained model holds: the encoder's weights, and the heads by column.

    Parameters
    ----------
    trainee : Trainee
    classes : Classes

    Returns
    -------
    dict of str to ndarray
    """
    heads = {classes.label if name == LABEL else name: head.exported() for name, head in trainee.heads.items()}
    return {**arrays_of(trainee.encoder), **head_arrays(heads)}
