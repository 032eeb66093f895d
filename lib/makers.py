"""What makes each kind of stage. Another kind is a function here, and a row of ``lib.stages.STAGE_KINDS``."""

import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.artifacts import Store
from lib.catalog import load_catalog
from lib.catalog.importing import import_catalog
from lib.clustering.cluster import cluster
from lib.clustering.request import GroupingRequest
from lib.embedding.extract import embed_catalog
from lib.embedding.request import request_for
from lib.errors import AppError, WeightsError
from lib.models.start import AND
from lib.progress import Report
from lib.projection.project import project
from lib.projection.request import MapRequest
from lib.retrieval.evaluate import evaluate
from lib.stages import CATALOG, STAGE_KINDS, TRAIN
from lib.tables import Stage
from lib.training.request import TrainingRequest


@dataclass(frozen=True)
class Work:
    """A stage whose turn it is, and all it needs.

    Parameters
    ----------
    store : Store
    stage : Stage
    made : dict of str to str
        Role -> id of the artifact that the stage needs.
    report : callable
        Told the stage's progress.
    seed : int
    """

    store: Store
    stage: Stage
    made: Mapping[str, str]
    report: Report
    seed: int

    @property
    def catalog(self) -> str:
        """The catalogue's name."""
        return self.stage.catalog

    def command(self, subcommand: str, first: str, **options: Any) -> str:
        """Return the command line that makes the same thing alone.

        Parameters
        ----------
        subcommand, first : str
            The command and its first word.
        **options : Any
            Flags by name; None and False are left out, True stands alone.

        Returns
        -------
        str
        """
        words = ["python", "-m", "lib", subcommand, first]
        for key, value in {**options, "seed": self.seed or None}.items():
            flag = f"--{key.replace('_', '-')}"
            words += [] if value is None or value is False else [flag] if value is True else [flag, str(value)]
        return shlex.join(words)


#: What a maker returns: the artifact's id, and whether it was current.
Made = tuple[str, bool]


def _import(work: Work) -> Made:
    """Import the catalogue, a given path going before a download; or find the one that is only named."""
    options = dict(work.stage.options)
    if options.keys() == {"name"}:
        return load_catalog(work.store, options["name"]).name, True
    source = options.pop("source")
    if "path" in options:
        options["path"] = Path(os.path.expanduser(options["path"])).resolve()  # noqa: PTH111  (never fails)
        options.pop("download", None)
    command = work.command("import", source, **options)
    result = import_catalog(work.store, source, **options, command=command, seed=work.seed, report=work.report)
    return result.catalog.name, result.n_reused == result.catalog.manifest.n


def _embed(work: Work) -> Made:
    """Embed the catalogue with one model."""
    trained = "run" in work.made or "recipe" in work.stage.options
    options = _of_run(work) if trained else dict(work.stage.options)
    request, command = request_for(work.store, **options), work.command("embed", work.catalog, **options)
    result = embed_catalog(work.store, work.catalog, request, command=command, seed=work.seed, report=work.report)
    return result.embedding.id, result.n_reused == result.embedding.manifest.n


def _of_run(work: Work) -> dict[str, Any]:
    """Return the options that embed with a training run: the stage's own, or the newest of a recipe or a preset."""
    options = {key: value for key, value in work.stage.options.items() if key != "recipe"}
    if "backbone" in options or "weights" in options:
        raise AppError(
            "[embed] has a recipe or a run beside a backbone or weights: a trained model brings its own.",
            hint="Leave out one of them.",
        )
    return {**options, "weights": work.made.get("run") or _newest_run(work, work.stage.options["recipe"])}


def _newest_run(work: Work, recipe: str) -> str:
    """Return the newest training run of a recipe, or of a preset of one."""
    known = work.store.manifests(work.catalog, "run")
    runs = [run for run in known if recipe in (run.parameters.get("recipe"), run.parameters.get("preset"))]
    if not runs:
        raise WeightsError(
            f"No model has been trained on {work.catalog!r} by the recipe {recipe!r} yet.",
            hint=f"It joins once there is a run: {work.command('train', work.catalog, recipe=recipe)}",
        )
    return max(runs, key=lambda run: run.created_at).id


def _train(work: Work) -> Made:
    """Train one model."""
    from lib.training.train import train

    request = _run_asked_for(work.stage, work.made, seed=work.seed)
    result = train(work.store, work.catalog, request, command=request.command(work.catalog), report=work.report)
    return result.manifest.id, result.was_current


def _run_asked_for(stage: Stage, made: Mapping[str, str], *, seed: int = 0) -> TrainingRequest:
    """Return what a [train] table asks for, beginning from and taught by runs that were made."""
    options = {"seed": seed, **stage.options}
    settings = options.pop("set", {})
    given = {key: str(value).lower() if type(value) is bool else str(value) for key, value in settings.items()}
    for role in ("start", "teachers"):
        runs = [run for key, run in made.items() if key.partition(" ")[0] == role]
        given |= {role: AND.join(runs)} if runs else {}
    return TrainingRequest(**options, given=given)


def _evaluate(work: Work) -> Made:
    """Evaluate one model by one label, metric, protocol and variant."""
    options = dict(work.stage.options)
    steps = [options.pop("variant", ""), *(f"asked-by={id_}" for id_ in [work.made.get("queries-from")] if id_)]
    if any(steps):
        options["variant"] = "+".join(step for step in steps if step)
    model = work.made["model"]
    command = work.command("evaluate", work.catalog, model=model, **options)
    result = evaluate(work.store, work.catalog, model, **options, command=command, seed=work.seed, report=work.report)
    return result.evaluation.manifest.id, result.was_current


def _threshold(work: Work) -> Made:
    """Calibrate the threshold of one model and metric."""
    from lib.retrieval.thresholds import calibrate

    model = work.made["model"]
    command = work.command("threshold", work.catalog, model=model, **work.stage.options)
    found = calibrate(
        work.store, work.catalog, model, **work.stage.options, command=command, seed=work.seed, report=work.report
    )
    return found.id, found.was_current


def _cluster(work: Work) -> Made:
    """Group the pictures of one model."""
    request, model = GroupingRequest(**work.stage.options), work.made["model"]
    command = work.command("cluster", work.catalog, model=model, **work.stage.options)
    found = cluster(work.store, work.catalog, model, request, command=command, seed=work.seed, report=work.report)
    return found.id, found.was_current


def _project(work: Work) -> Made:
    """Lay out the pictures of one model."""
    request, model = MapRequest(**work.stage.options), work.made["model"]
    command = work.command("project", work.catalog, model=model, **work.stage.options)
    found = project(work.store, work.catalog, model, request, command=command, seed=work.seed, report=work.report)
    return found.id, found.was_current


#: Kind of stage -> what makes it.
MAKERS: dict[str, Callable[[Work], Made]] = {
    CATALOG: _import,
    "train": _train,
    "embed": _embed,
    "evaluate": _evaluate,
    "threshold": _threshold,
    "cluster": _cluster,
    "project": _project,
}


def check(stage: Stage) -> None:
    """Refuse a stage whose table asks for what cannot be, which can be told before anything is made.

    Parameters
    ----------
    stage : Stage

    Raises
    ------
    AppError
        If the table has an unknown key, a value that is not of its key's kind, or an unknown recipe or setting.
    """
    kind, options = STAGE_KINDS[stage.kind], dict(stage.options)
    if stage.kind == CATALOG and options.keys() == {"name"}:
        options["source"] = CATALOG  # One that is only named is there already.
    kind.check(stage.kind, {**options, **{role: key for role, key in stage.needs.items() if role in kind.options}})
    if stage.kind == TRAIN:
        _run_asked_for(stage, {})
