"""The one question of scheduling, “which visits are due?”, as SQL and its parameters.

`reconcile`, the nightly close and the pages ask it through here, so they cannot disagree.
The rule: docs/rules/schedule.md.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from nextroute.scheduling.calendar import Blackout, Effect, planned
from nextroute.tenancy.businesses import Business

# How far a blackout may have carried a visit. Longer closures than this begin with a `skip`.
REACH = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Shift:
    """Where a blackout sent the visits of a zone due on a day (`planned_on` none: dropped). Local days."""

    zone_id: UUID
    due_on: date
    planned_on: date | None
    blackout_id: UUID


@cache
def sql(name: str) -> str:
    """The statement `sql/<name>.sql`, with the question in its place."""
    folder = Path(__file__).parent / "sql"
    text = (folder / f"{name}.sql").read_text()
    return text.replace("{visits}", (folder / "visits.sql").read_text())


def shifts(business: Business, from_: date, to: date) -> list[Shift]:
    """Every (zone, due day) in [`from_` − REACH, `to`] whose visits do not stand on their own day. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_BLACKOUTS, {"from": from_ - REACH, "to": to + REACH})
        rows = cursor.fetchall()
    working_days = frozenset(business.working_days)
    return [
        Shift(zone, due_on, move.day, move.blackout.key)  # type: ignore[arg-type]
        for zone, of_zone in groupby(rows, key=itemgetter(0))
        for due_on, move in planned(
            [Blackout(day, Effect(effect), only, key) for _, day, effect, only, key in of_zone],
            working_days,
            zone,
            from_ - REACH,
            to,
        ).items()
    ]


_BLACKOUTS = """
SELECT z.id, b.date, b.effect, b.zone_id, b.id
FROM scheduling_blackoutdate b JOIN scheduling_zone z ON b.zone_id IS NULL OR b.zone_id = z.id
WHERE b.date BETWEEN %(from)s AND %(to)s
ORDER BY z.id
"""


def parameters(moves: Collection[Shift], from_: date, to: date, customers: Collection[UUID] | None) -> dict[str, Any]:
    """What visits.sql asks for: due days from `from_` through `to`."""
    return {
        "from": from_,
        "to": to,
        "customers": None if customers is None else list(customers),
        "zones": [move.zone_id for move in moves],
        "due_days": [move.due_on for move in moves],
        "planned_days": [move.planned_on for move in moves],
        "blackouts": [move.blackout_id for move in moves],
    }
