"""``import``: a shop's table and pictures become a catalogue."""

import argparse
from pathlib import Path

from lib.artifacts import Store
from lib.catalog.importing import import_catalog
from lib.catalog.sources import SOURCES
from lib.commands.shared import Commands, Values, add_command, command_line, given
from lib.progress import TerminalProgress

_COLUMNS = {
    "id": "the products' ids",
    "image": "the picture file names",
    "label": "the default label",
    "group": "the product that a picture shows",
}


def add(commands: Commands) -> None:
    """Add the command."""
    purpose = "read a shop's table and pictures into a catalogue"
    parser = add_command(commands, "import", handler=_run, show=_show, purpose=purpose)
    parser.add_argument("source", metavar="SOURCE", choices=sorted(SOURCES), help=", ".join(sorted(SOURCES)))
    parser.add_argument("--name", required=True, help="the catalogue's name")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--path", type=_path, help="the source's file or folder")
    where.add_argument("--download", action="store_true", help="fetch the data set, where the source can")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N rows")
    for column, what in _COLUMNS.items():
        parser.add_argument(f"--{column}-column", type=_name, metavar="C", help=f"csv: the column of {what}")


def _name(text: str) -> str:
    """Refuse an option without a value: it is a variable that was not set, and means no default."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return text


def _path(text: str) -> Path:
    """Read a path; an empty one would be the current folder."""
    return Path(_name(text))


def _run(args: argparse.Namespace, store: Store) -> Values:
    """Import and count."""
    options = given(args, ["limit", *(f"{column}_column" for column in _COLUMNS)])
    path = args.path.expanduser().resolve() if args.path else None
    command = command_line("import", args.source, name=args.name, path=path, download=args.download, **options)
    report = TerminalProgress(f"importing {args.name}")
    result = import_catalog(
        store,
        args.source,
        name=args.name,
        path=path,
        download=args.download,
        command=command,
        seed=args.seed,
        report=report,
        **options,
    )
    manifest = result.catalog.manifest
    return {
        "name": manifest.id,
        "n": manifest.n,
        "n_skipped": manifest.n_skipped,
        "skipped": dict(manifest.skipped),
        "n_reused": result.n_reused,
    }


def _show(values: Values) -> None:
    """Print the counts, and every reason for which a row was left out."""
    kept = f", {values['n_reused']:,} kept from before" if values["n_reused"] else ""
    print(f"catalogue {values['name']}: {values['n']:,} pictures{kept}, {values['n_skipped']:,} rows left out")
    for reason, count in sorted(values["skipped"].items()):
        print(f"{count:>9,}  {reason}")
