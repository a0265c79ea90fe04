"""The shape every row of a business shares."""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models.functions import UUID7


class BusinessRow(models.Model):
    """A row of one business, with a time-ordered key. The composite references in the migrations bind the business."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    business = models.ForeignKey(
        "tenancy.Business", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:
        abstract = True


def same_business(*fields: str, name: str) -> models.UniqueConstraint:
    """The target of composite references: (business, id, …) is unique because id is."""
    return models.UniqueConstraint(fields=["business", "id", *fields], name=name)


class DateRange(models.Func):
    """daterange(first, last, '[]'): both days inside, an open end where `last` is null."""

    function = "DATERANGE"
    output_field = DateRangeField()
