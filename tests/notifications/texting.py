"""The provider of text messages as the tests have it: the stand-in, over real HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest

from nextroute.config import links
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.notifications import composing, consents, delivering, fake_sms_server, sms_numbers
from nextroute.notifications.fake_sms import Provider
from nextroute.notifications.models import Delivery
from nextroute.notifications.triggers import Trigger
from nextroute.tenancy.businesses import Business
from tests.cast import NOON

ACCOUNT, TOKEN = "AC0123", "a secret we share"
OURS, ADAS = "+13035550100", "+13035550142"


@contextmanager
def provider(settings: Any) -> Iterator[Provider]:
    """Running, and the one the settings name."""
    made = Provider(ACCOUNT, TOKEN, webhook=links.to("api_sms", absolute=True), numbers=frozenset({OURS}))
    with fake_sms_server.running(made) as url:
        settings.SMS_URL, settings.SMS_ACCOUNT, settings.SMS_TOKEN = url, ACCOUNT, TOKEN
        yield made


def a_reader(business: Business, *phones: str, number: str = OURS) -> None:
    """The business has a number, and these phones agreed to messages from it. In its scope."""
    sms_numbers.give(business=business, number=number, actor=SYSTEM, now=NOON)
    for phone in phones:
        consents.give(business.id, phone, how="form", actor=SYSTEM, now=NOON)


def owed(
    customer: Customer, trigger: Trigger = Trigger.SERVICE_REMINDER, *, channel: str = "sms", **changes: Any
) -> Delivery:
    """A message that is due."""
    address = ADAS if channel == "sms" else customer.email
    fields = {"trigger": trigger, "channel": channel, "address": address, "due_at": NOON}
    return Delivery.objects.create(business_id=customer.business_id, customer=customer, **(fields | changes))


def says(monkeypatch: pytest.MonkeyPatch, trigger: Trigger) -> None:
    """What this trigger is about is no matter: it has something to say."""
    monkeypatch.setitem(composing._composers, trigger, lambda *_: {})


def send(business: Business, at: datetime = NOON) -> int:
    """The worker's turn."""
    return delivering.deliver(business.id, link=links.to, clock=lambda: at)


def again(delivery: Delivery) -> Delivery:
    """As it is now."""
    return Delivery.objects.get(id=delivery.id)
