"""What a customer changes by themselves, from the page to the routes and back, in a real browser, against the demo."""

import re
import urllib.request
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, StorageState

from tests.journeys.conftest import Demo
from tests.journeys.test_portal import sign_in
from tests.subscriber import strictly
from tests.ui.chromium import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def signed_in(browser: Browser, demo: Demo) -> StorageState:
    """The cookies of Dolores, who signs in once: who does so over and over is asked to wait."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, demo.sign_in("dolores.daz1@example.com"))
        page.get_by_role("link", name="Going away?").wait_for()
        return context.storage_state()


@pytest.fixture(params=[False, True], ids=["without JavaScript", "with JavaScript"])
def page(browser: Browser, signed_in: StorageState, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Dolores, on a phone."""
    with browser.new_context(
        viewport={"width": 360, "height": 780},
        java_script_enabled=request.param,
        storage_state=signed_in,
    ) as context:
        page = context.new_page()
        page.set_default_timeout(15_000)
        yield page


def coming(page: Page, demo: Demo) -> list[str]:
    """The days on the schedule on which somebody comes."""
    page.goto(f"{demo.origin}/portal/schedule/")
    rows = page.locator("main .rows .row").filter(has=page.locator("time.leaf:not([data-state=off])"))
    return [str(one.get_attribute("datetime")) for one in rows.locator("time.leaf").all()]


def struck(page: Page) -> list[str]:
    """The days that are said to fall away."""
    return [str(one.get_attribute("datetime")) for one in page.locator("main .rows time.leaf[data-state=off]").all()]


def on_the_calendar(address: str) -> set[str]:
    """The days of events that are not called off, as a calendar that subscribed reads them."""
    with urllib.request.urlopen(address) as answer:
        events = strictly(answer.read()).events
    return {str(one.start)[:10] for one in events if str(one["STATUS"]) != "CANCELLED"}


def see(page: Page, name: str) -> None:
    """Press the button that shows what changes, where no script has done so already."""
    if not page.evaluate("matchMedia('(scripting: enabled)').matches"):
        page.get_by_role("button", name=name).click()


def take_back(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()
    page.locator("main").get_by_text("Taken back").first.wait_for()


def test_three_visits_are_held_and_come_back_everywhere(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.origin}/portal/calendar/")
    page.get_by_role("button", name="Make my calendar link").click()
    address = page.get_by_label("Another calendar").input_value()
    before = coming(page, demo)
    assert set(before) <= on_the_calendar(address)
    wanted = before[-4:-1]
    first, back = date.fromisoformat(wanted[0]), date.fromisoformat(wanted[-1]) + timedelta(days=1)
    page.get_by_role("link", name="Going away?").first.click()
    page.get_by_label("First day away").fill(first.isoformat())
    page.get_by_label("First day back").fill(back.isoformat())
    page.get_by_label("First day back").press("Tab")
    see(page, "See what changes")
    page.get_by_text("3 visits fall away").wait_for()
    assert struck(page) == wanted
    page.get_by_role("button", name="Hold my service").click()
    page.get_by_text("Done. Your service is on hold.").wait_for()
    assert struck(page) == wanted
    held = page.url.partition("?")[0]
    assert not set(wanted) & set(coming(page, demo))
    assert not set(wanted) & on_the_calendar(address)
    page.goto(f"{held}lift/")
    page.get_by_text("3 visits come").first.wait_for()
    page.get_by_role("button", name="Call it off").click()
    page.get_by_text("We’ll come as usual.").wait_for()
    assert coming(page, demo) == before
    assert set(before) <= on_the_calendar(address)
    page.goto(f"{demo.origin}/portal/calendar/")
    page.get_by_role("button", name="Stop sharing").click()


def test_one_visit_is_skipped_and_undone(page: Page, demo: Demo) -> None:
    before = coming(page, demo)
    page.get_by_role("link", name="Skip this visit").first.click()
    page.get_by_text("1 visit falls away").first.wait_for()
    (day,) = struck(page)
    page.get_by_role("button", name="Skip this visit").click()
    page.get_by_text("Done. We won’t come on").wait_for()
    assert day not in coming(page, demo)
    page.go_back()
    page.get_by_role("button", name=re.compile("Undo")).click()
    page.get_by_text("Done. We’ll come on").wait_for()
    assert coming(page, demo) == before


def test_an_extra_is_asked_for_approved_and_on_the_schedule(
    page: Page, browser: Browser, demo: Demo, request: pytest.FixtureRequest
) -> None:
    before = coming(page, demo)
    page.goto(f"{demo.origin}/portal/extras/new/")
    plan = page.get_by_label("Driveway Pressure Wash") if "without" in request.node.name else page.get_by_label("Deep")
    plan.check()
    see(page, "See which days we can come")
    day = page.locator("fieldset input[type=radio][value^='20']").first
    chosen = str(day.get_attribute("value"))
    day.check()
    see(page, "See the price")
    page.get_by_role("button", name="Ask for this visit").click()
    page.get_by_text("Sent. Bright Bins will answer you by e-mail.").wait_for()
    asked = page.url.partition("?")[0]
    with browser.new_context(viewport={"width": 360, "height": 780}, java_script_enabled=False) as context:
        desk = context.new_page()
        owner = demo.sign_in("dana@bright-bins.example")
        desk.goto(owner["url"])
        desk.get_by_label("Your e-mail").fill(owner["email"])
        desk.get_by_label("Password").fill(owner["password"])
        desk.get_by_role("button", name="Sign in").click()
        desk.get_by_role("link", name="Requests").click()
        desk.get_by_role("button", name="Approve").first.click()
        assert "They have been told by e-mail." in desk.locator("main").inner_text()
    page.goto(asked)
    assert "Arranged" in page.locator("main").inner_text()
    assert chosen in coming(page, demo)
    page.goto(asked)
    take_back(page, "Undo")
    assert chosen not in [day for day in coming(page, demo) if day not in before]


def test_another_plan_and_an_end_of_service_are_asked_for_and_taken_back(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.origin}/portal/plans/")
    page.get_by_role("link", name="Change plan").first.click()
    page.get_by_label("Monthly Bin Cleaning").check()
    see(page, "See what changes")
    page.get_by_role("button", name="Ask for this plan").click()
    page.get_by_text("Sent. Bright Bins will answer you by e-mail.").wait_for()
    take_back(page, "Take it back")
    page.goto(f"{demo.origin}/portal/cancel/")
    page.get_by_label("I’m moving").check()
    see(page, "See what changes")
    page.get_by_role("button", name="Ask to end my service").click()
    page.get_by_text("Sent. Bright Bins will answer you by e-mail.").wait_for()
    take_back(page, "Take it back")
