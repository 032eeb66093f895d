"""What a finished run leaves behind: the best epoch's weights, its history, what it measures, and a model card."""

import dataclasses
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lib.models.trained import ARRAYS, SPEC, Head, TrainedModel, head_arrays, put_arrays, read_arrays
from lib.publish import publish, write_manifest
from lib.schema import Manifest
from lib.training.building import labels_of
from lib.training.card import card
from lib.training.classes import LABEL, Classes
from lib.training.job import KIND, Job
from lib.training.live import LiveRun
from lib.training.measure import classification, intervals, retrieval
from lib.training.pictures import Pictures, read_pictures
from lib.training.request import starts_from_imagenet
from lib.training.rows import measured_rows

HISTORY, CARD, KERAS = "history.csv", "README.md", "model.keras"


def publish_run(
    job: Job,
    live: LiveRun,
    classes: Classes,
    trainee: Any,
    *,
    machine: Mapping[str, Any],
    n_train: int,
    skipped: Mapping[str, int],
) -> Manifest:
    """Measure the best epoch's model on the validation and test splits, and write the run's folder.

    Parameters
    ----------
    job : Job
    live : LiveRun
        Of which the history, the best weights and TensorBoard's log are taken over.
    classes : Classes
    trainee : Trainee
    machine : dict
        Precision, backend and number of accelerators that it was trained with.
    n_train : int
        Pictures that were trained on.
    skipped : dict of str to int
        Reason -> training pictures that could not be read.

    Returns
    -------
    Manifest
    """
    arrays = read_arrays(live.best())
    put_arrays(trainee.encoder, arrays, source=live.best())
    measured = {split: _measured(job, trainee, classes, arrays, split) for split in ("val", "test")}
    model = _described(job, classes, measured["val"])
    history = pd.DataFrame(live.history())
    with publish(job.folder) as draft:
        shutil.copyfile(live.best(), draft / ARRAYS)
        (draft / SPEC).write_text(model.to_json(), encoding="utf-8")
        history.to_csv(draft / HISTORY, index=False)
        dataclasses.replace(model, folder=draft).build().save(str(draft / KERAS))
        if live.tensorboard.is_dir():
            shutil.copytree(live.tensorboard, draft / "tensorboard")
        manifest = _manifest(job, classes, history, measured, n_train=n_train, skipped=skipped)
        manifest = dataclasses.replace(manifest, details={**manifest.details, **machine})
        (draft / CARD).write_text(card(model, manifest, history), encoding="utf-8")
        return write_manifest(draft, manifest)


def _measured(job: Job, trainee: Any, classes: Classes, arrays: dict[str, Any], split: str) -> dict[str, Any]:
    """Return how the model finds and names the pictures of a split, each asking the others."""
    from lib.neural import fitting

    rows = measured_rows(job.catalog, split)
    if not len(rows):
        return {}
    settings = job.request.settings
    pictures: Pictures = read_pictures(job.catalog, classes.codes(rows), size=job.request.size, fit=settings.fit)
    embeddings = fitting.answers(trainee, pictures.pixels)["embedding"]
    found: dict[str, Any] = {"n": len(pictures), **intervals(retrieval(embeddings, labels_of(job, pictures)))}
    for head in classes.heads:
        column = classes.label if head == LABEL else head
        kernel, bias = (arrays[name] for name in head_arrays({column: ((), ())}))
        named = classification(embeddings @ kernel + bias, pictures.codes[head])
        found |= {f"{column}_accuracy": named["accuracy"], f"{column}_n": int(named["n"])} if named else {}
    return found


def _described(job: Job, classes: Classes, measured: dict[str, Any]) -> TrainedModel:
    """Return what the model's folder says about it; heads carry their accuracy on the validation split."""
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
        fixed_norm=starts_from_imagenet(settings),
        heads=heads,
        recipe=request.recipe,
        preset=request.preset,
        trained_on={"label": classes.label, "values": list(classes.names[LABEL])}
        if request.method.needs_label
        else None,
        folder=job.folder,
    )


def _trained_on(job: Job, classes: Classes) -> dict[str, Any] | None:
    """Return the labels that the model saw, or None for one that looked at none."""
    seen = {"label": classes.label, "values": list(classes.names[LABEL])}
    return seen if job.request.method.needs_label else None


def _manifest(
    job: Job,
    classes: Classes,
    history: pd.DataFrame,
    measured: dict[str, Any],
    *,
    n_train: int,
    skipped: Mapping[str, int],
) -> Manifest:
    """Return the manifest of a finished run."""
    settings = job.request.settings
    by = "val_map_at_r" if "val_map_at_r" in history else "loss"
    judged = history[by] if by == "val_map_at_r" else -history[by]
    return Manifest(
        kind=KIND,
        id=job.id,
        command=job.command,
        inputs=job.request.inputs(job.catalog, job.weights),
        parameters=job.request.parameters(job.catalog, job.weights),
        n_in=n_train + sum(skipped.values()),
        n=n_train,
        skipped=skipped,
        synthetic=job.catalog.synthetic,
        details={
            "epochs": len(history),
            "best_epoch": int(np.argmax(judged)) + 1,
            "best_by": by,
            "label": classes.label,
            "dim": job.request.method.embedder(settings)[-1].units,
            "metrics": measured,
        },
        timings={"epochs": round(float(history["seconds"].sum()), 1)} if "seconds" in history else {},
        seed=job.request.seed,
    )


def run_files(folder: Path) -> tuple[Path, Path, Path]:
    """Return where a run's history, model card and Keras model lie.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    (Path, Path, Path)
    """
    return folder / HISTORY, folder / CARD, folder / KERAS
