"""``cluster``: the products of a catalogue in groups that look alike."""

import argparse
import contextlib
import math

from lib.artifacts import Store
from lib.catalog import load_catalog
from lib.clustering.calibration import CRITERIA
from lib.clustering.cluster import cluster
from lib.clustering.clustering import Clustering
from lib.clustering.flat import METHODS
from lib.clustering.request import AGGLOMERATIVE, DEFAULT_CRITERION, MOST, SAMPLE, GroupingRequest
from lib.clustering.scores import SCORES
from lib.clustering.tree import LINKAGES
from lib.commands.shared import Commands, Values, add_command, command_line, positive, text
from lib.embedding import load_embedding
from lib.progress import TerminalProgress
from lib.retrieval.distances import DISTANCE_METRICS

#: Scores that a person is shown.
_SHOWN = ("ami", "nmi", "ari", "pair_f1", "purity")


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "cluster", handler=_run, show=_show, purpose="group products that look alike")
    parser.add_argument("name", metavar="NAME", help="the catalogue")
    parser.add_argument("--model", metavar="ID", type=text, required=True, help="an embedding's id, or its beginning")
    parser.add_argument(
        "--label", metavar="COLUMN", type=text, help="what groups are compared with (default: the catalogue's own)"
    )
    parser.add_argument(
        "--method", choices=[AGGLOMERATIVE, *METHODS], default=AGGLOMERATIVE, help="default: %(default)s"
    )
    parser.add_argument("--metric", choices=sorted(DISTANCE_METRICS), default="cosine", help="default: %(default)s")
    parser.add_argument("--linkage", choices=list(LINKAGES), default="average", help="default: %(default)s")
    cut = parser.add_argument_group("where to cut the tree (one of them)").add_mutually_exclusive_group()
    cut.add_argument(
        "--calibrate",
        nargs="?",
        choices=list(CRITERIA),
        const=DEFAULT_CRITERION,
        help=f"choose the threshold, by {DEFAULT_CRITERION} unless another is named (default)",
    )
    cut.add_argument("--threshold", type=_distance, metavar="DISTANCE", help="where nothing farther apart merges")
    cut.add_argument("--n-clusters", type=positive, metavar="N", help="so many groups")
    parser.add_argument(
        "--sample",
        type=positive,
        metavar="N",
        default=SAMPLE,
        help=f"group at most so many pictures, up to {MOST:,} (default: %(default)s)",
    )


def _distance(word: str) -> float:
    """Return a distance."""
    with contextlib.suppress(ValueError):
        if 0 <= float(word) < math.inf:
            return float(word)
    raise argparse.ArgumentTypeError(f"expected a distance from 0 on, not {word[:80]!r}")


def _run(args: argparse.Namespace, store: Store) -> Values:
    """Group and return the numbers."""
    asked = {name: getattr(args, name) for name in ("method", "metric", "linkage", "sample")}
    cut = {name: getattr(args, name) for name in ("threshold", "n_clusters")}
    label = args.label if args.label is not None else load_catalog(store, args.name).label
    request = GroupingRequest(**asked, **cut, label=label, calibrate=args.calibrate or "")
    model = load_embedding(store, args.name, args.model).id
    words = asked | ({} if request.method == AGGLOMERATIVE else {"linkage": None})
    command = command_line(
        "cluster",
        args.name,
        model=model,
        label=label,
        **words,
        **cut,
        calibrate=request.criterion or None,
        seed=args.seed or None,
    )
    report = TerminalProgress(f"comparing the pictures of {args.name}")
    return clustering_values(cluster(store, args.name, model, request, command=command, seed=args.seed, report=report))


def clustering_values(found: Clustering) -> Values:
    """Return what ``--json`` prints.

    Parameters
    ----------
    found : Clustering

    Returns
    -------
    dict
    """
    asked = {name: found.manifest.parameters[name] for name in ("method", "metric", "linkage", "label", "calibrate")}
    counts = {"n": found.manifest.n, "n_sampled_from": found.manifest.n_in}
    return {"id": found.id, "model": found.model, **asked, **counts, **found.details}


def _show(values: Values) -> None:
    """Print how many groups there are, and how well they agree with the labels."""
    how = " + ".join(word for word in (values["metric"], values["linkage"] or values["method"]) if word)
    n = f"{values['n']:,} pictures"
    n += f" (a sample of {values['n_sampled_from']:,})" if values["n"] < values["n_sampled_from"] else ""
    at = "" if values["threshold"] is None else f", cut at {values['threshold']:.6g}"
    print(f"{n} in {values['n_clusters']:,} groups by {how}{at}; {values['n_labels']:,} labels in {values['label']}")
    for name in (name for name in _SHOWN if name in values["scores"]):
        print(f"  {SCORES[name].label:<8} {_said(values['scores'][name])}")
    if values["scores"]:
        of = f"{values['n_scored']:,} pictures of {values['n_scored_labels']:,} labels"
        print(f"of {of}{', which chose where to cut: in sample' if values['in_sample'] else ''}")
    else:
        print("no picture has a label to compare with")
    print(f"clustering id: {values['id']}")


def _said(numbers: dict[str, float | None]) -> str:
    """Return a score with its interval."""
    low, high = numbers["low"], numbers["high"]
    interval = "" if low is None or high is None else f"  [{low:.3f}, {high:.3f}]"
    return f"{numbers['value']:.3f}{interval}"
