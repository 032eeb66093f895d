"""Training a model: one run from its request to its folder, which can be killed at any point and goes on."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lib.artifacts import Store, read_result, there_and_whole
from lib.catalog import load_catalog
from lib.errors import AppError, ArtifactError, StaleArtifact
from lib.progress import Report, silent
from lib.publish import exclusive
from lib.schema import Manifest
from lib.training.classes import Classes
from lib.training.finish import publish_run
from lib.training.job import KIND, Job
from lib.training.known import check_stopped
from lib.training.live import CANCELLED, FAILED, RUNNING, LiveRun, Status, live_run
from lib.training.loop import Loop
from lib.training.overlap import seen_before
from lib.training.pictures import Pictures, read_pictures
from lib.training.plan import plan_of
from lib.training.request import TrainingRequest
from lib.training.rows import measured_rows

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainResult:
    """What ``train`` returns.

    Parameters
    ----------
    manifest : Manifest
        The run's.
    resumed_from_epoch : int
        Epochs that an earlier, perhaps killed, process had finished.
    was_current : bool
        Whether the run was finished before.
    """

    manifest: Manifest
    resumed_from_epoch: int
    was_current: bool


def train(store: Store, name: str, request: TrainingRequest, *, command: str, report: Report = silent) -> TrainResult:
    """Train a model, or find that it was done.

    A killed run goes on after its last finished epoch when the same is asked for again.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    request : TrainingRequest
    command : str
        The command that makes it again, for the manifest.
    report : callable, optional
        Told the number of finished steps, of all, and of those that an earlier process had finished.

    Returns
    -------
    TrainResult

    Raises
    ------
    CatalogError
        If the catalogue does not suit the recipe.
    ModelError
        If the network cannot be had, or the loss is not a number any more.
    ArtifactError
        If the catalogue is missing, or the disk is full.
    """
    catalog = load_catalog(store, name)
    job = Job(store, catalog, request, request.start(store), command)
    with exclusive(catalog.folder, f"train-{job.id}", on_wait=lambda: _say_waiting(job.id)):
        done = _current(job)
        if done is not None:
            epochs = int(done.details["epochs"])
            report(epochs, epochs, epochs)
            live_run(store, name, job.id).remove()  # a process may have been killed between publishing and this
            return TrainResult(done, epochs, was_current=True)
        live = live_run(store, name, job.id)
        with _told(live):
            return _train(job, live, report)


def request_of_run(store: Store, name: str, run_id: str) -> TrainingRequest:
    """Return the request of a run that is not finished, to go on with it.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    run_id : str

    Returns
    -------
    TrainingRequest

    Raises
    ------
    StaleArtifact
        If the catalogue or the weights have changed since: the run would be another.
    ArtifactError
        If there is no such run.
    """
    check_stopped(store, name, run_id)
    request = live_run(store, name, run_id).request()
    if request.id_with(load_catalog(store, name), request.start(store)) != run_id:
        raise StaleArtifact(
            f"The catalogue {name!r}, or the weights that it started from, changed since {run_id} was begun.",
            hint=f"Start it anew: python -m lib train {name} --recipe {request.recipe}",
        )
    return request


def _say_waiting(run_id: str) -> None:
    logger.warning("Another process is training %s; waiting for it.", run_id)


def _current(job: Job) -> Manifest | None:
    """Return the finished run if it is there and whole."""
    return there_and_whole(job.folder, lambda: read_result(job.folder, KIND, mend=job.command))


@contextmanager
def _told(live: LiveRun) -> Iterator[None]:
    """Write into the status how a run ended, if it did not end well."""
    try:
        yield
    except KeyboardInterrupt:
        _end(live, CANCELLED)
        raise
    except AppError as error:
        _end(live, FAILED, str(error))
        raise


def _end(live: LiveRun, state: str, message: str = "") -> None:
    """Write how a run ended beside how far it had come; a disk that is full keeps what it has."""
    if live.exists():
        before = live.status()
        try:
            live.say(Status(state, epoch=before.epoch, epochs=before.epochs, steps=before.steps, message=message))
        except ArtifactError as error:
            logger.warning("%s", error)


def _train(job: Job, live: LiveRun, report: Report) -> TrainResult:
    """Train what is missing, and finish."""
    settings, request = job.request.settings, job.request
    plan = plan_of(job.catalog, request)  # first: what cannot be asked for begins no run
    classes = plan.classes
    for split, n in seen_before(job).items():
        logger.warning(
            "What it starts or learns from has learnt %s pictures of the %s split: its scores will flatter.", n, split
        )
    live.begin(request.to_json())
    live.say(Status(RUNNING, epochs=settings.epochs))
    train_set = read_pictures(job.catalog, classes.codes(plan.rows), size=request.size, fit=settings.fit)
    checked = _sample(job, classes, "val", at_most=settings.validation)
    loop = Loop(job, live, classes, train_set, checked, report)
    resumed = loop.run()
    manifest = publish_run(
        job,
        live,
        classes,
        loop.trainee,
        history=loop.history,
        machine=loop.machine,
        trained_on=train_set,
        parts=plan.parts,
    )
    live.remove()
    return TrainResult(manifest, resumed, was_current=False)


def _sample(job: Job, classes: Classes, split: str, *, at_most: int | None = None) -> Pictures | None:
    """Return the pictures of a split, or None where it has none."""
    rows = measured_rows(job.catalog, job.request.settings, split, at_most=at_most)
    if not len(rows):
        return None
    return read_pictures(job.catalog, classes.codes(rows), size=job.request.size, fit=job.request.settings.fit)
