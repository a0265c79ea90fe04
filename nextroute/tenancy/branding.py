"""Branding: the business's own look."""

from django.core.validators import RegexValidator
from django.db import models

from nextroute.core.rows import BusinessRow

is_colour = RegexValidator(r"^#[0-9a-f]{6}\Z", "Use a colour such as #0e7490.")


class Branding(BusinessRow):
    """Two colours (#rrggbb, small letters); every other one is derived from them."""

    business = models.OneToOneField("tenancy.Business", models.PROTECT, db_constraint=False, related_name="branding")
    primary_color = models.TextField(default="#0e7490", validators=[is_colour])
    accent_color = models.TextField(default="#f59e0b", validators=[is_colour])

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(primary_color__regex=r"^#[0-9a-f]{6}$", accent_color__regex=r"^#[0-9a-f]{6}$"),
                name="branding_colours",
            )
        ]
