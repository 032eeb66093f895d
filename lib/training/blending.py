"""Putting class probabilities into a finished run's embedding, where it was asked for."""

from typing import Any

from lib.errors import ModelError
from lib.models.arrays import arrays_of, head_arrays, put_arrays, unblended
from lib.models.blend import Part, beside, heads_after, projection
from lib.models.recipes.recipe import LABEL
from lib.training.building import encoder_of
from lib.training.classes import Classes
from lib.training.job import Job
from lib.training.pictures import Pictures
from lib.training.request import TrainingRequest

#: So many training pictures are enough to find the projection.
_MOST = 8_000
_MOST_WEIGHT = 10.0


def parts_of(request: TrainingRequest, classes: Classes) -> tuple[Part, ...]:
    """Return the heads whose probabilities are asked to join the embedding.

    Parameters
    ----------
    request : TrainingRequest
    classes : Classes

    Returns
    -------
    tuple of Part

    Raises
    ------
    ModelError
        If the setting names what is no head, or the recipe's embedding has no unit length.
    """
    asked = request.settings.columns("blend")
    if asked and not request.method.unit:
        raise ModelError(
            f"{request.method.title} has an embedding of any length: nothing can be blended into it.",
            hint="Leave blend out, or take a recipe such as hybrid.",
        )
    return tuple(_part(text, classes) for text in asked)


def _part(text: str, classes: Classes) -> Part:
    """Return the part that a word such as ``baseColour:0.3`` stands for."""
    name, _, number = text.rpartition(":")
    try:
        weight = float(number)
    except ValueError:
        weight = -1.0
    head = LABEL if name == classes.label else name
    if not 0 < weight <= _MOST_WEIGHT or head not in classes.heads:
        there_are = ", ".join(classes.label if each == LABEL else each for each in classes.heads) or "none"
        raise ModelError(
            f"Expected blend to be heads with weights, such as {classes.label}:1. Received: {text!r:.60}",
            hint=f"Heads: {there_are}; weights: above 0, at most {_MOST_WEIGHT:g}.",
        )
    return Part(classes.label if head == LABEL else head, len(classes.names[head]), weight)


def blended(
    job: Job, arrays: dict[str, Any], parts: tuple[Part, ...], trained_on: Pictures
) -> tuple[Any, dict[str, Any]]:
    """Return a run's encoder with probabilities in its embedding, and what is kept of it.

    Parameters
    ----------
    job : Job
    arrays : dict of str to ndarray
        Of the best epoch, as ``lib.training.building.exported`` returned them.
    parts : tuple of Part
        At least one.
    trained_on : Pictures
        From which the projection is found.

    Returns
    -------
    keras.Model, dict of str to ndarray
        The encoder, and its arrays with the heads for the new embedding and, for runs that go on from it, the heads
        before.
    """
    from lib.neural.fitting import embedded

    columns = sorted({name[len("head/") : name.rindex("/")] for name in arrays if name.startswith("head/")})
    heads = {column: tuple(arrays[name] for name in head_arrays({column: ((), ())})) for column in columns}
    plain, encoder = encoder_of(job), encoder_of(job, blend=parts)
    put_arrays(plain, arrays, source=job.folder)
    some = trained_on.pixels[:: max(1, len(trained_on.pixels) // _MOST)]
    vectors = embedded(plain, some)
    weights = [part.weight for part in parts]
    kernels = [heads[part.column] for part in parts]
    rows = beside(vectors, [vectors @ kernel + bias for kernel, bias in kernels], weights)
    found = projection(rows, vectors.shape[1])
    put_arrays(encoder, {**arrays_of(encoder), **arrays_of(plain)}, source=job.folder)
    for number, pair in enumerate(kernels):
        encoder.get_layer(f"blend_{number}").set_weights(list(pair))
    encoder.get_layer("blended").set_weights([found])
    after = head_arrays(heads_after(heads, found, weights))
    return encoder, {**arrays_of(encoder), **after, **unblended(head_arrays(heads))}
