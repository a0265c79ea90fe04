"""The office's payments: the list, money by hand, and giving it back. July 3 in Denver."""

import re
from typing import Any

import pytest
from django.test import Client

from nextroute.audit.models import Entry
from nextroute.billing import disputes, ledger, payments, refunds
from nextroute.billing.models import CreditNote, Invoice, Payment, Refund
from nextroute.billing.payments import Method, State
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.scheduling.models import Subscription
from nextroute.staff.members import Membership
from nextroute.tenancy.businesses import Business
from tests import cast, racing
from tests.billing.books import an_invoice, at, open_of, pay
from tests.cast import inside
from tests.dashboard.test_invoices import fields, twice
from tests.doors import DASHBOARD, Browser, Clock, a_member, said

LIST, NEW = "/dashboard/payments/", "/dashboard/payments/new/"
AT = at("2026-07-02")
CASH = {"amount": "12.50", "method": "cash", "received_on": "2026-07-02", "reference": "", "invoice": ""}


@pytest.fixture
def weekly(ada: Customer) -> Subscription:
    return ada.subscriptions.get()


@pytest.fixture
def july(office: Browser, dana: Membership, clock: Clock) -> Browser:
    clock.now = at("2026-07-03")
    office.come_in_as_staff(dana, now=clock.now)
    return office


def new(customer: Customer, number: str = "") -> str:
    return f"{NEW}?customer={customer.pk}" + (f"&invoice={number}" if number else "")


def failed(customer: Customer, invoice: Invoice, cents: int = 1000) -> Payment:
    begun = payments.start(
        customer=customer,
        cents=cents,
        method=Method.CARD,
        key="f",
        invoices=[invoice],
        actor=SYSTEM,
        now=at("2026-07-02"),
    )
    return payments.move(payment=begun, to=State.FAILED, actor=SYSTEM, now=AT)


# The list


def test_payments_are_listed_the_latest_first_and_by_what_became_of_them(
    july: Browser, ada: Customer, weekly: Subscription
) -> None:
    invoice = an_invoice(weekly, 5000)
    pay(ada, 1100)
    failed(ada, invoice)
    html = said(july.get(LIST))
    assert html.index("$10.00") < html.index("$11.00")
    assert "$11.00" not in said(july.get(f"{LIST}?show=failed"))
    assert "$10.00" in said(july.get(f"{LIST}?show=failed"))
    assert "$10.00" not in said(july.get(f"{LIST}?method=cash"))
    assert "$11.00" in said(july.get(f"{LIST}?q=ada&method=cash"))
    assert "There are none here." in said(july.get(f"{LIST}?q=nobody"))
    for query in ("show=x", "method=gold", "before=1"):
        assert july.get(f"{LIST}?{query}").status_code == 404


def test_the_day_begins_with_what_failed_what_is_to_be_sent_and_what_is_overdue(
    july: Browser, ada: Customer, weekly: Subscription, clock: Clock, dana: Membership
) -> None:
    assert "overdue" not in said(july.get(DASHBOARD))
    failed(ada, an_invoice(weekly, 5000))
    html = said(july.get(DASHBOARD))
    assert re.search(r"show=failed\"><b[^>]*>1</b><span>payment failed lately", html)
    assert re.search(r"show=overdue\"><b[^>]*>\$50.00</b><span>overdue, on 1 invoice", html)
    clock.forward(days=8)
    july.come_in_as_staff(dana, now=clock.now)
    assert "failed lately" not in said(july.get(DASHBOARD))


# By hand


def test_whose_payment_it_is_is_asked_first(july: Browser, ada: Customer, eve: Customer) -> None:
    assert "Whose payment is it?" in said(july.get(NEW))
    html = said(july.get(f"{NEW}?q=ada"))
    assert f"customer={ada.pk}" in html
    assert str(eve.pk) not in html
    for nobody in ("x", "00000000-0000-7000-8000-000000000000"):
        assert july.get(f"{NEW}?customer={nobody}").status_code == 404


def test_a_payment_is_looked_at_and_recorded(
    july: Browser, ada: Customer, weekly: Subscription, dana: Membership
) -> None:
    first, second = an_invoice(weekly, 1000), an_invoice(weekly, 2000)
    typed = CASH | {"amount": "25", "method": "check", "reference": "No. 17", "invoice": "INV-1002"}
    asked, done = twice(july, new(ada, "INV-1002"), typed)
    for words in ("$20.00 pays INV-1002.", "$5.00 pays INV-1001.", "The customer is told by e-mail."):
        assert words in said(asked)
    assert open_of(first, second) == [500, 0]
    made = Payment.objects.get()
    assert (made.reference, made.received_on.isoformat(), made.method) == ("No. 17", "2026-07-02", "check")  # type: ignore[union-attr]
    html = said(july.get(done.headers["Location"]))
    for words in ("It is recorded.", "Payment of $25.00", "Check, No. 17", "INV-1002", "Thursday, July 2"):
        assert words in html
    entry = Entry.objects.get(verb="payment.received")
    assert entry.actor_id == dana.user_id


def test_the_form_offers_what_is_open_and_today(july: Browser, ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 1000)
    an_invoice(weekly, 2050)
    html = said(july.get(new(ada, "INV-1002")))
    assert 'value="20.50"' in html
    assert 'value="2026-07-03"' in html
    assert '<option value="INV-1002" selected>' in html
    assert 'value="30.50"' in said(july.get(new(ada))), "all that is open"


def test_what_is_beyond_the_open_invoices_is_credit(july: Browser, ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 1000)
    asked, _ = twice(july, new(ada), CASH)
    assert "$2.50 is to their credit, and pays what comes next." in said(asked)
    assert ledger.of(ada).credit == 250


def test_looking_changes_nothing(july: Browser, ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 1250)
    july.post(new(ada), fields(july.get(new(ada))) | CASH)
    assert not Payment.objects.exists()
    changed = july.post(new(ada), fields(july.get(new(ada))) | CASH | {"step": "change", "amount": "9.99"})
    assert (changed.status_code, 'value="9.99"' in said(changed)) == (200, True)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"amount": "0"}, "amount", "Enter an amount above zero."),
        ({"amount": "12,345.678"}, "amount", "Write the amount in figures"),
        ({"received_on": "2026-07-04"}, "received_on", "This day is still to come."),
        ({"received_on": "yesterday"}, "received_on", "Write the day as year, month and day"),
        ({"received_on": "0001-01-01"}, "received_on", "Is the year right?"),
        ({"method": "card"}, "method", "Choose how it was paid."),
        ({"invoice": "INV-9999"}, "invoice", "Choose one of the open invoices."),
        ({"reference": "x" * 61}, "reference", "Please shorten it."),
    ],
)
def test_what_is_wrong_comes_back_filled_with_a_word_beside_it(
    july: Browser, ada: Customer, weekly: Subscription, changes: dict[str, str], field: str, words: str
) -> None:
    an_invoice(weekly, 1250)
    typed = fields(july.get(new(ada))) | CASH | {"reference": "17"} | changes
    for step in ({}, {"step": "sure"}):
        answer = july.post(new(ada), typed | step)
        assert answer.status_code == 422
        assert re.search(f'id="id_{field}-fault">.*{re.escape(words)}', said(answer), re.DOTALL)
        assert f'value="{typed["reference"]}"' in said(answer)
    assert not Payment.objects.exists()


def test_a_form_that_is_sent_twice_is_one_payment(july: Browser, ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 1250)
    typed = fields(july.get(new(ada, "INV-1001"))) | CASH | {"invoice": "INV-1001", "step": "sure"}
    first, second = (july.post(new(ada, "INV-1001"), typed) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Payment.objects.count() == 1


# Giving back


def test_what_was_undone_says_when(july: Browser, ada: Customer) -> None:
    payment = pay(ada, 5000)
    made = refunds.record(payment=payment, cents=1000, key="r", actor=SYSTEM, now=AT)
    refunds.move(refund=made, to=refunds.State.FAILED, actor=SYSTEM, now=at("2026-07-14"))
    note = {"payment": payment, "key": "d", "kind": disputes.Kind.DISPUTE, "withdrawn_cents": 4000, "actor": SYSTEM}
    for state, back, day in ((disputes.State.OPEN, 0, "2026-07-03"), (disputes.State.WON, 4000, "2026-08-20")):
        disputes.note(state=state, returned_cents=back, now=at(day), **note)  # type: ignore[arg-type]
    words = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", said(july.get(f"{LIST}{payment.pk}/"))))
    assert re.search(r"July 2 Could not be given back \$10.00 ?came back on July 14", words)
    assert re.search(r"July 3 Dispute won \$40.00 ?\$40.00 came back on August 20", words)


def test_a_refund_credits_invoices_unless_told_otherwise(july: Browser, ada: Customer, weekly: Subscription) -> None:
    invoice = an_invoice(weekly, 1250)
    payment = pay(ada, 1250)
    path = f"{LIST}{payment.pk}/refund/"
    asked, done = twice(july, path, {"amount": "5", "reason": "Missed", "credit": "on"})
    assert "$5.00 less is charged of INV-1001." in said(asked)
    assert (open_of(invoice), ledger.balance(ada)) == ([0], 0)
    assert CreditNote.objects.get().total_cents == 500
    asked, _ = twice(july, path, {"amount": "7.50", "reason": ""})
    assert "1 invoice is open again." in said(asked)
    assert open_of(invoice) == [750]
    html = said(july.get(done.headers["Location"]))
    for words in ("It is noted.", "Missed", "Nothing is left of it."):
        assert words in html


def test_no_more_goes_back_than_is_left(july: Browser, ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 1250)
    path = f"{LIST}{pay(ada, 1250).pk}/refund/"
    asked, done = twice(july, path, {"amount": "12.51", "credit": "on"})
    for answer in (asked, done):
        assert answer.status_code == 422
        assert "This is more than is left of the payment." in said(answer)
    assert not Refund.objects.exists()


def test_another_businesss_payments_are_not_found(july: Browser, silk: Business, dee: Customer) -> None:
    with inside(silk):
        theirs = pay(dee, 1000)
    for path in (f"{LIST}{theirs.pk}/", f"{LIST}{theirs.pk}/refund/", new(dee)):
        assert july.get(path).status_code == 404
        assert july.post(path, CASH).status_code in (404, 405)
    assert "$10.00" not in said(july.get(LIST))


# At once


def test_a_double_click_on_two_connections_is_one_payment(committed: None, clock: Clock) -> None:
    clock.now = at("2026-07-03")
    business = cast.a_business("bright-bins")
    with inside(business):
        ada = cast.a_customer(business, "ada")
        an_invoice(cast.served(ada), 1250)
    dana = a_member(business, "dana@example.com")
    browser = Browser()
    browser.come_in_as_staff(dana, now=clock.now)
    typed = fields(browser.get(new(ada))) | CASH | {"step": "sure"}

    def press() -> Any:
        again: Client = Browser()
        again.cookies = browser.cookies
        return again.post(new(ada), typed)

    places = [answer.headers["Location"] for answer in racing.at_once(press, press, press)]
    assert len(set(places)) == 1
    with inside(business):
        assert (Payment.objects.count(), ledger.of(ada).credit, ledger.balance(ada)) == (1, 0, 0)
