"""Two plans' visits side by side: what a change of plan does to each day of the first weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from nextroute.scheduling.outlook import BEYOND, Outlook
from nextroute.scheduling.prices import Line


@dataclass(frozen=True, slots=True)
class Day:
    """A local day with a visit that falls away, one that comes, or both: the same visit, on the new plan."""

    day: date
    away: Line | None
    coming: Line | None


@dataclass(frozen=True, slots=True)
class Turn:
    """The days of the first eight weeks, in order; how many visits there would have been and will be; how much less is
    paid for them (cents; none when one of the plans is paid by the month)."""

    days: Sequence[Day]
    before: int
    after: int
    less_cents: int | None


def of(outlook: Outlook, first_day: date) -> Turn:
    """Of a change of plan from `first_day` (local) on."""
    away, coming = (
        {line.visit.day: line for line in lines if line.visit.day < first_day + BEYOND}
        for lines in (outlook.away, outlook.coming)
    )
    by_visit = all(line.cents is not None for line in (*away.values(), *coming.values()))
    less = sum(line.cents or 0 for line in away.values()) - sum(line.cents or 0 for line in coming.values())
    days = [Day(day, away.get(day), coming.get(day)) for day in sorted({*away, *coming})]
    return Turn(days, len(away), len(coming), less if by_visit else None)
