"""The staff's way in and out, by keyboard alone, in a real browser against the demo."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import Demo
from tests.journeys.test_portal import check
from tests.ui.chromium import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone without JavaScript: everything has to work there."""
    with browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False) as context:
        yield context.new_page()


def test_an_owner_comes_in_and_leaves_by_keyboard(page: Page, demo: Demo) -> None:
    dana = demo.sign_in("dana@bright-bins.example")
    assert dana["role"] == "owner"
    page.goto(dana["url"].replace("sign-in/", ""))
    keys = page.keyboard
    page.get_by_role("link", name="Skip to content").focus()
    keys.press("Tab")
    keys.type(dana["email"])
    keys.press("Tab")
    keys.type("not the password")
    keys.press("Enter")
    page.get_by_text("don’t go together").wait_for()
    page.get_by_label("Password").focus()
    keys.type(dana["password"])
    keys.press("Enter")
    page.get_by_text("signed in as Dana Whitfield, owner at Bright Bins").wait_for()
    page.get_by_role("button", name="Dana Whitfield, your menu").press("Enter")
    keys.press("Tab")
    keys.press("Enter")
    page.get_by_role("heading", name="Good to see you.").wait_for()
    page.go_back()
    page.reload()
    page.get_by_role("heading", name="Good to see you.").wait_for()


def test_the_dashboard_works_for_everyone(browser: Browser, demo: Demo) -> None:
    theo = demo.sign_in("theo@silk-city-cans.example", "Silk City Cans")
    with browser.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        check(page, theo["url"])
        page.get_by_label("Your e-mail").fill(theo["email"])
        page.get_by_label("Password").fill(theo["password"])
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("dispatcher at Silk City Cans").wait_for()
        check(page, page.url)
