"""``project``: a map of an embedding, in a plane or in space."""

import argparse
import contextlib

from lib.artifacts import Store
from lib.commands.shared import Commands, Values, add_command, command_line, positive, text
from lib.embedding import load_embedding
from lib.progress import TerminalProgress
from lib.projection.project import project
from lib.projection.projection import Projection
from lib.projection.request import MAP_METHODS, TSNE, UMAP, MapRequest
from lib.retrieval.distances import DISTANCE_METRICS


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "project", handler=_run, show=_show, purpose="lay an embedding out as a map")
    parser.add_argument("name", metavar="NAME", help="the catalogue")
    parser.add_argument("--model", metavar="ID", type=text, required=True, help="an embedding's id, or its beginning")
    parser.add_argument("--method", choices=list(MAP_METHODS), default=UMAP, help="default: %(default)s")
    parser.add_argument("--metric", choices=sorted(DISTANCE_METRICS), default="cosine", help="default: %(default)s")
    parser.add_argument("--dimensions", type=int, choices=(2, 3), default=2, help="default: %(default)s")
    usual = MapRequest()
    parser.add_argument(
        "--n-neighbors", type=positive, metavar="N", help=f"of umap: neighbours that count ({usual.n_neighbors})"
    )
    parser.add_argument(
        "--min-dist", type=_number, metavar="X", help=f"of umap: how near points come ({usual.min_dist})"
    )
    parser.add_argument(
        "--perplexity",
        type=_number,
        metavar="X",
        help=f"of tsne: about how many neighbours count ({usual.perplexity:g})",
    )


def _number(word: str) -> float:
    """Return a number; whether it is in its range is for the request to say."""
    with contextlib.suppress(ValueError):
        return float(word)
    raise argparse.ArgumentTypeError(f"expected a number, not {word[:80]!r}")


def _run(args: argparse.Namespace, store: Store) -> Values:
    """Make the map and return the numbers."""
    asked = {name: getattr(args, name) for name in ("method", "metric", "dimensions")}
    others = {UMAP: ("n_neighbors", "min_dist"), TSNE: ("perplexity",)}.get(args.method, ())
    asked |= {name: getattr(args, name) for name in others if getattr(args, name) is not None}
    request = MapRequest(**asked)
    model = load_embedding(store, args.name, args.model).id
    command = command_line("project", args.name, model=model, **asked, seed=args.seed or None)
    report = TerminalProgress(f"mapping {args.name}, thousandths")
    return projection_values(project(store, args.name, model, request, command=command, seed=args.seed, report=report))


def projection_values(found: Projection) -> Values:
    """Return what ``--json`` prints.

    Parameters
    ----------
    found : Projection

    Returns
    -------
    dict
    """
    counts = {"n": found.manifest.n, "n_sampled_from": found.manifest.n_in}
    return {"id": found.id, "model": found.model, **found.manifest.parameters, **counts, **found.details}


def _show(values: Values) -> None:
    """Print how far the map can be trusted."""
    sample = f" (a sample of {values['n_sampled_from']:,})" if values["n"] < values["n_sampled_from"] else ""
    print(f"{values['n']:,} pictures{sample} by {values['method']} in {values['dimensions']} dimensions")
    for name in ("trustworthiness", "continuity"):
        value = values[name]
        print(f"  {name:<16} {'too few pictures' if value is None else format(value, '.3f')}")
    kept = 1 - values["mean_distortion"]
    print(f"  of a picture's {values['k']} nearest neighbours {kept:.0%} are among its nearest on the map")
    print(f"map id: {values['id']}")
