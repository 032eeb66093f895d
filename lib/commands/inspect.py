"""``list`` and ``doctor``: what there is, and what this machine can do."""

import argparse

from lib.artifacts import Store
from lib.catalog import Catalog, load_catalog
from lib.commands.shared import Commands, Values, add_command
from lib.doctor import examine
from lib.embedding import is_stale
from lib.retrieval.evaluation import KIND as EVALUATION
from lib.retrieval.evaluation import evaluation_is_stale
from lib.schema import RESULT_FOLDERS, Manifest


def add_list(commands: Commands) -> None:
    """Add ``list``."""
    parser = add_command(commands, "list", handler=_list, show=_show_list, purpose="what there is, and what is stale")
    parser.add_argument("name", metavar="NAME", nargs="?", help="a catalogue (default: name those there are)")


def _list(args: argparse.Namespace, store: Store) -> Values:
    """List the catalogues, or one catalogue's results."""
    if args.name is None:
        return {"artifacts": str(store.root), "catalogs": store.catalog_names()}
    catalog = load_catalog(store, args.name)
    results = [
        _line(store, catalog, manifest) for kind in RESULT_FOLDERS for manifest in store.manifests(args.name, kind)
    ]
    damaged = [str(error) for kind in RESULT_FOLDERS for error in store.damaged(args.name, kind)]
    return {"name": args.name, "n": catalog.manifest.n, "label": catalog.label, "results": results, "damaged": damaged}


def _line(store: Store, catalog: Catalog, manifest: Manifest) -> Values:
    """Return one result as a row of the list."""
    evaluated = manifest.kind == EVALUATION
    stale = evaluation_is_stale(store, manifest, catalog) if evaluated else is_stale(manifest, catalog)
    return {
        "kind": manifest.kind,
        "id": manifest.id,
        "n": manifest.n,
        "created_at": manifest.created_at,
        "stale": stale,
        "refresh": manifest.command if stale else None,
    }


def _show_list(values: Values) -> None:
    if "catalogs" in values:
        print(
            "\n".join(values["catalogs"]) or f"no catalogue yet in {values['artifacts']}: python -m lib import --help"
        )
        return
    print(f"{values['name']}: {values['n']:,} pictures, label {values['label']}")
    for row in values["results"]:
        print(f"  {row['kind']:<10} {row['id']:<48} {row['n']:>8,}  {row['created_at']}")
        if row["stale"]:
            print(f"  {'':<10} stale; refresh with: {row['refresh']}")
    for line in values["damaged"]:
        print(f"  damaged: {line}")


def add_doctor(commands: Commands) -> None:
    """Add ``doctor``."""
    add_command(commands, "doctor", handler=_doctor, show=_show_doctor, purpose="what this machine can do")


def _doctor(_args: argparse.Namespace, store: Store) -> Values:
    """Examine the machine."""
    return examine(store)


def _show_doctor(values: Values) -> None:
    for name, value in values.items():
        print(f"{name:<14} {', '.join(map(str, value)) or 'none' if isinstance(value, list) else value}")
