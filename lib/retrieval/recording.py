"""How an evaluation is written down: its tables, its manifest, and what the manifest says was counted."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lib.publish import publish, write_manifest
from lib.retrieval import evaluation as artifact
from lib.retrieval.protocols import Task
from lib.retrieval.ranking import Ranked
from lib.retrieval.ranks import Floats
from lib.retrieval.scoring import Scorer, occurrences
from lib.retrieval.twins import Twins
from lib.schema import Manifest


def counts(task: Task, scorer: Scorer) -> dict[str, Any]:
    """Return who took part, and what grades nDCG.

    Parameters
    ----------
    task : Task
    scorer : Scorer

    Returns
    -------
    dict
    """
    return {
        "n_queries": len(task.queries),
        "n_sampled_from": task.n_sampled_from,
        "n_gallery": len(task.rows),
        "n_labels": len(task.labels),
        "n_left_out": task.n_left_out,
        "n_without_label": task.n_without_label,
        "self_counted": task.self_counted,
        "ndcg_levels": list(scorer.grades.names),
        "ndcg_binary": scorer.grades.binary,
        "shared_columns": dict(scorer.shared),
    }


def skipped(task: Task) -> dict[str, int]:
    """Return why pictures were not asked with, and how many for each reason.

    Parameters
    ----------
    task : Task

    Returns
    -------
    dict of str to int
    """
    reasons = {
        "no other item has the label": task.n_left_out,
        "no label": task.n_without_label,
        "no vector of the model that asks": task.n_unasked,
        "not in the sample": task.n_sampled_from - len(task.queries),
    }
    return {reason: count for reason, count in reasons.items() if count}


def query_table(task: Task, twins: Twins | str, scores: pd.DataFrame) -> pd.DataFrame:
    """Return one row a query: which it is, and its scores.

    Parameters
    ----------
    task : Task
    twins : dict of int to ndarray of int, or str
        Near-duplicates, or why they are not known.
    scores : DataFrame
        As of ``Scorer.per_query``.

    Returns
    -------
    DataFrame
    """
    codes = task.codes[task.queries]
    n_items = np.bincount(task.codes[task.codes >= 0], minlength=len(task.labels))
    known = {} if isinstance(twins, str) else twins
    n_twins = [len(known.get(query, ())) for query in task.queries.tolist()]
    who = pd.DataFrame(
        {
            "product_id": task.ids[task.queries].astype(object),
            "label": np.array(task.labels, object)[codes],
            "n_relevant": n_items[codes] - (not task.self_counted),
            "n_near_duplicates": pd.array([None] * len(codes) if isinstance(twins, str) else n_twins, dtype="Int64"),
        }
    )
    return pd.concat([who, scores], axis=1)


def gallery_table(task: Task, ranked: Ranked, silhouettes: Floats) -> pd.DataFrame:
    """Return one row an item of the gallery.

    Parameters
    ----------
    task : Task
    ranked : Ranked
    silhouettes : ndarray of shape (n_gallery,), float64

    Returns
    -------
    DataFrame
    """
    labels = np.array([*task.labels, None], object)[task.codes]
    return pd.DataFrame(
        {
            "product_id": task.ids.astype(object),
            "label": labels,
            "occurrence_10": occurrences(ranked, len(task.ids)),
            "silhouette": silhouettes,
        }
    )


def record(folder: Path, tables: Mapping[str, pd.DataFrame], ranked: Ranked, manifest: Manifest) -> None:
    """Write an evaluation's folder, whole or not at all.

    Parameters
    ----------
    folder : Path
    tables : dict of str to DataFrame
        By file name.
    ranked : Ranked
    manifest : Manifest
    """
    with publish(folder) as draft:
        for name, table in tables.items():
            table.to_parquet(draft / name, index=False)
        np.save(draft / artifact.NEIGHBORS, ranked.neighbors)
        write_manifest(draft, manifest)
