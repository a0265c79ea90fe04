"""InvoiceLine: one thing that is charged or credited. Its words are composed when it is shown, never stored."""

from django.db import models

from nextroute.core.rows import BusinessRow, same_business


class Kind(models.TextChoices):
    """What a line is about; `POSITIONS` is the order on the invoice, within a property."""

    SETUP = "setup"
    FLAT = "flat"
    VISIT = "visit"
    BINS = "bins"
    EXTRA = "extra"
    CREDIT = "credit"


POSITIONS = {kind: n for n, kind in enumerate(Kind, start=1)}


class InvoiceLineQuerySet(models.QuerySet["InvoiceLine"]):
    def in_order(self) -> "InvoiceLineQuerySet":
        """As they stand on the invoice: a property's together."""
        return self.order_by("property__address1", "property_id", "position", "plan_name", "month", "unit_cents", "id")


class InvoiceLine(BusinessRow):
    """`quantity` x `unit_cents`, or the part of it that `amount_cents` says. Cents without tax, rate in percent.

    A line of a flat plan (`flat`, `credit`) is about one `month` (its first day) of a subscription, and `quantity`
    counts the visits a credit is for. It stands on an invoice, or on the credit note that a negative draft became.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    invoice = models.ForeignKey(
        "billing.Invoice", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="lines"
    )
    credit_note = models.ForeignKey(
        "billing.CreditNote", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="lines"
    )
    kind = models.TextField(choices=Kind)
    position = models.SmallIntegerField()
    property = models.ForeignKey(
        "customers.Property", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    subscription = models.ForeignKey(
        "scheduling.Subscription", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    extra = models.ForeignKey(
        "scheduling.Extra", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    month = models.DateField(null=True)
    plan_name = models.TextField()
    quantity = models.IntegerField()
    unit_cents = models.BigIntegerField()
    amount_cents = models.BigIntegerField()
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3)

    objects = InvoiceLineQuerySet.as_manager()

    class Meta:
        constraints = [
            same_business("customer", name="line_of_customer"),
            models.UniqueConstraint(
                fields=[
                    "invoice",
                    "property",
                    "kind",
                    "subscription",
                    "extra",
                    "month",
                    "plan_name",
                    "unit_cents",
                    "tax_rate",
                ],
                nulls_distinct=False,
                condition=models.Q(invoice__isnull=False),
                name="line_once",
            ),
            # Once for a subscription, whatever becomes of its invoice.
            models.UniqueConstraint(
                fields=["subscription"], condition=models.Q(kind="setup"), name="line_of_setup_once"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="line_kind"),
            models.CheckConstraint(
                condition=models.Q(invoice=None) ^ models.Q(credit_note=None), name="line_of_one_paper"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="credit", amount_cents__lte=0)
                | (~models.Q(kind="credit") & models.Q(amount_cents__gte=0)),
                name="line_sign",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["visit", "bins", "extra", "setup"])
                | models.Q(amount_cents=models.F("quantity") * models.F("unit_cents")),
                name="line_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["visit", "bins"])
                | models.Q(kind="setup", subscription__isnull=False)
                | models.Q(kind="extra", extra__isnull=False)
                | models.Q(kind__in=["flat", "credit"], subscription__isnull=False, month__isnull=False),
                name="line_about",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "month", "subscription"],
                condition=models.Q(month__isnull=False),
                name="line_of_flat_month",
            ),
            models.Index(
                fields=["credit_note"], condition=models.Q(credit_note__isnull=False), name="line_of_credit_note"
            ),
        ]
