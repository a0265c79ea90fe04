"""CreditNote: what a customer is charged less, after an invoice was sent. The rule: docs/rules/payments.md."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.billing import allocations, counters, locks, messages, tax
from nextroute.billing.counters import Series
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow, same_business
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer

if TYPE_CHECKING:
    from nextroute.billing.invoices import Invoice
    from nextroute.billing.refunds import Refund


class CreditNote(BusinessRow):
    """Cents of `currency`, all positive. It corrects `invoice`, or stands by itself: goodwill, or a month whose credits
    were more than its charges, which then are its `lines`. Written once. `issued_on` is a local day.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="credit_notes"
    )
    invoice = models.ForeignKey(
        "billing.Invoice", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="credit_notes"
    )
    refund = models.ForeignKey(
        "billing.Refund", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="credit_notes"
    )
    number = models.TextField()
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    subtotal_cents = models.BigIntegerField()
    tax_cents = models.BigIntegerField()
    total_cents = models.BigIntegerField()
    currency = models.TextField()
    reason = models.TextField(default="", db_default="", help_text="the office's words, which the customer reads")
    idempotency_key = models.TextField(null=True, help_text="of the office's form; none: made with something else")

    class Meta:
        constraints = [
            same_business("customer", name="credit_note_of_customer"),
            models.UniqueConstraint(fields=["business", "number"], name="credit_note_number"),
            models.UniqueConstraint(fields=["business", "idempotency_key"], name="credit_note_once"),
            models.CheckConstraint(condition=models.Q(total_cents__gt=0), name="credit_note_cents"),
            models.CheckConstraint(
                condition=models.Q(total_cents=models.F("subtotal_cents") + models.F("tax_cents")),
                name="credit_note_total",
            ),
        ]
        indexes = [
            models.Index(fields=["customer"], name="credit_note_of_person"),
            models.Index(fields=["invoice"], condition=models.Q(invoice__isnull=False), name="credit_note_of_invoice"),
        ]

    def __str__(self) -> str:
        return self.number


@verb
def issue(
    *,
    customer: Customer,
    cents: int,
    reason: str,
    actor: Actor,
    now: datetime,
    invoice: "Invoice | None" = None,
    key: str | None = None,
) -> CreditNote:
    """Charge the customer `cents` (tax included) less: of an invoice, or as goodwill without tax. `key`: said twice, it
    is one credit note.

    Raises Refused unless the invoice is sent and theirs, and for more than is left of it.
    """
    locks.books_of(customer)
    with scope.business(customer.business_id):
        if cents <= 0:
            raise Refused(_("Enter an amount above zero."), field="cents")
        if found := _again(customer, key, cents):
            return found
        note = write(customer=customer, invoice=invoice, cents=cents, reason=reason, now=now, key=key)
        allocations.settle(customer.business, [customer.pk], now=now)
        record(
            Verb.CREDIT_NOTE_ISSUED,
            actor=actor,
            business_id=customer.business_id,
            subject=note,
            label=note.number,
            customer_id=customer.pk,
            detail={"cents": cents, "reason": reason},
        )
        messages.credit_note_issued(note, now=now)
        return note


def write(
    *,
    customer: Customer,
    invoice: "Invoice | None",
    cents: int,
    reason: str,
    now: datetime,
    refund: "Refund | None" = None,
    key: str | None = None,
) -> CreditNote:
    """The row alone, for a verb that holds the customer's lock and settles after it. Raises Refused as `issue` does."""
    taxed = _tax(customer, invoice, cents) if invoice else 0
    sequence = counters.take(customer.business, Series.CREDIT_NOTE, 1) + 1
    return CreditNote.objects.create(
        business_id=customer.business_id,
        customer=customer,
        invoice=invoice,
        refund=refund,
        number=counters.number(Series.CREDIT_NOTE, sequence),
        issued_on=customer.business.today(now),
        issued_at=now,
        subtotal_cents=cents - taxed,
        tax_cents=taxed,
        total_cents=cents,
        currency=invoice.currency if invoice else customer.business.currency,
        reason=reason,
        idempotency_key=key,
    )


def _again(customer: Customer, key: str | None, cents: int) -> CreditNote | None:
    """The credit note of this key, when it was asked for before."""
    found = CreditNote.objects.filter(business_id=customer.business_id, idempotency_key=key).first() if key else None
    if found and (found.customer_id, found.total_cents) != (customer.pk, cents):
        raise Refused(_("This form was used already. Please open it again."))
    return found


def left(invoice: "Invoice") -> int:
    """How many cents of an invoice can still be credited."""
    return invoice.total_cents - _before(invoice)[0]


def _tax(customer: Customer, invoice: "Invoice", cents: int) -> int:
    standing = customer.invoices.filter(id=invoice.pk, state="sent").first()
    if standing is None:
        raise Refused(_("Only an invoice that has been sent can be credited."))
    before, before_tax = _before(standing)
    if before + cents > standing.total_cents:
        raise Refused(_("This is more than is left of the invoice."), field="cents")
    return tax.of_credit(
        standing.tax_cents, standing.total_cents, before_cents=before, before_tax_cents=before_tax, cents=cents
    )


def _before(invoice: "Invoice") -> tuple[int, int]:
    """What was credited already, and the tax in it."""
    sums = invoice.credit_notes.aggregate(cents=models.Sum("total_cents"), tax=models.Sum("tax_cents"))
    return sums["cents"] or 0, sums["tax"] or 0
