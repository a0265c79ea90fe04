"""Dates and instants, in plain Python.

A date is a local calendar date, a week runs from Monday to Sunday, weekdays are ISO (Monday 1 to
Sunday 7), instants are aware. Nothing here asks the clock: "now" and "today" are handed in.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


def each_day(first: date, last: date) -> Iterator[date]:
    """Every date from `first` through `last`, both included; none when `last` comes first."""
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def monday_of(on: date) -> date:
    """The first day of the week of `on`."""
    return on - timedelta(days=on.weekday())


def sunday_of(on: date) -> date:
    """The last day of the week of `on`."""
    return on + timedelta(days=7 - on.isoweekday())


def nth_in_month(on: date) -> int:
    """Which of its weekday in its month `on` is: 1 for a first Tuesday, 5 at most."""
    return (on.day - 1) // 7 + 1


def is_last_in_month(on: date) -> bool:
    """Whether `on` is the last of its weekday in its month: a fourth or a fifth."""
    return last_of_month(on).day - on.day < 7


def first_of_month(on: date) -> date:
    """The first day of the month of `on`."""
    return on.replace(day=1)


def last_of_month(on: date) -> date:
    """The last day of the month of `on`."""
    return on.replace(day=monthrange(on.year, on.month)[1])


def add_months(on: date, months: int) -> date:
    """`on` moved by whole months, backwards when negative; a day the month lacks becomes its last."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def today_in(zone_name: str, now: datetime) -> date:
    """The local date in an IANA time zone at the instant `now`.

    Raises ValueError when `now` is naive, ZoneInfoNotFoundError (a KeyError) for an unknown zone.
    """
    if now.tzinfo is None:
        raise ValueError("An instant needs a time zone; this one has none.")
    return now.astimezone(ZoneInfo(zone_name)).date()


def midnight_in(zone_name: str, on: date) -> datetime:
    """The instant, in UTC, at which the date `on` begins in an IANA time zone.

    Raises ZoneInfoNotFoundError (a KeyError) for an unknown zone.
    """
    return hours_before(zone_name, on, 0)


def hours_before(zone_name: str, on: date, hours: int) -> datetime:
    """The instant, in UTC, `hours` before the date `on` begins in an IANA time zone, as its clocks on the wall count:
    24 hours before a midnight is the midnight before, also when clocks are set forward or back in between.

    Raises as `midnight_in` does.
    """
    # fold=0, the default, is right on both odd days: of two equal times (clocks set back) it is the
    # first, and a time that clocks set forward leave out becomes the moment they are set.
    wall = datetime.combine(on, time.min) - timedelta(hours=hours)
    return wall.replace(tzinfo=ZoneInfo(zone_name)).astimezone(UTC)
