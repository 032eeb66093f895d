"""How a report puts values into words."""

import datetime
import math
from collections.abc import Hashable, Mapping
from typing import Any

from lib.definitions import definition, topic_of
from lib.errors import SearchError
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.metrics import RANK_METRICS
from lib.retrieval.variants import variant_title

#: A row of a leaderboard.
Row = Mapping[Hashable, Any]
_NOTHING = "–"


def moment(created_at: str) -> str:
    """Return a time as people read it.

    Parameters
    ----------
    created_at : str
        ISO 8601, as in a manifest.

    Returns
    -------
    str
        In UTC, to the minute; the text itself where it is no time.

    Examples
    --------
    >>> moment("2026-11-21T12:09:24+00:00"), moment("")
    ('2026-11-21 12:09 UTC', '')
    """
    try:
        return f"{datetime.datetime.fromisoformat(created_at).astimezone(datetime.UTC):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return created_at


def metric_title(metric: str) -> str:
    """Return what a metric is called on screen.

    Parameters
    ----------
    metric : str

    Returns
    -------
    str

    Examples
    --------
    >>> metric_title("map_at_r"), metric_title("recall@5"), metric_title("unheard")
    ('MAP@R', 'Recall@5', 'unheard')
    """
    if metric in RANK_METRICS:
        return RANK_METRICS[metric].label
    name, _, k = metric.partition("@")
    if name.startswith("same_"):
        return f"Same {name.removeprefix('same_')}@{k}"
    return definition(metric).name.replace("@K", f"@{k}") if topic_of(metric) else metric


def distance_title(metric: str) -> str:
    """Return what a distance metric is called on screen.

    Parameters
    ----------
    metric : str

    Returns
    -------
    str
        One that this version does not know, as it is written.
    """
    return DISTANCE_METRICS[metric].label if metric in DISTANCE_METRICS else metric


def variant_words(text: str) -> str:
    """Return what a variant is called on screen.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        One that this version does not know, as it is written.
    """
    try:
        return variant_title(text)
    except SearchError:
        return text


def number(value: float, form: str) -> str:
    """Return a number as text.

    Parameters
    ----------
    value : float
    form : str
        As of ``format``.

    Returns
    -------
    str
        A dash for NaN.

    Examples
    --------
    >>> number(1280.0, ",.0f"), number(float("nan"), ".3f")
    ('1,280', '–')
    """
    return _NOTHING if math.isnan(value) else format(value, form)


def interval(row: Row, metric: str) -> str:
    """Return a metric's interval as text.

    Parameters
    ----------
    row : dict
        Of a leaderboard.
    metric : str

    Returns
    -------
    str
        Empty where there is none.

    Examples
    --------
    >>> interval({"map_low": 0.1, "map_high": 0.25}, "map")
    '0.100 to 0.250'
    """
    low, high = row[f"{metric}_low"], row[f"{metric}_high"]
    return f"{low:.3f} to {high:.3f}" if math.isfinite(low + high) else ""
