"""Runs as training leaves them, made up: nothing is trained, and every file is one that a reader can check."""

import dataclasses
import json
from typing import Any

import numpy as np
import pandas as pd

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.embedding import artifact
from lib.models.arrays import head_arrays
from lib.models.trained import ARRAYS, SPEC, Head, TrainedModel
from lib.models.weights import Weights
from lib.publish import publish, write_manifest
from lib.schema import Manifest, artifact_id
from lib.training.card import card
from lib.training.live import RUNNING, LiveRun, Status, live_run
from lib.training.request import TrainingRequest

WEIGHTS = Weights(label="imagenet", sha256="0" * 64)
#: No process has this number: the largest that Linux gives is smaller.
NOBODY = 2**22 + 1


def history_of(epochs: int, *, started: float = 1000.0, best: float = 0.5) -> list[dict[str, float]]:
    """A row an epoch of 6 seconds training and 2 measuring; the last one is the best."""
    rows = []
    for epoch in range(1, epochs + 1):
        rows.append(
            {
                "epoch": float(epoch),
                "loss": 4.0 / epoch,
                "accuracy": 0.3 + 0.1 * epoch,
                "seconds": 6.0,
                "images_per_second": 20.0,
                "val_map_at_r": best * epoch / epochs,
                "val_map": best * epoch / epochs + 0.05,
                "val_recall@1": best * epoch / epochs + 0.1,
                "val_accuracy": 0.25 + 0.1 * epoch,
                "val_precision": 0.2 + 0.1 * epoch,
                "val_recall": 0.2 + 0.1 * epoch,
                "val_f1": 0.2 + 0.1 * epoch,
                "val_loss": 5.0 / epoch,
                "finished_at": started + 8.0 * epoch,
            }
        )
    return rows


def make_run(
    store: Store,
    catalog: Catalog,
    request: TrainingRequest | None = None,
    *,
    best: float = 0.5,
    history: list[dict[str, Any]] | None = None,
) -> Manifest:
    """Write a finished run of a catalogue; its head names the label by the first numbers of an embedding."""
    request = request or TrainingRequest("classify", given={"epochs": "3", "size": "96"})
    settings, label = request.settings, request.label or catalog.label
    epochs = history_of(settings.epochs, best=best) if history is None else history
    folder = store.result_folder(catalog.name, "run", request.id_with(catalog, WEIGHTS))
    classes = tuple(sorted(catalog.frame[label].dropna().astype(str).unique()))
    layers = request.method.embedder(settings)
    model = TrainedModel(
        folder.name, "Made up", request.size, layers[-1].units, 32, backbone=request.network_name, fit=settings.fit,
        layers=layers, unit=request.method.unit, heads=(Head(label, classes, 0.75, 4),), recipe=request.recipe,
        preset=request.preset, folder=folder,
    )  # fmt: skip
    with publish(folder) as draft:
        table = pd.DataFrame(epochs)
        table.to_csv(draft / "history.csv", index=False)
        kernel = np.eye(model.dim, len(classes), dtype=np.float32) * 10
        np.savez(draft / ARRAYS, **head_arrays({label: (kernel, np.zeros(len(classes), np.float32))}))
        (draft / SPEC).write_text(model.to_json(), encoding="utf-8")
        (draft / "model.keras").write_bytes(b"a model")
        manifest = _manifest(catalog, request, folder.name, n=len(epochs), best=best)
        (draft / "README.md").write_text(card(model, manifest, table), encoding="utf-8")
        return write_manifest(draft, manifest)


def _manifest(catalog: Catalog, request: TrainingRequest, run_id: str, *, n: int, best: float) -> Manifest:
    label = request.label or catalog.label
    interval = {"value": best, "low": best - 0.1, "high": best + 0.1}
    scores = {"map_at_r": interval, "map": interval, "recall@1": interval}
    measured = {"n": 4, **scores, f"{label}_accuracy": 0.75, f"{label}_n": 4}
    return Manifest(
        kind="run",
        id=run_id,
        command=request.command(catalog.name),
        inputs=request.inputs(catalog, WEIGHTS),
        parameters=request.parameters(catalog, WEIGHTS),
        n_in=14,
        n=14,
        synthetic=catalog.synthetic,
        details={
            "epochs": n,
            "best_epoch": n,
            "best_by": "val_map_at_r",
            "label": label,
            "dim": request.method.embedder(request.settings)[-1].units,
            "metrics": {"val": measured, "test": measured},
        },
        timings={"epochs": 8.0 * n},
        seed=request.seed,
    )


def make_unfinished(
    store: Store,
    catalog: Catalog,
    request: TrainingRequest | None = None,
    *,
    state: str = RUNNING,
    epochs: int = 2,
    message: str = "",
    pid: int | None = None,
    step: int = 0,
) -> LiveRun:
    """Write the folder of a run that has finished some of its epochs; by default this process is at it."""
    request = request or TrainingRequest("supcon", given={"epochs": "5", "size": "96"})
    live = live_run(store, catalog.name, request.id_with(catalog, WEIGHTS))
    live.begin(request.to_json())
    if epochs:
        live.save(epochs, {"weight": np.zeros(2, np.float32)}, history_of(epochs))
    live.say(Status(state, epoch=epochs, epochs=request.settings.epochs, step=step, steps=4, message=message))
    if pid is not None:
        said = dataclasses.asdict(live.status()) | {"pid": pid, "state": state}
        (live.folder / "status.json").write_text(json.dumps(said), encoding="utf-8")
    return live


def embed_with(store: Store, catalog: Catalog, weights: str, vectors: np.ndarray | None = None, **details: Any) -> str:
    """Write an embedding of a run's weights; its numbers say that everything is the first label, unless given."""
    if vectors is None:
        vectors = np.eye(1, 512, dtype=np.float32).repeat(len(catalog.frame), axis=0)
    inputs = {"catalog": catalog.name, "pictures_sha256": catalog.pictures_sha256, "weights_sha256": "0" * 64}
    asked = {"backbone": "mobilenet_v2", "size": 96, "fit": "resize", "weights": weights, "precision": "f32"}
    name = artifact_id(weights, inputs, asked)
    with publish(artifact.embedding_folder(store, catalog.name, name)) as draft:
        np.save(draft / artifact.VECTORS, vectors)
        catalog.frame[["product_id"]].to_parquet(draft / artifact.IDS, index=False)
        catalog.frame[["product_id"]].iloc[:0].assign(reason="").to_parquet(draft / artifact.SKIPPED, index=False)
        n = len(vectors)
        details = {"dim": vectors.shape[1], "precision": "f32", "engine": "keras", **asked, **details}
        write_manifest(draft, Manifest("embedding", name, "", inputs, asked, n, n, synthetic=True, details=details))
    return name
