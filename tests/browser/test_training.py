"""The Training page in a browser: what is chosen is what is shown and what is asked for."""

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def choose(page: Any, label: str, option: str) -> None:
    """Choose an option of a select box."""
    page.get_by_role("combobox", name=label).first.click()
    page.get_by_role("option", name=option, exact=True).click()


def epochs(page: Any) -> str:
    return str(page.get_by_label("Epochs", exact=True).input_value())


def command(page: Any) -> str:
    return str(page.get_by_test_id("stCode").last.inner_text())


def test_a_recipe_or_preset_brings_its_own_settings_whatever_was_changed_before(visit: Any) -> None:
    visitor = visit()
    page = visitor.open("/training?catalog=tiny&set-epochs=3")
    assert epochs(page) == "3"
    assert "--set epochs=3" in command(page)
    for label, option, shown, asked in (
        ("Preset", "vitrine_mini", "20", "--preset vitrine_mini"),
        ("Recipe", "SimCLR, without labels", "5", "--recipe simclr"),
        ("Preset", "s2_h", "5", "--preset s2_h"),
        ("Recipe", "Hybrid", "10", "--recipe hybrid"),
    ):
        choose(page, label, option)
        visitor.settle()
        assert page.get_by_test_id("stException").count() == 0
        assert epochs(page) == shown, option
        assert command(page).strip().endswith(asked), option
        assert "set-" not in page.url
        page.get_by_label("Epochs", exact=True).fill("7")
        page.keyboard.press("Enter")
        visitor.settle()
        assert command(page).strip().endswith("--set epochs=7")
