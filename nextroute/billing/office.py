"""What the office reads: invoices and payments of all customers, a page at a time, and what they come to.

Quick beside millions of rows (docs/decisions/0019-office-money.md): a page begins at a key, never at a number of rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Func, OuterRef, Q, QuerySet, Sum

from nextroute.billing import statements
from nextroute.billing.disputes import Dispute
from nextroute.billing.invoices import Invoice, State
from nextroute.billing.open_invoices import OpenInvoice
from nextroute.billing.payments import Method, Payment
from nextroute.billing.payments import State as PaymentState
from nextroute.billing.refunds import Refund
from nextroute.core.days import add_months
from nextroute.tenancy.businesses import Business

LATELY = timedelta(days=7)
MANY = 100  # as many failed payments as anybody counts


class Show(StrEnum):
    """Which invoices. `OPEN`: something is to be paid of them; `ALL`: whatever was sent."""

    OPEN = "open"
    OVERDUE = "overdue"
    PROCESSING = "processing"
    DRAFT = "draft"
    PAID = "paid"
    VOID = "void"
    ALL = "all"


class ShowPayments(StrEnum):
    """Which payments. `PROCESSING`: the money is on its way, or the customer has something to confirm first."""

    ALL = "all"
    RECEIVED = "received"
    PROCESSING = "processing"
    FAILED = "failed"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Page[R]:
    """Rows; `further`: the place of the last one, if there are more."""

    rows: Sequence[R]
    further: int | UUID | None


@dataclass(frozen=True, slots=True)
class Totals:
    """How many invoices are open and overdue, and what is open of them, cents; drafts, and what they come to."""

    open: int
    open_cents: int
    overdue: int
    overdue_cents: int
    drafts: int
    drafts_cents: int


@dataclass(frozen=True, slots=True)
class Month:
    """The drafts of the month that begins on `first`, and what they come to, cents."""

    first: date
    drafts: int
    cents: int

    @property
    def last(self) -> date:
        return add_months(self.first, 1) - timedelta(days=1)


def totals(business: Business, today: date) -> Totals:
    """One statement, in the business's scope."""
    [row] = statements.rows("standing_totals", {"business": business.id, "today": today})
    return Totals(*row)


def months() -> Sequence[Month]:
    """The months that have drafts, the first one first. One statement, in the business's scope."""
    drafts = Invoice.objects.filter(state=State.DRAFT).values("period_first").order_by("period_first")
    found = drafts.annotate(many=Count("id"), cents=Sum("total_cents"))
    return [Month(row["period_first"], row["many"], row["cents"]) for row in found]


def invoices(
    show: Show, *, today: date, rows: int, matching: Q | None = None, after: int | UUID | None = None
) -> Page[Invoice]:
    """`rows` of these, `with_money`, the latest number first; drafts, which have none, the latest first. `after`: the
    place of the row before. One statement, in the business's scope."""
    wanted, key = _shown(show, today)
    place = "id" if show is Show.DRAFT else "sequence"
    if matching:
        wanted = wanted.filter(matching)
    if after is not None:
        wanted = wanted.filter(**{f"{place}__lt": after})
    # The page's keys first, by an index alone: what is read of each is read of no others.
    keys = wanted.order_by(f"-{place}").values(key)[: rows + 1]
    found = list(Invoice.objects.with_money().select_related("customer").filter(id__in=keys).order_by(f"-{place}"))
    shown = found[:rows]
    return Page(shown, (shown[-1].sequence or shown[-1].pk) if len(found) > rows else None)


def _shown(show: Show, today: date) -> tuple[QuerySet[Any], str]:
    """The rows that say which invoices, and their column that has the invoice's key."""
    moving = Payment.objects.filter(state=PaymentState.PROCESSING)
    on_its_way = Q(invoice__in=moving.annotate(one=Func(F("chosen"), function="unnest")).values("one"))
    open_ = OpenInvoice.objects.all()
    match show:
        case Show.OPEN:
            return open_, "invoice"
        case Show.OVERDUE:
            return open_.filter(~on_its_way, due_date__lt=today), "invoice"
        case Show.PROCESSING:
            return open_.filter(on_its_way), "invoice"
        case Show.PAID:
            is_open = Exists(OpenInvoice.objects.filter(invoice=OuterRef("id")))
            return Invoice.objects.filter(~is_open, state=State.SENT), "id"
        case Show.DRAFT:
            return Invoice.objects.filter(state=State.DRAFT), "id"
        case Show.VOID:
            return Invoice.objects.filter(state=State.VOID), "id"
    return Invoice.objects.exclude(sequence=None), "id"


def payments(
    show: ShowPayments,
    *,
    rows: int,
    method: Method | None = None,
    customers: Sequence[UUID] | None = None,
    after: UUID | None = None,
) -> Page[Payment]:
    """`rows` of these with their refunds and disputes, the latest first. Three statements, in the business's scope."""
    wanted = _these(show)
    if method:
        wanted = wanted.filter(method=method)
    if customers is not None:
        wanted = wanted.filter(customer__in=customers)
    if after:
        wanted = wanted.filter(id__lt=after)
    wanted = wanted.select_related("customer").prefetch_related("refunds", "disputes")
    found = list(wanted.order_by("-id")[: rows + 1])
    shown = found[:rows]
    return Page(shown, shown[-1].pk if len(found) > rows else None)


def _these(show: ShowPayments) -> QuerySet[Payment]:
    every = Payment.objects.all()
    match show:
        case ShowPayments.RECEIVED:
            return every.filter(state=PaymentState.SUCCEEDED)
        case ShowPayments.PROCESSING:
            return every.filter(state__in=[PaymentState.PROCESSING, PaymentState.ACTION_REQUIRED])
        case ShowPayments.FAILED:
            return every.filter(state=PaymentState.FAILED)
        case ShowPayments.REFUNDED:
            return every.filter(id__in=Refund.objects.values("payment"))
        case ShowPayments.DISPUTED:
            return every.filter(id__in=Dispute.objects.values("payment"))
    return every


def failed_lately(now: datetime) -> int:
    """How many payments of the last days failed and were not made since, MANY at most. One statement."""
    latest = Payment.objects.filter(state=PaymentState.FAILED).order_by("-id").values_list("created_at", flat=True)
    return sum(begun >= now - LATELY for begun in latest[:MANY])
