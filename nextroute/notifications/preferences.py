"""Preference: what a customer wants to be told, by category and channel. No row: as the channel's consent says."""

from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from nextroute.audit import recording as audit
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow
from nextroute.core.verbs import verb
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.triggers import Category, Channel


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


@verb
def change(*, customer_id: UUID, category: Category, channel: Channel, wanted: bool, actor: Actor) -> None:
    """Tell the customer of this category by this channel, or not any more. In the customer's or the business's scope.

    Raises Refused for security, which cannot be turned off, nor on.
    """
    if category is Category.SECURITY:
        raise Refused(_("We always tell you when somebody signs in to your account or changes it."), field="category")
    with scope.business():
        business_id = scope.current().business
        assert business_id
        row, made = Preference.objects.select_for_update(no_key=True).get_or_create(
            business_id=business_id,
            customer_id=customer_id,
            category=category,
            channel=channel,
            defaults={"wanted": wanted},
        )
        if not made:
            if row.wanted == wanted:
                return
            Preference.objects.filter(id=row.id).update(wanted=wanted)
        audit.record(
            Verb.PREFERENCE_CHANGED,
            actor=actor,
            business_id=business_id,
            subject=row,
            label=f"{category} by {channel}",
            customer_id=customer_id,
            changed=["wanted"],
            detail={"wanted": wanted},
        )


def unwanted(delivery: Delivery) -> bool:
    """Whether the customer turned this category off on this channel. In scope."""
    if delivery.category is Category.SECURITY or delivery.customer_id is None:
        return False
    said = Preference.objects.filter(
        customer_id=delivery.customer_id, category=delivery.category, channel=delivery.channel, wanted=False
    )
    return said.exists()
