"""What trained models say of the pictures that a run learns from, for it to learn that too."""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.models.recipes.recipe import LABEL, TEACHERS, taught
from lib.models.trained import TrainedModel
from lib.training.classes import Classes
from lib.training.job import Job
from lib.training.pictures import Pictures, read_pictures

Halves = npt.NDArray[np.float16]


def lessons_of(job: Job, classes: Classes, pictures: Pictures) -> dict[str, Halves]:
    """Return what the teachers of a run answer to its training pictures, as they are and mirrored.

    Parameters
    ----------
    job : Job
    classes : Classes
    pictures : Pictures
        Which the run learns from.

    Returns
    -------
    dict of str to ndarray of shape (n, any), float16
        ``TEACHERS``: embeddings, beside each other and together of length 1; and, by ``taught(head)``, the mean
        probabilities of a head's labels, zero where no teacher knows the head. Empty without teachers.

    Raises
    ------
    WeightsError
        If a teacher's weights are damaged.
    """
    if not job.start.teachers:
        return {}
    answers = [answer for model in job.start.teachers for answer in _answers(job, model, pictures)]
    vectors = np.concatenate([embedding for embedding, _ in answers], axis=1)
    lessons = {TEACHERS: _at_length_1(vectors).astype(np.float16)}
    for head in classes.heads:
        column = classes.label if head == LABEL else head
        known = [shares[column] for _, shares in answers if column in shares]
        parts = [_in_order(table, classes.names[head]) for table in known]
        empty = np.zeros((len(pictures), len(classes.names[head])), np.float32)
        lessons[taught(head)] = np.mean(parts or [empty], axis=0).astype(np.float16)
    return lessons


def _answers(
    job: Job, model: TrainedModel, pictures: Pictures
) -> Iterator[tuple[npt.NDArray[np.float32], Mapping[str, pd.DataFrame]]]:
    """Yield a model's embeddings at length 1 and its probabilities, of pictures and of their mirror images."""
    from lib.neural.fitting import embedded

    pixels = pictures.pixels
    if (model.size, model.fit) != (job.request.size, job.request.settings.fit):
        same = pd.DataFrame(index=pictures.ids)
        pixels = read_pictures(job.catalog, same, size=model.size, fit=model.fit).pixels
    network = model.build()
    for view in (pixels, pixels[:, :, ::-1]):
        embedding = embedded(network, view)
        shares = model.probabilities(embedding)
        heads = {head.column: pd.DataFrame(shares[head.column], columns=list(head.classes)) for head in model.heads}
        yield _at_length_1(embedding), heads


def _in_order(shares: pd.DataFrame, names: tuple[str, ...]) -> npt.NDArray[np.float32]:
    """Return probabilities of a run's labels, again with the sum 1; those that the teacher does not know have none."""
    found = shares.reindex(columns=list(names), fill_value=0.0).to_numpy(np.float32)
    whole: npt.NDArray[np.float32] = found / np.maximum(found.sum(axis=1, keepdims=True), 1e-6)
    return whole


def _at_length_1(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    rows: npt.NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return rows
