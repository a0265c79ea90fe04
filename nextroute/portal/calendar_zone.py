"""A business's time zone as calendars read it: its clocks' changes, as yearly rules where they follow one.

Not icalendar's own `Timezone.from_tzid`: it lists days instead of rules, which Outlook does not read, and begins summer
time an hour late (docs/decisions/0008-calendar-feed.md).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from nextroute.core.days import ONE_DAY, is_last_in_month, nth_in_month

YEARS = 12  # enough to tell “the fourth Sunday” from “the last”
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class _Change:
    """The clocks are set at `onset`, by the time they showed until then, from one offset to another."""

    onset: datetime
    before: timedelta
    after: timedelta
    name: str


@lru_cache(maxsize=64)
def vtimezone(zone_name: str, year: int) -> Timezone:
    """The VTIMEZONE of an IANA zone, right for every day from the November before `year` on."""
    since = datetime(year - 1, 1, 1, tzinfo=UTC)
    zone = ZoneInfo(zone_name)
    changes = list(_changes(zone, since))
    made = Timezone()
    made.add("TZID", zone_name)
    if not changes or changes[0].onset.year >= year:
        made.add_component(_observance([_standing(zone, since)]))
    for _, alike in groupby(sorted(changes, key=_kind), key=_kind):
        made.add_component(_observance(list(alike)))
    return made


def _kind(change: _Change) -> tuple[timedelta, timedelta, str]:
    return change.before, change.after, change.name


def _changes(zone: ZoneInfo, since: datetime) -> Iterator[_Change]:
    at, until = since, since.replace(year=since.year + YEARS)
    while at < until:
        if _shows(zone, at) != _shows(zone, at + ONE_DAY):
            moment = _moment(zone, at)
            before, after = (_shows(zone, moment - timedelta(seconds=1)), _shows(zone, moment))
            yield _Change((moment + before[0]).replace(tzinfo=None), before[0], *after)
        at += ONE_DAY


def _moment(zone: ZoneInfo, at: datetime) -> datetime:
    """The second of the day after `at` from which on clocks show something else."""
    early, late = 0, 24 * 3600
    while late - early > 1:
        middle = (early + late) // 2
        same = _shows(zone, at + timedelta(seconds=middle)) == _shows(zone, at)
        early, late = (middle, late) if same else (early, middle)
    return at + timedelta(seconds=late)


def _shows(zone: ZoneInfo, at: datetime) -> tuple[timedelta, str]:
    """The offset from UTC and its short name."""
    local = at.astimezone(zone)
    return local.utcoffset() or timedelta(), local.tzname() or ""


def _standing(zone: ZoneInfo, since: datetime) -> _Change:
    offset, name = _shows(zone, since)
    return _Change(since.replace(tzinfo=None), offset, offset, name)


def _observance(alike: Sequence[_Change]) -> TimezoneStandard | TimezoneDaylight:
    first = alike[0]
    made = TimezoneDaylight() if first.after > first.before else TimezoneStandard()
    made.DTSTART, made.TZOFFSETFROM, made.TZOFFSETTO = first.onset, first.before, first.after
    made.add("TZNAME", first.name)
    onsets = [change.onset for change in alike]
    if rule := _rule(onsets):
        made.add("RRULE", rule)
    elif len(onsets) > 1:
        made.add("RDATE", onsets[1:])
    return made


def _rule(onsets: Sequence[datetime]) -> dict[str, str | int] | None:
    """“The second Sunday of March”, when that is every one of them, one a year."""
    first, days = onsets[0], [onset.date() for onset in onsets]
    alike = {(onset.month, onset.weekday(), onset.time()) for onset in onsets}
    if len(alike) > 1 or len({day.year for day in days}) < YEARS or len(days) > YEARS:
        return None
    if nth := _nth(days):
        return {"FREQ": "YEARLY", "BYMONTH": first.month, "BYDAY": f"{nth}{_WEEKDAYS[first.weekday()]}"}
    return None


def _nth(days: Sequence[date]) -> int | None:
    """Which of its weekday in its month each of these is; -1: the last."""
    if len({nth_in_month(day) for day in days}) == 1:
        return nth_in_month(days[0])
    return -1 if all(is_last_in_month(day) for day in days) else None
