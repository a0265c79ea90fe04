"""A customer's account over a period: the page, the PDF and the table say the same."""

import csv
from io import StringIO
from pathlib import Path
from urllib.parse import urlencode

import pytest

from nextroute.billing import credit_notes
from nextroute.billing.models import Document
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from tests.billing.books import an_invoice, at, pay
from tests.billing.documents import reading
from tests.doors import Browser, Clock, a_login, said, statements

STATEMENT = "/portal/statement/"


def table(answer: object) -> list[list[str]]:
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))  # type: ignore[attr-defined]


def of(kind: str, **period: str) -> str:
    return f"{STATEMENT}statement.{kind}?{urlencode(period)}"


JULY = {"first": "2026-07-01", "last": "2026-07-31"}


@pytest.fixture
def july(ada: Customer, clock: Clock) -> Customer:
    an_invoice(ada.subscriptions.get(), 4871, on="2026-06-30")
    pay(ada, 5000, on="2026-07-10")
    credit_notes.issue(customer=ada, cents=100, reason="=1+1", actor=SYSTEM, now=at("2026-07-12"))
    clock.forward(days=62)  # August 2
    return ada


@pytest.fixture
def here(browser: Browser, july: Customer, clock: Clock) -> Browser:
    browser.come_in(a_login(july), now=clock.now)
    return browser


def test_the_page_the_pdf_and_the_table_say_the_same(here: Browser, folder: Path) -> None:
    page = said(here.get(STATEMENT, JULY))
    paper = reading.text(here.get(of("pdf", **JULY)).content)
    rows = table(here.get(of("csv", **JULY)))
    assert rows == [
        ["Date", "What", "Note", "Amount", "Balance", "Currency"],
        ["2026-06-30", "Balance before", "", "", "48.71", "USD"],
        ["2026-07-10", "Payment, in cash", "", "-50.00", "-1.29", "USD"],
        ["2026-07-12", "Credit note CN-0001", "'=1+1", "-1.00", "-2.29", "USD"],
    ]
    for words in ("Payment, in cash", "−$50.00", "−$1.29", "Credit note CN-0001", "$48.71"):
        assert words in page
        assert words in paper
    assert "Balance on July 31: −$2.29" in page
    assert "Balance on July 31, 2026 −$2.29" in paper
    assert "your credit" in page
    assert "your credit" in paper


def test_of_statements_none_is_kept_but_by_the_browser(here: Browser, folder: Path) -> None:
    etag = here.get(of("pdf", **JULY)).headers["ETag"]
    assert here.get(of("pdf", **JULY), headers={"If-None-Match": etag}).status_code == 304
    assert not Document.objects.exists()
    assert list(folder.iterdir()) == []


def test_each_is_saved_under_a_plain_name(here: Browser, folder: Path) -> None:
    assert here.get(of("pdf", **JULY)).headers["Content-Disposition"] == (
        'inline; filename="statement-2026-07-01-2026-07-31.pdf"'
    )
    answer = here.get(of("csv", **JULY))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="statement-2026-07-01-2026-07-31.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("named", "first", "last"),
    [
        ("", "2026-01-01", "2026-08-02"),
        ("this-year", "2026-01-01", "2026-08-02"),
        ("last-year", "2025-01-01", "2025-12-31"),
        ("three-months", "2026-05-02", "2026-08-02"),
    ],
)
def test_a_button_fills_in_the_days(here: Browser, named: str, first: str, last: str) -> None:
    page = said(here.get(STATEMENT, {"for": named} if named else {}))
    assert f'value="{first}"' in page
    assert f'value="{last}"' in page


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("2026-07-31", "2026-07-01", "The first day comes after the last one."),
        ("2026-07-01", "2026-08-03", "This day is still to come. A statement goes as far as today."),
        ("", "2026-07-01", "Choose the first day of the statement."),
        ("yesterday", "2026-07-01", "Write the day as year, month and day"),
        ("0001-01-01", "2026-07-01", "Is the year right?"),
        ("2026-07-01\x00", "2026-07-01", "Write the day"),
    ],
)
def test_days_that_cannot_be_taken_come_back_with_a_sentence(
    here: Browser, first: str, last: str, sentence: str
) -> None:
    answer = here.get(STATEMENT, {"first": first, "last": last})
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert f'value="{last}"' in said(answer)
    for kind in ("pdf", "csv"):
        sent_back = here.get(of(kind, first=first, last=last))
        assert sent_back.status_code == 302
        assert here.get(sent_back.headers["Location"]).status_code == 422


def test_a_period_without_anything_says_so(here: Browser) -> None:
    page = said(here.get(STATEMENT, {"first": "2025-01-01", "last": "2025-12-31"}))
    assert "Nothing changed what you owe in these days." in page


def test_it_is_ones_own(here: Browser, july: Customer, eve: Customer) -> None:
    an_invoice(eve.subscriptions.get(), 77_777, on="2026-07-15")
    assert "777.77" not in said(here.get(STATEMENT, JULY))


def test_it_takes_as_many_statements_however_much_happened(here: Browser, july: Customer) -> None:
    here.get(STATEMENT, JULY)
    with statements() as few:
        here.get(STATEMENT, JULY)
    for n in range(12):
        pay(july, 100 + n, on="2026-07-20")
    with statements() as many:
        here.get(STATEMENT, JULY)
    assert len(few) == len(many) <= 7 + 2  # the browser begins and ends each request with one of its own
