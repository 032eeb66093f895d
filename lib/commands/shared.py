"""What every command has in common: its options, and the command line that a manifest records."""

import argparse
import shlex
from collections.abc import Callable, Sequence
from typing import Any

from lib.artifacts import Store
from lib.settings import DEFAULT_SEED

#: The subparsers that commands are added to; argparse does not export the type.
Commands = Any
Values = dict[str, Any]
Handler = Callable[[argparse.Namespace, Store], Values]


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
        "--artifacts", metavar="DIR", help="where artifacts are (default: VITRINE_ARTIFACTS or artifacts/)"
    )
    common.add_argument(
        "--seed", type=int, default=DEFAULT_SEED, help="seed of everything random (default: %(default)s)"
    )
    common.add_argument("--json", action="store_true", help="print exactly one JSON object on standard output")
    parser.set_defaults(handler=handler, show=show)
    return parser


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
