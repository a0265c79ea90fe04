"""Sending, voiding, and what the database keeps. The rule: docs/rules/invoicing.md."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from nextroute.audit.models import Entry
from nextroute.billing import credit_notes, invoices, ledger
from nextroute.billing.models import CreditNote, Invoice, InvoiceLine
from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.notifications.models import Delivery
from nextroute.scheduling.models import Subscription
from nextroute.tenancy import settings
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.billing.books import JUNE, an_invoice, at, draft, numbers, open_of, pay, send, visit
from tests.cast import D
from tests.doors import statements


@pytest.fixture
def weekly(ada: Customer) -> Subscription:
    return ada.subscriptions.get()


def test_sending_gives_number_date_and_due_date(bright: Business, ada: Customer, weekly: Subscription) -> None:
    settings.change(bright, {"payment_terms_days": "15"}, actor=SYSTEM)
    ada.business.refresh_from_db()
    invoice = an_invoice(weekly, 1250)
    assert (invoice.number, invoice.invoice_date, invoice.due_date) == ("INV-1001", D("2026-07-01"), D("2026-07-16"))
    assert (invoice.open_cents, invoice.standing(D("2026-07-16")), invoice.standing(D("2026-07-17"))) == (
        1250,
        "sent",
        "overdue",
    )
    entry = Entry.objects.latest_first()[0]
    assert (entry.verb, entry.subject_label, entry.customer_id) == ("invoice.sent", "INV-1001", ada.pk)
    assert [d.facts for d in Delivery.objects.filter(trigger="invoice_sent")] == [{"invoice": str(invoice.pk)}]


def test_an_invoice_is_sent_once(weekly: Subscription) -> None:
    invoice = an_invoice(weekly, 1250)
    with pytest.raises(Refused):
        send(invoice)
    assert numbers() == ["INV-1001"]


def test_a_months_invoices_are_numbered_in_the_order_of_names(bright: Business) -> None:
    names = [("Zoe", "Adams", ""), ("Ada", "Young", "Acme"), ("Bo", "adams", ""), ("Cy", "", ""), ("Ann", "Baker", "")]
    for n, (first, last, company) in enumerate(names):
        customer = cast.a_customer(bright, f"c{n}", first_name=first, last_name=last, company=company)
        visit(cast.served(customer), "2026-06-02")
    draft(bright)
    sent = invoices.send_all(business=bright, period_first=JUNE, actor=SYSTEM, now=at("2026-07-01"))
    assert (sent.invoices, sent.credit_notes) == (5, 0)
    found = Invoice.objects.order_by("sequence").select_related("customer")
    assert [str(one.customer) for one in found] == ["Acme", "Bo adams", "Zoe Adams", "Ann Baker", "Cy"]
    assert numbers() == [f"INV-{n}" for n in range(1001, 1006)]
    assert Entry.objects.latest_first()[0].counts == {"invoices": 5, "credit_notes": 0}
    assert Delivery.objects.filter(trigger="invoice_sent").count() == 5
    assert not invoices.send_all(business=bright, period_first=JUNE, actor=SYSTEM, now=at("2026-07-01"))


def test_sending_takes_as_many_statements_for_many_as_for_one(bright: Business) -> None:
    counts = []
    for month, many in ((D("2026-05-01"), 1), (JUNE, 6)):
        for n in range(many):
            subscription = cast.served(cast.a_customer(bright, f"c{month}{n}"))
            visit(subscription, month.replace(day=5).isoformat())
        draft(bright, month)
        with statements() as sent:
            invoices.send_all(business=bright, period_first=month, actor=SYSTEM, now=at("2026-07-01"))
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 16


def test_credit_is_used_when_the_next_invoice_is_sent(ada: Customer, weekly: Subscription) -> None:
    pay(ada, 2000)
    assert ledger.of(ada).credit == 2000
    invoice = an_invoice(weekly, 1250)
    assert open_of(invoice) == [0]
    assert invoice.standing(D("2026-07-01")) == "paid"
    assert (ledger.balance(ada), ledger.of(ada).credit) == (-750, 750)


def test_a_void_invoice_is_owed_no_more_and_what_paid_it_pays_others(ada: Customer, weekly: Subscription) -> None:
    first = an_invoice(weekly, 1250)
    pay(ada, 1250)
    second = an_invoice(weekly, 2000)
    assert open_of(first, second) == [0, 2000]
    void = invoices.void(invoice=first, reason="Wrong price", actor=SYSTEM, now=at("2026-07-03"))
    assert (void.state, void.number, void.void_reason) == ("void", "INV-1001", "Wrong price")
    assert open_of(second) == [750]
    assert ledger.balance(ada) == 750
    assert not draft(ada.business), "its visits stay billed"
    with pytest.raises(Refused):
        invoices.void(invoice=void, reason="", actor=SYSTEM, now=at("2026-07-03"))


def test_an_invoice_that_was_corrected_is_not_voided(ada: Customer, weekly: Subscription) -> None:
    invoice = an_invoice(weekly, 1250)
    credit(invoice, 250)
    with pytest.raises(Refused):
        invoices.void(invoice=invoice, reason="", actor=SYSTEM, now=at("2026-07-03"))


def test_drafts_are_shown_where_the_business_says_so(bright: Business, ada: Customer, weekly: Subscription) -> None:
    visit(weekly, "2026-06-02")
    draft(bright)
    assert ada.invoices.all().for_customers(bright).count() == 1
    settings.change(bright, {"show_drafts": "off"}, actor=SYSTEM)
    bright.refresh_from_db()
    assert not ada.invoices.all().for_customers(bright).exists()
    send(Invoice.objects.get())
    assert ada.invoices.all().for_customers(bright).count() == 1


# Credit notes


def credit(invoice: Invoice, cents: int) -> CreditNote:
    return credit_notes.issue(
        customer=invoice.customer, invoice=invoice, cents=cents, reason="", actor=SYSTEM, now=at("2026-07-03")
    )


def test_a_credit_note_lowers_what_is_open_of_its_invoice(ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 500)
    invoice = an_invoice(weekly, 7500, tax="8.25")
    note = credit_notes.issue(
        customer=ada, invoice=invoice, cents=4000, reason="Late", actor=SYSTEM, now=at("2026-07-03")
    )
    assert (note.number, note.subtotal_cents, note.tax_cents, note.total_cents) == ("CN-0001", 3695, 305, 4000)
    assert open_of(invoice) == [8119 - 4000]


def test_no_more_is_credited_than_an_invoice_is(ada: Customer, weekly: Subscription) -> None:
    invoice = an_invoice(weekly, 1250)
    for cents in (0, -1, 1251):
        with pytest.raises(Refused):
            credit_notes.issue(
                customer=ada, invoice=invoice, cents=cents, reason="", actor=SYSTEM, now=at("2026-07-03")
            )
    assert not CreditNote.objects.exists()
    credit(invoice, 1250)
    with pytest.raises(Refused):
        credit(invoice, 1)


def test_what_is_credited_of_a_paid_invoice_is_the_customers_credit(ada: Customer, weekly: Subscription) -> None:
    invoice = an_invoice(weekly, 1250)
    pay(ada, 1250)
    credit(invoice, 250)
    assert ledger.of(ada).credit == 250
    assert open_of(an_invoice(weekly, 1000)) == [750]


# What the database keeps


CHANGES: dict[str, str] = {
    "a total": "UPDATE billing_invoice SET subtotal_cents = 1, total_cents = 1",
    "a due date": "UPDATE billing_invoice SET due_date = due_date + 30",
    "a number": "UPDATE billing_invoice SET number = 'INV-1'",
    "back to draft": "UPDATE billing_invoice SET state = 'draft', number = NULL, sequence = NULL, invoice_date = NULL, "
    "due_date = NULL, sent_at = NULL",
    "void with another total": "UPDATE billing_invoice SET state = 'void', voided_at = now(), subtotal_cents = 0, "
    "total_cents = 0, tax_cents = 0",
    "a line": "UPDATE billing_invoiceline SET quantity = 2, amount_cents = 2500",
    "a line away": "DELETE FROM billing_billedstop; DELETE FROM billing_invoiceline",
    "one away": "DELETE FROM billing_billedstop; DELETE FROM billing_invoiceline; DELETE FROM billing_invoice",
    "a payment": "UPDATE billing_payment SET amount_cents = 1",
    "a payment undone": "UPDATE billing_payment SET state = 'failed', settled_at = NULL",
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_sent_and_paid_stays(ada: Customer, weekly: Subscription, what: str) -> None:
    an_invoice(weekly, 1250)
    pay(ada, 1250)
    with pytest.raises(IntegrityError), transaction.atomic():
        run(CHANGES[what])


def test_a_line_is_not_added_to_what_was_sent(weekly: Subscription) -> None:
    an_invoice(weekly, 1250)
    line = InvoiceLine.objects.get()
    line.pk, line.plan_name = None, "More"
    with pytest.raises(IntegrityError), transaction.atomic():
        line.save(force_insert=True)


def test_a_void_invoice_stays_void(ada: Customer, weekly: Subscription) -> None:
    invoice = an_invoice(weekly, 1250)
    invoices.void(invoice=invoice, reason="", actor=SYSTEM, now=at("2026-07-03"))
    for change in ("state = 'sent', voided_at = NULL", "number = 'X'"):
        with pytest.raises(IntegrityError), transaction.atomic():
            run(f"UPDATE billing_invoice SET {change}")


def test_a_draft_is_not_voided(bright: Business, weekly: Subscription) -> None:
    visit(weekly, "2026-06-02")
    draft(bright)
    with pytest.raises(IntegrityError), transaction.atomic():
        run("UPDATE billing_invoice SET state = 'void', voided_at = now()")


def test_an_invoice_is_not_paid_twice_over(ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 1250)
    pay(ada, 1250)
    allocated: Callable[[int], str] = lambda cents: (  # noqa: E731
        "INSERT INTO billing_allocation (business_id, customer_id, invoice_id, payment_id, cents, made_at) "
        f"SELECT business_id, customer_id, invoice_id, payment_id, {cents}, made_at FROM billing_allocation"
    )
    for cents in (1, -1251):
        with pytest.raises(IntegrityError), transaction.atomic():
            run(allocated(cents))


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
