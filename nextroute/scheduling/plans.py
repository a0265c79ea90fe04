"""Plan: what is sold."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from nextroute.core.rows import BusinessRow, same_business
from nextroute.scheduling.calendar import Frequency


class Plan(BusinessRow):
    """What a customer can have. Prices are cents of the business's currency; `tax_rate` is percent (none: its rate).

    `season_months` (1-12) are the months a seasonal plan runs in, unless a subscription has its own.
    """

    class Type(models.TextChoices):
        RECURRING = "recurring"
        ONE_TIME = "one_time"
        ADDON = "addon"

    class Visibility(models.TextChoices):
        PUBLIC = "public"
        PORTAL = "portal"
        INTERNAL = "internal"

    class BillingMode(models.TextChoices):
        PER_VISIT = "per_visit"
        FLAT = "flat"

    code = models.TextField()
    name = models.TextField()
    description = models.TextField(blank=True, default="")
    plan_type = models.TextField(choices=Type, default=Type.RECURRING)
    visibility = models.TextField(choices=Visibility, default=Visibility.PUBLIC)
    frequency = models.TextField(choices=[(f.value, f.value) for f in Frequency])
    billing_mode = models.TextField(choices=BillingMode, default=BillingMode.PER_VISIT)
    price_cents = models.BigIntegerField()
    setup_fee_cents = models.BigIntegerField(default=0)
    additional_bin_price_cents = models.BigIntegerField(default=0)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    season_months = ArrayField(models.SmallIntegerField(), null=True, blank=True)
    sort_order = models.IntegerField(default=0)

    class Meta:
        constraints = [
            same_business(name="plan_in_business"),
            models.UniqueConstraint(fields=["business", "code"], name="plan_code"),
            models.CheckConstraint(
                condition=models.Q(price_cents__gte=0, setup_fee_cents__gte=0, additional_bin_price_cents__gte=0),
                name="plan_prices",
            ),
            models.CheckConstraint(
                condition=models.Q(plan_type="recurring") ^ models.Q(frequency="one_time"), name="plan_frequency"
            ),
            models.CheckConstraint(
                condition=~models.Q(frequency="seasonal") | models.Q(season_months__len__gte=1), name="plan_season"
            ),
        ]

    def __str__(self) -> str:
        return self.name
