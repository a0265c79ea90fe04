"""SMS: one message through the provider's HTTPS interface, which is Twilio's Messages API.

It has no key by which a repeat is known: a line that drops before the answer may have delivered the message, and it is
sent once more, unless the provider's report (reports.py) comes first.
"""

from datetime import datetime

import requests
from django.conf import settings
from django.db import transaction

from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.notifications import consents, sms_numbers
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.messages import Message
from nextroute.notifications.outcomes import NotNow, Undeliverable
from nextroute.tenancy.businesses import Business
from nextroute.tenancy.links import Link

SECONDS = 10.0  # for the connection, and for the answer
LONGEST = 1_600  # characters the provider takes
OPTED_OUT = 21610
# What will be the same tomorrow: no such number, not a mobile one, no way there, nothing to say, too much of it.
_NEVER = {21211, 21217, 21408, 21602, 21612, 21614, 21617, 21635, OPTED_OUT}


def hindrance(business: Business) -> str:
    """Why this business can send no text message at all, or "". In scope."""
    if not settings.SMS_URL:
        return "no sms provider"
    return "" if sms_numbers.of(business) else "no sms number"


def send(delivery: Delivery, message: Message, *, link: Link, now: datetime) -> str:
    """Hand one text message over; returns the provider's id. Raises NotNow or Undeliverable.

    Outside of any transaction, after `hindrance` found none. Who has told the provider to stop is noted as stopped.
    """
    answer = _ask(
        {
            "To": delivery.address,
            "From": sms_numbers.of(delivery.business),
            "Body": message.plain[:LONGEST],
            "StatusCallback": link("api_sms", absolute=True, query={"delivery": str(delivery.id)}),
        }
    )
    told = _read(answer)
    if answer.ok and isinstance(sid := told.get("sid"), str):
        return sid
    code = told.get("code")
    if code == OPTED_OUT:
        _stopped(delivery, now)
    if code in _NEVER:
        raise Undeliverable(f"refused {code}")
    raise NotNow(f"answered {answer.status_code}")


def _ask(form: dict[str, str]) -> requests.Response:
    account = settings.SMS_ACCOUNT
    address = f"{settings.SMS_URL}/2010-04-01/Accounts/{account}/Messages.json"
    try:
        return requests.post(
            address, data=form, auth=(account, settings.SMS_TOKEN), timeout=SECONDS, allow_redirects=False
        )
    except requests.RequestException as fault:
        raise NotNow(type(fault).__name__) from fault


def _read(answer: requests.Response) -> dict[str, object]:
    try:
        told = answer.json()
    except requests.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def _stopped(delivery: Delivery, now: datetime) -> None:
    with transaction.atomic(), scope.business(delivery.business_id):
        consents.stop(delivery.business_id, delivery.address, actor=SYSTEM, now=now, customer_id=delivery.customer_id)
