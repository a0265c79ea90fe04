"""Short words for building what a test of money is about."""

from datetime import date, datetime
from itertools import count
from typing import Any

from nextroute.billing import invoices, payments, run
from nextroute.billing.models import CreditNote, Invoice, InvoiceLine, Payment, SavedMethod, Setup
from nextroute.billing.payments import Method
from nextroute.core.actors import SYSTEM
from nextroute.core.days import add_months
from nextroute.customers.models import Customer
from nextroute.scheduling.models import Subscription
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import D, noon

JUNE, JULY = D("2026-06-01"), D("2026-07-01")
keys = count(1)


def visit(subscription: Subscription, day: str, **changes: Any) -> None:
    """Made, and priced."""
    cast.a_stop(subscription, day, **changes)


def draft(business: Business, month: date = JUNE, on: str = "2026-07-01") -> run.Drafted:
    """The run for a month, on a day that is no part of it unless said otherwise."""
    return run.draft(business, first=month, today=D(on), now=noon(D(on)), actor=SYSTEM)


def lines(customer: Customer) -> list[tuple[object, ...]]:
    """What the customer is charged: kind, plan, quantity, unit and amount in cents, in order."""
    found = InvoiceLine.objects.filter(customer=customer).order_by(
        "invoice__drafted_at", "position", "month", "unit_cents"
    )
    return [(one.kind, one.plan_name, one.quantity, one.unit_cents, one.amount_cents) for one in found]


def send(invoice: Invoice, on: str = "2026-07-01") -> Invoice:
    invoices.send(invoice=invoice, actor=SYSTEM, now=noon(D(on)))
    return Invoice.objects.with_money().get(id=invoice.pk)


def an_invoice(subscription: Subscription, cents: int, *, tax: str = "0", month: date = JUNE, on: str = "") -> Invoice:
    """Sent, of one visit for this much without tax."""
    day = month.replace(day=2 + next(keys) % 20)
    while subscription.stops.filter(due_on=day).exists():
        day = day.replace(day=day.day % 28 + 1)
    visit(subscription, day.isoformat(), price_cents=cents, tax_rate=tax)
    sent_on = D(on) if on else add_months(month, 1)
    draft(subscription.customer.business, month, sent_on.isoformat())
    return send(Invoice.objects.get(customer=subscription.customer, state="draft"), sent_on.isoformat())


def pay(customer: Customer, cents: int, *for_invoices: Invoice, on: str = "2026-07-02", key: str = "") -> Payment:
    """In cash."""
    return payments.record_manual(
        customer=customer,
        cents=cents,
        method=Method.CASH,
        key=key or f"key {next(keys)}",
        invoices=for_invoices,
        actor=SYSTEM,
        now=noon(D(on)),
    )


def a_card(customer: Customer, last4: str = "4242", **changes: Any) -> SavedMethod:
    """Saved, and chosen if it is the first."""
    known = {"stripe_id": f"pm_{next(keys)}", "kind": "card", "brand": "visa", "good_through": D("2034-12-31")}
    first = not customer.saved_methods.usable().exists()
    return SavedMethod.objects.create(
        business_id=customer.business_id,
        customer=customer,
        last4=last4,
        is_default=first,
        saved_at=at("2026-05-01"),
        **known | changes,
    )


def a_setup(customer: Customer, **changes: Any) -> Setup:
    """A page at Stripe that is over."""
    known = {"state": "over", "idempotency_key": f"setup {next(keys)}"} | changes
    times = {"begun_at": at("2026-05-01"), "page_until": at("2026-05-01")}
    return Setup.objects.create(business_id=customer.business_id, customer=customer, **known, **times)


def open_of(*of: Invoice) -> list[int]:
    """How many cents are open of each."""
    found = {one.pk: one.open_cents for one in Invoice.objects.with_money()}
    return [found[one.pk] for one in of]


def numbers() -> list[str]:
    """Every number given, invoices' and credit notes', in order."""
    given = [str(one) for one in Invoice.objects.exclude(number=None).order_by("sequence")]
    return given + [str(one) for one in CreditNote.objects.order_by("number")]


def at(day: str) -> datetime:
    return noon(D(day))
