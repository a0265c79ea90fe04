"""The schedule as a person reads it: months, their days at a glance, and the visits below. Plain Python."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Protocol

from nextroute.core.days import add_months, each_day, first_of_month, last_of_month

# A day with several visits shows the one that matters most.
WEIGHT = ("next", "visit", "expected", "unconfirmed", "done", "holiday", "off")
# Days without a visit that are said in one sentence, not one by one.
FOLDED = {"hold", "paused", "canceled"}


class Visit(Protocol):
    """What is read of scheduling's visits."""

    @property
    def day(self) -> date: ...
    @property
    def state(self) -> str: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def hold(self) -> tuple[date, date] | None: ...


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a month's table: `state` is one of WEIGHT, or empty when nothing is planned."""

    date: date
    state: str
    today: bool

    @property
    def number(self) -> int:
        return self.date.day


@dataclass(frozen=True, slots=True)
class Row[V: Visit]:
    """A line of the list: one visit, or days off that belong together."""

    visits: Sequence[V]

    @property
    def first(self) -> V:
        return self.visits[0]

    @property
    def days(self) -> list[date]:
        """Each of its days once."""
        return sorted({visit.day for visit in self.visits})

    @property
    def folded(self) -> bool:
        return self.first.state == "off" and self.first.reason in FOLDED


@dataclass(frozen=True, slots=True)
class Month[V: Visit]:
    """`weeks`: the table, None outside the month; `weekdays`: any week's days, for its head; `lines`: for each day, the
    first day of the line that tells of it, if one does."""

    first: date
    weeks: Sequence[Sequence[Day | None]]
    weekdays: Sequence[date]
    rows: Sequence[Row[V]]
    lines: Mapping[date, date | None]


def months[V: Visit](
    visits: Iterable[V], *, today: date, count: int, first_weekday: int = 0, since: date | None = None
) -> list[Month[V]]:
    """`count` months from the one of `since` (default: today's) on, with their visits in order.

    `first_weekday`: 0 when weeks begin on Monday, 6 on Sunday (core.words.first_weekday).
    """
    ordered = sorted(visits, key=lambda visit: visit.day)
    start = first_of_month(since or today)
    states = _states(ordered, today if start <= today else None)
    firsts = [add_months(start, ahead) for ahead in range(count)]
    return [_month(first, ordered, states, today, first_weekday) for first in firsts]


def _month[V: Visit](
    first: date, ordered: Sequence[V], states: dict[date, str], today: date, first_weekday: int
) -> Month[V]:
    days = [Day(day, states.get(day, ""), day == today) for day in each_day(first, last_of_month(first))]
    before = (first.weekday() - first_weekday) % 7
    cells: list[Day | None] = [*[None] * before, *days, *[None] * (-(before + len(days)) % 7)]
    weeks = [cells[at : at + 7] for at in range(0, len(cells), 7)]
    weekdays = [first - timedelta(days=before - ahead) for ahead in range(7)]
    visits = [visit for visit in ordered if first_of_month(visit.day) == first]
    rows = fold(visits)
    lines = {day.date: None for day in days} | {day: row.first.day for row in reversed(rows) for day in row.days}
    return Month(first, weeks, weekdays, rows, lines)


def fold[V: Visit](visits: Sequence[V]) -> list[Row[V]]:
    """Lines for these visits: neighbouring days off of one hold, pause or cancellation become one line."""

    def together(numbered: tuple[int, V]) -> object:
        at, visit = numbered
        return (visit.reason, visit.hold) if Row([visit]).folded else at

    return [Row([visit for _, visit in group]) for _, group in groupby(enumerate(visits), key=together)]


def _states(visits: Sequence[Visit], today: date | None) -> dict[date, str]:
    """What each day shows; `today` none: the next visit comes before these."""
    states: dict[date, str] = {}
    for visit in visits:
        states[visit.day] = min(_state(visit), states.get(visit.day, "off"), key=WEIGHT.index)
    coming = [day for day, state in states.items() if today and day >= today and state in ("visit", "expected")]
    if coming and states[min(coming)] == "visit":  # an expected one stays dashed: it may still change
        states[min(coming)] = "next"
    return states


def _state(visit: Visit) -> str:
    """What a visit is at a glance."""
    if visit.state in ("off", "skipped"):
        return "holiday" if visit.reason == "holiday" else "off"
    return visit.state if visit.state in ("expected", "done", "unconfirmed") else "visit"
