"""Recipes, their presets, and what settings refuse."""

import pytest

from lib.errors import ModelError
from lib.models import BACKBONES
from lib.models.recipes import PRESETS_ABOUT, RECIPES, SETTINGS, Settings, find_recipe, settings_of
from lib.models.recipes.recipe import TERMS


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_every_recipe_and_preset_can_be_asked_for(recipe) -> None:
    assert recipe.terms
    assert set(recipe.terms) <= set(TERMS)
    assert recipe.preset_backbones.keys() <= recipe.presets.keys()
    for preset in ("", *recipe.presets):
        settings = settings_of(recipe, preset=preset)
        layers = recipe.embedder(settings)
        assert layers[-1].units > 0
        assert recipe.preset_backbones.get(preset, recipe.backbone) in BACKBONES


def test_the_papers_settings_are_theirs() -> None:
    s2_g = settings_of(RECIPES["classify"], preset="s2_g")
    assert (s2_g.dim, s2_g.epochs, s2_g.batch, s2_g.optimizer, s2_g.size) == (512, 5, 32, "adam", 224)
    s2_h = settings_of(RECIPES["simclr"], preset="s2_h")
    assert (s2_h.hidden, s2_h.dim, s2_h.epochs, s2_h.batch) == (512, 128, 5, 16)
    assert (s2_h.flip, s2_h.rotation, s2_h.zoom) == (True, 0.2, 0.2)
    assert settings_of(RECIPES["simclr"], preset="s2_i").start == "none"
    assert settings_of(RECIPES["classify"], preset="s2_as_published").pixels == "unit"
    s0 = settings_of(RECIPES["classify_frozen"], preset="s0")
    assert (s0.trained_layers, s0.size, s0.epochs, s0.batch) == (14, 384, 20, 200)
    s3 = settings_of(RECIPES["classify_dense"], preset="s3")
    assert (s3.size, s3.epochs, s3.batch, s3.largest, s3.even) == (128, 5, 4, 3, True)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("epochs", "0", "a whole number from 1 to 1000"),
        ("epochs", "2.5", "a whole number from 1"),
        ("batch", "1", "from 2 to 4096"),
        ("learning_rate", "nan", "a number from 1e-07 to 1"),
        ("learning_rate", "much", "a number from"),
        ("flip", "yes", "true or false"),
        ("fit", "squash", "one of pad"),
        ("epoch", "3", "no setting 'epoch'"),
    ],
)
def test_what_is_out_of_range_or_unknown_is_refused_with_what_would_do(key: str, value: str, says: str) -> None:
    with pytest.raises(ModelError) as caught:
        settings_of(RECIPES["supcon"], given={key: value})
    assert says in str(caught.value)


def test_text_becomes_what_the_setting_is() -> None:
    found = Settings.of({"epochs": "3", "learning_rate": "1e-4", "flip": "False", "finer": "a+b, c"}, defaults={})
    assert (found.epochs, found.learning_rate, found.flip) == (3, 1e-4, False)
    assert found.columns("finer") == ("a+b", "c")
    assert {type(setting.default) for setting in SETTINGS.values()} == {int, float, bool, str}


def test_an_unknown_recipe_or_preset_names_those_there_are() -> None:
    with pytest.raises(ModelError, match="hybrid"):
        find_recipe("magic")
    with pytest.raises(ModelError, match=r"no preset 'x'.*vitrine_mini"):
        settings_of(RECIPES["hybrid"], preset="x")


def test_every_preset_is_explained() -> None:
    assert {name for recipe in RECIPES.values() for name in recipe.presets} == PRESETS_ABOUT.keys()
