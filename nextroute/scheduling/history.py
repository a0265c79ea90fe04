"""A customer's past: the visits we made, those we did not, and why. Rows only; no rule is asked again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from nextroute.core.days import ONE_DAY
from nextroute.customers.customers import Customer
from nextroute.customers.properties import short_address
from nextroute.scheduling import question
from nextroute.scheduling.calendar import Reason
from nextroute.scheduling.photos import Photo
from nextroute.scheduling.plans import Plan
from nextroute.scheduling.stops import Stop
from nextroute.scheduling.visits import State


class After(NamedTuple):
    """A row's place in the order, newest first: a page may begin after it."""

    day: date
    id: UUID


@dataclass(frozen=True, slots=True)
class Picture:
    id: UUID
    kind: Photo.Kind


@dataclass(frozen=True, slots=True)
class PastVisit:
    """One row of the past; `state` is done, skipped (with its `category`), off (with its `reason`) or unconfirmed.

    `done_at`: the local time it was made, where that was on its own day. `moved_from`: the day the rule gave, when it
    stood on another. `per_visit`: a visit that was not made is not billed.
    """

    id: UUID
    day: date
    state: State
    plan: str
    address: str
    property_id: UUID
    reason: Reason | None = None
    category: Stop.SkipCategory | None = None
    note: str = ""
    moved_from: date | None = None
    done_at: time | None = None
    per_visit: bool = True
    photos: Sequence[Picture] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """A page of visits, newest first. `came` and `missed`: how often this year; `places`: the customer's properties.

    Missed: skipped, but not at the customer's wish, or taken off by the office.
    """

    visits: Sequence[PastVisit]
    further: After | None
    came: int
    missed: int
    places: dict[UUID, str]


class _Row(NamedTuple):
    """A row of sql/history.sql; from `id` on all none when its property has no visit on the page."""

    came: int
    missed: int
    property_id: UUID
    address1: str
    address2: str
    id: UUID
    day: date
    due_on: date
    status: str
    removed_reason: str | None
    skip_category: str | None
    note: str
    completed_at: datetime | None
    plan: str
    billing_mode: str | None
    photos: Sequence[tuple[str, str]]


def of(
    customer: Customer, *, today: date, rows: int, after: After | None = None, property_id: UUID | None = None
) -> Past:
    """The customer's days before `today` (local), and what was made or skipped today: `rows` of them, newest first.

    All properties, or one. One statement, in the caller's scope; it reads a page and this year, however long the past.
    """
    began = after or After(today + ONE_DAY, UUID(int=0))
    asked = {
        "customer": customer.pk,
        "property": property_id,
        "today": today,
        "new_year": today.replace(month=1, day=1),
        "after_day": began.day,
        "after_id": began.id,
        "rows": rows + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(question.sql("history"), asked)
        found = [_Row(*row) for row in cursor.fetchall()]
    zone = ZoneInfo(customer.business.timezone)
    visits = [_visit(row, zone) for row in found if row.id]
    further = After(visits[rows - 1].day, visits[rows - 1].id) if len(visits) > rows else None
    places = {row.property_id: short_address(row.address1, row.address2) for row in found}
    came, missed = (found[0].came, found[0].missed) if found else (0, 0)
    return Past(visits[:rows], further, came, missed, dict(sorted(places.items())))


def _visit(row: _Row, zone: ZoneInfo) -> PastVisit:
    state = _state(row)
    off = state is State.OFF
    done = row.completed_at.astimezone(zone) if row.completed_at else None
    return PastVisit(
        id=row.id,
        day=row.day,
        state=state,
        plan=row.plan,
        address=short_address(row.address1, row.address2),
        property_id=row.property_id,
        reason=Reason(row.removed_reason) if row.removed_reason else None,
        category=Stop.SkipCategory(row.skip_category) if row.skip_category and not off else None,
        note=row.note,
        moved_from=row.due_on if row.due_on != row.day and not off else None,
        done_at=done.time() if done and done.date() == row.day and not off else None,
        per_visit=row.billing_mode == Plan.BillingMode.PER_VISIT,
        photos=[Picture(UUID(key), Photo.Kind(kind)) for key, kind in row.photos],
    )


def _state(row: _Row) -> State:
    """Whatever was begun and not ended is for the office to confirm, as what was never begun."""
    if row.removed_reason:
        return State.OFF
    return {Stop.Status.COMPLETED.value: State.DONE, Stop.Status.SKIPPED.value: State.SKIPPED}.get(
        row.status, State.UNCONFIRMED
    )
