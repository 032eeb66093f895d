"""Experiment files: TOML that is read, checked, and may be set otherwise from outside."""

import hashlib
import tomllib
from collections.abc import Mapping, ValuesView
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.errors import AppError
from lib.stages import CATALOG
from lib.tables import Stage, stages_of

#: Values within values, at most: a list in a table in a list of tables is four deep.
_DEEPEST = 8
_EXAMPLES = "See experiments/ for examples."


@dataclass(frozen=True)
class Experiment:
    """What an experiment file asks for.

    Parameters
    ----------
    name : str
        The file's name without its ending.
    title : str
        What it calls itself, or its name.
    catalog : str
        The catalogue's name.
    stages : tuple of Stage
        In the order in which they are to be made.
    sha256 : str
        Of the file and what was set over it.
    """

    name: str
    title: str
    catalog: str
    stages: tuple[Stage, ...]
    sha256: str


def read_experiment(path: Path, *, settings: Mapping[str, str] | None = None) -> Experiment:
    """Read an experiment file.

    Parameters
    ----------
    path : Path
    settings : dict of str to str, optional
        Dotted keys to set over the file's, such as ``{"catalog.limit": "40"}``. ``{"catalog": "fashion"}`` puts a
        catalogue that is there already in the place of the file's.

    Returns
    -------
    Experiment

    Raises
    ------
    AppError
        If the file is absent, is no TOML, asks for a stage that there is not, names what it does not have, or its
        stages wait for each other.
    """
    text = _read(path)
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise AppError(f"{path} is not TOML ({error}).") from error
    for key, value in (settings or {}).items():
        _set(content, key, value)
    try:
        _check_size(content)
        catalog, stages = stages_of(content)
    except AppError as error:
        raise AppError(f"{path}: {error.message}", hint=error.hint) from error
    digest = hashlib.sha256(repr((text, sorted((settings or {}).items()))).encode()).hexdigest()
    return Experiment(path.stem, str(content.get("title") or path.stem), catalog, stages, digest)


def _read(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise AppError(f"{path} cannot be read (it is not a plain file).", hint=_EXAMPLES)
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise AppError(f"{path} cannot be read ({error.strerror}).", hint=_EXAMPLES) from error
    except UnicodeDecodeError as error:
        raise AppError(f"{path} is not TOML ({error}).") from error


def _set(content: dict[str, Any], key: str, value: str) -> None:
    """Set a dotted key; the value is read as TOML where it is TOML, as text otherwise. A catalogue's name is text."""
    *parents, last = key.split(".")
    table = content
    for parent in parents:
        table = table.setdefault(parent, {})
        if not isinstance(table, dict):
            raise AppError(f"--set {key}: {parent!r} is not a single table.", hint="Set keys such as catalog.limit.")
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value
    except (ValueError, RecursionError) as error:
        raise AppError(f"--set {key}: its value cannot be read ({error}).", hint="Give a shorter one.") from error
    table[last] = value if key == CATALOG and not isinstance(parsed, str | dict) else parsed


def _check_size(content: Mapping[str, Any]) -> None:
    """Refuse values within values without end, and numbers that TOML does not have."""
    values: list[Any] = [content]
    for _ in range(_DEEPEST):
        if any(isinstance(value, int) and not -(2**63) <= value < 2**63 for value in values):
            raise AppError("A number is too large.", hint="TOML's whole numbers have 64 bits.")
        inner = [value.values() if isinstance(value, dict) else value for value in values]
        values = [each for value in inner if isinstance(value, list | ValuesView) for each in value]
    if values:
        raise AppError("Its values lie too deep within each other.", hint=_EXAMPLES)
