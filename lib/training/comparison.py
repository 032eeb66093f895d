"""Runs beside each other: a metric epoch by epoch, what they were asked for, and what they measure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from lib.embedding.run_names import in_words
from lib.models.recipes import SETTINGS
from lib.training.runs import ASKED, Run

#: Said of a setting that a run does not have.
ABSENT = "–"


class Measure(NamedTuple):
    """What is measured epoch by epoch.

    Parameters
    ----------
    title : str
        As shown to people.
    held_back : str
        The history's column for the validation pictures.
    trained : str
        For the training pictures; empty where that is not measured.
    share : bool
        Whether it lies between 0 and 1, and more is better.
    """

    title: str
    held_back: str
    trained: str
    share: bool


MEASURES = {
    "map_at_r": Measure("MAP@R", "val_map_at_r", "", share=True),
    "map": Measure("mAP", "val_map", "", share=True),
    "recall@1": Measure("Recall@1", "val_recall@1", "", share=True),
    "loss": Measure("Loss", "val_loss", "loss", share=False),
    "accuracy": Measure("Accuracy", "val_accuracy", "accuracy", share=True),
    "precision": Measure("Precision, over labels", "val_precision", "", share=True),
    "recall": Measure("Recall, over labels", "val_recall", "", share=True),
    "f1": Measure("F1, over labels", "val_f1", "", share=True),
}
HELD_BACK, TRAINED = "validation", "training"


def measures_of(runs: Sequence[Run]) -> list[str]:
    """Return the measures of which at least one run has a value.

    Parameters
    ----------
    runs : sequence of Run

    Returns
    -------
    list of str
        Keys of ``MEASURES``.
    """
    return [name for name in MEASURES if not epochs_of(runs, name, names={}).empty]


def epochs_of(runs: Sequence[Run], measure: str, *, names: Mapping[str, str]) -> pd.DataFrame:
    """Return a measure of several runs, epoch by epoch.

    Parameters
    ----------
    runs : sequence of Run
    measure : str
        Key of ``MEASURES``.
    names : dict of str to str
        Run's id -> what it is called; the id where it is not in it.

    Returns
    -------
    DataFrame
        ``run, part, epoch, value, best``: `part` is ``HELD_BACK`` or ``TRAINED``, `best` marks the epoch whose weights
        are kept. Epochs without a value are left out.
    """
    found, rows = MEASURES[measure], []
    for run in runs:
        for part, column in ((HELD_BACK, found.held_back), (TRAINED, found.trained)):
            if column and column in run.history:
                for epoch, value in zip(run.history["epoch"], run.history[column], strict=True):
                    rows.append((names.get(run.id, run.id), part, epoch, value, epoch == run.best_epoch))
    table = pd.DataFrame(rows, columns=["run", "part", "epoch", "value", "best"])
    return table[table["value"].notna() & table["epoch"].notna()].reset_index(drop=True)


def parameter_table(runs: Sequence[Run], *, names: Mapping[str, str]) -> pd.DataFrame:
    """Return what runs were asked for, side by side, what differs first.

    Parameters
    ----------
    runs : sequence of Run
    names : dict of str to str
        Run's id -> what its column is called.

    Returns
    -------
    DataFrame
        ``parameter``, ``differs``, and a column of text a run.
    """
    there = {name for run in runs for name in run.parameters}
    every = [name for name in (*ASKED, *SETTINGS) if name in there]
    every += sorted(there - set(every))
    table = pd.DataFrame({"parameter": every})
    for run in runs:
        table[names.get(run.id, run.id)] = [_said(name, run.parameters.get(name)) for name in every]
    shown = table.drop(columns="parameter")
    table.insert(1, "differs", [len(set(row)) > 1 for row in shown.itertuples(index=False)])
    return table.sort_values("differs", ascending=False, kind="stable").reset_index(drop=True)


def measured_names(runs: Sequence[Run], split: str) -> list[str]:
    """Return what was measured of finished runs on a split: retrieval first, then how rightly labels are named.

    Parameters
    ----------
    runs : sequence of Run
    split : {"val", "test"}

    Returns
    -------
    list of str
        Such as ``["map_at_r", "map", "recall@1", "articleType_accuracy"]``.
    """
    every = dict.fromkeys(name for run in runs for name in run.metrics.get(split, {}))
    known = [name for name in MEASURES if name in every]
    return known + [name for name in every if name not in MEASURES and name != "n" and not name.endswith("_n")]


def measured_table(runs: Sequence[Run], split: str, name: str, *, names: Mapping[str, str]) -> pd.DataFrame:
    """Return a score of finished runs, the highest first.

    Parameters
    ----------
    runs : sequence of Run
    split : {"val", "test"}
    name : str
        Of ``measured_names``.
    names : dict of str to str
        Run's id -> what it is called.

    Returns
    -------
    DataFrame
        ``run, title, value, low, high, n``; runs without it are left out. `low` and `high` are missing where no
        interval was measured.
    """
    rows = []
    for run in runs:
        measured = run.metrics.get(split, {})
        found = measured.get(name)
        value, low, high = _ends(found) if isinstance(found, dict) else (found, None, None)
        if value is not None:
            n = measured.get(f"{name.removesuffix('_accuracy')}_n", measured.get("n", 0))
            rows.append((run.id, names.get(run.id, run.id), value, low, high, n))
    table = pd.DataFrame(rows, columns=["run", "title", "value", "low", "high", "n"])
    types = dict.fromkeys(("value", "low", "high"), "float64")
    return table.astype(types).sort_values("value", ascending=False, kind="stable").reset_index(drop=True)


def measured_title(name: str) -> str:
    """Return what a score is called on screen.

    Parameters
    ----------
    name : str
        Of ``measured_names``.

    Returns
    -------
    str

    Examples
    --------
    >>> measured_title("map_at_r"), measured_title("baseColour_accuracy")
    ('MAP@R', 'Accuracy of baseColour')
    """
    if name in MEASURES:
        return MEASURES[name].title
    column = name.removesuffix("_accuracy")
    return f"Accuracy of {column}" if column != name else name


def _ends(found: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    return found.get("value"), found.get("low"), found.get("high")


def _said(name: str, value: Any) -> str:
    said = ABSENT if value is None else in_words(name, value)
    return said or ABSENT
