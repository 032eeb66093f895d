"""What is offered to a person who asks for a run: titles, help, and the words of the command."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.cli import build_parser
from lib.commands.train import _request
from lib.models.recipes import RECIPES, SETTINGS, Settings
from lib.training.offer import as_text, help_of, matters, title_of
from lib.training.request import TrainingRequest


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_has_a_title_and_a_help_text(name: str) -> None:
    assert title_of(name)[0].isupper()
    assert "_" not in title_of(name)
    assert help_of(name).endswith(".")


def test_only_what_has_a_say_is_offered() -> None:
    assert matters("temperature", RECIPES["supcon"])
    assert not matters("temperature", RECIPES["triplet"])
    assert matters("margin", RECIPES["triplet"])
    assert not matters("dim", RECIPES["classify_dense"])
    assert matters("epochs", RECIPES["simclr"])


@settings(max_examples=40)
@given(
    st.sampled_from(sorted(RECIPES)),
    st.floats(1e-7, 1.0),
    st.integers(1, 1000),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
def test_the_words_ask_for_the_very_same_run(recipe: str, rate: float, epochs: int, flip: bool, seed: int) -> None:
    given = {"learning_rate": as_text(rate), "epochs": as_text(epochs), "flip": as_text(flip)}
    asked = TrainingRequest(recipe, backbone="mobilenet", label="a column", given=given, seed=seed)
    parsed = _request(build_parser().parse_args(asked.words("shop")), None)
    assert parsed == asked
    assert parsed.settings.learning_rate == pytest.approx(rate, rel=1e-9)


def test_a_value_of_every_kind_is_read_back() -> None:
    values = {"epochs": 3, "learning_rate": 7e-4, "flip": False, "attributes": "gender,season", "fit": "pad"}
    read = Settings.of({name: as_text(value) for name, value in values.items()}, defaults={})
    assert {name: getattr(read, name) for name in values} == values
