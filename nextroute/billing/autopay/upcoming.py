"""What autopay does next for a customer, as their page says it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum

from nextroute.billing.autopay import days
from nextroute.billing.autopay.announcements import Announcement, Stopped
from nextroute.billing.autopay.mandates import Mandate
from nextroute.billing.autopay.mornings import BEGINS
from nextroute.billing.invoices import Invoice
from nextroute.billing.payments import State
from nextroute.core.days import ONE_DAY
from nextroute.customers.customers import Customer


@dataclass(frozen=True, slots=True)
class Next:
    """`cents` of an invoice are charged on `day` (local); or, where `stopped` says why, they are not."""

    invoice: Invoice
    cents: int
    day: date
    stopped: str = ""


def under_way(customer: Customer) -> int:
    """How many cents are being charged by ourselves at this moment, or are on their way. One statement."""
    asked = customer.payments.filter(stripe_account__isnull=False, page_until=None)
    total: int | None = asked.filter(state__in=[State.CREATED, State.PROCESSING]).aggregate(cents=Sum("amount_cents"))[
        "cents"
    ]
    return total or 0


def of(customer: Customer, mandate: Mandate | None, *, now: datetime) -> list[Next]:
    """The open invoices, the next to be charged first; without a mandate, as if they agreed to any amount. At most two
    statements, in the customer's scope or the business's.
    """
    told = {one.invoice_id: one for one in Announcement.objects.filter(mandate=mandate)} if mandate else {}
    ceiling = mandate.ceiling_cents if mandate else None
    here = customer.business.here(now)
    seen = here.date() if here.time() < BEGINS else here.date() + ONE_DAY
    found = [_next(one, told.get(one.pk), ceiling, seen) for one in customer.invoices.payable()]
    return sorted(found, key=lambda one: (one.stopped != "", one.day, one.invoice.sequence))


def _next(invoice: Invoice, told: Announcement | None, ceiling: int | None, seen: date) -> Next:
    assert invoice.due_date
    day = told.next_on if told else days.charged_on(invoice.due_date, days.told_on(invoice.due_date, seen))
    above = ceiling is not None and invoice.open_cents > ceiling
    stopped = told.stopped if told and told.stopped else Stopped.CEILING if above else ""
    cents = min(invoice.open_cents, told.cents) if told else invoice.open_cents
    return Next(invoice, cents, max(day, seen), stopped)
