"""The Learn page in a browser: it fits a phone, is worked by keyboard, and is where every "What is this?" leads."""

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FITS = "main => main.scrollWidth <= main.clientWidth + 1"
#: Topics whose examples are of different kinds.
TOPICS = ["", "cosine", "ndcg", "silhouette", "difference", "as-s2", "pq", "threshold", "pad"]


def values(page: Any) -> list[str]:
    return page.locator('[data-testid="stMetricValue"]').all_inner_texts()


def test_topics_fit_a_phone(visit: Any) -> None:
    visitor = visit(width=390, dark=True)
    for topic in TOPICS:
        page = visitor.open(f"/learn?topic={topic}")
        assert page.locator('[data-testid="stException"]').count() == 0, topic
        assert page.locator('[data-testid="stMain"]').evaluate(FITS), topic


def test_an_example_is_changed_by_keyboard_kept_in_the_address_and_reset(visit: Any) -> None:
    visitor = visit()
    page = visitor.open("/learn?topic=precision&catalog=tiny")
    assert values(page) == ["0.6"]
    page.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")
    visitor.settle()
    assert values(page) == ["0.5"]  # three of the first six
    changed = page.url
    assert "ranks.k=6" in changed
    assert values(visit().open(changed.removeprefix(visitor.address))) == ["0.5"]
    page.get_by_text("Reset", exact=True).click()
    visitor.settle()
    assert values(page) == ["0.6"]
    assert "ranks.k" not in page.url


def test_what_is_this_leads_to_its_topic_and_keeps_the_catalogue(visit: Any) -> None:
    page = visit().open("/dataset?catalog=tiny&section=Balance")
    page.locator('[data-testid="stMetric"]').nth(1).locator('[data-testid="stTooltipIcon"]').hover()
    link = page.locator('[data-testid="stTooltipContent"] a').first
    assert link.get_attribute("href") == "/learn?topic=effective_labels&catalog=tiny"
    opened = visit().open(link.get_attribute("href"))
    assert opened.locator("h2").all_inner_texts() == ["Worth … equal labels"]
    assert "catalog=tiny" in opened.url
