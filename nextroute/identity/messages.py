"""What this package's mails say of a sign-in; each is put together when it is sent (notifications/composing.py)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from nextroute.core import scope, words
from nextroute.identity import ask_secrets, mailboxes
from nextroute.identity.asks import Ask
from nextroute.notifications.composing import Variables, composes
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.triggers import Trigger
from nextroute.tenancy.businesses import Business
from nextroute.tenancy.links import Link


@composes(Trigger.SIGN_IN_LINK)
def sign_in_link(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    """The link and the code, made again from the ask; nothing when it is used or too old by now."""
    ask = _ask(delivery.facts["ask"])
    if ask is None or ask.ended_at or ask.expires_at is None or ask.expires_at <= now:
        return None
    return {
        "business_name": _listed(mailboxes.businesses(ask)) or delivery.business.name,
        "code": ask_secrets.code(ask),
        "minutes": str(ceil((ask.expires_at - now) / timedelta(minutes=1))),
        "action_url": link("portal_sign_in_link", absolute=True, token=ask_secrets.token(ask)),
    }


@composes(Trigger.NEW_SIGN_IN)
def new_sign_in(delivery: Delivery, link: Link, now: datetime) -> Variables:
    """From which browser and when; the button leads to a new password, for whoever it was not."""
    names = {"browser": delivery.facts["browser"], "system": delivery.facts["system"]}
    return {
        "browser": _browser(**names),
        "when": _when(delivery, now),
        "action_url": _door(delivery, link, forgot="1"),
    }


@composes(Trigger.PASSWORD_CHANGED)
def password_changed(delivery: Delivery, link: Link, now: datetime) -> Variables:
    return {"when": _when(delivery, now), "action_url": _door(delivery, link, forgot="1")}


@composes(Trigger.WELCOME)
def welcome(delivery: Delivery, link: Link, _now: datetime) -> Variables:
    return {"action_url": _door(delivery, link)}


def _ask(key: str) -> Ask | None:
    with scope.presenting(key):
        return Ask.objects.filter(pk=key).first()


def _door(delivery: Delivery, link: Link, **query: str) -> str:
    """The business's own entry, with the e-mail filled in."""
    return link("portal_sign_in", delivery.business, absolute=True, query={"email": delivery.address, **query})


def _listed(businesses: Sequence[Business]) -> str:
    """Bright Bins; or Bright Bins and Silk City Cans, when the link is for either."""
    *first, last = [business.name for business in businesses] or [""]
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last


def _browser(browser: str, system: str) -> str:
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or gettext("a browser we don’t know")


def _when(delivery: Delivery, now: datetime) -> str:
    """In the business's own time, as people say it."""
    zone = ZoneInfo(delivery.business.timezone)
    at = datetime.fromisoformat(delivery.facts["at"]).astimezone(zone)
    day = words.day_long(at.date(), now.astimezone(zone).date())
    return gettext("%(day)s at %(time)s") % {"day": day, "time": words.clock(at.timetz())}
