"""A calendar that subscribes to a customer's feed, and is strict about what it reads."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import vobject
from django.urls import reverse
from icalendar import Calendar, Event
from icalendar.parser import Contentline

from nextroute.core import scope
from nextroute.core.actors import SYSTEM, Actor, ActorKind
from nextroute.customers.models import Customer
from nextroute.identity.models import Login
from nextroute.scheduling import feeds
from nextroute.scheduling.models import CalendarFeed
from tests.cast import NOON
from tests.doors import Browser


def a_feed(customer: Customer, login: Login | None = None, *, now: datetime = NOON) -> CalendarFeed:
    """The customer's feed, made by somebody who signed in, or by the office."""
    actor = Actor(ActorKind.CUSTOMER, login.pk) if login else SYSTEM
    with scope.business(customer.business_id):
        return feeds.open(customer=customer, actor=actor, now=now)


def path_of(feed: CalendarFeed) -> str:
    return reverse("portal_calendar_feed", kwargs={"token": feed.token})


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as a calendar shows it, and how it is kept."""

    uid: str
    sequence: int
    stamp: datetime
    start: date
    end: date
    status: str
    summary: str
    location: str
    description: str
    transparency: str

    @property
    def day(self) -> date:
        return self.start.date() if isinstance(self.start, datetime) else self.start

    def like(self, other: "Seen") -> bool:
        """Whether they look the same."""
        return replace(self, sequence=other.sequence, stamp=other.stamp) == other


def _seen(event: Event) -> Seen:
    assert event.last_modified == event.stamp
    return Seen(
        uid=event.uid,
        sequence=event.sequence,
        stamp=event.stamp,
        start=event.start,
        end=event.end,
        status=str(event.status),
        summary=str(event.summary),
        location=str(event.location),
        description=str(event.description),
        transparency=str(event.transparency),
    )


class Subscriber:
    """Reads a feed, and holds every answer against all that it read before."""

    def __init__(self, feed: CalendarFeed, browser: Browser | None = None) -> None:
        self.path = path_of(feed)
        self.browser = browser or Browser()
        self.known: dict[str, Seen] = {}

    def read(self, **headers: str) -> Any:
        return self.browser.get(self.path, headers=headers)

    def poll(self) -> list[Seen]:
        """Every event of the file; one that changed has a larger sequence than ever, one that did not is the same."""
        answer = self.read()
        assert answer.status_code == 200, answer.content
        events = [_seen(event) for event in strictly(answer.content).events]
        assert len({event.uid for event in events}) == len(events)
        for event in events:
            before = self.known.get(event.uid, event)
            if before.like(event):
                assert event == before, "told anew, though nothing changed"
            else:
                assert event.sequence > before.sequence, f"{before} became {event}"
                assert event.stamp >= before.stamp
            self.known[event.uid] = event
        return events

    def days(self) -> dict[str, str]:
        """The status of each day, once more read."""
        return {f"{event.day:%m-%d}": event.status for event in self.poll()}

    def on(self, day: str) -> Seen:
        """The event of the day, once more read."""
        (found,) = [event for event in self.poll() if f"{event.day:%m-%d}" == day]
        return found

    def standing(self, since: date) -> list[tuple[date, str]]:
        """Day and place of everything from a day on that is not cancelled, once more read."""
        standing = (event for event in self.poll() if event.status != "CANCELLED" and event.day >= since)
        return sorted((event.day, event.location) for event in standing)


def strictly(content: bytes) -> Calendar:
    """The file, if it keeps to RFC 5545 to the letter: by hand, by icalendar, and by vobject."""
    lines = content.split(b"\r\n")
    assert lines.pop() == b""
    for line in lines:
        assert len(line) <= 75, line
        assert not {*range(32), 127} & set(line), line
        line.decode()  # folded between characters, never within one
    for unfolded in content.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]:
        Contentline(unfolded, strict=True).parts()  # type: ignore[no-untyped-call]
    calendar = Calendar.from_ical(content)
    calendar.validate()  # type: ignore[no-untyped-call]
    for component in calendar.walk():
        assert component.errors == []
        assert set(component.required) <= set(component.keys())
        once: tuple[str, ...] = component.singletons
        assert not any(isinstance(component.get(name), list) for name in once)
    assert calendar.to_ical() == content
    (read,) = vobject.readComponents(content.decode(), validate=True)
    assert read.validate(raiseException=True)
    return calendar
