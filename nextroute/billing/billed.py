"""BilledStop: which completed visit is on which line."""

from django.db import models

from nextroute.core.rows import BusinessRow


class BilledStop(BusinessRow):
    """The visit is charged by the line, and by no other: a stop is its customer's, so it is here once."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    stop = models.ForeignKey("scheduling.Stop", models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    line = models.ForeignKey(
        "billing.InvoiceLine", models.PROTECT, db_constraint=False, db_index=False, related_name="billed"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stop", "customer", "business"], name="stop_billed_once")]
        indexes = [models.Index(fields=["line"], name="billed_on_line")]
