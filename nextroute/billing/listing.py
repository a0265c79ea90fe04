"""A customer's invoices and payments as they read them, the newest first, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import F, Q

from nextroute.billing import returns
from nextroute.billing.invoices import Invoice, InvoiceQuerySet
from nextroute.billing.payments import SHOWN, Payment
from nextroute.billing.returns import Back
from nextroute.customers.customers import Customer


class Show(StrEnum):
    """Which invoices: all of them, those something is open of, those that are paid."""

    ALL = "all"
    OPEN = "open"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class Invoices:
    """A page of invoices, `with_money`; `further`: the last one's place, if there are more."""

    invoices: Sequence[Invoice]
    further: "date | int | None"


@dataclass(frozen=True, slots=True)
class Payments:
    """A page of payments; `back`: what went back of each that anything did; `further`: the last, if there are more."""

    payments: Sequence[Payment]
    back: Mapping[UUID, Sequence[Back]]
    further: UUID | None


def invoices_of(customer: Customer, *, rows: int, show: Show = Show.ALL, after: "date | int | None" = None) -> Invoices:
    """`rows` of those a page may show: drafts by month, then by number, the latest first. `after`: the place of the row
    before, a draft's first day or a number's sequence. One statement, in the caller's scope.
    """
    wanted = _shown(customer.invoices.with_money().for_customers(customer.business), show)
    if isinstance(after, date):
        wanted = wanted.filter(Q(period_first__lt=after) | ~Q(state="draft"))
    elif after is not None:
        wanted = wanted.filter(sequence__lt=after)
    found = list(wanted.order_by(F("sequence").desc(nulls_first=True), "-period_first")[: rows + 1])
    shown = found[:rows]
    return Invoices(shown, (shown[-1].sequence or shown[-1].period_first) if len(found) > rows else None)


def payments_of(customer: Customer, *, rows: int, after: UUID | None = None) -> Payments:
    """`rows` of those that are worth telling. Two statements, in the caller's scope."""
    wanted = customer.payments.filter(state__in=SHOWN)
    if after:
        began = customer.payments.filter(id=after).values("created_at")[:1]
        wanted = wanted.filter(Q(created_at__lt=began) | Q(created_at=began, id__lt=after))
    found = list(wanted.order_by("-created_at", "-id")[: rows + 1])
    shown = found[:rows]
    return Payments(shown, returns.of(shown), shown[-1].pk if len(found) > rows else None)


def _shown(invoices: InvoiceQuerySet, show: Show) -> InvoiceQuerySet:
    if show is Show.OPEN:
        return invoices.open()
    return invoices.paid() if show is Show.PAID else invoices
