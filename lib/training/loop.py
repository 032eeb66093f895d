"""The epochs of a run: fit, measure, keep a checkpoint, go on or stop."""

import importlib.util
import logging
import time
from typing import Any

from lib.models.backbones import load_keras
from lib.models.recipes.recipe import EMBEDDING, LABEL
from lib.progress import Report
from lib.training.batches import epoch_batches
from lib.training.building import build_trainee, exported, labels_of
from lib.training.classes import Classes
from lib.training.history import best_epoch, score
from lib.training.job import Job
from lib.training.live import RUNNING, LiveRun, Status
from lib.training.measure import classification, means, prefixed, retrieval
from lib.training.pictures import Pictures
from lib.training.teaching import lessons_of

logger = logging.getLogger(__name__)


class Loop:
    """The epochs of a run.

    Parameters
    ----------
    job : Job
    live : LiveRun
    classes : Classes
    train_set : Pictures
    checked : Pictures or None
        What is looked at after each epoch.
    report : callable
    """

    def __init__(
        self, job: Job, live: LiveRun, classes: Classes, train_set: Pictures, checked: Pictures | None, report: Report
    ) -> None:
        self._job, self._live, self._classes, self._report = job, live, classes, report
        self._train, self._checked = train_set, checked
        self._settings = job.request.settings
        self.history: list[dict[str, float]] = []
        self._first, self._told, self._since = 0, 0.0, 0.0
        self.trainee: Any = None
        self.machine: dict[str, Any] = {}

    def run(self) -> int:
        """Fit.

        Returns
        -------
        int
            Epochs that were there before.
        """
        from lib.neural import fitting
        from lib.neural.devices import spread
        from lib.neural.feed import Feed

        settings = self._settings
        steps = len(self._batches(0))
        with (
            fitting.precision_of(settings.precision) as precision,
            spread() as n,
            fitting.memory_errors(settings.batch),
        ):
            self.machine = {"precision": precision, "backend": load_keras().backend.backend(), "accelerators": n}
            self.trainee = build_trainee(self._job, self._classes)
            fitting.compile_trainee(self.trainee, settings, steps=steps)
            self._resume()
            if self._first < settings.epochs and not self._is_over():
                self._since = time.time()
                targets: dict[str, Any] = {**self._train.codes, **lessons_of(self._job, self._classes, self._train)}
                feed = Feed(self._train.pixels, targets, batches=self._batches, epoch=self._first)
                self.trainee.fit(
                    feed,
                    epochs=settings.epochs,
                    initial_epoch=self._first,
                    verbose=0,
                    shuffle=False,
                    callbacks=[fitting.Watcher(self._step, self._epoch), *_tensorboard(self._live)],
                )
        return self._first

    def _batches(self, epoch: int) -> Any:
        settings, seed = self._settings, self._job.request.seed
        codes = self._train.codes[LABEL]
        return epoch_batches(codes, batch=settings.batch, per_label=settings.per_label, seed=(seed, epoch))

    def _resume(self) -> None:
        """Go on from the newest checkpoint that is whole, if there is one."""
        from lib.neural import fitting

        newest = self._live.newest()
        if newest is not None:
            self._first, state, self.history = newest
            fitting.restore(self.trainee, state)
            logger.info("Going on after epoch %d of %d.", self._first, self._settings.epochs)

    def _step(self, epoch: int, done: int, steps: int) -> None:
        total, before = self._settings.epochs * steps, self._first * steps
        self._report(epoch * steps + done, total, before)
        if time.monotonic() - self._told > 1.0:
            self._told = time.monotonic()
            self._live.say(Status(RUNNING, epoch=epoch, epochs=self._settings.epochs, step=done, steps=steps))

    def _epoch(self, epoch: int, row: dict[str, float]) -> tuple[dict[str, float], bool]:
        """Measure, keep a checkpoint, and say whether to stop."""
        from lib.neural import fitting

        now = time.time()
        seconds = max(now - self._since, 1e-9)
        n_seen = len(self._batches(epoch)) * self._settings.batch
        row = {"epoch": float(epoch + 1), **row, "seconds": seconds, "images_per_second": n_seen / seconds}
        with fitting.averaged(self.trainee):
            row |= self._measured()
            if best_epoch([*self.history, row]) == epoch + 1:
                self._live.save_best(epoch + 1, exported(self.trainee, self._classes))
        self._since = time.time()
        self.history.append({**row, "finished_at": now})
        self._live.save(epoch + 1, fitting.state_of(self.trainee), self.history)
        self._live.say(Status(RUNNING, epoch=epoch + 1, epochs=self._settings.epochs))
        return row, self._is_over()

    def _measured(self) -> dict[str, float]:
        """Return how well the pictures that are held back for it are found and named."""
        from lib.neural import fitting

        if self._checked is None:
            return {}
        found = fitting.answers(self.trainee, self._checked.pixels)
        row = prefixed(means(retrieval(found[EMBEDDING], labels_of(self._job, self._checked))), "val_")
        for head in self._classes.heads:
            measured = classification(found[head], self._checked.codes[head])
            measured.pop("n", None)
            row |= prefixed(measured, "val_" if head == LABEL else f"val_{head}_")
        return row

    def _is_over(self) -> bool:
        """Whether the last epochs, as many as one waits for, have not been better than those before."""
        scores, patience = [score(row) for row in self.history], self._settings.patience
        return bool(patience and len(scores) > patience and max(scores[-patience:]) <= max(scores[:-patience]))


def _tensorboard(live: LiveRun) -> list[Any]:
    """Return TensorBoard's callback, where this backend can write its log."""
    keras = load_keras()
    there = importlib.util.find_spec("tensorboard") is not None and keras.backend.backend() == "tensorflow"
    return [keras.callbacks.TensorBoard(str(live.tensorboard), write_graph=False)] if there else []
