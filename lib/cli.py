"""The command line: parse, call the command, print what it returns; nothing else happens here."""

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from lib.artifacts import Store
from lib.commands import COMMANDS
from lib.errors import AppError, ArtifactError
from lib.settings import artifacts_dir


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of every command.

    Returns
    -------
    argparse.ArgumentParser
    """
    parser = argparse.ArgumentParser(prog="python -m lib", description="Vitrine: a visual product search lab.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in COMMANDS:
        add(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        The words after ``python -m lib``.

    Returns
    -------
    int
        0, or 1 after a failure that a user can mend (one line on standard error); wrong usage exits with 2.
    """
    args = build_parser().parse_args(argv)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("lib").setLevel(logging.INFO)
    store = Store(args.artifacts or artifacts_dir())
    try:
        _check_folder(store.root)
        values = args.handler(args, store)
        print(json.dumps(values, allow_nan=False)) if args.json else args.show(values)
        sys.stdout.flush()
    except AppError as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped: finished parts are kept, and the same command goes on from there", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if values.get("failed"):
        print(f"error: {values['failed']} of {len(values['stages'])} stages failed", file=sys.stderr)
        return 1
    return 0


def _check_folder(root: Path) -> None:
    """Refuse an artifacts folder that cannot be one: it, or what it would lie in, is no folder or cannot be read."""
    try:
        nearest = next(path for path in (root, *root.absolute().parents) if _is_there(path))
        with os.scandir(nearest):
            pass
    except OSError as error:
        raise ArtifactError(
            f"{root} cannot be the artifacts folder ({error.filename}: {error.strerror}).",
            hint="Choose another folder with --artifacts DIR or VITRINE_ARTIFACTS.",
        ) from error


def _is_there(path: Path) -> bool:
    """Return whether there is anything at a path, be it a link that leads nowhere."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True
