"""Composing: putting a delivery's facts into words, when it is sent and not before.

Each package registers a composer for the triggers it knows (`@composes(...)`); so a reminder is written of the visit as
it is then, and the secret in a sign-in mail is in no table.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.triggers import Trigger
from nextroute.tenancy.links import Link

# What the texts' {{variables}} stand for, in the reader's language. `action_url` is where the one button leads.
type Variables = Mapping[str, str]
type Composer = Callable[[Delivery, Link, datetime], Variables | None]

_composers: dict[Trigger, Composer] = {}


def composes(trigger: Trigger) -> Callable[[Composer], Composer]:
    """Register the composer of a trigger: in the business's scope and the reader's language it gives the variables;
    None when there is nothing left to say, because the visit will not happen or the link has been used."""

    def register(composer: Composer) -> Composer:
        _composers[trigger] = composer
        return composer

    return register


def compose(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    """The variables of this delivery, with those every message has; None: drop it."""
    own = _composers[delivery.about](delivery, link, now)
    if own is None:
        return None
    business, customer = delivery.business, delivery.customer
    return {
        "business_name": business.name,
        "business_phone": business.phone_display,
        "business_email": business.email,
        "customer_first_name": (customer.first_name or str(customer)) if customer else "",
        **own,
    }
