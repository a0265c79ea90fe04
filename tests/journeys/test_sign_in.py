"""A way in by mail, in a real browser, against the demo: its worker mints and sends, its mailbox is a folder."""

import email
import re
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from email import policy
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys.conftest import Demo
from tests.journeys.test_portal import check
from tests.ui.chromium import chromium

SECONDS_FOR_A_MAIL = 30


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@contextmanager
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """360 px wide and without JavaScript."""
    with browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False) as context:
        yield context


class Mailbox:
    """What arrives for one address from now on."""

    def __init__(self, demo: Demo, address: str) -> None:
        self.demo, self.address = demo, address
        self.seen = set(self.texts())

    def texts(self) -> list[str]:
        found = []
        for file in (self.demo.var / "mail").glob("*.eml"):
            message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
            body = message.get_body(("plain",))
            if message["To"] == self.address and body:
                found.append(str(body.get_content()))
        return found

    def letter(self, says: str = "/portal/sign-in/") -> str:
        """The next one that says this; the demo writes to its customers of other things meanwhile."""
        found = self.kept(says, besides=self.seen)
        self.seen.add(found)
        return found

    def kept(self, says: str, *, besides: Collection[str] = ()) -> str:
        """One that says this, also if it came before."""
        deadline = time.monotonic() + SECONDS_FOR_A_MAIL
        while not (found := [text for text in self.texts() if says in text and text not in besides]):
            assert time.monotonic() < deadline, "no mail came"
            time.sleep(0.1)
        return found[0]

    def link(self, letter: str) -> str:
        address: str = re.findall(r"https?://\S+/portal/\S+", letter)[0]
        return self.demo.origin + urlsplit(address)._replace(scheme="", netloc="").geturl()

    def code(self, letter: str) -> str:
        digits = re.findall(r"(?<![\w-])(\d{3}) ?(\d{3})(?![\w-])", re.sub(r"https?://\S+", "", letter))
        return "".join(digits[0])


def ask(page: Page, url: str, address: str) -> None:
    page.goto(url)
    page.get_by_label("Your e-mail").fill(address)
    page.get_by_role("button", name="E-mail me a link").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Check your e-mail."
    assert address in page.locator("main").inner_text()


def heading(page: Page) -> str:
    return str(page.get_by_role("heading", level=1).inner_text())


def test_asked_for_on_a_phone_and_clicked_at_a_desk(browser: Browser, demo: Demo) -> None:
    one = demo.sign_in("james.bell10@example.com", "Silk City Cans")
    mailbox = Mailbox(demo, one["email"])
    with phone(browser) as asking, browser.new_context(viewport={"width": 1280, "height": 800}) as reading:
        ask(asking.new_page(), one["url"], one["email"])
        link, desk = mailbox.link(mailbox.letter()), reading.new_page()
        for _ in range(3):
            desk.goto(link)
            assert heading(desk) == "Sign in to Silk City Cans"
        assert "j•••@example.com" in desk.locator("main").inner_text()
        desk.get_by_role("button", name="Sign in").click()
        assert desk.url == f"{demo.origin}/portal/"
        assert "Silk City Cans" in desk.locator("header").inner_text()
        again = asking.new_page()
        again.goto(link)
        assert heading(again) == "This link has been used."
        again.get_by_role("link", name="Get a new link").click()
        assert again.url == one["url"]


def test_the_code_on_the_device_that_asked_and_a_new_password_without_javascript(browser: Browser, demo: Demo) -> None:
    one = demo.sign_in("linh.larsen13@example.com")
    mailbox = Mailbox(demo, one["email"])
    with phone(browser) as context:
        page = context.new_page()
        page.goto(one["url"])
        page.get_by_label("Your e-mail").fill(one["email"])
        page.get_by_text("I’d rather use my password").click()
        page.get_by_role("button", name="We’ll e-mail you a link to set one.").click()
        code = mailbox.code(mailbox.letter())
        page.get_by_label("Or type the six digits we sent").fill("000 000" if code != "000000" else "111 111")
        page.get_by_role("button", name="Sign in").click()
        assert "Those aren’t the digits we sent." in page.locator("main").inner_text()
        page.get_by_label("Or type the six digits we sent").fill(f"{code[:3]} {code[3:]}")
        page.get_by_role("button", name="Sign in").click()
        assert page.url == f"{demo.origin}/portal/password/"
        page.get_by_label("New password").fill(one["password"])
        page.get_by_role("button", name="Set the password").click()
        assert heading(page) == "Your new password is set."
        mailbox.letter("Your password was changed.")
        page.get_by_role("link", name="See your visits").click()
        assert page.url == f"{demo.origin}/portal/"


def test_all_of_it_by_keyboard(browser: Browser, demo: Demo) -> None:
    one = demo.sign_in("fatima.cole21@example.com")
    mailbox = Mailbox(demo, one["email"])
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.goto(one["url"])
        page.keyboard.press("Tab")  # "Skip to content"
        page.keyboard.press("Tab")
        page.keyboard.type(one["email"])
        page.keyboard.press("Enter")
        page.wait_for_url("**/sign-in/sent/")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.type(mailbox.code(mailbox.letter()))
        page.keyboard.press("Enter")
        page.wait_for_url("**/portal/")


def test_the_shared_address_asks_a_mailbox_of_two_businesses_which(browser: Browser, demo: Demo) -> None:
    address = "dolores.daz1@example.com"
    mailbox = Mailbox(demo, address)
    with phone(browser) as context:
        page = context.new_page()
        ask(page, f"{demo.origin}/portal/", address)
        letter = mailbox.letter()
        assert "Bright Bins" in letter
        page.goto(mailbox.link(letter))
        assert heading(page) == "Sign in to your account"
        page.get_by_role("button", name="Sign in").click()
        assert heading(page) == "Which company’s visits would you like to see?"
        page.get_by_role("button", name="Silk City Cans").click()
        assert page.url == f"{demo.origin}/portal/"
        assert "736 Middle Turnpike East" in page.locator("main").inner_text()


def test_the_button_of_an_invoices_mail_leads_to_the_invoice_by_way_of_the_mailbox(
    browser: Browser, demo: Demo
) -> None:
    """Asked for on a phone that was never there, clicked at a desk that was not either."""
    one = demo.sign_in("james.bell10@example.com", "Silk City Cans")
    mailbox = Mailbox(demo, one["email"])
    told = mailbox.kept("Your invoice is")
    number = re.findall(r"INV-\d+", told)[0]
    with phone(browser) as asking, browser.new_context() as reading:
        page, desk = asking.new_page(), reading.new_page()
        ask(page, mailbox.link(told), one["email"])
        mailbox.letter()
        page.get_by_role("button", name="send it again").click()
        desk.goto(mailbox.link(mailbox.letter()))
        assert heading(desk) == "Sign in to Silk City Cans"
        desk.get_by_role("button", name="Sign in").click()
        assert desk.url == f"{demo.origin}/portal/invoices/{number}/"
        assert number in desk.locator("main").inner_text()
        desk.goto(mailbox.link(told))
        assert desk.url == f"{demo.origin}/portal/invoices/{number}/", "who is in has no door to pass"


def test_autopay_asked_for_by_who_is_signed_out_is_where_the_mailed_link_leads(browser: Browser, demo: Demo) -> None:
    one = demo.sign_in("fatima.cole21@example.com")
    mailbox = Mailbox(demo, one["email"])
    with phone(browser) as context:
        page = context.new_page()
        ask(page, f"{demo.origin}/portal/autopay/", one["email"])
        page.goto(mailbox.link(mailbox.letter()))
        page.get_by_role("button", name="Sign in").click()
        assert page.url == f"{demo.origin}/portal/autopay/"
        assert "Autopay is off." in page.locator("main").inner_text()


def test_nobody_reads_the_same_and_gets_nothing(browser: Browser, demo: Demo) -> None:
    mailbox = Mailbox(demo, "nobody@example.com")
    with phone(browser) as context:
        ask(context.new_page(), demo.sign_in("linh.larsen13@example.com")["url"], "nobody@example.com")
    time.sleep(2)
    assert mailbox.texts() == []


def test_axe_finds_nothing_on_the_way_in(browser: Browser, demo: Demo) -> None:
    one = demo.sign_in("kwame.nguyen17@example.com")
    mailbox = Mailbox(demo, one["email"])
    with browser.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        ask(page, one["url"], one["email"])
        link = mailbox.link(mailbox.letter())
        for url in (f"{demo.origin}/portal/sign-in/sent/", f"{demo.origin}/portal/sign-in/", link, f"{link[:-5]}/"):
            check(page, url)
