"""MasterRoute and MasterStop: the recurring template that routes are generated from."""

from django.db import models

from nextroute.core.rows import BusinessRow, same_business


class MasterRoute(BusinessRow):
    """One zone's run on one ISO weekday. `max_stops` per part of a day (none: no limit), which customers never see."""

    zone = models.ForeignKey(
        "scheduling.Zone", models.PROTECT, db_constraint=False, db_index=False, related_name="master_routes"
    )
    weekday = models.SmallIntegerField()
    max_stops = models.SmallIntegerField(null=True, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            same_business(name="master_route_in_business"),
            same_business("weekday", name="master_route_of_its_weekday"),
            models.UniqueConstraint(fields=["zone", "weekday"], name="master_route_of_zone"),
            models.CheckConstraint(condition=models.Q(weekday__range=(1, 7)), name="master_route_weekday"),
            models.CheckConstraint(
                condition=models.Q(max_stops=None) | models.Q(max_stops__gte=1), name="master_route_max_stops"
            ),
        ]


class MasterStop(BusinessRow):
    """A property's place on a master route; whatever subscription the property has at the time uses it.

    `weekday` repeats the master route's (the reference keeps them equal), so that the database can promise at most one
    approved place per property and weekday. The arrival window is local time of day.
    """

    class Status(models.TextChoices):
        APPROVED = "approved"
        PENDING = "pending"

    master_route = models.ForeignKey(
        "scheduling.MasterRoute", models.PROTECT, db_constraint=False, related_name="stops"
    )
    property = models.ForeignKey(
        "customers.Property", models.PROTECT, db_constraint=False, db_index=False, related_name="master_stops"
    )
    customer = models.ForeignKey("customers.Customer", models.PROTECT, db_constraint=False, related_name="master_stops")
    weekday = models.SmallIntegerField()
    status = models.TextField(choices=Status, default=Status.APPROVED)
    sequence = models.IntegerField(default=0)
    arrives_from = models.TimeField(null=True, blank=True)
    arrives_to = models.TimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["property", "weekday"], condition=models.Q(status="approved"), name="master_stop_of_weekday"
            ),
            models.UniqueConstraint(fields=["property", "master_route"], name="master_stop_once"),
            models.CheckConstraint(condition=models.Q(status__in=["approved", "pending"]), name="master_stop_status"),
            models.CheckConstraint(
                condition=models.Q(arrives_from=None, arrives_to=None)
                | models.Q(arrives_from__lt=models.F("arrives_to")),
                name="master_stop_window",
            ),
        ]
