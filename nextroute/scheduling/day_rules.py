"""What picks a subscription's days after a change of plan, in plain Python. The rule: docs/rules/requests.md."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from nextroute.core.days import each_day, nth_in_month
from nextroute.scheduling.calendar import (
    ISO_WEEKDAYS,
    QUARTER_MONTHS,
    DayRule,
    Frequency,
    MonthWeek,
    WeekParity,
    parity_of,
    serves,
)

BY_WEEK = frozenset({Frequency.BIWEEKLY, Frequency.SEASONAL})
BY_MONTH = frozenset({Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.ANNUALLY})
_WEEKS = (MonthWeek.FIRST, MonthWeek.SECOND, MonthWeek.THIRD, MonthWeek.FOURTH, MonthWeek.LAST)
_A_YEAR = timedelta(days=366)


def kept(
    old: DayRule, frequency: Frequency, season: frozenset[int], first_day: date, weekdays: frozenset[int]
) -> DayRule:
    """The rule of `frequency` that goes on as `old` did: the same weeks of two, week of the month and anchor month
    where both have one. What is new serves the first day from `first_day` on with one of the `weekdays` (ISO; of a
    property that is routed on none, any). Raises ValueError as DayRule does."""
    routed = _Routed(first_day, weekdays or ISO_WEEKDAYS)
    week = _month_week(old, frequency, routed) if frequency in BY_MONTH else None
    return DayRule(
        frequency,
        week_parity=_parity(old, frequency, routed) if frequency in BY_WEEK else None,
        month_week=week,
        anchor_month=_anchor(old, week, routed) if frequency is Frequency.ANNUALLY else None,
        season=season if frequency is Frequency.SEASONAL else frozenset(),
    )


def season(own: Iterable[int] | None, of_plan: Iterable[int] | None) -> frozenset[int]:
    """The months of a subscription under another plan: its own, where they lie within the plan's."""
    mine, theirs = frozenset(own or ()), frozenset(of_plan or ())
    return mine if mine and mine <= theirs else theirs


class _Routed:
    """The days of a year, from a first one on, on which a property is routed."""

    def __init__(self, first_day: date, weekdays: frozenset[int]) -> None:
        self._first_day, self._weekdays = first_day, weekdays

    def __iter__(self) -> Iterator[date]:
        days = each_day(self._first_day, self._first_day + _A_YEAR)
        return (day for day in days if day.isoweekday() in self._weekdays)


def _parity(old: DayRule, frequency: Frequency, routed: _Routed) -> WeekParity | None:
    """A season goes on every week unless it had every second; what is new every second week never goes every week."""
    theirs = old.week_parity if old.frequency in BY_WEEK else None
    if frequency is Frequency.SEASONAL or old.frequency is frequency:
        return theirs
    return theirs if theirs in (WeekParity.A, WeekParity.B) else parity_of(next(iter(routed)))


def _month_week(old: DayRule, frequency: Frequency, routed: _Routed) -> MonthWeek:
    if old.frequency in BY_MONTH:
        return old.month_week or MonthWeek.FIRST
    quarterly = frequency is Frequency.QUARTERLY
    first = next(day for day in routed if not quarterly or day.month in QUARTER_MONTHS)
    return _WEEKS[nth_in_month(first) - 1]  # a fifth is a last one


def _anchor(old: DayRule, week: MonthWeek | None, routed: _Routed) -> int | None:
    if old.frequency is Frequency.ANNUALLY:
        return old.anchor_month
    of_week = DayRule(Frequency.MONTHLY, month_week=week)
    return next(day.month for day in routed if serves(of_week, day))
