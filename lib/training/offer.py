"""What a person is offered who asks for a run: settings in groups, and those that matter."""

from collections.abc import Mapping
from typing import Any

from lib.artifacts import Store
from lib.models.recipes import SETTINGS, Recipe, Settings, settings_of
from lib.models.recipes.recipe import ATTRIBUTES, CONTRAST, CROSS_ENTROPY, FINER, NT_XENT, PROXY, TRIPLET
from lib.models.start import AND
from lib.models.trained import shipped_models
from lib.models.weights import IMAGENET, NONE

#: What is asked of everybody, and what is in the next groups for those who want it.
FIRST = ("epochs", "size", "batch", "learning_rate", "limit")
GROUPS: dict[str, tuple[str, ...]] = {
    "Network": ("start", "fit", "pixels", "trained_layers", "dim", "hidden", "dropout"),
    "Steps": ("optimizer", "weight_decay", "schedule", "warmup", "average", "patience", "precision"),
    "Pictures": ("splits", "largest", "even", "per_label", "validation"),
    "Loss": (
        *("temperature", "margin", "scale", "smoothing", "loss", "attributes", "attribute_weight"),
        *("contrast_weight", "finer", "finer_weight", "blend", "teachers", "teachers_weight"),
    ),
    "Changes to pictures": ("flip", "crop", "rotation", "zoom", "squeeze", "brightness", "contrast", "erase"),
}
TITLES = {
    "batch": "Batch",
    "limit": "Pictures, at most",
    "dim": "Dimensions",
    "start": "Start from",
    "size": "Input size",
    "even": "Equal labels",
    "largest": "Largest labels",
    "per_label": "Of one label in a batch",
    "validation": "Validation pictures",
    "average": "Averaging of weights",
    "pixels": "Pixel range",
    "loss": "Loss of proxies",
    "finer": "Finer positives",
    "blend": "Probabilities in the embedding",
    "splits": "Learnt from",
    "teachers": "Teachers",
    "teachers_weight": "Weight of teachers",
    "attributes": "More heads",
    "attribute_weight": "Weight of more heads",
}
#: Setting -> the losses in which it has a say; the others always have one.
_SAY = {
    "temperature": {CONTRAST, FINER, NT_XENT},
    "margin": {TRIPLET, PROXY},
    "scale": {CROSS_ENTROPY, ATTRIBUTES, PROXY},
    "smoothing": {CROSS_ENTROPY},
    "dropout": {CROSS_ENTROPY, ATTRIBUTES},
    "attributes": {ATTRIBUTES},
    "attribute_weight": {ATTRIBUTES},
    "contrast_weight": {CONTRAST},
    "finer": {FINER},
    "blend": {CROSS_ENTROPY, ATTRIBUTES, PROXY},
    "finer_weight": {FINER},
    "loss": {PROXY},
}


#: What a run starts from that is no trained model.
_STARTS = {IMAGENET: "ImageNet's weights", NONE: "Random weights"}


def start_in_words(spec: str, *, names: Mapping[str, str]) -> str:
    """Return what a run started from, as people read it.

    Parameters
    ----------
    spec : str
        As ``--set start`` takes it.
    names : dict of str to str
        Run's id -> what it is called.

    Returns
    -------
    str

    Examples
    --------
    >>> start_in_words("none", names={}), start_in_words("hybrid-1,hybrid-2", names={"hybrid-1": "Hybrid"})
    ('Random weights', 'the mean of Hybrid and hybrid-2')
    """
    known = {**names, **_STARTS}
    called = [known.get(name.strip(), name.strip()) for name in spec.split(AND)]
    return called[0] if len(called) == 1 else f"the mean of {', '.join(called[:-1])} and {called[-1]}"


def starts(store: Store, catalog: str, backbone: str, *, names: Mapping[str, str]) -> dict[str, str]:
    """Return what a run of a backbone may be started from; a file of the machine is for the command line.

    Parameters
    ----------
    store : Store
    catalog : str
        Whose finished runs are offered, newest first.
    backbone : str
        Key of ``lib.models.BACKBONES``.
    names : dict of str to str
        Run's id -> what it is called.

    Returns
    -------
    dict of str to str
        ImageNet's weights and none at all, models that come with the project, and runs -> as people read them.
    """
    shipped = {model.name: model.title for model in shipped_models().values() if model.backbone == backbone}
    runs = [run.id for run in store.manifests(catalog, "run")[::-1] if run.parameters.get("backbone") == backbone]
    return {
        **_STARTS,
        **shipped,
        **{key: names.get(key, key) for key in runs},
    }


def title_of(name: str) -> str:
    """Return what a setting is called on screen.

    Parameters
    ----------
    name : str

    Returns
    -------
    str

    Examples
    --------
    >>> title_of("learning_rate"), title_of("dim")
    ('Learning rate', 'Dimensions')
    """
    return TITLES.get(name, name.replace("_", " ").capitalize())


def help_of(name: str) -> str:
    """Return what a setting is, and its range.

    Parameters
    ----------
    name : str
        Key of ``SETTINGS``.

    Returns
    -------
    str

    Examples
    --------
    >>> help_of("epochs")
    'Passes over the training pictures. From 1 to 1,000.'
    """
    about = SETTINGS[name].metadata
    said = about["help"][0].upper() + about["help"][1:]
    return f"{said}. From {_plain(about['low'])} to {_plain(about['high'])}." if "low" in about else f"{said}."


def _plain(number: float) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{number:g}"


def matters(name: str, recipe: Recipe) -> bool:
    """Return whether a setting changes anything in a recipe.

    Parameters
    ----------
    name : str
        Key of ``SETTINGS``.
    recipe : Recipe

    Returns
    -------
    bool
    """
    if name in ("dim", "hidden") and recipe.layers:
        return False
    return name not in _SAY or bool(_SAY[name] & set(recipe.terms))


def defaults_of(recipe: Recipe, *, preset: str) -> dict[str, Any]:
    """Return what every setting is where a person gives none.

    Parameters
    ----------
    recipe : Recipe
    preset : str

    Returns
    -------
    dict of str to value
    """
    settings: Settings = settings_of(recipe, preset=preset)
    return {name: getattr(settings, name) for name in SETTINGS}


def as_text(value: Any) -> str:
    """Return a setting's value as ``--set`` takes it.

    Parameters
    ----------
    value : bool, int, float or str

    Returns
    -------
    str

    Examples
    --------
    >>> as_text(True), as_text(0.0007), as_text(1e-05), as_text(3)
    ('true', '0.0007', '1e-05', '3')
    """
    return (
        str(value).lower() if isinstance(value, bool) else f"{value:.10g}" if isinstance(value, float) else str(value)
    )
