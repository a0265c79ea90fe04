"""Allocation: which money, or credit note, pays which invoice. The rule: docs/rules/payments.md."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from nextroute.billing import statements
from nextroute.billing.spreading import Part, Source, spread, take_back
from nextroute.core.rows import BusinessRow
from nextroute.customers.customers import Customer
from nextroute.tenancy.businesses import Business

if TYPE_CHECKING:
    from nextroute.billing.payments import Payment

BATCH = 1_000


class Allocation(BusinessRow):
    """`cents` of a payment or of a credit note pay an invoice; negative: they are taken back from it.

    Written once: what pays an invoice now is the sum of its rows.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    invoice = models.ForeignKey(
        "billing.Invoice", models.PROTECT, db_constraint=False, db_index=False, related_name="allocations"
    )
    payment = models.ForeignKey(
        "billing.Payment", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="allocations"
    )
    credit_note = models.ForeignKey(
        "billing.CreditNote", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="allocations"
    )
    cents = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(payment=None) ^ models.Q(credit_note=None), name="allocation_of_one"
            ),
            models.CheckConstraint(condition=~models.Q(cents=0), name="allocation_cents"),
        ]
        indexes = [
            models.Index(fields=["customer"], name="allocation_of_customer"),
            models.Index(fields=["invoice"], name="allocation_to_invoice"),
            models.Index(fields=["payment"], condition=models.Q(payment__isnull=False), name="allocation_of_payment"),
        ]


def settle(business: Business, customers: Iterable[UUID] | None, *, now: datetime) -> int:
    """Spend what these customers (none: all) have unspent on their open invoices; returns how many parts. In the
    business's scope, under the lock of the customers, or of the books. Two statements and the rows.
    """
    asked = {"business": business.id, "customers": None if customers is None else list(customers)}
    unspent = statements.rows("unspent", asked)
    if not unspent:
        return 0
    waiting = {key: list(rows) for key, rows in groupby(statements.rows("open", asked), key=lambda row: row[0])}
    parts: list[tuple[UUID, Part, bool]] = []
    for customer, rows in groupby(unspent, key=lambda row: row[0]):
        sources = list(rows)
        is_note = {row[1]: row[2] for row in sources}
        meant = [Source(row[1], row[3], tuple(row[4])) for row in sources]
        found = spread(meant, [(row[1], row[2]) for row in waiting.get(customer, [])])
        parts += [(customer, part, is_note[part.source]) for part in found]
    _write(business, parts, now)
    return len(parts)


def of_payment(payment: "Payment") -> int:
    """How many cents of it pay invoices now."""
    return sum(cents for _, cents in _spent(models.Q(payment=payment), "invoice"))


def release(
    business: Business, customer: Customer, *, payment: UUID, worth_cents: int, now: datetime
) -> Sequence[Part]:
    """Of a payment that is worth less now, take what is spent beyond that back from the invoices it was spent on, the
    latest first; what was taken from where."""
    spent = _spent(models.Q(payment=payment), "invoice")
    missing = max(0, sum(cents for _, cents in spent) - worth_cents)
    found = list(take_back(payment, missing, spent))
    _write(business, [(customer.pk, part, False) for part in found], now)
    return found


def release_all(business: Business, customer: Customer, *, invoice: UUID, now: datetime) -> None:
    """Nothing pays this invoice any more; what did is unspent again."""
    for source, is_note in (("payment", False), ("credit_note", True)):
        rows = _spent(models.Q(invoice=invoice, **{f"{source}__isnull": False}), source)
        _write(business, [(customer.pk, Part(key, invoice, -cents), is_note) for key, cents in rows], now)


def _spent(which: models.Q, by: str) -> list[tuple[UUID, int]]:
    """What is spent, by invoice or by source, the oldest invoice first."""
    sums: dict[UUID, int] = {}
    rows = Allocation.objects.filter(which).order_by("invoice__sequence", "id")
    for key, cents in rows.values_list(f"{by}_id", "cents"):
        sums[key] = sums.get(key, 0) + cents
    return [(key, cents) for key, cents in sums.items() if cents]


def _write(business: Business, parts: Iterable[tuple[UUID, Part, bool]], now: datetime) -> None:
    rows = [
        Allocation(
            business_id=business.id,
            customer_id=customer,
            invoice_id=part.invoice,
            payment_id=None if is_note else part.source,
            credit_note_id=part.source if is_note else None,
            cents=part.cents,
            made_at=now,
        )
        for customer, part, is_note in parts
    ]
    Allocation.objects.bulk_create(rows, batch_size=BATCH)
