"""Which days a property is served, in plain Python. The rule and its tables: docs/rules/schedule.md.

Dates are local dates of the business, weekdays ISO (Monday 1 to Sunday 7). A visit has two: `due_on`,
the day the frequency gave, and the day it is driven, which differs when a blackout moved it. The
database answers the same question for many properties at once; tests hold the two together.
"""

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain
from operator import attrgetter

from nextroute.core.days import (
    ONE_DAY,
    each_day,
    is_last_in_month,
    monday_of,
    nth_in_month,
    sunday_of,
)

FIRST_A_WEEK = date(2024, 1, 1)  # a Monday; every second week from it, either way, is an A week
QUARTER_MONTHS = frozenset({1, 4, 7, 10})
MONTHS = frozenset(range(1, 13))
ISO_WEEKDAYS = frozenset(range(1, 8))
NEXT_DAY_WITHIN = timedelta(days=366)  # a business closed for longer drops the visit


class Frequency(StrEnum):
    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUALLY = "annually"
    SEASONAL = "seasonal"
    ONE_TIME = "one_time"


class WeekParity(StrEnum):
    A = "A"
    B = "B"
    EVERY = "every"


class MonthWeek(StrEnum):
    FIRST = "1st"
    SECOND = "2nd"
    THIRD = "3rd"
    FOURTH = "4th"
    LAST = "last"


class Effect(StrEnum):
    """What a blackout does to the visits standing on its day."""

    SKIP = "skip"
    NEXT_DAY = "next_day"
    SHIFT_WEEK = "shift_week"


class Reason(StrEnum):
    """Why a visit is not served. The first that holds is the one shown; `OFFICE` is read from stops."""

    HOLIDAY = "holiday"
    HOLD = "hold"
    SKIP = "skip"
    PAUSED = "paused"
    CANCELED = "canceled"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class DayRule:
    """What picks a subscription's days, its defaults filled in. Only what the frequency uses is read.

    `week_parity` none means every week to a seasonal rule; `month_week` none means the first.
    Raises ValueError for a biweekly rule without parity, an annual one without anchor month (its default,
    the month of `starts_on`, is the subscription's to know), a seasonal one without months, and for
    months outside 1 to 12.
    """

    frequency: Frequency
    week_parity: WeekParity | None = None
    month_week: MonthWeek | None = None
    anchor_month: int | None = None
    season: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if self.frequency == Frequency.BIWEEKLY and self.week_parity is None:
            raise ValueError("A biweekly rule needs a week parity: A, B or every.")
        if self.frequency == Frequency.ANNUALLY and self.anchor_month is None:
            raise ValueError("An annual rule needs an anchor month.")
        if self.frequency == Frequency.SEASONAL and not self.season:
            raise ValueError("A seasonal rule needs the months of its season.")
        if not self.season <= MONTHS or self.anchor_month not in {None, *MONTHS}:
            raise ValueError("Months are numbers from 1 to 12.")


@dataclass(frozen=True, slots=True)
class Blackout:
    """A day the business, or only `zone`, does not run; one per zone and day. `key` is the caller's own."""

    day: date
    effect: Effect
    zone: Hashable | None = None
    key: Hashable | None = None

    @property
    def last(self) -> date:
        """The last day whose visits it touches: a week shift reaches through Sunday."""
        return sunday_of(self.day) if self.effect == Effect.SHIFT_WEEK else self.day


@dataclass(frozen=True, slots=True)
class Planned:
    """Where a blackout left the visits due on one day: `day`, or none when it dropped them.

    `blackout` is the one that dropped them, or the last that moved them.
    """

    day: date | None
    blackout: Blackout


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` through `last`, both included; without end when `last` is none."""

    first: date
    last: date | None = None

    def covers(self, on: date) -> bool:
        return self.first <= on and (self.last is None or on <= self.last)


@dataclass(frozen=True, slots=True)
class Terms:
    """All that decides one subscription's visits.

    `weekdays` are those of the active master routes with an approved stop of the property; `zone` is
    those routes' zone; `holds` are the ones that apply to the property, each from its `effective_from`; `skips`
    name due days.
    """

    rule: DayRule
    weekdays: frozenset[int]
    starts_on: date
    ends_on: date | None = None
    first_visit_on: date | None = None
    zone: Hashable | None = None
    pending: bool = False
    pauses: tuple[Span, ...] = ()
    canceled_on: date | None = None
    holds: tuple[Span, ...] = ()
    skips: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Due:
    """One visit: the day the rule gave, the day it is driven, and why it is not served, if it is not.

    A visit that a blackout dropped keeps its due day as `day`.
    """

    due_on: date
    day: date
    reason: Reason | None


def season_months(text: str) -> frozenset[int]:
    """The months of `4-10`, `11-3` (over the new year), `4,6,8` or a mix such as `4-6,9`.

    Raises ValueError, with a sentence to show, for anything else.
    """
    months: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"\s*([0-9]{1,2})\s*(?:-\s*([0-9]{1,2})\s*)?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not {first, last} <= MONTHS:
            raise ValueError(f"A season is months from 1 to 12, such as 4-10, 11-3 or 4,6,8; not “{text}”.")
        length = (last - first) % 12 + 1
        months.update((first - 1 + step) % 12 + 1 for step in range(length))
    return frozenset(months)


def parity_of(on: date) -> WeekParity:
    """Whether the week of `on` is an A or a B week. Never by ISO number: after week 53 comes 1, odd again."""
    weeks = (on - FIRST_A_WEEK).days // 7  # floors before 2024 too
    return WeekParity.B if weeks % 2 else WeekParity.A


def serves(rule: DayRule, on: date) -> bool:
    """Whether the rule picks `on`, a day the property's route runs. One-time never does: it is an extra."""
    match rule.frequency:
        case Frequency.WEEKLY:
            return True
        case Frequency.BIWEEKLY:
            return _fits_parity(rule, on)
        case Frequency.MONTHLY:
            return _fits_month_week(rule, on)
        case Frequency.QUARTERLY:
            return on.month in QUARTER_MONTHS and _fits_month_week(rule, on)
        case Frequency.ANNUALLY:
            return on.month == rule.anchor_month and _fits_month_week(rule, on)
        case Frequency.SEASONAL:
            return on.month in rule.season and _fits_parity(rule, on)
        case Frequency.ONE_TIME:
            return False


def _fits_parity(rule: DayRule, on: date) -> bool:
    return rule.week_parity in (None, WeekParity.EVERY, parity_of(on))


_NTH = {1: MonthWeek.FIRST, 2: MonthWeek.SECOND, 3: MonthWeek.THIRD, 4: MonthWeek.FOURTH}


def _fits_month_week(rule: DayRule, on: date) -> bool:
    if rule.month_week == MonthWeek.LAST:
        return is_last_in_month(on)
    return _NTH.get(nth_in_month(on)) == (rule.month_week or MonthWeek.FIRST)


def planned(
    blackouts: Iterable[Blackout], working_days: frozenset[int], zone: Hashable | None, from_: date, to: date
) -> dict[date, Planned]:
    """The due days in [`from_`, `to`] whose visits do not stand on their own day, and where those went.

    A zone's visits due on one day move together, so one answer holds for them all. `zone` none asks for
    the business's blackouts alone. `blackouts` reach from the Monday of `from_` to as far past `to` as a
    visit may travel. Raises ValueError unless `working_days` names a weekday, and only weekdays 1 to 7.
    """
    if not working_days or not working_days <= ISO_WEEKDAYS:
        raise ValueError("A business needs at least one working day, numbered from 1 (Monday) to 7.")
    in_force = _in_force(blackouts, zone)
    touched = {day for b in in_force.values() for day in each_day(b.day, b.last) if from_ <= day <= to}
    return {due_on: [*_moves(due_on, in_force, working_days)][-1] for due_on in sorted(touched)}


def _in_force(blackouts: Iterable[Blackout], zone: Hashable | None) -> dict[date, Blackout]:
    """The one blackout of each day that counts in the zone: its own, else the business's."""
    given = list(blackouts)
    everywhere = {b.day: b for b in given if b.zone is None}
    return everywhere | {b.day: b for b in given if b.zone == zone}


def _moves(due_on: date, in_force: dict[date, Blackout], working_days: frozenset[int]) -> Iterator[Planned]:
    """The blackouts that the visits due on `due_on` meet, in date order, and where each leaves them."""
    stands_on: date | None = due_on
    on = monday_of(due_on)  # no blackout of an earlier week reaches them
    # Visits only move forward, so they meet a blackout once and never come to rest on the day of one.
    while stands_on and on <= stands_on:
        met = in_force.get(on)
        if met and stands_on <= met.last:
            stands_on = _sent_to(met, stands_on, in_force, working_days)
            yield Planned(stands_on, met)
        on += ONE_DAY


def _sent_to(
    blackout: Blackout, stands_on: date, in_force: dict[date, Blackout], working_days: frozenset[int]
) -> date | None:
    """The day to which a blackout sends visits standing on `stands_on`; none when it drops them."""
    match blackout.effect:
        case Effect.SKIP:
            return None
        case Effect.SHIFT_WEEK:
            return stands_on + ONE_DAY
        case Effect.NEXT_DAY:
            later = each_day(stands_on + ONE_DAY, stands_on + NEXT_DAY_WITHIN)
            open_days = (day for day in later if day.isoweekday() in working_days and day not in in_force)
            return next(open_days, None)


def scheduled(terms: Terms, on: date) -> bool:
    """Whether route, term and frequency give a visit on `on`: holds, skips, pauses and blackouts apart."""
    return (
        on.isoweekday() in terms.weekdays
        and terms.starts_on <= on
        and (terms.ends_on is None or on <= terms.ends_on)
        and (on == terms.first_visit_on or serves(terms.rule, on))
    )


def due(terms: Terms, blackouts: Iterable[Blackout], working_days: frozenset[int], from_: date, to: date) -> list[Due]:
    """Every scheduled visit whose `day` is in [`from_`, `to`], by day, then due day.

    A pending customer has none. `blackouts` reach as far before `from_` and past `to` as a visit may
    travel; a year is ample. Raises ValueError as `planned` does.
    """
    if terms.pending:
        return []
    moves = planned(blackouts, working_days, terms.zone, date.min, to)
    # Visits moved into the window were due before it, however long before.
    earlier = (day for day, move in moves.items() if day < from_ and move.day and move.day >= from_)
    visits = []
    for due_on in chain(earlier, each_day(from_, to)):
        if scheduled(terms, due_on):
            day = moves[due_on].day if due_on in moves else due_on
            visits.append(Due(due_on, day or due_on, _reason(terms, due_on, day)))
    return sorted((visit for visit in visits if visit.day <= to), key=attrgetter("day", "due_on"))


def _reason(terms: Terms, due_on: date, day: date | None) -> Reason | None:
    """The first reason that keeps a visit from being served on `day` (none: dropped by a blackout)."""
    if day is None:
        return Reason.HOLIDAY
    if any(hold.covers(day) for hold in terms.holds):
        return Reason.HOLD
    if due_on in terms.skips:
        return Reason.SKIP
    if any(pause.covers(day) for pause in terms.pauses):
        return Reason.PAUSED
    if terms.canceled_on and day >= terms.canceled_on:
        return Reason.CANCELED
    return None
