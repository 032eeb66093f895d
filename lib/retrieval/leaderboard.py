"""The leaderboard: one row an evaluation, what it found and what it costs, read from manifests alone."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from lib.artifacts import Store
from lib.embedding.naming import model_title
from lib.embedding.run_names import run_names
from lib.retrieval.evaluation import KIND
from lib.retrieval.experiments import unavailable
from lib.retrieval.freshness import Present, read_present
from lib.retrieval.metrics import RANK_METRICS
from lib.retrieval.standing import standing
from lib.schema import Manifest

__all__ = [
    "ASKED_COLUMNS",
    "COST_COLUMNS",
    "leaderboard",
    "leaderboard_table",
    "metric_columns",
    "metric_names",
    "metric_order",
    "models_by_score",
    "standing",
    "unavailable",
]

#: What each row says of its evaluation, before the metrics.
ASKED_COLUMNS = (
    *("evaluation", "model", "title", "variant", "metric", "label", "protocol"),
    *("n_queries", "n_sampled_from", "n_gallery", "n_left_out", "self_counted"),
    *("stale", "command", "created_at", "seed"),
)
#: What each row says of the cost, after the metrics; NaN where it was not measured.
COST_COLUMNS = ("dim", "bytes_per_item", "ms_per_query", "images_per_second", "index_recall")


def leaderboard(store: Store, catalog: str) -> pd.DataFrame:
    """Return every evaluation of a catalogue as one row.

    An evaluation that is superseded (the same question was answered again, of newer inputs or by a newer version) and
    one that is damaged have no row.

    Parameters
    ----------
    store : Store
    catalog : str
        The catalogue's name.

    Returns
    -------
    DataFrame
        Oldest first: ``ASKED_COLUMNS``; for each metric ``M`` of the evaluations ``M``, ``M_low``, ``M_high`` and
        ``macro_M``, NaN where there is none; ``COST_COLUMNS``.

    Raises
    ------
    MissingArtifact
        If there is no such catalogue.
    InvalidArtifact
        If its manifest is damaged.
    """
    present = read_present(store, catalog)
    rows = [(manifest, present.is_stale(manifest)) for manifest in store.manifests(catalog, KIND)]
    return leaderboard_table(_not_superseded(rows), present, runs=run_names(store))


def leaderboard_table(rows: list[tuple[Manifest, bool]], present: Present, *, runs: Mapping[str, str]) -> pd.DataFrame:
    """Return the leaderboard of some evaluations.

    Parameters
    ----------
    rows : list of (Manifest, bool)
        Evaluations, and whether each is stale.
    present : Present
        The catalogue they are of, and its embeddings.
    runs : dict of str to str
        What training runs are called.

    Returns
    -------
    DataFrame
        As of ``leaderboard``.
    """
    metrics = metric_order({name for manifest, _ in rows for name in manifest.details.get("metrics", {})})
    records = [
        _asked(manifest, stale, present, runs) | _found(manifest, metrics) | _cost(manifest, present)
        for manifest, stale in rows
    ]
    columns = [*ASKED_COLUMNS, *(column for metric in metrics for column in metric_columns(metric)), *COST_COLUMNS]
    table = pd.DataFrame(records, columns=columns)
    numbers = columns[len(ASKED_COLUMNS) :]
    types: dict[str, Any] = dict.fromkeys(numbers, np.float64) | {"stale": bool, "self_counted": bool}
    return table.astype(types | dict.fromkeys((c for c in ASKED_COLUMNS if c.startswith("n_")), np.int64))


def models_by_score(rows: pd.DataFrame, *, label: str, metric: str = "map_at_r") -> list[str]:
    """Return the models that were measured as they are, best first: what a page offers to begin with.

    Only one protocol is looked at, the one by which most models were measured: scores by two cannot be compared.

    Parameters
    ----------
    rows : DataFrame
        As of ``leaderboard``.
    label : str
        The column that says what is right.
    metric : str, default="map_at_r"

    Returns
    -------
    list of str
        Ids of embeddings, each with the best of its distances; those that were not measured are absent.
    """
    if metric not in rows:
        return []
    plain = (rows["variant"] == "") & (rows["label"] == label) & ~rows["stale"] & ~rows["self_counted"]
    known = rows[plain & rows[metric].notna()]
    if known.empty:
        return []
    protocol = known.groupby("protocol")["model"].nunique().idxmax()
    best = known[known["protocol"] == protocol].groupby("model")[metric].max()
    return [str(model) for model in best.sort_values(ascending=False, kind="stable").index]


def metric_columns(metric: str) -> tuple[str, str, str, str]:
    """Return the columns of one metric: its value, the ends of its interval, and its mean over labels.

    Parameters
    ----------
    metric : str

    Returns
    -------
    tuple of str
    """
    return metric, f"{metric}_low", f"{metric}_high", f"macro_{metric}"


def metric_names(table: pd.DataFrame) -> list[str]:
    """Return the metrics of a leaderboard, in its order.

    Parameters
    ----------
    table : DataFrame

    Returns
    -------
    list of str
    """
    names = [str(name) for name in table.columns]
    return [name for name in names if f"{name}_low" in names]


def metric_order(names: set[str]) -> list[str]:
    """Return metrics in the order in which people read them: those of ranks first, then the others by name.

    Parameters
    ----------
    names : set of str

    Returns
    -------
    list of str
    """
    return [name for name in RANK_METRICS if name in names] + sorted(names - RANK_METRICS.keys())


def _not_superseded(rows: list[tuple[Manifest, bool]]) -> list[tuple[Manifest, bool]]:
    """Return the rows without those whose question a later one answers: a current one, or else a newer one."""
    chosen: dict[tuple[str, ...], tuple[Manifest, bool]] = {}
    for manifest, stale in rows:
        key = _question(manifest)
        known = chosen.get(key)
        if known is None or (not stale, _version(manifest)) >= (not known[1], _version(known[0])):
            chosen[key] = (manifest, stale)
    kept = {manifest.id for manifest, _ in chosen.values()}
    return [row for row in rows if row[0].id in kept]


def _question(manifest: Manifest) -> tuple[str, ...]:
    """Return what was asked, whichever version asked it; a sample that holds every query is none."""
    parameters = {**manifest.parameters, "variant": manifest.parameters.get("variant", "")}
    if manifest.n == manifest.details.get("n_sampled_from"):
        parameters["sample"] = None
    asked = sorted((name, repr(value)) for name, value in parameters.items() if name != "version")
    return (str(manifest.inputs.get("embedding")), *map(repr, asked))


def _version(manifest: Manifest) -> int:
    version = manifest.parameters.get("version", 0)
    return version if isinstance(version, int) else 0


def _asked(manifest: Manifest, stale: bool, present: Present, runs: Mapping[str, str]) -> dict[str, Any]:
    """Return who was asked what."""
    model = str(manifest.inputs.get("embedding"))
    embedding = present.embeddings.get(model)
    details, parameters = manifest.details, manifest.parameters
    return {
        "evaluation": manifest.id,
        "model": model,
        "title": model if embedding is None else model_title(embedding, runs=runs),
        "variant": str(parameters.get("variant", "")),
        **{name: str(parameters.get(name)) for name in ("metric", "label", "protocol")},
        "n_queries": manifest.n,
        "n_sampled_from": int(details.get("n_sampled_from", manifest.n)),
        **{name: int(details.get(name, 0)) for name in ("n_gallery", "n_left_out")},
        "self_counted": bool(details.get("self_counted", False)),
        "stale": stale,
        "command": manifest.command,
        "created_at": manifest.created_at,
        "seed": manifest.seed,
    }


def _found(manifest: Manifest, metrics: list[str]) -> dict[str, Any]:
    """Return each metric with its interval and its mean over labels."""
    micro, macro = manifest.details.get("metrics", {}), manifest.details.get("macro", {})
    values: dict[str, Any] = {}
    for metric in metrics:
        found = micro.get(metric) or {}
        numbers = (found.get("value"), found.get("low"), found.get("high"), macro.get(metric))
        values.update(zip(metric_columns(metric), numbers, strict=True))
    return values


def _cost(manifest: Manifest, present: Present) -> dict[str, Any]:
    """Return what was measured of the cost; how fast pictures are embedded, the embedding itself knows best."""
    embedding = present.embeddings.get(str(manifest.inputs.get("embedding")))
    known = {"dim": manifest.details.get("dim")}
    known |= {name: value for name, value in manifest.details.get("cost", {}).items() if value is not None}
    if embedding is not None and embedding.details.get("images_per_second") is not None:
        known["images_per_second"] = embedding.details["images_per_second"]
    known["index_recall"] = (manifest.details.get("index") or {}).get("recall@10")
    return {name: known.get(name) for name in COST_COLUMNS}
