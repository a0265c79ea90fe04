"""Nothing scrolls sideways: not at 320 px, not with letters twice as large, in neither language."""

from collections.abc import Callable, Iterator

import pytest
from django.http import HttpResponse
from playwright.sync_api import Page

from tests.ui.axe import WIDE
from tests.ui.chromium import chromium, prefer_letters, show, show_instead
from tests.ui.every_page import EVERY_PAGE
from tests.ui.every_page.home import home
from tests.ui.rendering import html, speaking

LOOKS = [(16, [320, 768]), (32, [360, 768, 1280])]
EM = "parseFloat(getComputedStyle(document.documentElement).fontSize)"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page()
        with speaking():
            show(page, html(home()))
        yield page


def too_wide(page: Page) -> list[tuple[int, int]]:
    """The looks in which what is shown scrolls sideways: px of letters and of the window."""
    found = []
    for letters, widths in LOOKS:
        prefer_letters(page, letters)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 800})
            found += [(letters, width)] if page.evaluate(f"document.fonts.ready.then(() => {WIDE})") else []
    return found


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("draw", EVERY_PAGE.values(), ids=EVERY_PAGE.keys())
def test_nothing_scrolls_sideways_on_a_narrow_phone_nor_with_letters_twice_as_large(
    page: Page, draw: Callable[[], HttpResponse], language: str
) -> None:
    with speaking(language):
        show_instead(page, html(draw()))
    assert too_wide(page) == []


def test_the_measure_notices_what_is_too_wide_for_a_phone_or_for_large_letters(page: Page) -> None:
    show_instead(page, "<!doctype html><body style='margin: 0'><p style='width: 322px'>Wide")
    assert too_wide(page) == [(16, 320)]
    show_instead(page, "<!doctype html><body style='margin: 0'><p style='width: 20rem'>Wide")
    assert too_wide(page) == [(32, 360)]


@pytest.mark.parametrize(("letters", "is_wide"), [(16, True), (32, False)])
def test_letters_are_as_large_as_the_reader_prefers_where_a_page_asks_for_room(
    page: Page, letters: int, is_wide: bool
) -> None:
    page.set_viewport_size({"width": 640, "height": 800})
    prefer_letters(page, letters)
    assert page.evaluate(EM) == letters
    assert page.evaluate("matchMedia('(min-width: 40em)').matches") is is_wide
