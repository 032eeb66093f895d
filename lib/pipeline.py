"""Experiments: the stages that a TOML file asks for, made in order, skipping what is current."""

import os
import shlex
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lib.artifacts import Store
from lib.catalog.importing import import_catalog
from lib.embedding.extract import embed_catalog
from lib.embedding.request import EmbeddingRequest
from lib.errors import AppError, WeightsError
from lib.progress import Report, silent

#: Makes a listener for the progress of the stage that is named.
Reporter = Callable[[str], Report]

#: What a key's value has to be: in words, and as a test.
Kind = tuple[str, Callable[[Any], bool]]
_TEXT: Kind = (
    "text that is not empty",
    lambda value: isinstance(value, str) and "\0" not in value and value.strip() != "",
)
_NUMBER: Kind = ("a whole number from 1 on", lambda value: type(value) is int and value > 0)
_SWITCH: Kind = ("true or false", lambda value: isinstance(value, bool))

#: Keys of an experiment's [catalog] table: the options of ``import``.
IMPORT_OPTIONS: dict[str, Kind] = {
    "source": _TEXT,
    "name": _TEXT,
    "path": _TEXT,
    "download": _SWITCH,
    "limit": _NUMBER,
    "id_column": _TEXT,
    "image_column": _TEXT,
    "label_column": _TEXT,
    "group_column": _TEXT,
}
#: Keys of an [[embed]] table: the options of ``embed``.
EMBED_OPTIONS: dict[str, Kind] = {
    "backbone": _TEXT,
    "size": _NUMBER,
    "fit": _TEXT,
    "weights": _TEXT,
    "precision": _TEXT,
    "engine": _TEXT,
}


@dataclass(frozen=True)
class Stage:
    """One thing to make.

    Parameters
    ----------
    kind : str
        A key of ``STAGES``.
    catalog : str
        The catalogue's name.
    options : dict
        What the stage's table in the file says.
    """

    kind: str
    catalog: str
    options: Mapping[str, Any]


@dataclass(frozen=True)
class StageResult:
    """What became of a stage.

    Parameters
    ----------
    id : str
        Of the artifact, or what was asked for where there is none.
    kind : str
    status : str
        ``made``, ``kept`` (it was current), ``unavailable`` (weights that cannot be had here) or ``failed``.
    reason : str
        Why it is unavailable or failed; empty otherwise.
    """

    id: str
    kind: str
    status: str
    reason: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the result as a plain dict.

        Returns
        -------
        dict of str to str
        """
        return asdict(self)


def read_experiment(path: Path, *, settings: Mapping[str, str] | None = None) -> list[Stage]:
    """Read an experiment file into its stages.

    Parameters
    ----------
    path : Path
    settings : dict of str to str, optional
        Dotted keys to set over the file's, such as ``{"catalog.limit": "40"}``.

    Returns
    -------
    list of Stage
        In the order in which they are to be made.

    Raises
    ------
    AppError
        If the file is absent, is no TOML, or asks for a stage that there is not.
    """
    try:
        if path.exists() and not path.is_file():
            raise AppError(f"{path} cannot be read (it is not a plain file).", hint="See experiments/ for examples.")
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AppError(f"{path} cannot be read ({error.strerror}).", hint="See experiments/ for examples.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AppError(f"{path} is not TOML ({error}).") from error
    for key, value in (settings or {}).items():
        _set(content, key, value)
    return _stages(content, path)


def _stages(content: Mapping[str, Any], path: Path) -> list[Stage]:
    """Check the tables of an experiment and list them in order."""
    catalog = content.get("catalog")
    if not isinstance(catalog, dict) or not {"name", "source"} <= catalog.keys():
        raise AppError(f"{path} has no [catalog] table with a name and a source.")
    unknown = content.keys() - STAGES.keys() - {"title"}
    if unknown:
        raise AppError(
            f"{path} asks for unknown stages: {', '.join(sorted(unknown))}.", hint=f"There are: {', '.join(STAGES)}."
        )
    found = []
    for kind in STAGES:
        tables = content.get(kind, [])
        for options in tables if isinstance(tables, list) else [tables]:
            if not isinstance(options, dict):
                raise AppError(f"{path}: {kind} must be a table.", hint=f"Write [[{kind}]] and its keys below.")
            found.append(Stage(kind=kind, catalog=str(catalog["name"]), options=options))
    return found


def _set(content: dict[str, Any], key: str, value: str) -> None:
    """Set a dotted key; the value is read as TOML where it is TOML, as text otherwise."""
    *parents, last = key.split(".")
    table = content
    for parent in parents:
        table = table.setdefault(parent, {})
        if not isinstance(table, dict):
            raise AppError(f"--set {key}: {parent!r} is not a single table.", hint="Set keys such as catalog.limit.")
    try:
        table[last] = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        table[last] = value


def build(
    store: Store, stages: list[Stage], *, reporter: Reporter | None = None, seed: int = 0
) -> Iterator[StageResult]:
    """Make the stages in order; a failed one is reported and the others go on, but for those of its catalogue.

    Parameters
    ----------
    store : Store
    stages : list of Stage
    reporter : callable, optional
        Given a stage's name, returns the listener for its progress.
    seed : int, default=0

    Yields
    ------
    StageResult
        As each stage ends.
    """
    report = reporter or (lambda _name: silent)
    lost: set[str] = set()
    for stage in stages:
        if stage.catalog in lost:
            result = _without(stage, "failed", "Its catalogue was not made.")
        else:
            result = _attempt(store, stage, report, seed)
        if stage.kind == "catalog" and result.status == "failed":
            lost.add(stage.catalog)
        yield result


def _attempt(store: Store, stage: Stage, reporter: Reporter, seed: int) -> StageResult:
    """Make one stage, or say why it could not be made."""
    try:
        return STAGES[stage.kind](store, stage, reporter, seed)
    except WeightsError as error:
        return _without(stage, "unavailable", str(error))
    except AppError as error:
        return _without(stage, "failed", str(error))


def _without(stage: Stage, status: str, reason: str) -> StageResult:
    """Return the result of a stage that made nothing."""
    return StageResult(id=_asked(stage), kind=stage.kind, status=status, reason=reason)


def _asked(stage: Stage) -> str:
    """Return what a stage asked for, for a result that has no id."""
    values = [stage.catalog, *(f"{key}={value}" for key, value in stage.options.items() if key != "name")]
    return " ".join(values)


def _command(subcommand: str, first: str, options: Mapping[str, Any]) -> str:
    """Return the command line that makes the same thing alone."""
    words = ["python", "-m", "lib", subcommand, first]
    for key, value in options.items():
        flag = f"--{key.replace('_', '-')}"
        words += [flag] if value is True else [] if value is False else [flag, str(value)]
    return shlex.join(words)


def _check(table: str, options: Mapping[str, Any], known: Mapping[str, Kind], *, needed: str) -> None:
    """Refuse a key that the stage does not have, naming those it has, and a value that is not of its key's kind."""
    unknown = options.keys() - known.keys()
    if unknown:
        raise AppError(
            f"[{table}] has unknown keys: {', '.join(sorted(unknown))}.", hint=f"It may have: {', '.join(known)}."
        )
    if needed not in options:
        raise AppError(f"[{table}] has no {needed}.")
    for key, value in options.items():
        wanted, fits = known[key]
        if not fits(value):
            raise AppError(f"Expected [{table}] {key} to be {wanted}. Received: {key}={value!r}")


def _import(store: Store, stage: Stage, reporter: Reporter, seed: int) -> StageResult:
    """Import the catalogue; a given path goes before a download."""
    _check("catalog", stage.options, IMPORT_OPTIONS, needed="source")
    options = dict(stage.options)
    source = options.pop("source")
    if "path" in options:
        options["path"] = Path(os.path.expanduser(options["path"])).resolve()  # noqa: PTH111  (never fails)
        options.pop("download", None)
    command = _command("import", source, options)
    report = reporter(f"import {stage.catalog}")
    result = import_catalog(store, source, **options, command=command, seed=seed, report=report)
    n = result.catalog.manifest.n
    return StageResult(id=stage.catalog, kind="catalog", status="kept" if result.n_reused == n else "made")


def _embed(store: Store, stage: Stage, reporter: Reporter, seed: int) -> StageResult:
    """Embed the catalogue with one model."""
    _check("embed", stage.options, EMBED_OPTIONS, needed="backbone")
    request = EmbeddingRequest(**stage.options)
    command = _command("embed", stage.catalog, stage.options)
    report = reporter(f"embed {stage.catalog} with {request.backbone}")
    result = embed_catalog(store, stage.catalog, request, command=command, seed=seed, report=report)
    status = "kept" if result.n_reused == result.embedding.manifest.n else "made"
    return StageResult(id=result.embedding.id, kind="embedding", status=status)


#: Kinds of stages, in the order in which they are made.
STAGES: dict[str, Callable[[Store, Stage, Reporter, int], StageResult]] = {"catalog": _import, "embed": _embed}
