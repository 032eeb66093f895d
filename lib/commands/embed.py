"""``embed``: a catalogue's pictures become vectors."""

import argparse

from lib.artifacts import Store
from lib.commands.shared import Commands, Values, add_command, command_line, given, text
from lib.embedding.engines import ENGINES
from lib.embedding.extract import embed_catalog
from lib.embedding.request import PRECISIONS, request_for
from lib.images.fit import FITS
from lib.models import MODELS
from lib.progress import TerminalProgress

_OPTIONS = ("backbone", "size", "fit", "weights", "engine", "precision")


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands, "embed", handler=_run, show=_show, purpose="turn a catalogue's pictures into vectors"
    )
    parser.add_argument("name", metavar="NAME", help="the catalogue")
    parser.add_argument(
        "--backbone", metavar="B", choices=sorted(MODELS), help=f"{', '.join(sorted(MODELS))}; a run brings its own"
    )
    parser.add_argument(
        "--size", type=int, metavar="PIXELS", help="side of the model's input (default: the backbone's own)"
    )
    parser.add_argument("--fit", choices=FITS, help="how a picture is brought to it (default: pad, on black)")
    parser.add_argument("--weights", metavar="W", type=text, help="imagenet (default), none, a file, or a training run")
    parser.add_argument(
        "--engine", choices=("auto", *ENGINES), help="what computes (default: auto, the faster one here)"
    )
    parser.add_argument("--precision", choices=PRECISIONS, help="default: f32")


def _run(args: argparse.Namespace, store: Store) -> Values:
    """Embed and count."""
    options = given(args, _OPTIONS)
    result = embed_catalog(
        store,
        args.name,
        request_for(store, **options),
        command=command_line("embed", args.name, **options, seed=args.seed or None),
        seed=args.seed,
        report=TerminalProgress(f"embedding {args.name}"),
    )
    manifest = result.embedding.manifest
    return {
        "id": manifest.id,
        "n": manifest.n,
        "dim": result.embedding.dim,
        "n_skipped": manifest.n_skipped,
        "n_reused": result.n_reused,
        "precision": manifest.details["precision"],
        "engine": manifest.details["engine"],
        "images_per_second": manifest.details["images_per_second"],
    }


def _show(values: Values) -> None:
    """Print the counts and the id, which the other commands take."""
    kept = f", {values['n_reused']:,} kept from before" if values["n_reused"] else ""
    print(f"{values['n']:,} pictures x {values['dim']:,} numbers{kept}, {values['n_skipped']:,} left out")
    print(f"model id: {values['id']}")
