"""``threshold``: the largest distance at which what a search shows is still right."""

import argparse
import contextlib
import math

from lib.artifacts import Store
from lib.catalog import load_catalog
from lib.commands.shared import Commands, Values, add_command, positive, text
from lib.embedding import load_embedding
from lib.progress import TerminalProgress
from lib.retrieval.bootstrap import Estimate
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.threshold_store import PRECISION, SAMPLE, out_of_100, threshold_command
from lib.retrieval.thresholds import Threshold, calibrate


def add(commands: Commands) -> None:
    """Add the command."""
    purpose = "find the largest distance at which what a search shows is still right"
    parser = add_command(commands, "threshold", handler=_run, show=_show, purpose=purpose)
    parser.add_argument("name", metavar="NAME", help="the catalogue")
    parser.add_argument("--model", metavar="ID", type=text, required=True, help="an embedding's id, or its beginning")
    parser.add_argument("--metric", choices=sorted(DISTANCE_METRICS), default="cosine", help="default: %(default)s")
    parser.add_argument(
        "--label", metavar="COLUMN", type=text, help="what makes a result right (default: the catalogue's own)"
    )
    parser.add_argument(
        "--precision",
        type=_share,
        metavar="SHARE",
        default=PRECISION,
        help="share of what is shown that is to be right (default: %(default)s)",
    )
    parser.add_argument(
        "--sample", type=_pair, metavar="N", default=SAMPLE, help="ask with so many pictures (default: %(default)s)"
    )


def _share(word: str) -> float:
    """Return a share above 0."""
    with contextlib.suppress(ValueError):
        if 0 < float(word) <= 1:
            return float(word)
    raise argparse.ArgumentTypeError(f"expected a share above 0 and at most 1, such as 0.95, not {word[:80]!r}")


def _pair(word: str) -> int:
    """Return a number of queries that has two halves."""
    if positive(word) < 2:
        raise argparse.ArgumentTypeError(f"expected at least 2, not {word!r}")
    return int(word)


def _run(args: argparse.Namespace, store: Store) -> Values:
    """Calibrate and return the numbers."""
    options = {name: getattr(args, name) for name in ("metric", "precision", "sample", "seed")}
    label = args.label if args.label is not None else load_catalog(store, args.name).label
    model = load_embedding(store, args.name, args.model).id
    report = TerminalProgress(f"asking {args.name}")
    command = threshold_command(args.name, model, label=label, **options)
    return threshold_values(calibrate(store, args.name, model, label=label, **options, command=command, report=report))


def threshold_values(found: Threshold) -> Values:
    """Return what ``--json`` prints."""
    details = found.manifest.details
    asked = {"id": found.id, "model": found.model, "metric": found.metric, "label": found.label, "asked": found.asked}
    shown = ("threshold", "precision", "nearest_precision", "recall", "n_results", "share_without")
    counts = ("n_queries", "n_choosing", "n_alone", "n_gallery", "n_nearest")
    return asked | {name: details[name] for name in (*shown, *counts)}


def _show(values: Values) -> None:
    """Print what is kept, and how sure that is."""
    precision, nearest = (_said(values[name]) for name in ("precision", "nearest_precision"))
    label, without = values["label"], values["share_without"]
    print(f"{label}, {values['metric']}: a largest distance of {values['threshold']:.10g}")
    print(f"  of what is within it        {precision} have the query's {label}")
    print(f"  of the {values['n_nearest']} nearest within it  {nearest}")
    if values["recall"] is not None:
        print(f"  of what has that {label}, {values['recall']:.2%} is within it")
    print(f"  results a query             {values['n_results']:,.1f}; none for {without:.0%} of the queries")
    print(f"chosen with {values['n_choosing']:,} queries, measured on {values['n_queries']:,} others ", end="")
    print(f"against {values['n_gallery']:,} pictures")
    print(f"threshold id: {values['id']}")


def _said(numbers: dict[str, float | None]) -> str:
    """Return a share with its interval."""
    value, low, high = (math.nan if (number := numbers[name]) is None else number for name in ("value", "low", "high"))
    return out_of_100(Estimate(value, low, high))
