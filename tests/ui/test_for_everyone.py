"""Pages work for everyone: axe finds nothing, and all can be done by keyboard."""

from collections.abc import Callable, Iterator

import pytest
from django.http import HttpResponse
from playwright.sync_api import Browser, Page

from tests.ui.axe import complaints, looks, violations
from tests.ui.chromium import chromium, show, show_instead
from tests.ui.every_page import EVERY_PAGE
from tests.ui.every_page.autopay import autopay_on
from tests.ui.every_page.home import home
from tests.ui.every_page.paying import pay
from tests.ui.rendering import html, speaking
from tests.ui.samples import SAMPLES, sample


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(reduced_motion="reduce") as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def watched(browser: Browser) -> Iterator[Page]:
    """One page, in which everything is shown after the other; axe is read into it once."""
    with browser.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        with speaking():
            show(page, html(home()))
        yield page


@pytest.mark.parametrize("draw", [*EVERY_PAGE.values(), *SAMPLES.values()], ids=[*EVERY_PAGE, *SAMPLES])
def test_axe_finds_nothing_in_either_scheme_on_a_phone_or_a_desk(
    watched: Page, draw: Callable[[], HttpResponse]
) -> None:
    with speaking():
        show_instead(watched, html(draw()))
    assert complaints(watched) == []


FAULTY = """<!doctype html><html lang="en"><title>Faulty</title><meta name="viewport" content="width=device-width">
<style>
  @media (prefers-color-scheme: dark) { p { color: #888; background: #777 } }
  @media (max-width: 1000px) { img { display: none } }
</style>
<main><h1>Faulty</h1><p>Hard to read by night.</p><img src="data:," width="9" height="9"></main></html>"""


def test_axe_notices_what_is_wrong_in_one_look_alone_in_a_page_shown_instead(watched: Page) -> None:
    show_instead(watched, FAULTY)
    assert {look: [one["id"] for one in violations(watched).response["violations"]] for look in looks(watched)} == {
        (360, "light"): [],
        (360, "dark"): ["color-contrast"],
        (1280, "light"): ["image-alt"],
        (1280, "dark"): ["color-contrast", "image-alt"],
    }
    assert [one.partition(":")[0] for one in complaints(watched)] == ["360 px, dark", "1280 px, light", "1280 px, dark"]


def test_the_persons_menu_opens_by_keyboard_and_closes_with_escape(page: Page) -> None:
    with speaking():
        show(page, html(home()))
    page.get_by_role("button", name="Maria Alvarez, your menu").press("Enter")
    sign_out = page.get_by_role("button", name="Sign out")
    assert sign_out.is_visible()
    page.keyboard.press("Escape")
    assert sign_out.is_hidden()


def test_the_first_tab_stop_leads_past_the_letterhead(page: Page) -> None:
    with speaking():
        show(page, html(home()))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.wait_for_url("**/#main")


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("draw", [sample, pay, autopay_on])
def test_on_a_phone_the_button_stays_in_reach_and_the_way_back_stands_in_for_the_tabs(
    page: Page, draw: Callable[[], HttpResponse], language: str
) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    with speaking(language):
        show(page, html(draw()))
    assert page.locator(".tabs").is_hidden()
    for foot in (0, 400, 100_000):
        page.evaluate(f"scrollTo(0, {foot})")
        box = page.locator(".bar button").bounding_box()
        assert box
        assert box["y"] + box["height"] <= 640, foot
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_desk_keeps_its_tabs_and_the_bar_where_it_is_torn_off(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 640})
    with speaking():
        show(page, html(sample()))
    assert page.locator(".tabs").is_visible()
    slip, bar = (page.locator(part).bounding_box() for part in (".slip", ".bar"))
    assert slip
    assert bar
    assert (bar["x"], bar["width"]) == (slip["x"], slip["width"])
    assert abs(slip["y"] + slip["height"] - bar["y"]) < 1
