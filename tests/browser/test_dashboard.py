"""What only a browser shows: links, clicks on pictures, the keyboard, uploads, and how wide a page is."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

import app
from tests.factories import encoded, picture

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = ["", "dataset", "search", "benchmark", "compare", "threshold", "groups", "training", "runs"]
SECTIONS = ["Attributes", "Pairs", "Balance", "Hierarchy", "Pictures", "Columns", "Left%20out", "Browse"]
CARD = "button.card"
FITS = "main => main.scrollWidth <= main.clientWidth + 1"


def titles(page: Any) -> list[str]:
    return page.locator(f"{CARD} .title").all_inner_texts()


def test_a_link_into_a_fresh_server_opens_its_view(visit: Any) -> None:
    # First in this file: until a registry has run, Streamlit would list and run the files of the folder by themselves.
    page = visit().open("/search?catalog=tiny&product=p003&k=5&metric=euclidean")
    assert page.title() == "Search · Vitrine"
    assert page.locator('[data-testid="stSidebarNavLink"]').count() == sum(map(len, app.PAGES.values()))
    assert len(titles(page)) == 5
    assert "catalog=tiny" in page.url
    assert page.get_by_text("Black Shirts 3", exact=True).count() == 1


@pytest.mark.parametrize(("width", "dark"), [(390, False), (1440, True)])
@pytest.mark.parametrize("path", PAGES)
def test_pages_fit_their_window(path: str, width: int, dark: bool, visit: Any) -> None:
    page = visit(width=width, dark=dark).open(f"/{path}?catalog=tiny")
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator('[data-testid="stMain"]').evaluate(FITS)


@pytest.mark.parametrize("section", SECTIONS)
def test_sections_fit_a_phone(section: str, visit: Any) -> None:
    page = visit(width=390).open(f"/dataset?catalog=tiny&section={section}")
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.locator('[data-testid="stMain"]').evaluate(FITS)


def test_sections_of_the_benchmark_fit_a_phone_and_its_pictures_lead_to_search(visit: Any) -> None:
    visitor = visit(width=390)
    for section in ("Cost", "Fit%20and%20metric", "Difference", "Shape", "Near-duplicates", "Published", "Labels"):
        page = visitor.open(f"/benchmark?catalog=tiny&least=1&view={section}")
        assert page.locator('[data-testid="stException"]').count() == 0, section
        assert page.locator('[data-testid="stMain"]').evaluate(FITS), section
    assert page.locator(f"{CARD}.hit").count() > 0
    page.locator(CARD).first.click()
    visitor.settle()
    assert "/search" in page.url
    assert "product=" in page.url


def test_the_catalogue_is_the_same_on_every_page(visit: Any) -> None:
    visitor = visit()
    page = visitor.open("/?catalog=tiny")
    for name in ("Dataset", "Search", "Overview"):
        page.click(f'[data-testid="stSidebarNavLink"]:has-text("{name}")')
        page.locator("h1", has_text=name).wait_for()
        visitor.settle()
        assert "catalog=tiny" in page.url
        assert page.get_by_text("Made-up sample data").count() >= 1


def test_a_click_on_a_picture_searches_and_a_click_on_a_result_searches_on(visit: Any) -> None:
    visitor = visit()
    page = visitor.open("/?catalog=tiny")
    page.locator(CARD).nth(2).click()
    visitor.settle()
    assert "/search" in page.url
    first = titles(page)
    page.locator(CARD).nth(0).click()
    visitor.settle()
    assert page.get_by_text(first[0], exact=True).count() >= 1
    assert titles(page) != first
    page.get_by_role("button", name="Back").click()
    visitor.settle()
    assert titles(page) == first


def test_a_card_is_reached_and_chosen_by_keyboard_and_read_out(visit: Any) -> None:
    visitor = visit()
    page = visitor.open("/search?catalog=tiny&product=p003")
    card = page.locator(CARD).nth(1)
    label = card.get_attribute("aria-label")
    assert titles(page)[1] in label
    card.focus()
    page.keyboard.press("Enter")
    visitor.settle()
    assert page.get_by_text(label.split(", ")[1], exact=True).count() >= 1
    assert "product=p003" not in page.url


def test_an_uploaded_picture_finds_itself_first(visit: Any, tmp_path: Path) -> None:
    file = tmp_path / "photo.png"
    file.write_bytes(encoded(picture(5, colour=(30, 60, 200))))  # the picture of p005
    visitor = visit()
    page = visitor.open("/search?catalog=tiny&per=picture")
    page.set_input_files('input[type="file"]', str(file))
    page.get_by_text("Your picture", exact=True).wait_for(timeout=20_000)
    visitor.settle()
    first = page.locator(CARD).nth(0)
    assert first.locator(".title").inner_text() == "Blue Heels 5"
    assert first.locator(".badge").inner_text() == "1.000"


def test_a_text_file_that_claims_to_be_a_picture_is_refused_kindly(visit: Any, tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_text("I am no picture.")
    visitor = visit()
    page = visitor.open("/search?catalog=tiny")
    page.set_input_files('input[type="file"]', str(file))
    page.locator('[data-testid="stAlert"]').wait_for(timeout=20_000)
    visitor.settle()
    assert page.locator('[data-testid="stException"]').count() == 0


def test_results_can_be_taken_away(visit: Any) -> None:
    page = visit().open("/search?catalog=tiny&product=p003&k=4")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text())))
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4"]
    assert {"product_id", "score", "distance", "articleType"} <= set(rows[0])


def test_a_setting_changes_the_address_and_the_address_the_setting(visit: Any) -> None:
    visitor = visit()
    page = visitor.open("/search?catalog=tiny&product=p003")
    page.get_by_label("Results", exact=True).fill("3")
    page.keyboard.press("Enter")
    visitor.settle()
    assert "k=3" in page.url
    assert len(titles(page)) == 3
    assert len(titles(visit().open(page.url.removeprefix(visitor.address)))) == 3


def test_the_mosaic_keeps_whole_rows(visit: Any) -> None:
    page = visit(width=390).open("/?catalog=tiny")
    shown = page.locator(f"{CARD}:visible").count()
    template = page.locator(".grid").first.evaluate("grid => getComputedStyle(grid).gridTemplateColumns")
    columns = len(template.split())
    assert shown % columns == 0
    assert shown <= 3 * columns


def test_a_click_on_compare_makes_a_picture_the_query_and_a_panel_leads_there(visit: Any) -> None:
    visitor = visit()
    page = visitor.open("/compare?catalog=tiny&product=p003&k=4")
    assert "models=color_hog-48" in page.url
    first = page.locator(CARD).nth(0)
    assert first.get_attribute("aria-label").endswith(("same articleType", "other articleType"))
    picked = first.get_attribute("data-id")
    first.click()
    visitor.settle()
    assert f"product={picked}" in page.url
    page.get_by_text("Several queries", exact=True).click()
    visitor.settle()
    assert "view=Several" in page.url
    panel = page.locator(CARD).nth(1)
    picked = panel.get_attribute("data-id")
    panel.click()
    visitor.settle()
    assert f"product={picked}" in page.url
    assert "view=" not in page.url
