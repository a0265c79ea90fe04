"""A mail is a letter that can be read: in any mail program, in any colour, in light and dark, and as plain text."""

import random
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from playwright.sync_api import Browser, Page

from nextroute.core.colours import luminance
from nextroute.notifications import messages, rendering
from nextroute.notifications.models import Delivery
from nextroute.notifications.texts import Text
from nextroute.notifications.triggers import Trigger
from nextroute.tenancy.models import Business
from tests.notifications.samples import LANGUAGES, LINK, a_business, a_delivery, a_mail, speaking
from tests.ui.axe import WIDE, violations
from tests.ui.chromium import Scheme, chromium

DARK = "#16191b"
_chance = random.Random(5)
COLOURS = ["#000000", "#ffffff", "#39ff14", "#facc15", "#808080", "#777777", "#010101", "#0e7490", "#f97316"]
COLOURS += [f"#{_chance.randrange(0x1000000):06x}" for _ in range(300)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 360, "height": 800}) as context:
        yield context.new_page()


def drawn(trigger: Trigger, business: Business | None = None, **changes: str) -> str:
    return rendering.html(a_delivery(trigger, business), a_mail(trigger, **changes))


def a_letter(*paragraphs: str, **variables: str) -> tuple[Delivery, messages.Message]:
    text = Text("Subject", "A heading.", paragraphs, "Go <there>")
    return a_delivery(Trigger.WELCOME), messages.mail(text, {"action_url": LINK} | variables)


def contrast(one: str, other: str) -> float:
    dark, light = sorted(luminance(colour.ljust(7, colour[-1])) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


# For everyone


@pytest.mark.parametrize("trigger", Trigger)
def test_axe_finds_nothing_in_any_mail(page: Page, trigger: Trigger) -> None:
    with speaking("en"):
        page.set_content(drawn(trigger))
    found = violations(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#39ff14"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_loudest_colours(page: Page, colour: str, scheme: Scheme) -> None:
    page.emulate_media(color_scheme=scheme)
    with speaking("es"):
        page.set_content(drawn(Trigger.SIGN_IN_LINK, a_business(colour)))
    found = violations(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("colour", COLOURS)
def test_a_button_can_be_seen_and_read_in_any_colour(colour: str) -> None:
    fill = rendering.fill(colour)
    assert contrast(fill.light, fill.on_light) >= 4.5
    assert contrast(fill.dark, fill.on_dark) >= 4.5
    assert contrast(fill.dark, DARK) >= 3
    assert contrast(fill.light, "#ffffff") >= 1.4 or contrast(fill.edge, "#ffffff") >= 1.4


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_scrolls_sideways_on_the_narrowest_phone(page: Page, language: str) -> None:
    page.set_viewport_size({"width": 320, "height": 600})
    business = a_business(name="W" * 40, email=f"{'hello' * 12}@brightbins.example", address="4990" * 20)
    for trigger in Trigger:
        with speaking(language):
            page.set_content(drawn(trigger, business, visits="Weekly" * 20, address="Kipling" * 20))
        assert not page.evaluate(WIDE), trigger


def test_a_letter_is_no_wider_than_600_px(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    with speaking("en"):
        page.set_content(drawn(Trigger.SERVICE_REMINDER))
    box = page.locator(".letter").bounding_box()
    assert box is not None
    assert box["width"] == 600
    assert box["x"] == 340


def test_the_code_is_copied_as_the_digits_it_is(page: Page) -> None:
    with speaking("en"):
        page.set_content(drawn(Trigger.SIGN_IN_LINK))
    assert page.locator(".code").inner_text() == "418206"
    assert float(page.locator(".code").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 32


def test_a_sign_in_mail_leads_on_by_its_button_and_by_the_address_below_it(page: Page) -> None:
    with speaking("en"):
        page.set_content(drawn(Trigger.SIGN_IN_LINK))
    assert page.get_by_role("link", name="Sign in").get_attribute("href") == LINK
    assert page.get_by_role("link", name=LINK).get_attribute("href") == LINK


# In any mail program


class Tags(HTMLParser):
    """Fails on whatever is not closed in the order it was opened."""

    VOID = {"meta", "br", "link", "hr", "img"}

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("trigger", Trigger)
def test_a_mail_brings_all_it_needs_and_fetches_nothing(trigger: Trigger) -> None:
    with speaking("es"):
        html = drawn(trigger)
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    assert html.lower().startswith("<!doctype html>")
    assert ("html", "lang", "es-US") in tags.attributes
    fetched = {"src", "srcset", "background", "action", "data", "poster"}
    assert not [one for one in tags.attributes if one[1] in fetched]
    assert {tag for tag, name, _ in tags.attributes if name == "href"} == {"a"}
    assert not re.search(r"url\(|@import|<script|<img|<link", html)
    assert len(html.encode()) < 20_000, "Gmail cuts off what is longer than 102 kB"


def test_styles_are_inline_and_the_dark_ones_are_kept() -> None:
    with speaking("en"):
        html = drawn(Trigger.SERVICE_REMINDER)
    assert '<h1 class="ink" style="' in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert "[data-ogsc]" in html
    assert '<meta name="color-scheme" content="light dark">' in html


def test_an_inbox_shows_what_the_mail_says_beside_its_subject(page: Page) -> None:
    with speaking("en"):
        page.set_content(drawn(Trigger.SERVICE_REMINDER))
    assert page.locator(".preheader").is_hidden()
    said = page.locator("body").evaluate("b => b.textContent.trim().split('\\u200c')[0]")
    assert said.startswith("Weekly Bin Cleaning, 8447 West 51st Avenue")


# Whatever is in it


def test_what_is_written_is_shown_and_never_run(page: Page) -> None:
    odd = "<script>document.title = 'run'</script> {{ 7*7 }} {% raw %} & \"<b>\""
    with speaking("en"):
        page.set_content(rendering.html(*a_letter(odd, "{{reason}}", reason=odd)))
    assert page.title() == "Subject"
    assert page.locator("main, [role=main]").inner_text().count(odd) == 2
    assert page.get_by_role("link", name="Go <there>").is_visible()


def test_a_customers_words_cannot_leave_the_attribute_they_are_in() -> None:
    business = a_business(email='a"onclick="x@example.com')
    with speaking("en"):
        html = drawn(Trigger.WELCOME, business, action_url='https://x.example/"onmouseover="y')
    tags = Tags()
    tags.feed(html)
    assert not [one for one in tags.attributes if one[1].startswith("on")]


def test_lines_stay_lines() -> None:
    delivery, message = a_letter("One\nTwo", "{{visits}}", visits="Three\nFour")
    with speaking("en"):
        html, text = rendering.html(delivery, message), rendering.text(delivery, message)
    assert "One<br>Two" in html
    assert re.search(r"Three</td></tr>\s*<tr><td[^>]*>Four", html)
    assert "\nOne\nTwo\n\n- Three\n- Four\n" in text


def test_a_business_that_says_little_of_itself_gets_a_whole_letter(page: Page) -> None:
    business = a_business(phone="", email="", address="")
    business._state.fields_cache["branding"] = None  # as a query leaves it that found none
    with speaking("en"):
        page.set_content(drawn(Trigger.SERVICE_REMINDER, business))
        text = rendering.text(a_delivery(Trigger.SERVICE_REMINDER, business), a_mail(Trigger.SERVICE_REMINDER))
    assert page.get_by_role("contentinfo").inner_text().split("\n\n") == [
        "Bright Bins",
        "You get this e-mail because you are a customer of Bright Bins.",
    ]
    assert text.endswith("\n-- \nBright Bins\n\nYou get this e-mail because you are a customer of Bright Bins.\n")


def test_the_phone_number_in_a_text_can_be_pressed(page: Page) -> None:
    with speaking("en"):
        page.set_content(drawn(Trigger.ROUTE_DISPATCHED))
    assert page.get_by_role("link", name="(303) 555-0142").first.get_attribute("href") == "tel:+13035550142"


# As text


@pytest.mark.parametrize("trigger", Trigger)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_says_all_of_it_in_lines_of_72(trigger: Trigger, language: str) -> None:
    with speaking(language):
        message = a_mail(trigger)
        text = rendering.text(a_delivery(trigger), message)
    assert all(len(line) <= 72 or line == LINK for line in text.splitlines())
    whole = " ".join(text.split())
    lines = [line for one in message.paragraphs for line in one.lines]
    for said in (message.heading, message.action, *lines, LINK, "4990 Kipling Street", "(303) 555-0142"):
        assert said in whole
    assert "<" not in text
    assert "&" not in text


def test_a_long_line_of_a_list_is_set_in() -> None:
    delivery, message = a_letter("{{visits}}", visits="Weekly Bin Cleaning, " + "8447 West 51st Avenue, " * 3 + "#4")
    with speaking("en"):
        text = rendering.text(delivery, message)
    assert re.search(r"\n- Weekly .+\n  \S+", text)
