"""Runs as people look at them, finished and unfinished alike: what was asked, how each epoch went, what came out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lib.artifacts import Store, verify
from lib.embedding.run_names import ASKED, names_of, run_parameters, run_title
from lib.errors import AppError, InvalidArtifact
from lib.schema import Manifest
from lib.training.history import best_epoch
from lib.training.job import HISTORY, KIND
from lib.training.live import LiveRun, Status, live_runs
from lib.training.request import TrainingRequest

__all__ = ["ASKED", "DAMAGED", "DONE", "Run", "began", "epoch_seconds", "finished_runs", "parameters_of", "run_title"]
__all__ += ["run_titles", "unfinished_runs"]

DONE, DAMAGED = "done", "damaged"
_WORDS = ASKED[:-1]


@dataclass(frozen=True, eq=False)
class Run:
    """A run of a recipe.

    Parameters
    ----------
    id : str
    state : str
        ``done``; ``running``, ``cancelled``, ``failed`` or ``died`` where it is not finished; ``damaged`` where what it
        was asked for cannot be read.
    folder : Path
    parameters : dict
        ``recipe, preset, backbone, label, seed`` and every setting by its name.
    history : DataFrame
        A row an epoch, numbers only; ``epoch`` counts from 1. Empty before the first epoch ends.
    epochs : int
        That were asked for.
    metrics : dict of str to dict
        ``val`` and ``test`` -> what was measured of the best epoch; empty until it is finished.
    best_epoch : int
        0 where there is none yet.
    manifest : Manifest or None
        Of a finished run.
    status : Status or None
        Of an unfinished one.
    """

    id: str
    state: str
    folder: Path
    parameters: Mapping[str, Any]
    history: pd.DataFrame
    epochs: int = 0
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    best_epoch: int = 0
    manifest: Manifest | None = None
    status: Status | None = None

    @property
    def label(self) -> str:
        """The column that makes pictures relevant to each other."""
        return str(self.parameters.get("label", ""))

    @property
    def seconds(self) -> float:
        """How long its epochs took, and measuring after each, where that is known."""
        if "seconds" not in self.history:
            return epoch_seconds(self.history) * len(self.history)
        measuring = epoch_seconds(self.history) - epoch_seconds(self.history[["seconds"]])
        return float(self.history["seconds"].sum()) + max(0.0, measuring) * len(self.history)


def finished_runs(store: Store, catalog: str) -> list[Run]:
    """Return the finished runs of a catalogue, newest first; those whose manifest is damaged are left out.

    Parameters
    ----------
    store : Store
    catalog : str

    Returns
    -------
    list of Run
    """
    found = store.manifests(catalog, KIND)
    return [_finished(store.result_folder(catalog, KIND, manifest.id), manifest) for manifest in found[::-1]]


def unfinished_runs(store: Store, catalog: str, *, label: str) -> list[Run]:
    """Return the runs of a catalogue that are not finished, newest first.

    Parameters
    ----------
    store : Store
    catalog : str
    label : str
        The catalogue's own, for runs that named none.

    Returns
    -------
    list of Run
    """
    return [_unfinished(live, label) for live in live_runs(store, catalog)[::-1]]


def began(run: Run, words: Sequence[str], catalog: str) -> bool:
    """Return whether a command began or resumed a run that is not finished.

    Parameters
    ----------
    run : Run
    words : sequence of str
        Of the command, after ``python -m lib``.
    catalog : str
        The run's.

    Returns
    -------
    bool
    """
    if run.id in words:
        return True
    try:
        return LiveRun(run.folder).request().words(catalog) == list(words)
    except AppError:
        return False


def run_titles(runs: Sequence[Run]) -> dict[str, str]:
    """Return what each run of a catalogue is called, by id.

    A finished run is called as ``lib.embedding.run_names`` says, whatever else is there; one that is not finished is
    told apart from all that have its title.

    Parameters
    ----------
    runs : sequence of Run

    Returns
    -------
    dict of str to str
        In the given order.
    """
    finished = names_of({run.id: run.parameters for run in runs if run.state == DONE})
    every = names_of({run.id: run.parameters for run in runs})
    return {run.id: finished.get(run.id, every[run.id]) for run in runs}


def epoch_seconds(history: pd.DataFrame) -> float:
    """Return how long an epoch takes, measuring after it included.

    Parameters
    ----------
    history : DataFrame

    Returns
    -------
    float
        The median; 0 where that is not known.

    Examples
    --------
    >>> epoch_seconds(pd.DataFrame({"finished_at": [100.0, 112.0, 124.0], "seconds": [9.0, 9.0, 9.0]}))
    12.0
    """
    for name, between in (("finished_at", True), ("seconds", False)):
        if name in history:
            values = history[name].diff() if between else history[name]
            known = values[values > 0]
            if len(known):
                return float(known.median())
    return 0.0


def _finished(folder: Path, manifest: Manifest) -> Run:
    details, parameters = manifest.details, run_parameters(manifest)
    metrics = details.get("metrics", {})
    return Run(
        id=manifest.id,
        state=DONE,
        folder=folder,
        parameters=parameters,
        history=_numbers(_stored_history(folder, manifest)),
        epochs=int(parameters.get("epochs", details.get("epochs", 0))),
        metrics={split: dict(values) for split, values in metrics.items() if values},
        best_epoch=int(details.get("best_epoch", 0)),
        manifest=manifest,
    )


def _unfinished(live: LiveRun, label: str) -> Run:
    status, history = live.status(), _numbers(pd.DataFrame(live.history()))
    try:
        request = live.request()
    except AppError:
        return Run(live.id, DAMAGED, live.folder, {}, history, status=status)
    parameters = parameters_of(request, label=label)
    epochs = request.settings.epochs
    rows = [{str(name): value for name, value in row.items()} for row in history.to_dict("records")]
    return Run(
        live.id,
        status.state,
        live.folder,
        parameters,
        history,
        epochs,
        best_epoch=best_epoch(rows),
        status=status,
    )


def parameters_of(request: TrainingRequest, *, label: str) -> dict[str, Any]:
    """Return what a request asks for, as ``Run.parameters`` says it.

    Parameters
    ----------
    request : TrainingRequest
    label : str
        The catalogue's own, for a request that names none.

    Returns
    -------
    dict
    """
    asked = (request.recipe, request.preset, request.network_name, request.label or label)
    settings = {**asdict(request.settings), "size": request.size}
    return {**dict(zip(_WORDS, asked, strict=True)), "seed": request.seed, **settings}


def _stored_history(folder: Path, manifest: Manifest) -> pd.DataFrame:
    """Return a finished run's history, empty where the file is not the one that was written."""
    try:
        verify(folder, manifest, only=HISTORY)
        return pd.read_csv(folder / HISTORY)
    except (InvalidArtifact, ValueError):
        return pd.DataFrame()


def _numbers(history: pd.DataFrame) -> pd.DataFrame:
    """Return a history of which every column is numbers; what is none is missing, and rows of no epoch are left out."""
    if "epoch" not in history:
        return pd.DataFrame()
    table = history.apply(pd.to_numeric, errors="coerce").astype("float64").replace([np.inf, -np.inf], np.nan)
    kept: pd.DataFrame = table[table["epoch"].notna()].reset_index(drop=True)
    return kept
