"""``remove``: training runs that nobody needs any more."""

import argparse

from lib.artifacts import Store
from lib.catalog import load_catalog
from lib.commands.shared import Commands, Values, add_command, text
from lib.errors import ArtifactError
from lib.jobs import jobs_asking_for
from lib.training.removal import removal_of, remove_run


def add(commands: Commands) -> None:
    """Add the command."""
    purpose = "delete training runs, finished or stopped; what was made with them stays"
    parser = add_command(commands, "remove", handler=_run, show=_show, purpose=purpose)
    parser.add_argument("name", metavar="NAME", help="the catalogue that they were trained on")
    parser.add_argument(
        "--run", metavar="RUN", type=text, action="append", required=True, help="a run's whole id; may be repeated"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would go, and what would stay")


def _run(args: argparse.Namespace, store: Store) -> Values:
    """Delete the runs, or say what that would do; nothing goes before all of them were found."""
    name, asked = load_catalog(store, args.name).name, list(dict.fromkeys(args.run))
    found = [removal_of(store, name, run_id) for run_id in asked]
    if not args.dry_run:
        for run_id in asked:
            _check_free(store, run_id)
        found = [remove_run(store, name, run_id) for run_id in asked]
    removed = [
        {"run": each.run_id, "bytes": each.n_bytes, "embeddings": each.embeddings, "unfinished": each.unfinished}
        for each in found
    ]
    return {"name": name, "dry_run": args.dry_run, "removed": removed}


def _check_free(store: Store, run_id: str) -> None:
    """Refuse a run that a job works with, or will."""
    job = next(iter(jobs_asking_for(store, run_id)), None)
    if job is not None:
        raise ArtifactError(f"A job asks for {run_id!r}: {job.title}.", hint="Cancel it first, or wait for its end.")


def _show(values: Values) -> None:
    """Print what went, and what is left without it."""
    for each in values["removed"]:
        gone = "would go" if values["dry_run"] else "gone"
        print(f"{each['run']}: {gone}, {each['bytes'] / 1e6:.1f} MB")
        for embedding in each["embeddings"]:
            print(f"  stays: {embedding}; it cannot be made again, nor searched with pictures from outside")
        for run_id in each["unfinished"]:
            print(f"  cannot be gone on with: {run_id}, which began from it")
