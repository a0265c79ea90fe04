"""The file to the letter: folding, foreign letters, and the hours of days on which clocks are set."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from nextroute.core.days import ONE_DAY
from nextroute.customers.models import Customer
from nextroute.portal import calendar_file, calendar_zone
from nextroute.scheduling.calendar_events import CalendarEvent, Status
from nextroute.scheduling.models import Zone
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, D
from tests.doors import Clock
from tests.subscriber import Subscriber, a_feed, strictly

TODAY = D("2026-06-01")
DENVER = Business(slug="bright-bins", name="Bright Bins", timezone="America/Denver")


def an_event(day: date = TODAY, **changes: Any) -> CalendarEvent:
    words = {"summary": "Bright Bins: Weekly", "location": "8447 West 51st Avenue", "description": "2 bins\nAlley"}
    kept = {"uid": "1", "sequence": 0, "changed_at": NOON, "status": Status.CONFIRMED}
    return CalendarEvent(day=day, **(words | kept | changes))


def read(*events: CalendarEvent, business: Business = DENVER, today: date = TODAY) -> Calendar:
    return strictly(calendar_file.ical(events, business, today=today))


def test_an_empty_calendar_is_a_whole_file() -> None:
    assert [zone.tz_name for zone in read().timezones] == ["America/Denver"]


# Letters

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200)


@pytest.mark.parametrize(
    "name",
    [
        "Señor Ñandú y Compañía " * 9,
        "ごみ箱掃除" * 30,
        "🗑️" * 40,
        "a" * 500,
        "Bins, Bags; and \\ Co: “Ltd”",
        "مرحبا" * 20,
    ],
)
def test_foreign_letters_and_long_lines_are_folded_and_come_back_whole(name: str) -> None:
    business = Business(slug="x", name=name, timezone="America/Denver")
    calendar = read(an_event(summary=name, location=name, description=f"{name}\n{name}"), business=business)
    (event,) = calendar.events
    assert event.summary == event.location == name
    assert event.description == f"{name}\n{name}"


def test_the_businesss_name_is_escaped_like_every_text() -> None:
    business = Business(slug="x", name="Bins, Bags; and \\ Co", timezone="America/Denver")
    text = calendar_file.ical([], business, today=TODAY).decode()
    for name in ("NAME", "X-WR-CALNAME"):
        assert f"\r\n{name}:Bins\\, Bags\\; and \\\\ Co\r\n" in text


@pytest.mark.parametrize("sign", ["\r", "\t", "\x07", "\x0b", "\x1f", "\x7f", "\x85", "\u2028", "\u2029", "\r\n", "\n"])
def test_signs_that_would_break_a_line_are_left_out(sign: str) -> None:
    (event,) = read(an_event(summary=f"Bright{sign}Bins")).events
    assert str(event.summary).split() == ["Bright", "Bins"]


@given(words=WORDS, name=WORDS.filter(str.strip))
@settings(max_examples=200, deadline=None)
def test_no_words_break_the_file(words: str, name: str) -> None:
    business = Business(slug="x", name=name, timezone="America/Denver")
    read(an_event(summary=words, location=words, description=words), business=business)


# Days on which clocks are set

AUTUMN = {"America/Denver": "2026-11-01", "America/New_York": "2026-11-01", "Australia/Lord_Howe": "2027-04-04"}
SPRING = {"America/Denver": "2027-03-14", "America/New_York": "2027-03-14", "Australia/Lord_Howe": "2026-10-04"}
NEVER = {"Pacific/Kiritimati": "2026-11-01"}
CLOCK_DAYS = [*AUTUMN.items(), *SPRING.items(), *NEVER.items()]


@pytest.mark.parametrize(("zone", "day"), CLOCK_DAYS)
@pytest.mark.parametrize("hours", [(8, 10), (1, 4), (0, 23)], ids=str)
def test_an_arrival_window_keeps_its_hours_on_the_day_clocks_are_set(
    bright: Business, clock: Clock, zone: str, day: str, hours: tuple[int, int]
) -> None:
    Business.objects.update(timezone=zone)
    bright.refresh_from_db()
    clock.now = datetime.combine(D(day) - timedelta(days=40), time(12), UTC)
    ada = cast.a_customer(bright, "ada")
    cast.served(ada, zone=cast.a_zone(bright, weekday=7))
    starts, ends = (time(hour) for hour in hours)
    ada.master_stops.update(arrives_from=starts, arrives_to=ends)
    reader = Subscriber(a_feed(ada, now=clock.now))
    (event,) = [event for event in reader.poll() if event.day == D(day)]
    local = ZoneInfo(zone)
    assert event.start == datetime.combine(D(day), starts, local)
    assert event.end == datetime.combine(D(day), ends, local)
    (written,) = strictly(reader.read().content).timezones
    for instant in (event.start, event.end):
        assert isinstance(instant, datetime)
        assert instant.replace(tzinfo=written.to_tz(lookup_tzid=False)).astimezone(UTC) == instant.astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "shown"),
    [
        ((time(1, 30), time(2, 30)), ("01:30", "03:30")),
        ((time(2, 30), time(4)), ("03:30", "04:00")),
        ((time(2, 30), time(3, 15)), None),
        ((time(2, 15), time(3, 15)), None),
    ],
)
def test_a_window_within_the_hour_that_clocks_leave_out_is_all_day(
    ada: Customer, bright: Business, clock: Clock, hours: tuple[time, time], shown: tuple[str, str] | None
) -> None:
    clock.now = datetime(2027, 2, 1, 12, tzinfo=UTC)
    sunday = Zone.objects.get().master_routes.create(business=bright, weekday=7)
    cast.a_place(ada.properties.get(), sunday, arrives_from=hours[0], arrives_to=hours[1])
    (event,) = [event for event in Subscriber(a_feed(ada)).poll() if event.day == D("2027-03-14")]
    got = (f"{event.start:%H:%M}", f"{event.end:%H:%M}") if isinstance(event.start, datetime) else None
    assert got == shown


@pytest.mark.parametrize(
    "name",
    [
        "America/Denver", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Pago_Pago",
        "Europe/Dublin", "Africa/Casablanca", "America/Santiago", "Asia/Jerusalem", "UTC",
    ],
)  # fmt: skip
@pytest.mark.parametrize("year", [2026, 2031])
def test_a_zone_says_what_clocks_show_on_every_day_and_at_every_hour_of_those_they_are_set(
    name: str, year: int
) -> None:
    real, written = ZoneInfo(name), calendar_zone.vtimezone(name, year).to_tz(lookup_tzid=False)
    first, last = datetime(year - 1, 11, 2, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    set_on = [day for day in days if day.astimezone(real).utcoffset() != (day + ONE_DAY).astimezone(real).utcoffset()]
    for moment in (*days, *(day + timedelta(minutes=n * 30) for day in set_on for n in range(48))):
        assert moment.astimezone(written).replace(tzinfo=None) == moment.astimezone(real).replace(tzinfo=None), moment


def test_clocks_follow_yearly_rules_as_outlook_reads_them() -> None:
    daylight, standard = calendar_zone.vtimezone("America/Denver", 2026).subcomponents
    assert daylight["RRULE"].to_ical() == b"FREQ=YEARLY;BYDAY=2SU;BYMONTH=3"
    assert standard["RRULE"].to_ical() == b"FREQ=YEARLY;BYDAY=1SU;BYMONTH=11"
    assert datetime(2025, 3, 9, 2) == daylight.DTSTART  # noqa: DTZ001 - by the clocks until then
    (last, _) = calendar_zone.vtimezone("Europe/Dublin", 2026).subcomponents
    assert last["RRULE"].to_ical() == b"FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3"
