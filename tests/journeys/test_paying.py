"""What is owed is paid, in a real browser, against the demo and its stand-in for Stripe: one customer's walk.

Dolores has several invoices to pay. Her card is declined; another pays one of them; all others she pays from her bank,
in one. The office gives some back, her bank disputes it, and all three say the same numbers all the way.
"""

import csv
import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO, StringIO
from time import monotonic
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pypdf import PdfReader

from tests.journeys.conftest import Demo
from tests.journeys.test_portal import sign_in
from tests.ui.chromium import chromium

DECLINED, GOOD, BANK = "4000 0000 0000 0002", "4242 4242 4242 4242", "000123456789"
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
    """ "$0.00" where the page says that nothing is to be paid."""
    page.goto(f"{demo.origin}/portal/invoices/")
    heading = page.get_by_role("heading", level=1).inner_text()
    found = re.search(r"\$[\d.,]+\d", heading)
    assert found or heading in ("You’re all paid up.", "Nothing to pay now.")
    return found[0] if found else "$0.00"


def to_stripe(page: Page, address: str, amount: str) -> str:
    """Two taps, from a page that says what is to be paid; the stand-in's own address."""
    page.goto(address)
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


@dataclass
class Walk:
    """Dolores at her phone, Dana at hers, and what Dolores pays: one invoice by card, the others from her bank."""

    demo: Demo
    page: Page
    office: Page
    numbers: list[str]
    single: str = ""  # the number of the one
    by_card: str = ""
    by_bank: str = ""
    stripe: str = ""
    back: str = ""  # where she comes back to from her bank

    @property
    def rest(self) -> list[str]:
        return [number for number in self.numbers if number != self.single]

    def invoices(self) -> dict[str, tuple[str, str]]:
        """By number, what she reads of each: its total and its standing."""
        self.page.goto(f"{self.demo.origin}/portal/invoices/")
        rows = self.page.locator("main .rows a.row").filter(has_text="INV-").all()
        return {number_in(row): (words(row, ".end"), words(row, ".state")) for row in rows}

    def same_numbers(self) -> None:
        """She and the office read the same: of every invoice, of every payment, and of what is owed."""
        theirs = self.invoices()
        self.office.goto(f"{self.demo.origin}/dashboard/invoices/?show=all&q=C0001")
        rows = self.office.get_by_role("row").filter(has_text="INV-").all()
        ours = {number_in(row): (cell(row, "Total"), cell(row, "Standing")) for row in rows}
        assert ours == {number: (total, said.replace("Sent", "Open")) for number, (total, said) in theirs.items()}
        on_its_way = sum(cents(total) for total, said in theirs.values() if said == "On its way")
        assert sum(cents(cell(row, "Open")) for row in rows) == cents(owed(self.page, self.demo)) + on_its_way
        self.page.goto(f"{self.demo.origin}/portal/payments/")
        paid = [(words(row, ".end"), words(row, ".state")) for row in self.page.locator("main .rows a.row").all()]
        self.office.goto(f"{self.demo.origin}/dashboard/payments/?show=all&q=C0001")
        rows = self.office.get_by_role("row").filter(has=self.office.get_by_role("link")).all()
        states = [(cell(row, "Amount"), cell(row, "State").split("\n")[0].strip()) for row in rows]
        assert sorted(one for one in states if one[1] not in ("Called off", "Only begun")) == sorted(paid)


def number_in(row: Locator) -> str:
    found = re.search(r"INV-\d+", row.inner_text())
    assert found
    return found[0]


def words(row: Locator, part: str) -> str:
    return row.locator(part).inner_text().strip()


def cell(row: Locator, label: str) -> str:
    return words(row, f"td[data-label='{label}']")


def cents(amount: str) -> int:
    return int(re.sub(r"\D", "", amount))


def charges(walk: Walk) -> list[dict[str, object]]:
    """Of every account the stand-in has."""
    folder = walk.demo.var / "stripe"
    accounts = set(re.findall(r"acct_[0-9a-zA-Z]+", "".join(file.read_text() for file in folder.iterdir())))
    return [charge for account in accounts for charge in pull(walk.stripe, "charges", account=account)]  # type: ignore[attr-defined]


# The walk, a stage a fixture: whichever test is run alone, she has come as far as it needs


@pytest.fixture(scope="module")
def office(browser: Browser, demo: Demo) -> Iterator[Page]:
    """Dana, who has sent what was still to be billed."""
    late = [sys.executable, "-m", "tests.journeys.late_visits", "bright-bins", "C0001"]
    subprocess.run(late, env=demo.env, check=True)
    with a_phone(browser) as context:
        page = context.new_page()
        dana = demo.sign_in("dana@bright-bins.example")
        page.goto(dana["url"])
        page.get_by_label("E-mail").fill(dana["email"])
        page.get_by_label("Password").fill(dana["password"])
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("signed in as Dana Whitfield").wait_for()
        page.goto(f"{demo.origin}/dashboard/invoices/")
        page.get_by_role("link", name="Send all").first.click()
        page.get_by_text(re.compile("^1 draft of .* is sent")).wait_for()
        page.get_by_role("button", name="Send all").click()
        page.get_by_text("The invoices are sent.").wait_for()
        yield page


@pytest.fixture(scope="module")
def owing(browser: Browser, office: Page, demo: Demo) -> Iterator[Walk]:
    """Dolores has at least three invoices to pay. The one that was sent last she will pay by card."""
    with a_phone(browser) as context:
        page = context.new_page()
        sign_in(page, demo.sign_in("dolores.daz1@example.com"))
        walk = Walk(demo, page, office, numbers=[])
        found = walk.invoices()
        walk.numbers = sorted(found)
        assert len(walk.numbers) >= 3
        walk.single = walk.numbers[-1]
        walk.by_card = found[walk.single][0]
        walk.by_bank = f"${sum(cents(found[number][0]) for number in walk.rest) / 100:,.2f}"
        assert cents(owed(page, demo)) == cents(walk.by_card) + cents(walk.by_bank)
        yield walk


@pytest.fixture(scope="module")
def declined(owing: Walk) -> Walk:
    page = owing.page
    owing.stripe = to_stripe(page, f"{owing.demo.origin}/portal/invoices/{owing.single}/", owing.by_card)
    page.get_by_label("Test card number").fill(DECLINED)
    page.get_by_role("button", name=f"Pay {owing.by_card}").click()
    page.get_by_role("alert").wait_for()
    page.get_by_role("link", name="Go back without paying").click()
    page.get_by_text("Your bank declined the card. Nothing was charged.").wait_for()
    return owing


@pytest.fixture(scope="module")
def one_paid(declined: Walk) -> Walk:
    page = declined.page
    to_stripe(page, f"{declined.demo.origin}/portal/invoices/{declined.single}/", declined.by_card)
    page.get_by_label("Test card number").fill(GOOD)
    page.get_by_role("button", name=f"Pay {declined.by_card}").click()
    page.get_by_role("heading", name=f"Thank you. We received {declined.by_card}.").wait_for()
    expect(page.locator("main")).to_contain_text(declined.single)
    expect(page.locator("main")).to_contain_text(f"You still owe {declined.by_bank}.")
    return declined


@pytest.fixture(scope="module")
def on_its_way(one_paid: Walk) -> Walk:
    """All the others, in one. A second tab with the same stands open meanwhile."""
    page, home = one_paid.page, f"{one_paid.demo.origin}/portal/"
    tab = page.context.new_page()
    tab.goto(f"{home}pay/")
    to_stripe(page, home, one_paid.by_bank)
    page.get_by_label("US bank account").check()
    page.get_by_label("A test account that…").select_option(BANK)
    page.get_by_role("button", name=f"Pay {one_paid.by_bank}").click()
    page.get_by_role("heading", name=f"{one_paid.by_bank} is on its way from your bank.").wait_for()
    one_paid.back = page.url
    tab.get_by_role("button", name=f"Pay {one_paid.by_bank}").click()
    tab.get_by_role("heading", name="Your payment is on its way.").wait_for()
    tab.close()
    return one_paid


@pytest.fixture(scope="module")
def all_paid(on_its_way: Walk) -> Walk:
    [charge] = [one for one in charges(on_its_way) if one["status"] == "pending"]
    assert charge["amount"] == cents(on_its_way.by_bank)
    pull(on_its_way.stripe, "settle", payment=charge["id"])  # not `advance`: a clock ahead of ours takes no more pages
    until(on_its_way.page, on_its_way.back, f"Thank you. We received {on_its_way.by_bank}.")
    return on_its_way


def test_a_declined_card_says_so_and_books_nothing(declined: Walk) -> None:
    page, origin = declined.page, declined.demo.origin
    assert cents(owed(page, declined.demo)) == cents(declined.by_card) + cents(declined.by_bank)
    page.goto(f"{origin}/portal/payments/")
    expect(page.locator("main")).not_to_contain_text(declined.by_card)
    declined.office.goto(f"{origin}/dashboard/payments/?show=all&q=C0001")
    expect(declined.office.get_by_role("row").filter(has_text="Only begun")).to_have_count(1)
    expect(declined.office.get_by_role("row").filter(has_text="Received")).to_have_count(0)
    declined.same_numbers()


def test_another_card_pays_one_invoice_and_leaves_the_others_open(one_paid: Walk) -> None:
    assert owed(one_paid.page, one_paid.demo) == one_paid.by_bank
    said = one_paid.invoices()
    assert said[one_paid.single] == (one_paid.by_card, "Paid")
    assert not [number for number in one_paid.rest if said[number][1] in ("Paid", "On its way")]
    until(one_paid.page, f"{one_paid.demo.origin}/dev/mail/", f"Thank you: {one_paid.by_card} received")
    one_paid.same_numbers()


def test_all_others_are_on_their_way_from_the_bank_and_cannot_be_paid_twice(on_its_way: Walk) -> None:
    page, origin = on_its_way.page, on_its_way.demo.origin
    assert owed(page, on_its_way.demo) == "$0.00"
    said = on_its_way.invoices()
    assert {said[number][1] for number in on_its_way.rest} == {"On its way"}
    for address in ["pay/", *[f"invoices/{number}/" for number in on_its_way.rest]]:
        page.goto(f"{origin}/portal/{address}")
        expect(page.locator("main")).to_contain_text("on its way")
        pay = re.compile(r"^Pay \$")
        assert page.get_by_role("button", name=pay).or_(page.get_by_role("link", name=pay)).count() == 0
    page.goto(f"{origin}/portal/pay/")
    expect(page.locator("main")).to_contain_text("can’t be paid a second time meanwhile")
    on_its_way.same_numbers()


def test_when_the_bank_has_answered_all_is_paid(all_paid: Walk) -> None:
    assert owed(all_paid.page, all_paid.demo) == "$0.00"
    expect(all_paid.page.get_by_role("heading", level=1)).to_have_text("You’re all paid up.")
    assert {said for _total, said in all_paid.invoices().values()} == {"Paid"}
    all_paid.same_numbers()


def test_the_papers_say_what_the_pages_say(all_paid: Walk) -> None:
    page, origin = all_paid.page, all_paid.demo.origin
    for number, (total, _paid) in all_paid.invoices().items():
        page.goto(f"{origin}/portal/invoices/{number}/")
        said = text_of(downloaded(page, "PDF"))
        assert number in said
        assert f"Total {total}" in said
    for amount, numbers in [(all_paid.by_card, [all_paid.single]), (all_paid.by_bank, all_paid.rest)]:
        page.goto(f"{origin}/portal/payments/")
        page.get_by_role("link").filter(has_text=amount).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"We received {amount}.")
        receipt = text_of(downloaded(page, "Receipt (PDF)"))
        assert f"Paid {amount}" in receipt
        assert set(re.findall(r"INV-\d+", receipt)) == set(numbers)
    page.goto(f"{origin}/portal/statement/")
    statement, table = text_of(downloaded(page, "PDF")), downloaded(page, "Spreadsheet (CSV)").decode()
    assert set(all_paid.numbers) <= set(re.findall(r"INV-\d+", page.locator("main").inner_text()))
    assert set(all_paid.numbers) <= set(re.findall(r"INV-\d+", statement))
    assert set(all_paid.numbers) <= set(re.findall(r"INV-\d+", table))


def test_the_office_gives_some_back_and_a_dispute_opens_the_invoice_again(all_paid: Walk) -> None:
    theirs, page, origin = all_paid.page, all_paid.office, all_paid.demo.origin
    page.goto(f"{origin}/dashboard/payments/")
    paid = page.get_by_role("row").filter(has_text="Dolores").filter(has_text=all_paid.by_card)
    paid.get_by_role("link").first.click()
    page.get_by_role("link", name="Give money back").click()
    page.get_by_label("Amount").fill("5.00")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("the way it was paid, through Stripe").wait_for()
    page.get_by_role("button", name="Give it back").click()
    page.get_by_text("It is noted.").wait_for()
    theirs.goto(f"{origin}/portal/payments/")
    expect(theirs.locator("main")).to_contain_text("We gave $5.00 back to you")
    [charge] = [one for one in charges(all_paid) if one["amount"] == cents(all_paid.by_card) and one["paid"]]
    pull(all_paid.stripe, "dispute", payment=charge["id"])
    until(page, f"{origin}/dashboard/payments/?show=all", "Disputed")
    until(theirs, f"{origin}/portal/payments/", "Your bank took")
    owes = owed(theirs, all_paid.demo)
    assert cents(owes) == cents(all_paid.by_card) - 500, "what was given back was credited"
    assert not all_paid.invoices()[all_paid.single][1].startswith("Paid")
    page.goto(f"{origin}/dashboard/invoices/{all_paid.single}/")
    expect(page.locator("main")).to_contain_text(owes)
    all_paid.same_numbers()


def test_the_statement_has_one_balance_on_the_page_on_paper_and_in_the_spreadsheet(all_paid: Walk) -> None:
    page = all_paid.page
    open_now = owed(page, all_paid.demo)
    page.goto(f"{all_paid.demo.origin}/portal/statement/")
    said = re.search(r"Balance on .+: (\S+)", page.locator("main").inner_text())
    assert said
    assert said[1] == open_now
    assert balance_of(text_of(downloaded(page, "PDF"))) == said[1]
    *_, last = csv.DictReader(StringIO(downloaded(page, "Spreadsheet (CSV)").decode("utf-8-sig")))
    assert f"${last['Balance']}" == said[1]


def balance_of(statement: str) -> str:
    """The last balance on it."""
    found = re.findall(r"Balance on [^$]*?(\$[\d.,]+\d)", statement)
    assert found, statement
    return str(found[-1])


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
        page.wait_for_url("**/portal/pay/**")  # with its script: before that nothing hears what is put in
        page.get_by_label("Or another amount").fill("12.34")  # as pasting and dictating do: no key goes up
        page.get_by_role("button", name="Pay $12.34").wait_for()
        tab_to(page, "Pay $12.34")
        page.wait_for_load_state("networkidle")  # leaving the field has asked for the sum once more
        expect(page.get_by_role("button", name="Pay $12.34")).to_be_focused()
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
