"""Announcing: who is charged next is told before; and whose card expires."""

from datetime import date, datetime
from itertools import batched

from django.db.models import Exists, OuterRef, Subquery

from nextroute.billing import messages
from nextroute.billing.autopay import days
from nextroute.billing.autopay.announcements import Announcement, Stopped, key_of
from nextroute.billing.autopay.mandates import Mandate
from nextroute.billing.autopay.methods import SavedMethod
from nextroute.billing.invoices import Invoice, InvoiceQuerySet
from nextroute.core import scope
from nextroute.core.verbs import verb
from nextroute.tenancy.businesses import Business

BATCH = 1_000


@verb
def announce(business: Business, *, now: datetime) -> int:
    """Tell everybody whose turn it is what is charged, when, and from what; or, above their ceiling, that it is not.
    Each once; a thousand at a time are held. Returns how many.
    """
    today, told = business.today(now), 0
    with scope.business(business.id):
        for batch in batched(_due(business, today).iterator(chunk_size=BATCH), BATCH):
            rows = [_row(invoice, today, now) for invoice in batch]
            told += len(Announcement.objects.bulk_create(rows, ignore_conflicts=True))
            messages.autopay_ahead([row for row in rows if not row.stopped], now=now)
            messages.autopay_above([row for row in rows if row.stopped], now=now)
    return told


@verb
def expiring(business: Business, *, now: datetime) -> int:
    """Tell whose card has its last month ahead, and is what would be charged. Once a card. Returns the rows."""
    with scope.business(business.id):
        rows = SavedMethod.objects.usable().filter(business=business, is_default=True)
        found = rows.filter(good_through__range=days.expiring(business.today(now))).select_related("customer")
        return sum(
            messages.card_expiring(list(batch), now=now) for batch in batched(found.iterator(chunk_size=BATCH), BATCH)
        )


def _due(business: Business, today: date) -> InvoiceQuerySet:
    """Open invoices of who has autopay and something to charge, whose day to be told has come, and who were not."""
    mandate = Mandate.objects.standing().filter(customer=OuterRef("customer"))
    told = Announcement.objects.filter(invoice=OuterRef("id"), mandate__ended_at=None)
    default = SavedMethod.objects.filter(customer=OuterRef("customer"), is_default=True)
    rows = Invoice.objects.payable().filter(business=business, due_date__lte=today + days.AHEAD)
    wanted = rows.filter(Exists(mandate), Exists(default), ~Exists(told)).select_related("customer")
    return wanted.annotate(
        mandate=Subquery(mandate.values("id")[:1]), ceiling=Subquery(mandate.values("ceiling_cents")[:1])
    )


def _row(invoice: Invoice, today: date, now: datetime) -> Announcement:
    known = vars(invoice)
    assert invoice.due_date
    return Announcement(
        business_id=invoice.business_id,
        customer=invoice.customer,
        mandate_id=known["mandate"],
        invoice=invoice,
        key=key_of(invoice.pk, known["mandate"]),
        cents=invoice.open_cents,
        told_at=now,
        next_on=days.charged_on(invoice.due_date, today),
        stopped=Stopped.CEILING if invoice.open_cents > known["ceiling"] else "",
    )
