"""Quiet hours: no text message between nine in the evening and eight in the morning where its reader is."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from phonenumbers import PhoneNumber, parse
from phonenumbers.timezone import time_zones_for_number

from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.triggers import Channel

BEGINS, ENDS = time(21), time(8)
_UNKNOWN = "Etc/Unknown"


def until(delivery: Delivery, now: datetime) -> datetime | None:
    """When the quiet is over (UTC), if it is quiet for this delivery now."""
    if delivery.channel != Channel.SMS:
        return None
    here = now.astimezone(ZoneInfo(zone_of(delivery.address, delivery.business.timezone)))
    if ENDS <= here.time().replace(tzinfo=None) < BEGINS:
        return None
    morning = here.date() + timedelta(days=1 if here.time() >= BEGINS else 0)
    return datetime.combine(morning, ENDS, here.tzinfo).astimezone(now.tzinfo)


def zone_of(phone: str, of_business: str) -> str:
    """The zone a number's reader is in: the business's if the number may be there, else the number's own."""
    number: PhoneNumber = parse(phone)
    zones = time_zones_for_number(number)
    return of_business if of_business in zones or zones == (_UNKNOWN,) else zones[0]
