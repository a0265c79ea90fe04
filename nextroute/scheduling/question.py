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

from nextroute.scheduling.calendar import Blackout, Effect, Planned, planned
from nextroute.tenancy.businesses import Business

# How far a blackout may have carried a visit. Longer closures than this begin with a `skip`.
REACH = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Shift:
    """Where a blackout, on `met_on`, sent a zone's visits due on a day (`planned_on` none: dropped). Local days."""

    zone_id: UUID
    due_on: date
    planned_on: date | None
    met_on: date
    blackout_id: UUID


@cache
def sql(name: str, *, of_some: bool = False) -> str:
    """The statement `sql/<name>.sql`, with the parts it names, the question first of all, in their places.

    `of_some`: it is never asked for all customers, so that a plan that is kept may look for them by their keys.
    """
    text = _read(name)
    for part in ("visits", "differences"):
        text = text.replace(f"{{{part}}}", _read(part))
    text = text.replace("{term}", _TERM).replace("{visits of any term}", visits_of_any_term())
    return text.replace("%(customers)s::uuid[] IS NULL OR", "") if of_some else text


def visits_of_any_term() -> str:
    """The part `visits` for subscriptions as if they had neither a first day nor a last one: rules 1 and 3 alone."""
    return _read("visits").replace("{term}", "true")


_TERM = "s.starts_on <= r.due_on AND (s.ends_on IS NULL OR s.ends_on >= r.due_on)"


def _read(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text()


def shifts(business: Business, from_: date, to: date, customers: Collection[UUID] | None = None) -> list[Shift]:
    """Every (zone, due day) in [`from_` − REACH, `to`] whose visits do not stand on their own day. One statement.

    For some customers, only of the zones in which they are served.
    """
    asked = {"from": from_ - REACH, "to": to + REACH, "customers": None if customers is None else list(customers)}
    with connection.cursor() as cursor:
        cursor.execute(_BLACKOUTS, asked)
        rows = cursor.fetchall()
    working_days = frozenset(business.working_days)
    # Most zones have the business's blackouts and none of their own: what is the same is worked out once.
    answers: dict[tuple[Blackout, ...], dict[date, Planned]] = {}
    found: list[Shift] = []
    for zone, of_zone in groupby(rows, key=itemgetter(0)):
        blackouts = tuple(Blackout(day, Effect(effect), only, key) for _, day, effect, only, key in of_zone)
        if blackouts not in answers:
            answers[blackouts] = planned(blackouts, working_days, zone, from_ - REACH, to)
        found += [_shift(zone, due_on, move) for due_on, move in answers[blackouts].items()]
    return found


def _shift(zone: UUID, due_on: date, move: Planned) -> Shift:
    return Shift(zone, due_on, move.day, move.blackout.day, move.blackout.key)  # type: ignore[arg-type]


_BLACKOUTS = """
SELECT z.id, b.date, b.effect, b.zone_id, b.id
FROM scheduling_blackoutdate b JOIN scheduling_zone z ON b.zone_id IS NULL OR b.zone_id = z.id
WHERE b.date BETWEEN %(from)s AND %(to)s
    AND (%(customers)s::uuid[] IS NULL OR z.id IN (
        SELECT m.zone_id FROM scheduling_masterstop place JOIN scheduling_masterroute m ON m.id = place.master_route_id
        WHERE place.customer_id = ANY (%(customers)s::uuid[])))
ORDER BY z.id, b.date, b.id
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
