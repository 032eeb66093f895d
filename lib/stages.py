"""The kinds of stages that an experiment may ask for, and what each one's table may say.

Another kind is a row here, and a function of the same name in ``lib.makers.MAKERS``.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lib.clustering.calibration import CRITERIA
from lib.clustering.request import is_defined
from lib.clustering.tree import LINKAGES
from lib.errors import AppError
from lib.projection.request import MAP_METHODS
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.protocols import PROTOCOLS

#: What a key's value has to be: in words, and as a test.
Kind = tuple[str, Callable[[Any], bool]]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float | bool)


def _choice(choices: Mapping[str, Any]) -> Kind:
    return f"one of {', '.join(choices)}", lambda value: isinstance(value, str) and value in choices


TEXT: Kind = ("text that is not empty", lambda value: _is_text(value) and value.strip() != "")
ANY_TEXT: Kind = ("text", _is_text)
NUMBER: Kind = ("a whole number from 1 on", lambda value: type(value) is int and value > 0)
SHARE: Kind = ("a number above 0 and at most 1", lambda value: type(value) in (int, float) and 0 < value <= 1)
DISTANCE: Kind = ("a distance from 0 on", lambda value: type(value) in (int, float) and 0 <= value < math.inf)
SWITCH: Kind = ("true or false", lambda value: isinstance(value, bool))

#: Keys of an experiment's [catalog] table: the options of ``import``.
IMPORT_OPTIONS: dict[str, Kind] = {
    "source": TEXT,
    "name": TEXT,
    "path": TEXT,
    "download": SWITCH,
    "limit": NUMBER,
    "id_column": TEXT,
    "image_column": TEXT,
    "label_column": TEXT,
    "group_column": TEXT,
}
#: Keys of an [[embed]] table: the options of ``embed``, or the recipe whose newest training run is the model.
EMBED_OPTIONS: dict[str, Kind] = {
    "backbone": TEXT,
    "size": NUMBER,
    "fit": TEXT,
    "weights": TEXT,
    "precision": TEXT,
    "engine": TEXT,
    "recipe": TEXT,
    "run": TEXT,
}
#: Keys of a [[train]] table: the options of ``train``, the settings in a table of their own. Besides, ``start`` names
#: the table whose run it goes on from (a list: the mean of several), and ``teachers`` those whose answers it learns.
TRAIN_OPTIONS: dict[str, Kind] = {
    "recipe": TEXT,
    "preset": TEXT,
    "backbone": TEXT,
    "label": TEXT,
    "seed": (f"a whole number from 0 to {2**32 - 1}", lambda value: type(value) is int and 0 <= value < 2**32),
    "set": ("a table of settings", lambda value: isinstance(value, dict) and all(map(_is_plain, value.values()))),
}
EVALUATE_OPTIONS: dict[str, Kind] = {
    "label": TEXT,
    "metric": _choice(DISTANCE_METRICS),
    "protocol": _choice(PROTOCOLS),
    "variant": ANY_TEXT,
    "sample": NUMBER,
}
THRESHOLD_OPTIONS: dict[str, Kind] = {
    "metric": _choice(DISTANCE_METRICS),
    "label": TEXT,
    "precision": SHARE,
    "sample": NUMBER,
}
#: Keys of a [[cluster]] table: the options of ``cluster``.
CLUSTER_OPTIONS: dict[str, Kind] = {
    "label": TEXT,
    "method": TEXT,
    "metric": _choice(DISTANCE_METRICS),
    "linkage": _choice(LINKAGES),
    "calibrate": _choice(CRITERIA),
    "threshold": DISTANCE,
    "n_clusters": NUMBER,
    "sample": NUMBER,
}
#: Keys of a [[project]] table: the options of ``project``.
PROJECT_OPTIONS: dict[str, Kind] = {
    "method": _choice(MAP_METHODS),
    "metric": _choice(DISTANCE_METRICS),
    "dimensions": ("2 or 3", lambda value: type(value) is int and value in (2, 3)),
    "n_neighbors": NUMBER,
    "min_dist": DISTANCE,
    "perplexity": DISTANCE,
}


@dataclass(frozen=True)
class StageKind:
    """What a table of an experiment may say.

    Parameters
    ----------
    makes : str
        The kind of artifact that such a stage makes.
    options : dict of str to Kind
        Keys, and what their values have to be.
    one_of : tuple of str
        Options of which one has to be there; none where empty.
    refers : dict of str to str
        Keys that name another table -> the kind of that table. Where ``model`` is one and is left out, every [[embed]]
        table is meant.
    joins : tuple of str
        Those of them that may hold a list of tables, which are needed together.
    lists : tuple of str
        Keys that may hold a list: there is one stage for each of its values, and for each combination of several.
    grids : tuple of str
        Keys that hold a table whose own values may be lists: likewise.
    defined : callable, optional
        Options -> whether there is such a stage: of the combinations that lists make, others are left out.
    """

    makes: str
    options: Mapping[str, Kind]
    one_of: tuple[str, ...] = ()
    refers: Mapping[str, str] = field(default_factory=dict)
    joins: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    grids: tuple[str, ...] = ()
    defined: Callable[[Mapping[str, Any]], bool] = lambda _options: True

    def check(self, table: str, options: Mapping[str, Any]) -> None:
        """Refuse a key that the stage does not have, naming those it has, and a value that is not of its key's kind.

        Parameters
        ----------
        table : str
            The table's name in the file.
        options : dict

        Raises
        ------
        AppError
        """
        unknown = options.keys() - self.options.keys()
        if unknown:
            known = ", ".join(dict.fromkeys([*self.refers, *self.options]))
            raise AppError(f"[{table}] has unknown keys: {', '.join(sorted(unknown))}.", hint=f"It may have: {known}.")
        if self.one_of and not options.keys() & set(self.one_of):
            raise AppError(f"[{table}] has no {' or '.join(self.one_of)}.")
        for key, value in options.items():
            wanted, fits = self.options[key]
            if not fits(value):
                raise AppError(f"Expected [{table}] {key} to be {wanted}. Received: {key}={value!r}")


CATALOG = "catalog"
EMBED, TRAIN = "embed", "train"

#: Kinds of stages, in the order in which they are made where nothing asks for another.
STAGE_KINDS: dict[str, StageKind] = {
    CATALOG: StageKind("catalog", IMPORT_OPTIONS, one_of=("source",)),
    TRAIN: StageKind(
        "run",
        TRAIN_OPTIONS,
        one_of=("recipe",),
        refers={"start": TRAIN, "teachers": TRAIN},
        joins=("start", "teachers"),
        lists=("seed",),
        grids=("set",),
    ),
    EMBED: StageKind("embedding", EMBED_OPTIONS, one_of=("backbone", "recipe", "run"), refers={"run": TRAIN}),
    "evaluate": StageKind(
        "evaluation",
        EVALUATE_OPTIONS,
        refers={"model": EMBED, "queries-from": EMBED},
        lists=("model", "label", "metric", "protocol", "variant"),
    ),
    "threshold": StageKind(
        "threshold", THRESHOLD_OPTIONS, refers={"model": EMBED}, lists=("model", "metric", "label", "precision")
    ),
    "cluster": StageKind(
        "clustering",
        CLUSTER_OPTIONS,
        refers={"model": EMBED},
        lists=("model", "label", "method", "metric", "linkage", "calibrate"),
        defined=is_defined,
    ),
    "project": StageKind(
        "projection",
        PROJECT_OPTIONS,
        refers={"model": EMBED},
        lists=("model", "method", "metric", "dimensions", "n_neighbors", "min_dist", "perplexity"),
    ),
}
