"""A customer's way through the portal, in a real browser, against the demo."""

import re
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import Demo
from tests.subscriber import strictly
from tests.ui.axe import complaints
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


def sign_in(page: Page, one: dict[str, str], password: str | None = None) -> None:
    page.goto(one["url"])
    page.get_by_label("Your e-mail").fill(one["email"])
    page.get_by_text("I’d rather use my password").click()
    page.get_by_label("Password").fill(password or one["password"])
    page.get_by_role("button", name="Sign in with my password").click()


def test_a_customer_signs_in_and_reads_the_right_next_date(page: Page, demo: Demo) -> None:
    """Dolores has weekly cleaning in 80002, which is driven on Mondays."""
    sign_in(page, demo.sign_in("dolores.daz1@example.com"))
    today = datetime.now(UTC).astimezone(ZoneInfo("America/Denver")).date()
    monday = today + timedelta(days=-today.weekday() % 7)
    shown = page.locator("main .next time").first.get_attribute("datetime")
    assert shown in {monday.isoformat(), (monday + timedelta(days=1)).isoformat()}, "a holiday may shift it by a day"
    assert "Weekly Bin Cleaning" in page.locator("main .next").inner_text()
    assert "8447 West 51st Avenue" in page.locator("main .next").inner_text()


def test_upcoming_dates_and_why_a_day_is_not_served(page: Page, demo: Demo) -> None:
    sign_in(page, demo.sign_in("dolores.daz1@example.com"))
    page.get_by_role("link", name="See every visit").click()
    text = page.locator("main").inner_text()
    assert "You’re away" in text
    assert "Expected" in text
    dates = [str(one.get_attribute("datetime")) for one in page.locator("main .rows time").all()]
    assert len(dates) > 8
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", one) for one in dates)


def test_a_customer_puts_the_visits_in_their_own_calendar_and_takes_them_out_again(page: Page, demo: Demo) -> None:
    sign_in(page, demo.sign_in("james.bell10@example.com", "Silk City Cans"))
    page.goto(f"{demo.origin}/portal/schedule/")
    page.get_by_role("link", name="Put these visits in your calendar").click()
    page.get_by_role("button", name="Make my calendar link").click()
    address = page.get_by_label("Another calendar").input_value()
    assert page.get_by_role("link", name="Add to Apple Calendar").get_attribute("href") == f"webcal{address[4:]}"
    path = address.removeprefix(demo.origin)
    with urllib.request.urlopen(demo.origin + path) as answer:
        assert len(strictly(answer.read()).events) > 8
    page.get_by_role("button", name="Stop sharing").click()
    assert page.get_by_role("button", name="Make my calendar link").is_visible()
    assert demo.status(path) == 404


def test_past_visits_with_their_photos(page: Page, demo: Demo) -> None:
    sign_in(page, demo.sign_in("dolores.daz1@example.com"))
    page.get_by_role("link", name="See every visit").click()
    page.get_by_role("link", name="Past visits").click()
    text = page.locator("main").inner_text()
    assert "Done" in text
    dates = [str(one.get_attribute("datetime")) for one in page.locator("main .rows .leaf").all()]
    assert dates == sorted(dates, reverse=True)
    before = page.get_by_role("link", name="Photo before").first
    assert (
        before.locator("img").evaluate("async picture => { await picture.decode(); return picture.naturalWidth }") > 0
    )
    before.click()
    assert page.evaluate("document.contentType") == "image/jpeg"


def test_one_e_mail_at_two_businesses_is_two_separate_ways_in(page: Page, demo: Demo) -> None:
    sign_in(page, demo.sign_in("dolores.daz1@example.com", "Silk City Cans"))
    assert "736 Middle Turnpike East" in page.locator("main").inner_text()
    assert "Bright Bins" not in page.locator("body").inner_text()


def test_an_e_mail_of_two_customers_asks_for_which(page: Page, demo: Demo) -> None:
    sign_in(page, demo.sign_in("noah.gray6@example.com"))
    choices = page.locator("main form:has([name=customer]) button")
    assert choices.count() == 2
    choices.nth(1).click()
    assert page.locator("main .next time").first.is_visible()


def test_a_wrong_password_says_so_and_keeps_the_e_mail(page: Page, demo: Demo) -> None:
    sign_in(page, demo.sign_in("james.bell10@example.com", "Silk City Cans"), password="not the password")
    assert page.get_by_label("Your e-mail").input_value() == "james.bell10@example.com"
    assert page.get_by_label("Password").input_value() == ""
    assert page.get_by_role("alert").is_visible()


def test_signing_out_ends_the_visit(page: Page, demo: Demo) -> None:
    sign_in(page, demo.sign_in("dolores.daz1@example.com"))
    page.locator(".person").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{demo.origin}/portal/schedule/")
    assert page.get_by_label("Your e-mail").is_visible()


def test_a_forged_cookie_and_an_unknown_business_get_a_calm_page(page: Page, demo: Demo) -> None:
    page.context.add_cookies([{"name": "portal_dev", "value": "f" * 43, "url": demo.origin}])
    page.goto(f"{demo.origin}/portal/schedule/")
    assert "Traceback" not in page.content()
    answer = page.goto(f"{demo.origin}/portal/at/no-such-business/")
    assert answer
    assert answer.status == 404
    assert page.get_by_role("heading", level=1).is_visible()


def test_all_of_it_by_keyboard(browser: Browser, demo: Demo) -> None:
    one = demo.sign_in("kwame.novak25@example.com")
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.goto(one["url"])
        page.get_by_label("Your e-mail").focus()
        page.keyboard.type(one["email"])
        for _ in range(2):  # past “E-mail me a link”
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type(one["password"])
        page.keyboard.press("Enter")
        page.wait_for_url("**/portal/")
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent.trim()") == "Schedule":
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**/portal/schedule/")


@pytest.mark.parametrize("business", ["Bright Bins", "Silk City Cans"])
def test_axe_finds_nothing_on_any_page_of_the_running_portal(browser: Browser, demo: Demo, business: str) -> None:
    one = demo.sign_in("dolores.daz1@example.com", business)
    with browser.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        for path in ("/portal/", one["url"].removeprefix(demo.origin), "/nowhere/"):
            check(page, demo.origin + path)
        sign_in(page, one)
        for name in ("", "schedule/", "calendar/", "history/", "activity/", "password/"):
            check(page, f"{demo.origin}/portal/{name}")


def check(page: Page, url: str) -> None:
    page.goto(url)
    assert complaints(page) == [], url
