"""Calendar events as an iCalendar file (RFC 5545 and 7986)."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from icalendar.prop import vDuration, vText

from nextroute.core.days import ONE_DAY
from nextroute.portal.calendar_zone import vtimezone
from nextroute.scheduling.calendar_events import CalendarEvent
from nextroute.tenancy.businesses import Business

KIND = "text/calendar; charset=utf-8"
REFRESH = timedelta(hours=6)
_PRODID = "-//NextRoute//Customer Portal//EN"
# Not allowed in iCalendar's text, or a line's end to some: whatever came in with a name must not break the file.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]+")


def ical(events: Iterable[CalendarEvent], business: Business, *, today: date) -> bytes:
    """The file: the same events always make the same bytes. It holds the zone, so it is never empty (RFC 5545, 3.6)."""
    calendar = Calendar()
    calendar.version, calendar.prodid = "2.0", _PRODID
    calendar.calscale, calendar.method = "GREGORIAN", "PUBLISH"
    for name in ("NAME", "X-WR-CALNAME"):  # `calendar_name` would not escape it
        calendar.add(name, vText(_line(business.name)))
    calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH))
    calendar.add_component(vtimezone(business.timezone, today.year))
    for event in events:
        calendar.add_component(_event(event, ZoneInfo(business.timezone)))
    return bytes(calendar.to_ical())


def _event(event: CalendarEvent, zone: ZoneInfo) -> Event:
    made = Event()
    made.uid, made.sequence = event.uid, event.sequence
    made.DTSTAMP = made.last_modified = event.changed_at
    if event.starts_at and event.ends_at:
        made.start, made.end = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
    else:
        made.start, made.end = event.day, event.day + ONE_DAY
    made.summary, made.location = _line(event.summary), _line(event.location)
    made.description = _CONTROL.sub(" ", event.description)
    made.add("STATUS", event.status)
    made.add("TRANSP", "TRANSPARENT")
    return made


def _line(text: str) -> str:
    return _CONTROL.sub(" ", text).replace("\n", " ")
