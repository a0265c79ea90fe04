"""UnbilledVisit: a completed visit that no line charges yet, and what it cost."""

from django.db import models

from nextroute.core.rows import BusinessRow


class UnbilledVisit(BusinessRow):
    """Left by the database when a stop is completed (migrations/0004), taken away by the run that bills it: so a run
    reads what is new, however long the history of stops. Cents, percent and days as they are on the stop.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    stop = models.ForeignKey("scheduling.Stop", models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    property_id = models.UUIDField()
    subscription_id = models.UUIDField(null=True)
    extra_id = models.UUIDField(null=True)
    due_on = models.DateField()
    service_date = models.DateField()
    plan_name = models.TextField()
    price_cents = models.BigIntegerField()
    bins = models.SmallIntegerField()
    additional_bin_price_cents = models.BigIntegerField()
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stop", "customer", "business"], name="unbilled_once")]
