"""Weeks, months and the instants at which local days begin."""

import calendar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextroute.core import days

D = date.fromisoformat
dates = st.dates(D("2015-01-01"), D("2040-12-31"))
zones = st.sampled_from(
    [
        "UTC",
        "America/New_York",
        "Pacific/Kiritimati",  # the first to see a day
        "Pacific/Pago_Pago",  # the last
        "America/Sao_Paulo",  # its clocks changed at midnight
        "America/Havana",
        "Africa/Cairo",
        "Australia/Lord_Howe",  # by half an hour
    ]
)


def test_each_day_includes_both_ends() -> None:
    assert list(days.each_day(D("2024-02-28"), D("2024-03-01"))) == [
        D("2024-02-28"),
        D("2024-02-29"),
        D("2024-03-01"),
    ]
    assert list(days.each_day(D("2024-02-28"), D("2024-02-28"))) == [D("2024-02-28")]


def test_there_are_no_days_when_the_last_comes_before_the_first() -> None:
    assert list(days.each_day(D("2024-03-01"), D("2024-02-28"))) == []


@given(dates)
def test_a_week_runs_from_monday_to_sunday(on: date) -> None:
    monday, sunday = days.monday_of(on), days.sunday_of(on)
    assert (monday.isoweekday(), sunday.isoweekday()) == (1, 7)
    assert monday <= on <= sunday
    assert sunday - monday == timedelta(days=6)


@given(dates)
def test_a_day_is_the_nth_of_its_weekday_as_a_wall_calendar_shows_it(on: date) -> None:
    column = [week[on.weekday()] for week in calendar.monthcalendar(on.year, on.month) if week[on.weekday()]]
    assert days.nth_in_month(on) == column.index(on.day) + 1
    assert days.is_last_in_month(on) == (on.day == column[-1])


@given(dates)
def test_a_month_runs_from_its_first_day_to_the_day_before_the_next(on: date) -> None:
    first, last = days.first_of_month(on), days.last_of_month(on)
    assert first <= on <= last
    assert (first - days.ONE_DAY).month != on.month != (last + days.ONE_DAY).month
    assert first.month == last.month == on.month


@pytest.mark.parametrize(
    ("on", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-11-15", 2, "2027-01-15"),
        ("2026-12-31", 13, "2028-01-31"),
        ("2026-01-31", -1, "2025-12-31"),
        ("2026-03-31", -13, "2025-02-28"),
        ("2026-03-31", 0, "2026-03-31"),
    ],
)
def test_months_are_added_by_name_and_a_missing_day_becomes_the_last(on: str, months: int, expected: str) -> None:
    assert days.add_months(D(on), months) == D(expected)


def test_today_depends_on_where_one_stands() -> None:
    now = datetime(2026, 6, 15, 10, 30, tzinfo=UTC)
    assert days.today_in("Pacific/Kiritimati", now) == D("2026-06-16")
    assert days.today_in("America/New_York", now) == D("2026-06-15")
    assert days.today_in("Pacific/Pago_Pago", now) == D("2026-06-14")


def test_today_needs_an_instant_with_a_time_zone() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        days.today_in("UTC", datetime(2026, 6, 15, 10, 30))  # noqa: DTZ001 - the mistake under test


@pytest.mark.parametrize(
    ("zone", "on", "begins"),
    [
        ("America/New_York", "2026-03-08", "2026-03-08 05:00"),  # clocks change later that day
        ("America/New_York", "2026-03-09", "2026-03-09 04:00"),
        ("America/New_York", "2026-11-02", "2026-11-02 05:00"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04 03:00"),  # no midnight: begins at 01:00
        ("America/Havana", "2026-11-01", "2026-11-01 04:00"),  # two midnights: begins at the first
        ("Pacific/Kiritimati", "2026-06-15", "2026-06-14 10:00"),
        ("Pacific/Pago_Pago", "2026-06-15", "2026-06-15 11:00"),
    ],
)
def test_a_day_begins_at_its_first_moment_also_when_clocks_change(zone: str, on: str, begins: str) -> None:
    midnight = days.midnight_in(zone, D(on))
    assert midnight == datetime.fromisoformat(f"{begins}+00:00")
    assert midnight.tzinfo is UTC


@given(zones, dates)
def test_a_moment_before_a_day_begins_it_is_still_yesterday(zone: str, on: date) -> None:
    midnight = days.midnight_in(zone, on)
    assert days.today_in(zone, midnight) == on
    assert days.today_in(zone, midnight - timedelta(microseconds=1)) == on - days.ONE_DAY


@given(zones, st.datetimes(datetime(2015, 1, 2), datetime(2040, 12, 30)))  # noqa: DTZ001 - given a zone below
def test_every_instant_lies_in_the_day_that_is_today_then(zone: str, at: datetime) -> None:
    now = at.replace(tzinfo=UTC)
    today = days.today_in(zone, now)
    assert days.midnight_in(zone, today) <= now < days.midnight_in(zone, today + days.ONE_DAY)
    assert now.astimezone(ZoneInfo(zone)).date() == today
