"""``export`` and ``import-embedding``: vectors to and from other tools."""

import argparse

from lib.artifacts import Store
from lib.commands.shared import Commands, Values, add_command, command_line, file_path, text
from lib.embedding.transfer import FORMATS, export_embedding, import_embedding


def add_export(commands: Commands) -> None:
    """Add ``export``."""
    parser = add_command(
        commands, "export", handler=_export, show=_show_export, purpose="write an embedding to one file"
    )
    parser.add_argument("name", metavar="NAME", help="the catalogue")
    parser.add_argument("--model", metavar="ID", type=text, required=True, help="an embedding's id, or its beginning")
    parser.add_argument("--format", choices=sorted(FORMATS), required=True)
    parser.add_argument("--out", type=file_path, metavar="PATH", required=True, help="the file to write")


def _export(args: argparse.Namespace, store: Store) -> Values:
    """Export and say what was written."""
    embedding = export_embedding(store, args.name, args.model, format=args.format, out=args.out)
    return {
        "id": embedding.id,
        "n": len(embedding.ids),
        "dim": embedding.dim,
        "format": args.format,
        "out": str(args.out),
    }


def _show_export(values: Values) -> None:
    print(f"{values['n']:,} x {values['dim']:,} numbers of {values['id']} written to {values['out']}")


def add_import(commands: Commands) -> None:
    """Add ``import-embedding``."""
    purpose = "take vectors made elsewhere into a catalogue (npz, sqlite or csv)"
    parser = add_command(commands, "import-embedding", handler=_import, show=_show_import, purpose=purpose)
    parser.add_argument("name", metavar="NAME", help="the catalogue")
    parser.add_argument("--path", type=file_path, metavar="FILE", required=True)


def _import(args: argparse.Namespace, store: Store) -> Values:
    """Import and count."""
    path = args.path.resolve()
    embedding = import_embedding(store, args.name, path, command=command_line("import-embedding", args.name, path=path))
    manifest = embedding.manifest
    return {
        "id": manifest.id,
        "n": manifest.n,
        "dim": embedding.dim,
        "n_skipped": manifest.n_skipped,
        "skipped": dict(manifest.skipped),
    }


def _show_import(values: Values) -> None:
    print(f"{values['n']:,} x {values['dim']:,} numbers, {values['n_skipped']:,} left out")
    for reason, count in sorted(values["skipped"].items()):
        print(f"{count:>9,}  {reason}")
    print(f"model id: {values['id']}")
