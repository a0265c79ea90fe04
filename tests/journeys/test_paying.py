"""What is owed is paid, in a real browser, against the demo and its stand-in for Stripe: by card, by bank, in vain."""

import csv
import json
import re
import urllib.request
from collections.abc import Iterator
from io import BytesIO, StringIO
from time import monotonic
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pypdf import PdfReader

from tests.journeys.conftest import Demo
from tests.journeys.test_portal import sign_in
from tests.ui.chromium import chromium

DECLINED, BANK = "4000 0000 0000 0002", "000123456789"
SECONDS = 30


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def a_phone(browser: Browser) -> BrowserContext:
    """Without JavaScript: everything has to work there."""
    context = browser.new_context(viewport={"width": 360, "height": 780}, java_script_enabled=False)
    context.set_default_timeout(15_000)
    return context


def owed(page: Page, demo: Demo) -> str:
    page.goto(f"{demo.origin}/portal/invoices/")
    found = re.search(r"\$[\d.,]+\d", page.get_by_role("heading", level=1).inner_text())
    assert found
    return found[0]


def to_stripe(page: Page, demo: Demo, amount: str) -> str:
    """Two taps; the stand-in's own address."""
    page.goto(f"{demo.origin}/portal/")
    page.get_by_role("link", name=f"Pay {amount}").first.click()
    page.get_by_role("button", name=f"Pay {amount}").click()
    page.get_by_role("heading", name=f"Pay {amount}").wait_for()
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}"


def pull(stripe: str, lever: str, **arguments: object) -> object:
    asked = urllib.request.Request(f"{stripe}/test_helpers/{lever}", json.dumps(arguments).encode(), method="POST")
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return json.loads(answer.read())["done"]


def until(page: Page, address: str, words: str) -> None:
    """Look again and again, as somebody who waits does."""
    deadline = monotonic() + SECONDS
    while True:
        page.goto(address)
        if words in page.locator("main").inner_text():
            return
        assert monotonic() < deadline, page.locator("main").inner_text()
        page.wait_for_timeout(200)


def downloaded(page: Page, link: str) -> bytes:
    address = page.get_by_role("link", name=link).first.get_attribute("href")
    answer = page.request.get(str(page.evaluate("a => new URL(a, location).href", address)))
    assert answer.ok
    return answer.body()


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


@pytest.fixture(scope="module")
def paid(browser: Browser, demo: Demo) -> Iterator[tuple[Page, str, str, str]]:
    """Dolores, who has paid her invoice by card: her page, the amount, the invoice's number, and the stand-in."""
    with a_phone(browser) as context:
        page = context.new_page()
        sign_in(page, demo.sign_in("dolores.daz1@example.com"))
        amount = owed(page, demo)
        stripe = to_stripe(page, demo, amount)
        page.get_by_label("Test card number").fill(DECLINED)
        page.get_by_role("button", name=f"Pay {amount}").click()
        page.get_by_role("alert").wait_for()
        page.get_by_role("link", name="Go back without paying").click()
        page.get_by_text("Your bank declined the card. Nothing was charged.").wait_for()
        assert owed(page, demo) == amount
        to_stripe(page, demo, amount)
        page.get_by_label("Test card number").fill("4242 4242 4242 4242")
        page.get_by_role("button", name=f"Pay {amount}").click()
        page.get_by_role("heading", name=f"Thank you. We received {amount}.").wait_for()
        number = re.search(r"INV-\d+", page.locator("main").inner_text())
        assert number
        yield page, amount, number[0], stripe


def test_a_card_pays_after_another_was_declined(paid: tuple[Page, str, str, str], demo: Demo) -> None:
    page, amount, number, _stripe = paid
    page.goto(f"{demo.origin}/portal/invoices/{number}/")
    expect(page.locator("main")).to_contain_text("Paid")
    page.goto(f"{demo.origin}/portal/invoices/")
    expect(page.get_by_role("heading", level=1)).to_have_text("You’re all paid up.")
    until(page, f"{demo.origin}/dev/mail/", f"Thank you: {amount} received")


def test_the_papers_say_what_the_pages_say(paid: tuple[Page, str, str, str], demo: Demo) -> None:
    page, amount, number, _stripe = paid
    page.goto(f"{demo.origin}/portal/invoices/{number}/")
    said = text_of(downloaded(page, "PDF"))
    assert number in said
    assert f"Total {amount}" in said
    page.goto(f"{demo.origin}/portal/statement/")
    assert "Balance" in page.locator("main").inner_text()
    assert number in text_of(downloaded(page, "PDF"))
    assert number in downloaded(page, "Spreadsheet (CSV)").decode()


def test_the_office_gives_some_back_and_a_dispute_opens_the_invoice_again(
    paid: tuple[Page, str, str, str], browser: Browser, demo: Demo
) -> None:
    theirs, amount, number, stripe = paid
    with a_phone(browser) as context:
        page = context.new_page()
        dana = demo.sign_in("dana@bright-bins.example")
        page.goto(dana["url"])
        page.get_by_label("E-mail").fill(dana["email"])
        page.get_by_label("Password").fill(dana["password"])
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("signed in as Dana Whitfield").wait_for()
        page.goto(f"{demo.origin}/dashboard/payments/")
        page.get_by_role("row").filter(has_text="Dolores").filter(has_text=amount).get_by_role("link").first.click()
        page.get_by_role("link", name="Give money back").click()
        page.get_by_label("Amount").fill("5.00")
        page.get_by_role("button", name="Continue").click()
        page.get_by_text("the way it was paid, through Stripe").wait_for()
        page.get_by_role("button", name="Give it back").click()
        page.get_by_text("It is noted.").wait_for()
        theirs.goto(f"{demo.origin}/portal/payments/")
        expect(theirs.locator("main")).to_contain_text("We gave $5.00 back to you")
        [charge] = [one for one in charges(stripe, demo) if one["amount"] == cents(amount) and one["paid"]]
        pull(stripe, "dispute", payment=charge["id"])
        until(page, f"{demo.origin}/dashboard/payments/?show=all", "Disputed")
        until(theirs, f"{demo.origin}/portal/invoices/", "You owe")
        page.goto(f"{demo.origin}/dashboard/invoices/{number}/")
        expect(page.locator("main")).to_contain_text(owed(theirs, demo))


def charges(stripe: str, demo: Demo) -> list[dict[str, object]]:
    """Of every account the stand-in has."""
    folder = demo.var / "stripe"
    accounts = set(re.findall(r"acct_[0-9a-zA-Z]+", "".join(file.read_text() for file in folder.iterdir())))
    return [charge for account in accounts for charge in pull(stripe, "charges", account=account)]  # type: ignore[attr-defined]


def cents(amount: str) -> int:
    return int(re.sub(r"\D", "", amount))


def test_the_statement_has_one_balance_on_the_page_on_paper_and_in_the_spreadsheet(
    paid: tuple[Page, str, str, str], demo: Demo
) -> None:
    page, *_ = paid
    page.goto(f"{demo.origin}/portal/invoices/")
    heading = page.get_by_role("heading", level=1).inner_text()
    open_now = owed(page, demo) if heading.startswith("You owe") else "$0.00"
    page.goto(f"{demo.origin}/portal/statement/")
    said = re.search(r"Balance on .+: (\S+)", page.locator("main").inner_text())
    assert said
    assert said[1] == open_now
    assert balance_of(text_of(downloaded(page, "PDF"))) == said[1]
    *_, last = csv.DictReader(StringIO(downloaded(page, "Spreadsheet (CSV)").decode("utf-8-sig")))
    assert f"${last['Balance']}" == said[1]


def test_keys_alone_lead_from_an_invoice_to_stripe_with_an_amount_of_ones_own(browser: Browser, demo: Demo) -> None:
    """With JavaScript: the button says the amount that was pasted before it is pressed."""
    with browser.new_context(viewport={"width": 360, "height": 780}) as context:
        page = context.new_page()
        page.set_default_timeout(15_000)
        sign_in(page, demo.sign_in("kwame.novak25@example.com"))
        amount = owed(page, demo)
        page.locator("main .rows").get_by_role("link").filter(has_text="INV-").first.click()
        tab_to(page, f"Pay {amount}")
        page.keyboard.press("Enter")
        page.get_by_label("Or another amount").fill("12.34")  # as pasting and dictating do: no key goes up
        page.get_by_role("button", name="Pay $12.34").wait_for()
        tab_to(page, "Pay $12.34")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Pay $12.34").wait_for()
        expect(page.get_by_role("banner")).to_contain_text("TEST – no money moves.")
        tab_to(page, "Go back without paying")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="You haven’t paid yet.").wait_for()
        assert owed(page, demo) == amount


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what is called so has the focus, and shows it."""
    wanted = page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name)).or_(page.get_by_label(name))
    wanted.first.wait_for()
    for _ in range(30):
        page.keyboard.press("Tab")
        if wanted.first.evaluate("here => here === document.activeElement"):
            break
    else:
        pytest.fail(f"No key leads to {name}.")
    ring = wanted.first.evaluate("here => [getComputedStyle(here).outlineStyle, getComputedStyle(here).outlineWidth]")
    assert ring[0] != "none"
    assert float(ring[1].removesuffix("px")) >= 2
    expect(wanted.first).to_be_in_viewport(ratio=1)


def balance_of(statement: str) -> str:
    """The last balance on it."""
    found = re.findall(r"Balance on [^$]*?(\$[\d.,]+\d)", statement)
    assert found, statement
    return str(found[-1])


def test_a_bank_transfer_is_on_its_way_and_then_there(browser: Browser, demo: Demo) -> None:
    with a_phone(browser) as context:
        page = context.new_page()
        sign_in(page, demo.sign_in("kwame.novak25@example.com"))
        amount = owed(page, demo)
        stripe = to_stripe(page, demo, amount)
        page.get_by_label("US bank account").check()
        page.get_by_label("A test account that…").select_option(BANK)
        page.get_by_role("button", name=f"Pay {amount}").click()
        page.get_by_role("heading", name=f"{amount} is on its way from your bank.").wait_for()
        back = page.url
        page.goto(f"{demo.origin}/portal/pay/")
        expect(page.locator("main")).to_contain_text("can’t be paid a second time meanwhile")
        assert page.get_by_role("button", name=re.compile("Pay")).count() == 0
        [charge] = [one for one in charges(stripe, demo) if one["status"] == "pending"]
        pull(stripe, "settle", payment=charge["id"])  # not `advance`: a clock ahead of ours takes no more pages
        until(page, back, f"Thank you. We received {amount}.")
        page.goto(f"{demo.origin}/portal/invoices/")
        expect(page.get_by_role("heading", level=1)).to_have_text("You’re all paid up.")
