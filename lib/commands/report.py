"""``report``: the leaderboard as one HTML file."""

import argparse

from lib.artifacts import Store
from lib.commands.shared import Commands, Values, add_command, command_line, file_path, text
from lib.embedding.transfer_write import written_whole
from lib.report import EVERYTHING, WHICH, catalog_report
from lib.retrieval.protocols import PROTOCOLS


def add(commands: Commands) -> None:
    """Add the command."""
    purpose = "write a catalogue's leaderboard as one HTML file for people without the dashboard"
    parser = add_command(commands, "report", handler=_run, show=_show, purpose=purpose)
    parser.add_argument("name", metavar="NAME", help="the catalogue")
    parser.add_argument("--out", metavar="FILE", type=file_path, required=True, help="the file to write")
    parser.add_argument("--label", metavar="COLUMN", type=text, help="default: the catalogue's own")
    parser.add_argument("--protocol", choices=PROTOCOLS, help="default: a table for each")
    parser.add_argument("--by", metavar="METRIC", type=text, default="map_at_r", help="sort by it (default: map_at_r)")
    parser.add_argument(
        "--rows",
        choices=WHICH,
        default=EVERYTHING,
        help="models: without variants and samples of queries (default: everything)",
    )


def _run(args: argparse.Namespace, store: Store) -> Values:
    """Write the report."""
    words = {"out": args.out.name, "label": args.label, "protocol": args.protocol}
    by = None if args.by == "map_at_r" else args.by
    rows = None if args.rows == EVERYTHING else args.rows
    html, n = catalog_report(
        store,
        args.name,
        label=args.label,
        protocol=args.protocol,
        metric=args.by,
        which=args.rows,
        command=command_line("report", args.name, **words, by=by, rows=rows),
    )
    with written_whole(args.out) as draft:
        draft.write_bytes(html.encode())
    return {"out": str(args.out), "n": n, "bytes": len(html.encode())}


def _show(values: Values) -> None:
    """Say what was written."""
    print(f"{values['n']:,} evaluations, {values['bytes']:,} bytes, written to {values['out']}")
