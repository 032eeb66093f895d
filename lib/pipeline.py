"""Building experiments: stages made in order, what is current kept, what cannot be made shown and passed over."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lib.artifacts import Store
from lib.errors import AppError, WeightsError
from lib.experiment import Experiment
from lib.makers import MAKERS, Work, check
from lib.progress import Report, silent
from lib.retrieval.experiments import write_record
from lib.stages import CATALOG, STAGE_KINDS
from lib.tables import Stage

logger = logging.getLogger(__name__)

#: Makes a listener for the progress of the stage that is named.
Reporter = Callable[[str], Report]

MADE, KEPT, UNAVAILABLE, FAILED = "made", "kept", "unavailable", "failed"
#: In a record, a stage whose turn has not come.
WAITING = "waiting"


@dataclass(frozen=True)
class StageResult:
    """What became of a stage.

    Parameters
    ----------
    id : str
        Of the artifact, or what was asked for where there is none.
    kind : str
        Of the artifact.
    status : str
        ``made``, ``kept`` (it was current), ``unavailable`` (weights that cannot be had here) or ``failed``.
    reason : str
        Why it is unavailable or failed; empty otherwise.
    name : str
        What the file calls the stage; empty where it does not.
    passed_on : bool
        Whether it only lacks what another stage did not make.
    """

    id: str
    kind: str
    status: str
    reason: str = ""
    name: str = ""
    passed_on: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the result as a plain dict.

        Returns
        -------
        dict
        """
        return asdict(self)


def build_experiment(
    store: Store, experiment: Experiment, *, command: str, reporter: Reporter | None = None, seed: int = 0
) -> Iterator[StageResult]:
    """Make an experiment's stages, and after each write the record of what became of all.

    A killed build goes on where it stopped when it is run again: stages that are current are kept, and a stage that
    was stopped finds what it had finished.

    Parameters
    ----------
    store : Store
    experiment : Experiment
    command : str
        The command that builds it again.
    reporter : callable, optional
        Given a stage's name, returns the listener for its progress.
    seed : int, default=0

    Yields
    ------
    StageResult
        As each stage ends.

    Raises
    ------
    ArtifactError
        If the record cannot be written.
    """
    results: list[StageResult] = []
    _warn_of_mistakes(experiment)
    for result in build(store, experiment.stages, reporter=reporter, seed=seed):
        results.append(result)
        if result.status in (UNAVAILABLE, FAILED) and not result.passed_on:
            logger.warning("stage %d of %d %s: %s", len(results), len(experiment.stages), result.status, result.reason)
        if results[0].status != FAILED:
            _record(store, experiment, results, command, seed)
        yield result


def _warn_of_mistakes(experiment: Experiment) -> None:
    """Say at once which stages cannot be made: the turn of a misspelt one may come hours later."""
    for number, stage in enumerate(experiment.stages, start=1):
        try:
            check(stage)
        except AppError as error:
            logger.warning("stage %d of %d will fail: %s", number, len(experiment.stages), error)


def _record(store: Store, experiment: Experiment, results: list[StageResult], command: str, seed: int) -> None:
    """Write what became of the stages so far."""
    rows = [
        {**result.to_json(), "asked": stage.asked} for stage, result in zip(experiment.stages, results, strict=False)
    ]
    waiting = experiment.stages[len(results) :]
    rows += [{**_without(stage, WAITING, "").to_json(), "asked": stage.asked} for stage in waiting]
    details = {"title": experiment.title, "file_sha256": experiment.sha256}
    write_record(store, experiment.catalog, experiment.name, rows, details=details, command=command, seed=seed)


def build(
    store: Store, stages: Sequence[Stage], *, reporter: Reporter | None = None, seed: int = 0
) -> Iterator[StageResult]:
    """Make the stages in order; a failed one is reported and the others go on, but for those that need it.

    Parameters
    ----------
    store : Store
    stages : sequence of Stage
        Each after those that it needs.
    reporter : callable, optional
        Given a stage's name, returns the listener for its progress.
    seed : int, default=0

    Yields
    ------
    StageResult
        As each stage ends.
    """
    make_report = reporter or (lambda _name: silent)
    done: dict[str, StageResult] = {}
    for number, stage in enumerate(stages, start=1):
        needed = {role: done[key] for role, key in stage.needs.items()}
        lost = next((result for result in needed.values() if result.status in (UNAVAILABLE, FAILED)), None)
        if lost is None:
            report = make_report(f"stage {number} of {len(stages)}, {stage.kind} {stage.asked}")
            made = {role: result.id for role, result in needed.items()}
            result = _attempt(Work(store, stage, made, report, seed))
        else:
            reason = "Its catalogue was not made." if lost.kind == CATALOG else lost.reason
            result = _without(stage, lost.status, reason, passed_on=True)
        done[stage.key] = result
        yield result


def _attempt(work: Work) -> StageResult:
    """Make one stage, or say why it could not be made."""
    stage = work.stage
    kind = STAGE_KINDS[stage.kind]
    try:
        check(stage)
        made, was_current = MAKERS[stage.kind](work)
    except WeightsError as error:
        return _without(stage, UNAVAILABLE, str(error))
    except AppError as error:
        return _without(stage, FAILED, str(error))
    return StageResult(made, kind.makes, KEPT if was_current else MADE, name=stage.name)


def _without(stage: Stage, status: str, reason: str, *, passed_on: bool = False) -> StageResult:
    """Return the result of a stage that made nothing."""
    return StageResult(stage.asked, STAGE_KINDS[stage.kind].makes, status, reason, stage.name, passed_on)
