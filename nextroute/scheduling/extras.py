"""Extra: one visit outside every frequency, ordered for a day."""

from django.db import models

from nextroute.core.rows import BusinessRow, same_business


class Extra(BusinessRow):
    """One visit of `property` on `day` (local), of a one-time or add-on plan, for `price_cents` in all.

    Its visit is a stop of that day's route. When the business loses the day (a blackout, a canceled route) it is
    `dropped`, and waits for another; one that is not wanted any more is called off. Both stay as rows.
    """

    customer = models.ForeignKey("customers.Customer", models.PROTECT, db_constraint=False, related_name="extras")
    property = models.ForeignKey(
        "customers.Property", models.PROTECT, db_constraint=False, db_index=False, related_name="extras"
    )
    plan = models.ForeignKey("scheduling.Plan", models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    day = models.DateField()
    price_cents = models.BigIntegerField()
    notes = models.TextField(blank=True, default="")
    ordered_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_note = models.TextField(blank=True, default="", help_text="the holiday's name, the office's words")
    called_off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            same_business("customer", name="extra_of_customer"),
            models.CheckConstraint(condition=models.Q(price_cents__gte=0), name="extra_price"),
        ]
