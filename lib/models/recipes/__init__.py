"""Recipes: the ways to train a model, one small file each, and the published systems' settings as named presets."""

from collections.abc import Mapping
from typing import Any

from lib.errors import ModelError
from lib.models.recipes.classify import CLASSIFY
from lib.models.recipes.classify_dense import CLASSIFY_DENSE
from lib.models.recipes.classify_frozen import CLASSIFY_FROZEN
from lib.models.recipes.hybrid import HYBRID
from lib.models.recipes.proxy import PROXY_LOSS
from lib.models.recipes.recipe import Layer, Recipe
from lib.models.recipes.settings import SETTINGS, Settings
from lib.models.recipes.simclr import SIMCLR
from lib.models.recipes.supcon import SUPCON
from lib.models.recipes.triplet import TRIPLET_LOSS

#: Name -> recipe, in the order in which a person is offered them.
RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (HYBRID, SUPCON, PROXY_LOSS, TRIPLET_LOSS, SIMCLR, CLASSIFY, CLASSIFY_FROZEN, CLASSIFY_DENSE)
}

#: Preset -> what it is, for people.
PRESETS_ABOUT: dict[str, str] = {
    "vitrine_mini": (
        "How the model of that name was trained, from ImageNet's weights: heads for six attributes of the fashion "
        "catalogue, and results that agree in colour and gender too. To go on from the model itself, choose it under "
        "All settings, Start from."
    ),
    "arc_face": "ArcFace, a margin between directions, in the place of proxy anchor.",
    "s2_g": "Experiment g of the thesis S2: ResNet50 at 224 px, step size 0.001.",
    "s2_h": "Experiment h of the thesis S2: ResNet50 from ImageNet's weights, 224 px, batches of 16.",
    "s2_i": "Experiment i of the thesis S2: ResNet50 from random weights, 224 px, batches of 16.",
    "s2_as_published": (
        "As the thesis S2 printed it: ImageNet's weights, which learnt from other numbers, are fed pixels from 0 to 1."
    ),
    "s0": "The grouping system S0: EfficientNetV2M at 384 px, batches of 200.",
    "s3": "The recommender S3: VGG16 at 128 px, batches of 4, the three largest labels and OTHER.",
}

__all__ = ["PRESETS_ABOUT", "RECIPES", "SETTINGS", "Layer", "Recipe", "Settings", "find_recipe", "settings_of"]


def find_recipe(name: str) -> Recipe:
    """Return the recipe of a name.

    Parameters
    ----------
    name : str

    Returns
    -------
    Recipe

    Raises
    ------
    ModelError
        If there is none.
    """
    if name not in RECIPES:
        raise ModelError(f"Expected recipe to be one of {tuple(RECIPES)}. Received: recipe={name!r}")
    return RECIPES[name]


def settings_of(recipe: Recipe, *, preset: str = "", given: Mapping[str, str] | None = None) -> Settings:
    """Return a recipe's settings: its defaults, then a preset's, then what a person gave.

    Parameters
    ----------
    recipe : Recipe
    preset : str, default=""
        Key of its ``presets``; empty for none.
    given : dict of str to str, optional
        Setting -> its value as text.

    Returns
    -------
    Settings

    Raises
    ------
    ModelError
        If there is no such preset or setting, or a value does not fit.
    """
    if preset and preset not in recipe.presets:
        there_are = ", ".join(recipe.presets) or "none"
        raise ModelError(f"The recipe {recipe.name} has no preset {preset!r}.", hint=f"There are: {there_are}.")
    defaults: dict[str, Any] = {**recipe.defaults, **recipe.presets.get(preset, {})}
    return Settings.of(given or {}, defaults=defaults)
