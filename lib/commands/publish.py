"""``publish``: small tables of results, kept with the code."""

import argparse

from lib.artifacts import Store
from lib.commands.shared import Commands, Values, add_command, command_line, file_path
from lib.published import publish_results
from lib.settings import published_dir


def add(commands: Commands) -> None:
    """Add the command."""
    purpose = "write catalogues' results as small tables that are kept with the code"
    parser = add_command(commands, "publish", handler=_run, show=_show, purpose=purpose)
    parser.add_argument("names", metavar="NAME", nargs="+", help="the catalogues")
    parser.add_argument(
        "--to", metavar="DIR", type=file_path, help="where to (default: artifacts/published of this project)"
    )


def _run(args: argparse.Namespace, store: Store) -> Values:
    """Publish and count."""
    folder = args.to or published_dir()
    names = list(dict.fromkeys(args.names))
    found = publish_results(store, names, folder, command=command_line("publish", *names))
    return {
        "folder": str(folder),
        "published": [
            {
                "name": published.catalog,
                "n": len(published.leaderboard),
                "n_stale": published.manifest.n_skipped,
                "n_labels": len(published.labels),
                "bytes": sum(path.stat().st_size for path in (folder / published.catalog).iterdir()),
            }
            for published in found
        ],
    }


def _show(values: Values) -> None:
    """Print a line a catalogue."""
    for row in values["published"]:
        stale = f", {row['n_stale']:,} stale ones left out" if row["n_stale"] else ""
        print(f"{row['name']}: {row['n']:,} evaluations{stale}, {row['bytes']:,} bytes")
    print(f"written to {values['folder']}")
