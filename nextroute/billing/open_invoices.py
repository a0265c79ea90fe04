"""OpenInvoice: which sent invoices something is open of, and how much: the office's lists need not add up all."""

from django.db import models

from nextroute.core.rows import BusinessRow


class OpenInvoice(BusinessRow):
    """Kept by the database (migrations/0007) as invoices are sent, paid and voided, in the same statement; no code
    writes it. `due_date` is a local day. What it may be asked: docs/decisions/0019-office-money.md.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    invoice = models.ForeignKey(
        "billing.Invoice", models.PROTECT, db_constraint=False, db_index=False, related_name="as_open"
    )
    sequence = models.BigIntegerField()
    due_date = models.DateField()
    cents = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invoice", "customer", "business"], name="open_once")]
        indexes = [
            models.Index(fields=["business", "sequence"], name="open_by_number"),
            models.Index(fields=["customer"], name="open_of_customer"),
        ]
