"""What the details of a manifest must look like, for each kind of artifact: numbers are numbers, however deep they lie.

A shape says what is wrong with a value, beginning with where: ``".cost.dim is 'x'"``; nothing where it fits.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from lib.schema import LARGEST_COUNT, PUBLISHED_KIND, Manifest

Shape = Callable[[Any], str]


def _is_number(value: Any) -> bool:
    """Whether a value is a finite number; neither true nor NaN is."""
    return type(value) in (int, float) and abs(value) <= sys.float_info.max


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= LARGEST_COUNT


def _leaf(fits: Callable[[Any], bool]) -> Shape:
    """Return the shape of values of which a question is true."""
    return lambda value: "" if fits(value) else f" is {_shown(value)}"


def _shown(value: Any) -> str:
    """Return a value as a message shows it."""
    return f"a {type(value).__name__}" if isinstance(value, (dict, list)) else f"{value!r:.40}"


def _or_null(shape: Shape) -> Shape:
    """Return the shape that allows null too."""
    return lambda value: "" if value is None else shape(value)


def _inside(value: Mapping[str, Any], shapes: Mapping[str, Shape]) -> str:
    """Return what is wrong with some values of an object."""
    for name, shape in shapes.items():
        problem = shape(value[name]) if name in value else " is missing"
        if problem:
            return f".{name}{problem}"
    return ""


def _object(needed: Mapping[str, Shape], **optional: Shape) -> Shape:
    """Return the shape of an object: what it must have, and what is only looked at where it is there."""

    def check(value: Any) -> str:
        if not isinstance(value, dict):
            return f" is {_shown(value)}"
        return _inside(value, {**needed, **{name: shape for name, shape in optional.items() if name in value}})

    return check


def _mapping(shape: Shape, *needed: str) -> Shape:
    """Return the shape of an object of any names, whose values are alike."""

    def check(value: Any) -> str:
        if not isinstance(value, dict):
            return f" is {_shown(value)}"
        return _inside(value, dict.fromkeys((*needed, *value), shape))

    return check


def _listing(shape: Shape) -> Shape:
    """Return the shape of a list whose items are alike."""

    def check(value: Any) -> str:
        if not isinstance(value, list):
            return f" is {_shown(value)}"
        return next((problem for item in value if (problem := shape(item))), "")

    return check


_NUMBER, _COUNT = _leaf(_is_number), _leaf(_is_count)
_AMOUNT = _leaf(lambda value: _is_number(value) and value >= 0)
_TEXT, _SWITCH = _leaf(lambda value: isinstance(value, str)), _leaf(lambda value: isinstance(value, bool))
_ENDS = _object(dict.fromkeys(("value", "low", "high"), _or_null(_NUMBER)))


def _interval(value: Any) -> str:
    """Check a number and the ends of its interval, of which there are two or none."""
    problem = _ENDS(value)
    one_end = not problem and (value["low"] is None) != (value["high"] is None)
    return " has one end only" if one_end else problem


def _perhaps(shape: Shape) -> Shape:
    """Return the shape that an object has unless it is empty."""
    return lambda value: "" if value == {} else shape(value)


#: The scores of an evaluation: those that everything is sorted and told by are always there, if only as null.
_SCORES: dict[str, Shape] = {
    "metrics": _mapping(_interval, "recall@1", "map_at_r"),
    "macro": _mapping(_or_null(_NUMBER)),
}
_COST = _object(
    dict.fromkeys(("dim", "n_timed"), _COUNT)
    | dict.fromkeys(("bytes_per_item", "ms_per_query", "ms_per_query_p95"), _AMOUNT),
    images_per_second=_or_null(_AMOUNT),
    bytes_shared=_AMOUNT,
)
_TWINS = _object(
    {},
    unavailable=_TEXT,
    without=_perhaps(_object(_SCORES)),
    **dict.fromkeys(("n_queries_with", "n_left_out", "n_pairs"), _COUNT),
)


def _measured(value: Any) -> str:
    """Check what a run measured: a number, or one with its interval."""
    return _interval(value) if isinstance(value, dict) else _or_null(_NUMBER)(value)


_INDEX = _object({"kind": _TEXT, "recall@10": _or_null(_AMOUNT), "n_queries": _COUNT}, settings=_mapping(_COUNT))
_ASKED_BY = _object({"embedding": _TEXT} | dict.fromkeys(("n_common", "n_only_gallery", "n_only_asking"), _COUNT))
_NUMBERS_OF_QUERIES = ("n_queries", "n_sampled_from", "n_gallery", "n_labels", "n_left_out", "n_without_label")

#: What the details of an artifact of a kind must look like.
DETAILS: dict[str, Shape] = {
    "embedding": _object({"dim": _COUNT}, images_per_second=_or_null(_AMOUNT)),
    "evaluation": _object(
        {
            **_SCORES,
            **dict.fromkeys(("dim", "n_zero", *_NUMBERS_OF_QUERIES), _COUNT),
            **dict.fromkeys(("self_counted", "ndcg_binary"), _SWITCH),
            "ndcg_levels": _listing(_TEXT),
            "shared_columns": _mapping(_TEXT),
            "near_duplicates": _TWINS,
        },
        variant=_TEXT,
        cost=_COST,
        index=_INDEX,
        asked_by=_ASKED_BY,
    ),
    "threshold": _object(
        {
            **dict.fromkeys(("precision", "nearest_precision"), _interval),
            **dict.fromkeys(("threshold", "n_results", "share_without"), _AMOUNT),
            **dict.fromkeys(("n_asked", "n_choosing", "n_queries", "n_alone", "n_gallery", "n_nearest"), _COUNT),
            "recall": _or_null(_AMOUNT),
            "skipped": _mapping(_COUNT),
        }
    ),
    "clustering": _object(
        {
            **dict.fromkeys(("n_clusters", "n_labels", "n_scored", "n_scored_labels", "n_scored_clusters"), _COUNT),
            **dict.fromkeys(("in_sample", "test_split_only"), _SWITCH),
            **dict.fromkeys(("silhouette", "calinski_harabasz"), _or_null(_NUMBER)),
            "threshold": _or_null(_AMOUNT),
            "scores": _mapping(_interval),
            "baselines": _mapping(_mapping(_NUMBER)),
            "criteria": _mapping(_object({}, threshold=_AMOUNT, n_clusters=_COUNT, unavailable=_TEXT)),
        }
    ),
    "run": _object(
        {
            **dict.fromkeys(("epochs", "best_epoch", "dim"), _COUNT),
            **dict.fromkeys(("best_by", "label"), _TEXT),
            "metrics": _mapping(_mapping(_measured)),
        }
    ),
    "experiment": _object({}, statuses=_mapping(_COUNT), title=_or_null(_TEXT)),
    "projection": _object(
        {
            **dict.fromkeys(("trustworthiness", "continuity", "mean_distortion"), _or_null(_NUMBER)),
            **dict.fromkeys(("k", "n_quality"), _COUNT),
            "silhouette": _or_null(_NUMBER),
            "separation_ratio": _or_null(_NUMBER),
            "label": _TEXT,
        }
    ),
    "neighbor-graph": _object({"k": _COUNT}),
    "near-duplicates": _object(dict.fromkeys(("n_pairs", "n_pictures", "n_same_hash"), _COUNT)),
    PUBLISHED_KIND: _object(
        {
            **dict.fromkeys(("title", "label", "source", "credits"), _or_null(_TEXT)),
            **dict.fromkeys(("catalog_command", "standing_metric"), _TEXT),
            "n_pictures": _COUNT,
            "made_with": _mapping(_TEXT),
            "unavailable": _listing(_mapping(_TEXT)),
        }
    ),
}
#: What details must have besides where the parameters name something: earlier versions did not.
_SINCE: dict[tuple[str, str], Shape] = {("evaluation", "variant"): _object({"variant": _TEXT, "cost": _COST})}


def details_problem(manifest: Manifest) -> str:
    """Return what is wrong with a manifest's details.

    Parameters
    ----------
    manifest : Manifest

    Returns
    -------
    str
        Such as ``n_gallery is None``; empty where they are what the kind's must be.

    Examples
    --------
    >>> pairs = {"n_pairs": "x", "n_pictures": 2, "n_same_hash": 0}
    >>> details_problem(Manifest("near-duplicates", "n", "", {}, {}, 2, 2, synthetic=True, details=pairs))
    "n_pairs is 'x'"
    """
    shapes = [DETAILS[manifest.kind]] if manifest.kind in DETAILS else []
    shapes += [shape for (kind, name), shape in _SINCE.items() if kind == manifest.kind and name in manifest.parameters]
    problems = (shape(manifest.details) for shape in shapes)
    return " ".join(next(filter(None, problems), "").removeprefix(".").split())
