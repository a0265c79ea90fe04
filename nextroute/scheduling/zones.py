"""Zone: a part of the service area."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from nextroute.core.rows import BusinessRow, same_business


class Zone(BusinessRow):
    """A part of the service area by its postal codes, and the ISO weekday it is served on."""

    name = models.TextField()
    zip_codes = ArrayField(models.TextField(), default=list)
    weekday = models.SmallIntegerField()

    class Meta:
        constraints = [
            same_business(name="zone_in_business"),
            models.UniqueConstraint(fields=["business", "name"], name="zone_name"),
            models.CheckConstraint(condition=models.Q(weekday__range=(1, 7)), name="zone_weekday"),
        ]

    def __str__(self) -> str:
        return self.name
