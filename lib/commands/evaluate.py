"""``evaluate``: how well a model finds what has the query's label."""

import argparse
from typing import Any

from lib.artifacts import Store
from lib.commands.shared import Commands, Values, add_command, command_line, positive, text
from lib.progress import TerminalProgress
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.evaluate import evaluate
from lib.retrieval.metrics import RANK_METRICS
from lib.retrieval.protocols import PROTOCOLS
from lib.retrieval.variants import variant_title

#: Counts of an evaluation that ``--json`` prints beside its metrics.
_COUNTS = ("n_queries", "n_sampled_from", "n_gallery", "n_left_out", "n_without_label", "n_zero", "self_counted")
_DETAILS = ("ndcg_levels", "ndcg_binary", "shared_columns", "metrics", "macro", "near_duplicates", "cost")


def add(commands: Commands) -> None:
    """Add the command."""
    purpose = "measure how well a model finds what has the query's label"
    parser = add_command(commands, "evaluate", handler=_run, show=_show, purpose=purpose)
    parser.add_argument("name", metavar="NAME", help="the catalogue")
    parser.add_argument("--model", metavar="ID", type=text, required=True, help="an embedding's id, or its beginning")
    parser.add_argument(
        "--label", metavar="COLUMN", type=text, help="what makes two pictures alike (default: the catalogue's own)"
    )
    parser.add_argument("--metric", choices=sorted(DISTANCE_METRICS), default="cosine", help="default: %(default)s")
    parser.add_argument("--protocol", choices=PROTOCOLS, default="all", help="who asks whom (default: %(default)s)")
    parser.add_argument(
        "--variant",
        metavar="STEPS",
        type=text,
        help="what is done to vectors and queries first, such as l2+pca=128 or hnsw (see docs/variants.md)",
    )
    parser.add_argument("--sample", type=positive, metavar="N", help="only so many queries (manhattan: 2000)")


def _run(args: argparse.Namespace, store: Store) -> Values:
    """Evaluate and return the numbers."""
    options = {name: getattr(args, name) for name in ("label", "metric", "protocol", "variant", "sample")}
    words = options | {"model": args.model, "seed": args.seed or None}
    result = evaluate(
        store,
        args.name,
        args.model,
        **options | {"variant": args.variant or ""},
        command=command_line("evaluate", args.name, **words),
        seed=args.seed,
        report=TerminalProgress(f"evaluating {args.name}"),
    )
    manifest = result.evaluation.manifest
    asked = {name: manifest.parameters[name] for name in ("protocol", "metric", "label", "variant")}
    details = {name: manifest.details[name] for name in (*_COUNTS, *_DETAILS)}
    details |= {name: manifest.details.get(name) for name in ("index", "asked_by")}
    return {"id": manifest.id, "model": manifest.inputs["embedding"], **asked, **details, "n_reused": result.n_reused}


def _show(values: Values) -> None:
    """Print a line a metric."""
    sampled = f" (a sample of {values['n_sampled_from']:,})" if values["n_queries"] < values["n_sampled_from"] else ""
    print(f"{values['label']}, {values['metric']}, {values['protocol']}, {variant_title(values['variant'])}")
    print(f"{values['n_queries']:,} queries{sampled} against {values['n_gallery']:,} pictures, ", end="")
    print(f"{values['n_left_out']:,} left out as the only one of their label")
    for name, numbers in sorted(values["metrics"].items(), key=_place):
        print(f"  {name:<20} {_spoken(numbers)}")
    known = values["near_duplicates"]
    if known.get("without"):
        numbers = known["without"]["metrics"]["recall@1"]
        print(
            f"  {'recall@1 without the near-duplicates of ' + format(known['n_queries_with'], ',')}: {_spoken(numbers)}"
        )
    _show_variant(values)
    print(f"evaluation id: {values['id']}")


def _show_variant(values: Values) -> None:
    """Print what the variant costs, how right its index is, and what could not be asked."""
    cost, index, asking = (values[name] for name in ("cost", "index", "asked_by"))
    print(f"  {cost['dim']:,} dimensions, {cost['bytes_per_item']:,g} bytes an item, ", end="")
    print(f"{cost['ms_per_query']:g} ms a query (95 % within {cost['ms_per_query_p95']:g})")
    if index:
        print(f"  the index finds {index['recall@10']:.4f} of the ten nearest ({index['n_queries']:,} queries)")
    if asking:
        print(f"  {asking['embedding']} asks for the {asking['n_common']:,} pictures that both have", end="")
        print(f" ({asking['n_only_gallery']:,} of the gallery alone, {asking['n_only_asking']:,} of the other)")
    if values["n_zero"]:
        print(f"  all-zero vectors: {values['n_zero']:,}, which have no direction and stand last under cosine")


def _place(item: tuple[str, Any]) -> tuple[bool, int, str]:
    """Return where a metric stands in the list: those of ranks in their own order, then the others by name."""
    name = item[0]
    ranks = list(RANK_METRICS)
    return name not in ranks, ranks.index(name) if name in ranks else len(ranks), name


def _spoken(numbers: dict[str, Any]) -> str:
    """Return a value with its interval, where it has one."""
    if numbers["value"] is None:
        return "not defined"
    interval = f"  [{numbers['low']:.4f}, {numbers['high']:.4f}]" if numbers["low"] is not None else ""
    return f"{numbers['value']:.4f}{interval}"
