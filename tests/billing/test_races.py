"""Many at once: each invoice once, numbers without gap, no cent spent twice. Locks: docs/rules/locks.md."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection

from nextroute.billing import invoices, ledger, payments, refunds, run
from nextroute.billing.models import BilledStop, CreditNote, Invoice, InvoiceLine, Payment
from nextroute.billing.payments import Method, State
from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.tenancy import businesses, settings
from nextroute.tenancy.businesses import Business
from tests import cast, racing
from tests.billing.books import JUNE, an_invoice, at, draft, keys, numbers, visit
from tests.cast import D, inside
from tests.doors import connected_by

NOW = at("2026-07-03")
EIGHT, CUSTOMERS = 8, 12


@pytest.fixture
def busy(committed: None) -> Business:
    """A dozen customers, each with three visits in June that nothing charges yet."""
    business = cast.a_business("bright-bins")
    with inside(business):
        for n in range(CUSTOMERS):
            subscription = cast.served(cast.a_customer(business, f"c{n:02}"))
            for day in ("2026-06-02", "2026-06-09", "2026-06-16"):
                visit(subscription, day)
    return business


@contextmanager
def many_connections() -> Iterator[None]:
    """One for each of the eight, as each process has its own; the pool of one process has fewer."""
    options = {name: value for name, value in connection.settings_dict["OPTIONS"].items() if name != "pool"}
    with connected_by(OPTIONS=options):
        yield


def test_eight_that_bill_the_same_month_bill_it_once(busy: Business) -> None:
    settings.change(busy, {"auto_send": "on"}, actor=SYSTEM)
    with many_connections():
        racing.at_once(*[lambda: run.bill(businesses.get(busy.id), now=at("2026-07-01"))] * EIGHT)
    with inside(busy):
        assert Invoice.objects.count() == InvoiceLine.objects.count() == CUSTOMERS
        assert BilledStop.objects.count() == 3 * CUSTOMERS
        assert {one.total_cents for one in Invoice.objects.all()} == {3750}
        assert numbers() == [f"INV-{1001 + n}" for n in range(CUSTOMERS)]


def test_eight_that_send_different_drafts_leave_no_gap(busy: Business) -> None:
    with inside(busy):
        draft(busy)
        drafts = list(Invoice.objects.select_related("customer__business").order_by("id"))[:EIGHT]

    with many_connections():
        racing.at_once(*[partial(invoices.send, invoice=one, actor=SYSTEM, now=NOW) for one in drafts])
    with inside(busy):
        assert numbers() == [f"INV-{1001 + n}" for n in range(EIGHT)]


def test_a_draft_sent_by_two_at_once_is_sent_once(busy: Business) -> None:
    with inside(busy):
        draft(busy)
        invoice = Invoice.objects.select_related("customer__business").order_by("id")[0]

    def alone() -> bool:
        try:
            return bool(invoices.send(invoice=invoice, actor=SYSTEM, now=NOW))
        except Refused:
            return False

    def all_of_them() -> bool:
        return bool(invoices.send_all(business=busy, period_first=JUNE, actor=SYSTEM, now=NOW))

    racing.at_once(alone, all_of_them, alone, all_of_them)
    with inside(busy):
        assert numbers() == [f"INV-{1001 + n}" for n in range(CUSTOMERS)]


def test_a_run_beside_somebody_who_sends_loses_nothing(busy: Business) -> None:
    with inside(busy):
        draft(busy)
        invoice = Invoice.objects.select_related("customer__business").order_by("id")[0]
        visit(invoice.customer.subscriptions.get(), "2026-06-23")

    def send() -> object:
        return invoices.send(invoice=invoice, actor=SYSTEM, now=NOW)

    def bill() -> object:
        return run.draft(busy, first=JUNE, today=D("2026-07-01"), now=NOW, actor=SYSTEM)

    racing.overlapping(send, bill)
    with inside(busy):
        found = Invoice.objects.filter(customer=invoice.customer).order_by("state")
        assert [(one.state, one.total_cents) for one in found] == [("draft", 1250), ("sent", 3750)]


@pytest.fixture
def owing(committed: None) -> Customer:
    """Who owes 50.00."""
    business = cast.a_business("bright-bins")
    with inside(business):
        ada = cast.a_customer(business, "ada")
        an_invoice(cast.served(ada), 5000)
    return ada


def test_what_is_paid_by_several_at_once_is_spent_once(owing: Customer) -> None:
    def pay() -> Payment:
        return payments.record_manual(
            customer=owing, cents=2000, method=Method.CASH, key=f"race {next(keys)}", actor=SYSTEM, now=NOW
        )

    racing.at_once(*[pay] * 4)
    with inside(owing.business):
        assert (ledger.of(owing).open, ledger.of(owing).credit) == (0, 3000)


def test_a_form_sent_twice_at_once_is_one_payment(owing: Customer) -> None:
    def pay() -> Payment:
        return payments.record_manual(customer=owing, cents=2000, method=Method.CASH, key="form", actor=SYSTEM, now=NOW)

    first, *others = racing.at_once(*[pay] * 4)
    assert others == [first] * 3
    with inside(owing.business):
        assert ledger.balance(owing) == 3000


def test_no_more_goes_back_than_came_when_two_refund_at_once(owing: Customer) -> None:
    with inside(owing.business):
        payment = payments.record_manual(
            customer=owing, cents=5000, method=Method.CASH, key="all", actor=SYSTEM, now=NOW
        )

    def refund() -> bool:
        try:
            refunds.record(payment=payment, cents=3000, key=f"back {next(keys)}", actor=SYSTEM, now=NOW)
        except Refused:
            return False
        return True

    assert sorted(racing.at_once(refund, refund)) == [False, True]
    with inside(owing.business):
        assert CreditNote.objects.get().total_cents == 3000


def test_money_that_arrives_while_its_invoice_is_voided_is_credit_or_was_spent_and_came_back(owing: Customer) -> None:
    with inside(owing.business):
        invoice = Invoice.objects.select_related("customer__business").get()
        payment = payments.start(
            customer=owing, cents=5000, method=Method.CARD, key="k", invoices=[invoice], actor=SYSTEM, now=NOW
        )

    def arrive() -> object:
        return payments.move(payment=payment, to=State.SUCCEEDED, actor=SYSTEM, now=NOW)

    def void() -> object:
        return invoices.void(invoice=invoice, reason="", actor=SYSTEM, now=NOW)

    racing.overlapping(arrive, void)
    with inside(owing.business):
        assert (ledger.balance(owing), ledger.of(owing).credit) == (-5000, 5000)
