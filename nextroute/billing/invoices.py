"""Invoice: what a customer is charged for a period. The rule: docs/rules/invoicing.md."""

from datetime import date, datetime
from functools import cache
from uuid import UUID

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.billing import allocations, locks, messages, sending, statements
from nextroute.billing.allocations import Allocation
from nextroute.billing.credit_notes import CreditNote
from nextroute.billing.payments import Payment
from nextroute.billing.sending import Sent
from nextroute.billing.standing import Standing, standing
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow, same_business
from nextroute.core.verbs import verb
from nextroute.tenancy.businesses import Business


class State(models.TextChoices):
    DRAFT = "draft"
    SENT = "sent"
    VOID = "void"


@cache
def _money() -> dict[str, Coalesce]:
    """Of an invoice: what pays it, and what is on its way to it. Made once: making it costs as much as asking it."""
    paying = Payment.objects.filter(state="processing", customer=models.OuterRef("customer"))
    return {
        "_paid": _cents(Allocation.objects.filter(invoice=models.OuterRef("id")), "cents"),
        "_processing": _cents(paying.filter(chosen__contains=[models.OuterRef("id")]), "amount_cents"),
    }


def _cents(rows: "models.QuerySet[Allocation] | models.QuerySet[Payment]", field: str) -> Coalesce:
    total = rows.order_by().values("business").annotate(cents=models.Sum(field)).values("cents")
    return Coalesce(models.Subquery(total, output_field=models.BigIntegerField()), 0)


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def with_money(self) -> "InvoiceQuerySet":
        """Each with `paid_cents`, what pays it, and `processing_cents`, what is on its way to it."""
        return self.annotate(**_money())

    def payable(self) -> "InvoiceQuerySet":
        """Those on which something is open, and to which no money is on its way; the oldest first."""
        unmoved = models.Q(_processing=0)
        return self.with_money().open().filter(unmoved).order_by("sequence")

    def open(self) -> "InvoiceQuerySet":
        """Those something is to be paid of, or on its way to. Needs `with_money`."""
        return self.filter(state=State.SENT, total_cents__gt=models.F("_paid"))

    def due(self) -> "InvoiceQuerySet":
        """What is open, the first due first. Needs `with_money`."""
        return self.open().order_by("due_date", "sequence")

    def paid(self) -> "InvoiceQuerySet":
        """Those of which nothing is open. Needs `with_money`."""
        return self.filter(state=State.SENT, total_cents__lte=models.F("_paid"))

    def for_customers(self, business: Business) -> "InvoiceQuerySet":
        """Those a page may show: drafts where the business says so."""
        return self if business.show_drafts else self.exclude(state=State.DRAFT)


class Invoice(BusinessRow):
    """Local days, cents of `currency`. `period_first` and `period_last` are the month it is for, though a late visit of
    an earlier one may be on it. Number, date and due date are given when it is sent; from then on the database lets
    nothing change but `state`, from sent to void. What it is now is `standing`.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="invoices"
    )
    period_first = models.DateField()
    period_last = models.DateField()
    state = models.TextField(choices=State, default=State.DRAFT)
    sequence = models.BigIntegerField(null=True, help_text="the number's own")
    number = models.TextField(null=True)
    invoice_date = models.DateField(null=True)
    due_date = models.DateField(null=True)
    subtotal_cents = models.BigIntegerField(default=0)
    tax_cents = models.BigIntegerField(default=0)
    total_cents = models.BigIntegerField(default=0)
    currency = models.TextField()
    drafted_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    void_reason = models.TextField(default="", help_text="the office's words, which the customer reads")

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            same_business("customer", name="invoice_of_customer"),
            models.UniqueConstraint(fields=["business", "sequence"], name="invoice_sequence"),
            models.UniqueConstraint(fields=["business", "number"], name="invoice_number"),
            models.UniqueConstraint(
                fields=["customer", "period_first"], condition=models.Q(state="draft"), name="invoice_draft_of_period"
            ),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="invoice_state"),
            models.CheckConstraint(
                condition=models.Q(
                    state="draft", number=None, sequence=None, invoice_date=None, due_date=None, sent_at=None
                )
                | models.Q(
                    ~models.Q(state="draft"),
                    number__isnull=False,
                    sequence__isnull=False,
                    invoice_date__isnull=False,
                    due_date__gte=models.F("invoice_date"),
                    sent_at__isnull=False,
                    total_cents__gte=0,
                ),
                name="invoice_numbered",
            ),
            models.CheckConstraint(
                condition=models.Q(total_cents=models.F("subtotal_cents") + models.F("tax_cents")), name="invoice_total"
            ),
            models.CheckConstraint(condition=models.Q(voided_at=None) ^ models.Q(state="void"), name="invoice_voided"),
            models.CheckConstraint(
                condition=models.Q(period_last__gte=models.F("period_first")), name="invoice_period"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-invoice_date", "-sequence"], name="invoice_latest"),
            models.Index(fields=["business", "period_first"], condition=models.Q(state="draft"), name="invoice_drafts"),
            models.Index(fields=["business", "sequence"], condition=models.Q(state="void"), name="invoice_void"),
        ]

    def __str__(self) -> str:
        return self.number or f"draft {self.period_first:%Y-%m}"

    @property
    def paid_cents(self) -> int:
        """What pays it. Needs `with_money`."""
        return int(vars(self)["_paid"])

    @property
    def processing_cents(self) -> int:
        """What is on its way to it. Needs `with_money`."""
        return int(vars(self)["_processing"])

    @property
    def open_cents(self) -> int:
        """What nothing pays yet. Needs `with_money`."""
        return self.total_cents - self.paid_cents if self.state == State.SENT else 0

    def standing(self, today: date) -> Standing:
        """What it is to its reader on a local day. Needs `with_money`."""
        return standing(
            self.state,
            open_cents=self.open_cents,
            processing_cents=self.processing_cents,
            due_date=self.due_date,
            today=today,
        )


@verb
def send(*, invoice: Invoice, actor: Actor, now: datetime) -> Sent:
    """Issue a draft: number, date and due date, and the customer's credit is used on it. One that came out negative
    becomes a credit note instead. Raises Refused when it is no draft, or empty.
    """
    business = invoice.customer.business
    locks.drafts_beside_others(business.id)
    locks.books_of(invoice.customer)
    with scope.business(business.id):
        standing_ = Invoice.objects.filter(id=invoice.pk, state=State.DRAFT)
        if not standing_.filter(lines__isnull=False).exists():
            raise Refused(_("This invoice is not a draft any more, or there is nothing on it."))
        sent = sending.issue(business, drafts=[invoice.pk], now=now)
        record(
            Verb.INVOICE_SENT if sent.invoices else Verb.CREDIT_NOTE_ISSUED,
            actor=actor,
            business_id=business.id,
            subject=invoice if sent.invoices else "creditnote",
            label=sent.first_number,
            customer_id=invoice.customer_id,
        )
        _tell(sent, business, now)
    return sent


@verb
def send_all(*, business: Business, period_first: date, actor: Actor, now: datetime) -> Sent:
    """Issue every draft of the month that begins on `period_first`, numbered in the order of customers' names."""
    locks.drafts_beside_others(business.id)
    locks.books_alone(business)
    with scope.business(business.id):
        with statements.without_nested_loops():
            sent = sending.issue(business, period_first=period_first, now=now)
        if sent:
            record(
                Verb.INVOICES_SENT,
                actor=actor,
                business_id=business.id,
                subject="invoice",
                label=f"{period_first:%Y-%m}",
                counts={"invoices": sent.invoices, "credit_notes": sent.credit_notes},
            )
            _tell(sent, business, now)
    return sent


def _tell(sent: Sent, business: Business, now: datetime) -> None:
    just = Invoice.objects.filter(business=business, sequence__gt=sent.after, sequence__lte=sent.after + sent.invoices)
    messages.invoices_sent(just, business, now=now)
    if sent.credit_notes:  # few: somebody's credits were more than their charges
        for note in CreditNote.objects.filter(business=business, number__in=sent.note_numbers).select_related(
            "customer"
        ):
            messages.credit_note_issued(note, now=now)


@verb
def void(*, invoice: Invoice, reason: str, actor: Actor, now: datetime) -> Invoice:
    """It is owed no more; the number stays. What paid it is the customer's credit, used on what else is open. Its
    visits stay billed. Raises Refused unless it is sent, and when a credit note corrects it already.
    """
    customer = invoice.customer
    locks.books_of(customer)
    with scope.business(customer.business_id):
        found = Invoice.objects.filter(id=invoice.pk, state=State.SENT).first()
        if found is None:
            raise Refused(_("Only an invoice that has been sent can be voided."))
        if found.credit_notes.exists():
            raise Refused(_("A credit note corrects this invoice already. Correct the rest with another one."))
        Invoice.objects.filter(id=found.pk).update(state=State.VOID, voided_at=now, void_reason=reason)
        allocations.release_all(customer.business, customer, invoice=found.pk, now=now)
        allocations.settle(customer.business, [customer.pk], now=now)
        record(
            Verb.INVOICE_VOIDED,
            actor=actor,
            business_id=customer.business_id,
            subject=found,
            label=str(found),
            customer_id=customer.pk,
            detail={"reason": reason},
        )
        found.refresh_from_db()
        return found


def find(key: UUID) -> Invoice:
    """The invoice with this key, its customer and business at hand. Raises Invoice.DoesNotExist."""
    return Invoice.objects.select_related("customer__business").get(id=key)


def numbered(number: str) -> Invoice | None:
    """The invoice of the business in scope with this number, `with_money`, its customer at hand."""
    return Invoice.objects.with_money().select_related("customer").filter(number=number).first()
