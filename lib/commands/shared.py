"""What every command has in common: its options, and the command line that a manifest records."""

import argparse
import os
import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lib.artifacts import Store
from lib.errors import AppError
from lib.settings import DEFAULT_SEED

#: The subparsers that commands are added to; argparse does not export the type.
Commands = Any
Values = dict[str, Any]
Handler = Callable[[argparse.Namespace, Store], Values]
MAX_SEED = 2**32 - 1


def add_command(
    commands: Commands, name: str, *, handler: Handler, show: Callable[[Values], None], purpose: str
) -> argparse.ArgumentParser:
    """Add a command with the options that all take.

    Parameters
    ----------
    commands : argparse subparsers
    name : str
    handler : callable
        Takes the parsed words and the store, returns what ``--json`` prints.
    show : callable
        Prints the same for a person.
    purpose : str
        One line for ``--help``.

    Returns
    -------
    argparse.ArgumentParser
        For the command's own options.
    """
    parser: argparse.ArgumentParser = commands.add_parser(name, help=purpose, description=purpose)
    common = parser.add_argument_group("common options")
    common.add_argument(
        "--artifacts",
        metavar="DIR",
        type=file_path,
        help="where artifacts are (default: VITRINE_ARTIFACTS or artifacts/)",
    )
    common.add_argument(
        "--seed", type=seed, metavar="N", default=DEFAULT_SEED, help="seed of everything random (default: %(default)s)"
    )
    common.add_argument("--json", action="store_true", help="print exactly one JSON object on standard output")
    parser.set_defaults(handler=handler, show=show)
    return parser


def text(word: str) -> str:
    """Return an option's word, for ``type=``; an empty one is wrong usage, never a default.

    Parameters
    ----------
    word : str

    Returns
    -------
    str

    Raises
    ------
    argparse.ArgumentTypeError
    """
    if not word.strip():
        raise argparse.ArgumentTypeError("expected some text, not an empty word")
    return word


def file_path(word: str) -> Path:
    """Return an option's word as a path, ``~`` being the home folder, for ``type=``; an empty one is wrong usage.

    Parameters
    ----------
    word : str

    Returns
    -------
    Path

    Raises
    ------
    argparse.ArgumentTypeError
    """
    return Path(os.path.expanduser(text(word)))  # noqa: PTH111  (Path's own fails for a user that there is not)


def seed(word: str) -> int:
    """Return an option's word as a seed, for ``type=``.

    Parameters
    ----------
    word : str

    Returns
    -------
    int
        From 0 to ``MAX_SEED``, which is what every library takes.

    Raises
    ------
    argparse.ArgumentTypeError
    """
    if not re.fullmatch("[0-9]{1,10}", word) or int(word) > MAX_SEED:
        raise argparse.ArgumentTypeError(f"expected a whole number from 0 to {MAX_SEED}, not {word!r}")
    return int(word)


def positive(word: str) -> int:
    """Return an option's word as a number of things, for ``type=``.

    Parameters
    ----------
    word : str

    Returns
    -------
    int
        From 1.

    Raises
    ------
    argparse.ArgumentTypeError
    """
    if not re.fullmatch("[0-9]{1,18}", word) or int(word) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, not {word[:80]!r}")
    return int(word)


def command_line(*words: str, **options: Any) -> str:
    """Return the command line that makes the same thing again.

    Parameters
    ----------
    *words : str
        The command and its positional words.
    **options : Any
        Flags by name; None and False are left out, True stands alone.

    Returns
    -------
    str

    Examples
    --------
    >>> command_line("embed", "shop", backbone="vgg16", size=None)
    'python -m lib embed shop --backbone vgg16'
    """
    line: list[str] = ["python", "-m", "lib", *words]
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        line += [] if value is None or value is False else [flag] if value is True else [flag, str(value)]
    return shlex.join(line)


def key_value(word: str) -> tuple[str, str]:
    """Return a word of ``--set`` as a key and its value.

    Parameters
    ----------
    word : str

    Returns
    -------
    (str, str)

    Raises
    ------
    AppError
        If it is none.

    Examples
    --------
    >>> key_value("catalog.limit=40")
    ('catalog.limit', '40')
    """
    key, found, value = word.partition("=")
    if not found or not key:
        raise AppError(f"--set {word!r:.80} is not KEY=VALUE.", hint="For example: --set limit=40")
    return key, value


def given(args: argparse.Namespace, names: Sequence[str]) -> Values:
    """Return the named options that were given.

    Parameters
    ----------
    args : argparse.Namespace
    names : sequence of str

    Returns
    -------
    dict
    """
    return {name: value for name in names if (value := getattr(args, name)) is not None}
