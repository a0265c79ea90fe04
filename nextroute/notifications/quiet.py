"""Quiet hours: no text message between nine in the evening and eight in the morning where its reader is."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from phonenumbers import NumberParseException, parse
from phonenumbers.timezone import time_zones_for_number

from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.triggers import Channel

BEGINS, ENDS = time(21), time(8)
_UNKNOWN = "Etc/Unknown"
_ROUNDS = 8  # more than any number there is needs until everybody is awake: tests/notifications/test_quiet.py


def until(delivery: Delivery, now: datetime) -> datetime | None:
    """When the quiet is over (UTC), if it is quiet for this delivery now."""
    if delivery.by is not Channel.SMS:
        return None
    moment = awake(zones_of(delivery.address, delivery.business.timezone, now), now)
    return moment if moment > now else None


def awake(zones: Sequence[str], now: datetime) -> datetime:
    """The first instant from `now` on at which it is quiet in none of the zones (IANA names)."""
    for _ in range(_ROUNDS):
        later = max(_morning(zone, now) for zone in zones)
        if later == now:
            break
        now = later
    return now


def zones_of(phone: str, of_business: str, now: datetime) -> Sequence[str]:
    """The zones a number's reader may be in, by its prefix: the business's alone, if the number may be there.

    It may be where the clocks show what the business's do, and anywhere when nothing is known of the number.
    """
    try:
        zones: Sequence[str] = time_zones_for_number(parse(phone))
    except NumberParseException:
        zones = (_UNKNOWN,)
    here = now.astimezone(ZoneInfo(of_business)).utcoffset()
    if _UNKNOWN in zones or any(now.astimezone(ZoneInfo(zone)).utcoffset() == here for zone in zones):
        return (of_business,)
    return zones


def _morning(zone: str, now: datetime) -> datetime:
    """`now` where it is day in the zone; else when the night is over."""
    here = now.astimezone(ZoneInfo(zone))
    if ENDS <= here.time() < BEGINS:
        return now
    morning = here.date() + timedelta(days=1 if here.time() >= BEGINS else 0)
    return datetime.combine(morning, ENDS, here.tzinfo).astimezone(now.tzinfo)
