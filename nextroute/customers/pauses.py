"""Pause: days on which a customer is not served because the business stopped service (unpaid, imported as paused)."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models

from nextroute.core.rows import BusinessRow, DateRange


class Pause(BusinessRow):
    """From `first_day` through `last_day` (both included; none: until further notice), for a stated cause."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="pauses"
    )
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    cause = models.TextField(default="office")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day=None) | models.Q(last_day__gte=models.F("first_day")), name="pause_days"
            ),
            ExclusionConstraint(
                name="pause_no_overlap",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    (
                        DateRange("first_day", "last_day", RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def covers(self, day: date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)
