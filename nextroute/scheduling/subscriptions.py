"""Subscription: a property on a plan, from a day to a day, and what picks its days."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from nextroute.core.rows import BusinessRow, same_business
from nextroute.scheduling.calendar import DayRule, Frequency, MonthWeek, WeekParity


class Subscription(BusinessRow):
    """A property on a plan from `starts_on` through `ends_on` (none: open). A plan change ends one and starts the next.

    Local days. `season_months` overrides the plan's; `anchor_month` defaults to the month of `starts_on`;
    `first_visit_on` is one more visit outside the frequency.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="subscriptions"
    )
    property = models.ForeignKey(
        "customers.Property", models.PROTECT, db_constraint=False, related_name="subscriptions"
    )
    plan = models.ForeignKey("scheduling.Plan", models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    week_parity = models.TextField(choices=[(p.value, p.value) for p in WeekParity], null=True, blank=True)
    month_week = models.TextField(choices=[(w.value, w.value) for w in MonthWeek], null=True, blank=True)
    anchor_month = models.SmallIntegerField(null=True, blank=True)
    season_months = ArrayField(models.SmallIntegerField(), null=True, blank=True)
    first_visit_on = models.DateField(null=True, blank=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="replaced_by"
    )

    class Meta:
        constraints = [
            same_business("property", name="subscription_of_property"),
            same_business("customer", name="subscription_of_its_customer"),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on") - 1),
                name="subscription_days",
            ),
            models.CheckConstraint(
                condition=models.Q(week_parity=None) | models.Q(week_parity__in=[p.value for p in WeekParity]),
                name="subscription_parity",
            ),
            models.CheckConstraint(
                condition=models.Q(month_week=None) | models.Q(month_week__in=[w.value for w in MonthWeek]),
                name="subscription_month_week",
            ),
            models.CheckConstraint(
                condition=models.Q(anchor_month=None) | models.Q(anchor_month__range=(1, 12)),
                name="subscription_anchor_month",
            ),
        ]
        indexes = [models.Index(fields=["customer"], name="subscription_of_customer")]

    def day_rule(self) -> DayRule:
        """What picks this subscription's days, its own or its plan's."""
        frequency = Frequency(self.plan.frequency)
        return DayRule(
            frequency=frequency,
            week_parity=WeekParity(self.week_parity) if self.week_parity else None,
            month_week=MonthWeek(self.month_week) if self.month_week else None,
            anchor_month=self.anchor_month or self.starts_on.month,
            season=frozenset(self.season_months or self.plan.season_months or ()),
        )
