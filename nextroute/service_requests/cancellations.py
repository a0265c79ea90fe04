"""Cancellation: an end to some subscriptions, or to all of them."""

from django.db import models

from nextroute.core.rows import BusinessRow


class Ending(BusinessRow):
    """A subscription that a cancellation is about; `former_ends_on` is the end it had before, for an undo."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    request = models.ForeignKey(
        "service_requests.ServiceRequest", models.PROTECT, db_constraint=False, db_index=False, related_name="endings"
    )
    subscription = models.ForeignKey(
        "scheduling.Subscription", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    former_ends_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "subscription"], name="ending_once")]
