"""An invoice as its reader sees it: what is charged, in words, by property; tax by rate; what became of it since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from nextroute.billing import applied, tax, words
from nextroute.billing.applied import Part
from nextroute.billing.billed import BilledStop
from nextroute.billing.invoices import Invoice
from nextroute.billing.lines import InvoiceLine
from nextroute.customers.properties import Property
from nextroute.tenancy.businesses import Business


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is charged, cents without tax; a credit is negative."""

    title: str
    detail: str
    cents: int


@dataclass(frozen=True, slots=True)
class Place:
    """What is charged for one property."""

    property: Property
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Reading:
    places: Sequence[Place]
    taxes: Sequence[tax.Group]
    parts: Sequence[Part]


def of(invoice: Invoice, business: Business, today: date) -> Reading:
    """In the active language, on a local day. At most four statements, in the caller's scope."""
    lines = list(invoice.lines.in_order().select_related("property"))
    days = _days(invoice)
    by_place = groupby(lines, key=lambda line: line.property)
    places = [Place(at, [_item(line, days, invoice, today) for line in of_place]) for at, of_place in by_place]
    taxes = [group for group in tax.groups((line.amount_cents, line.tax_rate) for line in lines) if group.rate]
    return Reading(places, taxes, applied.to(invoice, business))


def _item(line: InvoiceLine, days: dict[UUID, list[date]], invoice: Invoice, today: date) -> Item:
    detail = words.detail(line, days.get(line.pk, ()), invoice.currency, today)
    return Item(words.title(line), detail, line.amount_cents)


def _days(invoice: Invoice) -> dict[UUID, list[date]]:
    """The local days of the visits that each line charges, in order."""
    found: dict[UUID, list[date]] = {}
    rows = BilledStop.objects.filter(line__invoice=invoice).order_by("stop__service_date")
    for line, day in rows.values_list("line_id", "stop__service_date"):
        found.setdefault(line, []).append(day)
    return found
