"""A customer's papers: what they get, and that nobody else does."""

from typing import Any

import pytest

from nextroute.billing import payments
from nextroute.billing.models import Document, Invoice
from nextroute.billing.payments import Method
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from tests.billing.books import an_invoice, at, draft, pay, visit
from tests.billing.documents import reading
from tests.doors import Browser, Clock, a_member

pytestmark = pytest.mark.usefixtures("folder")


def pdf(number: str) -> str:
    return f"/portal/invoices/{number}/pdf/"


def words(answer: Any) -> str:
    assert answer.headers["Content-Type"] == "application/pdf"
    return reading.text(answer.content)


def test_an_invoice_is_read_in_the_browser_and_saved_under_its_number(signed_in: Browser, ada: Customer) -> None:
    an_invoice(ada.subscriptions.get(), 1250)
    answer = signed_in.get(pdf("INV-1001"))
    assert "Invoice INV-1001" in words(answer)
    assert "Total $12.50" in words(answer)
    assert answer.headers["Content-Disposition"] == 'inline; filename="INV-1001.pdf"'
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_browser_that_has_it_is_told_so_until_it_says_something_else(signed_in: Browser, ada: Customer) -> None:
    an_invoice(ada.subscriptions.get(), 1250)
    etag = signed_in.get(pdf("INV-1001")).headers["ETag"]
    again = signed_in.get(pdf("INV-1001"), headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    pay(ada, 100)
    assert signed_in.get(pdf("INV-1001"), headers={"If-None-Match": etag}).status_code == 200
    assert Document.objects.count() == 2


def test_a_draft_has_no_paper(signed_in: Browser, ada: Customer) -> None:
    visit(ada.subscriptions.get(), "2026-05-05")
    draft(ada.business)
    assert Invoice.objects.get().number is None
    assert signed_in.get(pdf("None")).status_code == 404
    assert signed_in.get(pdf("INV-1001")).status_code == 404


@pytest.mark.parametrize("number", ["INV-1001%00", "inv-1001", "INV-", "..%2F..", "INV-" + "9" * 40])
def test_no_number_is_no_page(signed_in: Browser, number: str) -> None:
    assert signed_in.get(pdf(number)).status_code == 404


def test_somebody_elses_is_not_there(signed_in: Browser, ada: Customer, eve: Customer) -> None:
    an_invoice(eve.subscriptions.get(), 1250)
    payment = pay(eve, 1250)
    assert signed_in.get(pdf("INV-1001")).status_code == 404
    assert signed_in.get(f"/portal/payments/{payment.pk}/receipt.pdf").status_code == 404


def test_a_receipt_is_for_money_that_came(signed_in: Browser, ada: Customer) -> None:
    an_invoice(ada.subscriptions.get(), 1250)
    waiting = payments.start(
        customer=ada, cents=250, method=Method.CARD, key="k", invoices=[], actor=SYSTEM, now=at("2026-07-02")
    )
    assert signed_in.get(f"/portal/payments/{waiting.pk}/receipt.pdf").status_code == 404
    payment = pay(ada, 1000)
    answer = signed_in.get(f"/portal/payments/{payment.pk}/receipt.pdf")
    assert "Invoice INV-1001" in words(answer)
    assert answer.headers["Content-Disposition"] == 'inline; filename="receipt-2026-07-02.pdf"'


def test_it_stays_in_the_customers_language_whatever_the_browser_asks_for(signed_in: Browser, ada: Customer) -> None:
    an_invoice(ada.subscriptions.get(), 1250)
    answer = signed_in.get(pdf("INV-1001"), headers={"Accept-Language": "es"})
    assert "What we did" in words(answer)


def test_the_office_gets_the_same_paper(signed_in: Browser, ada: Customer, clock: Clock) -> None:
    office = Browser()
    office.come_in_as_staff(a_member(ada.business, "dana@example.com"), now=clock.now)
    Customer.objects.filter(id=ada.pk).update(language="es")
    an_invoice(ada.subscriptions.get(), 1250)
    theirs = office.get("/dashboard/invoices/INV-1001/pdf/")
    assert theirs.content == signed_in.get(pdf("INV-1001")).content
    assert office.get("/dashboard/invoices/INV-1002/pdf/").status_code == 404
    assert Document.objects.count() == 1
