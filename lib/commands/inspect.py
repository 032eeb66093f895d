"""``list`` and ``doctor``: what there is, and what this machine can do."""

import argparse

from lib.artifacts import Store
from lib.catalog import Catalog, load_catalog
from lib.commands.shared import Commands, Values, add_command
from lib.doctor import examine
from lib.embedding import is_stale
from lib.embedding.artifact import KIND as EMBEDDING
from lib.errors import ArtifactError
from lib.retrieval.experiments import KIND as EXPERIMENT
from lib.retrieval.freshness import Present, read_present
from lib.schema import RESULT_FOLDERS, Manifest


def add_list(commands: Commands) -> None:
    """Add ``list``."""
    parser = add_command(commands, "list", handler=_list, show=_show_list, purpose="what there is, and what is stale")
    parser.add_argument("name", metavar="NAME", nargs="?", help="a catalogue (default: name those there are)")


def _list(args: argparse.Namespace, store: Store) -> Values:
    """List the catalogues with how many results they have, or one catalogue's results."""
    if args.name is None:
        names = store.catalog_names()
        return {
            "artifacts": str(store.root),
            "catalogs": names,
            "counts": {name: _counts(store, name) for name in names},
        }
    catalog, present = load_catalog(store, args.name), read_present(store, args.name)
    results = [
        _line(catalog, present, manifest) for kind in RESULT_FOLDERS for manifest in store.manifests(args.name, kind)
    ]
    damaged = [str(error) for kind in RESULT_FOLDERS for error in store.damaged(args.name, kind)]
    return {"name": args.name, "n": catalog.manifest.n, "label": catalog.label, "results": results, "damaged": damaged}


def _counts(store: Store, name: str) -> Values:
    """Return how many pictures a catalogue has (None where it is damaged), and how many results of each kind."""
    try:
        n: int | None = read_present(store, name).catalog.n
    except ArtifactError:
        n = None
    found = {kind: len(store.manifests(name, kind)) for kind in RESULT_FOLDERS}
    return {"n": n, "results": {kind: count for kind, count in found.items() if count}}


def _line(catalog: Catalog, present: Present, manifest: Manifest) -> Values:
    """Return one result as a row of the list."""
    stale = present.is_stale(manifest) or (manifest.kind == EMBEDDING and is_stale(manifest, catalog))
    return {
        "kind": manifest.kind,
        "id": manifest.id,
        "n": manifest.n,
        "n_in": manifest.n_in,
        "created_at": manifest.created_at,
        "stale": stale,
        "refresh": manifest.command if stale else None,
    }


def _show_list(values: Values) -> None:
    if "catalogs" in values:
        lines = [_catalog_line(name, values["counts"][name]) for name in values["catalogs"]]
        print("\n".join(lines) or f"no catalogue yet in {values['artifacts']}: python -m lib import --help")
        return
    print(f"{values['name']}: {values['n']:,} pictures, label {values['label']}")
    for row in values["results"]:
        n = f"{row['n']:,}" if row["kind"] != EXPERIMENT else f"{row['n']:,} of {row['n_in']:,}"
        print(f"  {row['kind']:<10} {row['id']:<48} {n:>8}  {row['created_at']}")
        if row["stale"]:
            print(f"  {'':<10} stale; refresh with: {row['refresh']}")
    for line in values["damaged"]:
        print(f"  damaged: {line}")


def _catalog_line(name: str, counts: Values) -> str:
    """Return a catalogue with its counts."""
    pictures = "damaged" if counts["n"] is None else f"{counts['n']:,} pictures"
    results = [f"{count:,} {kind}{'s' * (count != 1 and kind[-1] != 's')}" for kind, count in counts["results"].items()]
    return f"{name}: {', '.join([pictures, *results])}"


def add_doctor(commands: Commands) -> None:
    """Add ``doctor``."""
    add_command(commands, "doctor", handler=_doctor, show=_show_doctor, purpose="what this machine can do")


def _doctor(_args: argparse.Namespace, store: Store) -> Values:
    """Examine the machine."""
    return examine(store)


def _show_doctor(values: Values) -> None:
    for name, value in values.items():
        print(f"{name:<14} {', '.join(map(str, value)) or 'none' if isinstance(value, list) else value}")
