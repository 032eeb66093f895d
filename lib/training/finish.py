"""What a finished run leaves behind: the best epoch's weights, its history, what it measures, and a model card."""

import dataclasses
import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from lib.models.arrays import head_arrays, put_arrays, read_arrays
from lib.models.blend import Part
from lib.models.recipes.recipe import LABEL
from lib.models.seen import write_seen
from lib.models.trained import ARRAYS, SPEC, Head, TrainedModel
from lib.publish import publish, write_manifest
from lib.schema import Manifest
from lib.training.blending import blended
from lib.training.building import labels_of
from lib.training.card import card
from lib.training.classes import Classes
from lib.training.history import BEST_BY, OTHERWISE, Row, best_epoch
from lib.training.job import CARD, HISTORY, KERAS, KIND, Job
from lib.training.live import LiveRun
from lib.training.measure import classification, intervals, retrieval
from lib.training.overlap import seen_after, seen_before
from lib.training.pictures import Pictures, read_pictures
from lib.training.rows import measured_rows

logger = logging.getLogger(__name__)


def publish_run(
    job: Job,
    live: LiveRun,
    classes: Classes,
    trainee: Any,
    *,
    history: Sequence[Row],
    machine: Mapping[str, Any],
    trained_on: Pictures,
    parts: tuple[Part, ...],
) -> Manifest:
    """Measure the best epoch's model on the validation and test splits, and write the run's folder.

    Parameters
    ----------
    job : Job
    live : LiveRun
        Of which the best weights and TensorBoard's log are taken over.
    classes : Classes
    trainee : Trainee
    history : sequence of dict
        A row an epoch.
    machine : dict
        Precision, backend and number of accelerators that it was trained with.
    trained_on : Pictures
    parts : tuple of Part
        Heads whose probabilities join the embedding.

    Returns
    -------
    Manifest
    """
    best = live.best(best_epoch(history))
    encoder, arrays = trainee.encoder, read_arrays(best)
    put_arrays(encoder, arrays, source=best)
    if parts:
        encoder, arrays = blended(job, arrays, parts, trained_on)
    held_back = {split: _held_back(job, classes, split) for split in ("val", "test")}
    measured = {split: _measured(job, encoder, classes, arrays, pictures) for split, pictures in held_back.items()}
    model = _described(job, classes, measured["test"] or measured["val"], parts)
    table = pd.DataFrame(history)
    with publish(job.folder) as draft:
        np.savez(draft / ARRAYS, **arrays)  # type: ignore[arg-type]
        (draft / SPEC).write_text(model.to_json(), encoding="utf-8")
        table.to_csv(draft / HISTORY, index=False)
        dataclasses.replace(model, folder=draft).build().save(str(draft / KERAS))
        if live.tensorboard.is_dir():
            shutil.copytree(live.tensorboard, draft / "tensorboard")
        write_seen(draft, seen_after(job, trained_on))
        left_out = {split: dict(pictures.skipped) for split, pictures in held_back.items() if pictures}
        details = {
            **_details(job, classes, history, measured),
            "left_out": left_out,
            "seen_before": seen_before(job),
            **machine,
        }
        manifest = _manifest(job, details, table, n_train=len(trained_on), skipped=trained_on.skipped)
        (draft / CARD).write_text(card(model, manifest, table), encoding="utf-8")
        return write_manifest(draft, manifest)


def _held_back(job: Job, classes: Classes, split: str) -> Pictures | None:
    """Return the pictures of a split that the run did not learn from, or None where there are none."""
    rows, settings = measured_rows(job.catalog, job.request.settings, split), job.request.settings
    if not len(rows):
        return None
    pictures = read_pictures(job.catalog, classes.codes(rows), size=job.request.size, fit=settings.fit)
    if pictures.skipped:
        n = sum(pictures.skipped.values())
        logger.warning("Of the %s split %s of %s pictures cannot be read; they are not measured.", split, n, len(rows))
    return pictures


def _measured(
    job: Job, encoder: Any, classes: Classes, arrays: dict[str, Any], pictures: Pictures | None
) -> dict[str, Any]:
    """Return how the model finds and names the pictures of a split, each asking the others."""
    from lib.neural import fitting

    if pictures is None:
        return {}
    embeddings = fitting.embedded(encoder, pictures.pixels)
    found: dict[str, Any] = {"n": len(pictures), **intervals(retrieval(embeddings, labels_of(job, pictures)))}
    for head in classes.heads:
        column = classes.label if head == LABEL else head
        kernel, bias = (arrays[name] for name in head_arrays({column: ((), ())}))
        named = classification(embeddings @ kernel + bias, pictures.codes[head])
        found |= {f"{column}_accuracy": named["accuracy"], f"{column}_n": int(named["n"])} if named else {}
    return found


def _described(job: Job, classes: Classes, measured: dict[str, Any], parts: tuple[Part, ...]) -> TrainedModel:
    """Return what the model's folder says about it; heads carry their accuracy on pictures that chose nothing."""
    request, settings = job.request, job.request.settings
    layers = request.method.embedder(settings)
    columns = {head: classes.label if head == LABEL else head for head in classes.heads}
    heads = tuple(
        Head(column, classes.names[head], measured.get(f"{column}_accuracy"), int(measured.get(f"{column}_n", 0)))
        for head, column in columns.items()
    )
    return TrainedModel(
        name=job.id,
        title=f"{request.method.title} ({request.network.title})",
        size=request.size,
        dim=layers[-1].units,
        minimum_size=request.size,
        backbone=request.network_name,
        fit=settings.fit,
        pixels=settings.pixels,
        layers=layers,
        unit=request.method.unit,
        fixed_norm=job.start.fixed_norm,
        heads=heads,
        blend=parts,
        recipe=request.recipe,
        preset=request.preset,
        trained_on=_trained_on(job, classes),
        folder=job.folder,
    )


def _trained_on(job: Job, classes: Classes) -> dict[str, Any] | None:
    """Return the labels that the model saw, or None for one that looked at none."""
    seen = {"label": classes.label, "values": list(classes.names[LABEL])}
    return seen if job.request.method.needs_label else None


def _details(job: Job, classes: Classes, history: Sequence[Row], measured: dict[str, Any]) -> dict[str, Any]:
    """Return what was found while training."""
    return {
        "epochs": len(history),
        "best_epoch": best_epoch(history),
        "best_by": BEST_BY if BEST_BY in history[0] else OTHERWISE,
        "label": classes.label,
        "dim": job.request.method.embedder(job.request.settings)[-1].units,
        "metrics": measured,
        "settings": {**asdict(job.request.settings), "start": job.start.label, "size": job.request.size},
    }


def _manifest(
    job: Job, details: dict[str, Any], history: pd.DataFrame, *, n_train: int, skipped: Mapping[str, int]
) -> Manifest:
    """Return the manifest of a finished run."""
    return Manifest(
        kind=KIND,
        id=job.id,
        command=job.command,
        inputs=job.request.inputs(job.catalog, job.start),
        parameters=job.request.parameters(job.catalog, job.start),
        n_in=n_train + sum(skipped.values()),
        n=n_train,
        skipped=skipped,
        synthetic=job.catalog.synthetic,
        details=details,
        timings={"epochs": round(float(history["seconds"].sum()), 1)},
        seed=job.request.seed,
    )
