"""A report of what was measured on this machine."""

import functools

import pandas as pd

from lib.artifacts import Store
from lib.errors import MissingArtifact
from lib.report.document import leaderboard_report
from lib.report.provenance import Provenance
from lib.retrieval.contrasts import models_alone
from lib.retrieval.evaluation import KIND
from lib.retrieval.freshness import read_present
from lib.retrieval.leaderboard import leaderboard, metric_names, standing, unavailable
from lib.retrieval.reading import read_scores

EVERYTHING, MODELS = "everything", "models"
#: Which rows a report holds: all, or those of vectors as they were embedded, asked with as many queries as there are.
WHICH = (EVERYTHING, MODELS)


def catalog_report(
    store: Store,
    name: str,
    *,
    label: str | None = None,
    protocol: str | None = None,
    metric: str = "map_at_r",
    which: str = EVERYTHING,
    command: str = "",
) -> tuple[str, int]:
    """Return the report of a catalogue's evaluations.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    label : str, optional
        Only evaluations by it; the catalogue's own by default.
    protocol : str, optional
        Only evaluations by it; by default each has a table of its own.
    metric : str, default="map_at_r"
        By which rows are sorted and the best is told.
    which : str, default="everything"
        One of ``WHICH``; the report says how many rows it leaves out.
    command : str, default=""
        The command that writes the report again.

    Returns
    -------
    html : str
    n : int
        Evaluations in it.

    Raises
    ------
    MissingArtifact
        If there is no such catalogue, or no evaluation that was asked for.
    SearchError
        If no evaluation has the metric.
    ValueError
        If `which` is none of ``WHICH``.
    """
    if which not in WHICH:
        raise ValueError(f"Expected which to be one of {WHICH}. Received: which={which!r}")
    catalog, table = read_present(store, name).catalog, leaderboard(store, name)
    label = label or str(catalog.details["label"])
    every = table[(table["label"] == label) & (table["protocol"] == (protocol or table["protocol"]))]
    rows = models_alone(every) if which == MODELS else every
    if rows.empty:
        by = f" and the protocol {protocol}" if protocol else ""
        raise MissingArtifact(
            f"{name!r} has no evaluation by {label!r}{by}.",
            hint=f"Run: python -m lib evaluate {name} --model ID --label {label}",
        )
    html = leaderboard_report(
        _with_standing(store, name, rows, metric) if metric in metric_names(rows) else rows,
        metric=metric,
        provenance=Provenance.of_catalog(
            catalog, [m for m in store.manifests(name, KIND) if m.id in set(rows["evaluation"])]
        ),
        unavailable=unavailable(store, name),
        n_left_out=len(every) - len(rows),
        command=command,
    )
    return html, len(rows)


def _with_standing(store: Store, name: str, rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the rows, each with its standing among those of its protocol; stale ones have none."""
    load = functools.partial(read_scores, store, name, metric=metric)
    current = rows[~rows["stale"]]
    found = [standing(group, load, metric=metric) for _, group in current.groupby("protocol", sort=False)]
    return rows.assign(standing=pd.concat(found).reindex(rows.index) if found else None)
