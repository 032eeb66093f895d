"""What training runs are called: the same name wherever one is met, as a run or as the model of an embedding."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from lib.artifacts import Store
from lib.models.backbones import BACKBONES
from lib.models.recipes import RECIPES, SETTINGS, Settings
from lib.schema import Manifest

#: What a run is asked for beside its settings.
ASKED = ("recipe", "preset", "backbone", "label", "seed")
#: Runs of one title that differ in more than so many numbers are told apart by their ids.
_MOST_TOLD = 3

#: What a setting's value stands for that is no amount: setting -> value -> in words.
_MEANT: Mapping[str, Mapping[Any, str]] = {
    "size": {0: "the backbone's own"},
    "trained_layers": {-1: "all"},
    "hidden": {0: "none"},
    "average": {0: "none"},
    "patience": {0: "never stops early"},
    "limit": {0: "all"},
    "largest": {0: "all"},
    "per_label": {0: "as they come"},
    "preset": {"": "none"},
    **{key: {0: "none"} for key in ("dropout", "weight_decay", "warmup", "smoothing")},
    **{key: {0: "none"} for key in ("crop", "rotation", "zoom", "squeeze", "brightness", "contrast", "erase")},
    **{key: {"": "none"} for key in ("attributes", "finer", "blend", "teachers")},
}
#: ``recipe, preset, backbone, label, seed`` and every setting of a run by its name.
Parameters = Mapping[str, Any]


def run_names(store: Store) -> dict[str, str]:
    """Return what the finished runs of all catalogues are called.

    Parameters
    ----------
    store : Store

    Returns
    -------
    dict of str to str
        Run's id -> its name; those whose recipe is not known here are left out.
    """
    names: dict[str, str] = {}
    for catalog in store.catalog_names():
        found = {manifest.id: run_parameters(manifest) for manifest in store.manifests(catalog, "run")}
        names |= {key: name for key, name in names_of(found).items() if name != key}
    return names


def names_of(runs: Mapping[str, Parameters]) -> dict[str, str]:
    """Return what each of a catalogue's runs is called.

    Runs of one title are told apart by what they were told differently, where that is short, and by the end of their
    ids otherwise.

    Parameters
    ----------
    runs : dict of str to dict
        Run's id -> its parameters.

    Returns
    -------
    dict of str to str
        In the given order; its id where a run's recipe is not known.
    """
    names = {key: run_title(parameters) or key for key, parameters in runs.items()}
    alike: dict[str, list[str]] = {}
    for key, title in names.items():
        alike.setdefault(title, []).append(key)
    for title, group in alike.items():
        if len(group) > 1:
            marks = _told_apart({key: runs[key] for key in group})
            names |= {key: f"{title} · {mark}" for key, mark in marks.items()}
    return names


def run_title(parameters: Parameters) -> str:
    """Return what a run is called on screen as long as no other is called the same.

    Parameters
    ----------
    parameters : dict

    Returns
    -------
    str
        Such as ``Supervised contrastive · MobileNetV2 · 96 px``; empty where the recipe is not known.
    """
    recipe, backbone = RECIPES.get(str(parameters.get("recipe"))), BACKBONES.get(str(parameters.get("backbone")))
    if recipe is None:
        return ""
    name = f"{recipe.title} ({parameters['preset']})" if parameters.get("preset") else recipe.title
    network = backbone.title if backbone else str(parameters.get("backbone"))
    return " · ".join([name, network, f"{parameters.get('size') or '?'} px"])


def run_parameters(manifest: Manifest) -> dict[str, Any]:
    """Return what a finished run was asked for, all of its settings beside the rest.

    Parameters
    ----------
    manifest : Manifest
        The run's.

    Returns
    -------
    dict
    """
    parameters = manifest.parameters
    asked = {name: str(parameters.get(name, "")) for name in ASKED[:-1]} | {"seed": parameters.get("seed", 0)}
    told = [each.get("settings") for each in (parameters, manifest.details)]
    return (
        asked
        | asdict(Settings())
        | {key: value for each in told if isinstance(each, dict) for key, value in each.items()}
    )


def in_words(name: str, value: Any) -> str:
    """Return what a run was asked for, as people read it.

    Parameters
    ----------
    name : str
        Of a setting, or one of ``ASKED``.
    value : bool, int, float or str

    Returns
    -------
    str

    Examples
    --------
    >>> in_words("limit", 0), in_words("limit", 20000), in_words("flip", True), in_words("learning_rate", 0.0001)
    ('all', '20,000', 'yes', '0.0001')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    meant = _MEANT.get(name, {})
    if isinstance(value, int | float | str) and value in meant:
        return meant[value]
    if isinstance(value, int) and name != "seed":
        return f"{value:,}"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _told_apart(runs: Mapping[str, Parameters]) -> dict[str, str]:
    """Return what tells runs of one title apart, by id."""
    every = list(runs.values())
    known = dict.fromkeys([*ASKED, *SETTINGS, *sorted({name for each in every for name in each})])
    asked = [name for name in known if len({repr(each.get(name)) for each in every}) > 1]
    marks = {
        key: ", ".join(f"{name.replace('_', ' ')} {in_words(name, each.get(name))}" for name in asked)
        if all(isinstance(each.get(name), int | float) for name in asked)
        else ""
        for key, each in runs.items()
    }
    short = len(asked) <= _MOST_TOLD and all(marks.values()) and len(set(marks.values())) == len(runs)
    return marks if short else {key: key[-6:] for key in runs}
