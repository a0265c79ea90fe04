"""DisputeMove: money of a dispute that went, or came back. The rule: docs/rules/statements.md."""

from django.db import models

from nextroute.core.rows import BusinessRow


class DisputeMove(BusinessRow):
    """`cents` went at that instant; negative: they came back. Written once; the database adds them up."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    dispute = models.ForeignKey(
        "billing.Dispute", models.PROTECT, db_constraint=False, db_index=False, related_name="moves"
    )
    cents = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(cents=0), name="dispute_move_cents")]
        indexes = [
            models.Index(fields=["dispute"], name="move_of_dispute"),
            models.Index(fields=["customer"], name="move_of_customer"),
        ]
