"""Preference: what a customer wants to be told, by category and channel. No row: as the channel's consent says."""

from django.db import models

from nextroute.core.rows import BusinessRow
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.triggers import Category


class Preference(BusinessRow):
    """A customer's own word on one category by one channel. Security has none: it cannot be turned off."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="preferences"
    )
    category = models.TextField(help_text="notifications.triggers.Category")
    channel = models.TextField(help_text="notifications.triggers.Channel")
    wanted = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "category", "channel"], name="preference_once"),
            models.CheckConstraint(condition=~models.Q(category="security"), name="preference_not_of_security"),
        ]


def unwanted(delivery: Delivery) -> bool:
    """Whether the customer turned this category off on this channel. In scope."""
    if delivery.category is Category.SECURITY or delivery.customer_id is None:
        return False
    said = Preference.objects.filter(
        customer_id=delivery.customer_id, category=delivery.category, channel=delivery.channel, wanted=False
    )
    return said.exists()
