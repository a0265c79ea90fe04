"""What a customer is told of their visits from a day on: scheduled, expected, or not served and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from nextroute.customers.customers import Customer
from nextroute.customers.properties import short_address
from nextroute.scheduling import question
from nextroute.scheduling.calendar import Reason
from nextroute.scheduling.question import Shift
from nextroute.scheduling.stops import Stop
from nextroute.scheduling.subscriptions import Subscription


class State(StrEnum):
    """Where a visit stands, as its customer sees it."""

    SCHEDULED = "scheduled"
    ON_THE_WAY = "on_the_way"
    ARRIVED = "arrived"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    SKIPPED = "skipped"
    UNCONFIRMED = "unconfirmed"
    EXPECTED = "expected"
    OFF = "off"


_SHOWN = {
    Stop.Status.PENDING: State.SCHEDULED,
    Stop.Status.EN_ROUTE: State.ON_THE_WAY,
    Stop.Status.ARRIVED: State.ARRIVED,
    Stop.Status.IN_PROGRESS: State.IN_PROGRESS,
    Stop.Status.COMPLETED: State.DONE,
    Stop.Status.SKIPPED: State.SKIPPED,
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit on `day` (local), or one that would have been on it (`state` off, with its `reason`).

    `moved_from` is the day the rule gave, when the visit is driven on another. `hold` is the first and last day of the
    hold that takes it away, `hold_id` its key; `skip_id` is that of its skip. `stop_id`
    is its stop's, once there is one; `attempt` tells a repeated visit from the first.
    """

    day: date
    due_on: date
    state: State
    plan: str
    address: str
    bins: int
    property_id: UUID
    subscription_id: UUID | None  # one of these two
    extra_id: UUID | None = None
    reason: Reason | None = None
    note: str = ""
    moved_from: date | None = None
    window: tuple[time, time] | None = None
    bin_location: str = ""
    hold: tuple[date, date] | None = None
    hold_id: UUID | None = None
    skip_id: UUID | None = None
    resumes_on: date | None = None
    stop_id: UUID | None = None
    attempt: int = 1

    @property
    def coming(self) -> bool:
        """Whether somebody will still come: scheduled, under way or expected."""
        return self.state in (State.SCHEDULED, State.ON_THE_WAY, State.ARRIVED, State.IN_PROGRESS, State.EXPECTED)


class _Row(NamedTuple):
    """A row of sql/timeline.sql."""

    day: date
    due_on: date
    status: str | None
    removed_by: str | None
    reason: str | None
    plan: str
    address1: str
    address2: str
    bins: int
    bin_location: str
    arrives_from: time | None
    arrives_to: time | None
    property_id: UUID
    subscription_id: UUID | None
    note: str | None
    hold_first: date | None
    hold_last: date | None
    hold_id: UUID | None
    skip_id: UUID | None
    planned_on: date | None
    attempt: int | None
    stop_id: UUID | None
    extra_id: UUID | None


def between(customer: Customer, first: date, last: date, *, today: date) -> list[Visit]:
    """The customer's visits on the days from `first` (today or later) through `last`, in order.

    Before today the record is read, not the rule: this is not for the past. Two statements, in the caller's scope.
    """
    return _between(customer, first, last, today, question.shifts(customer.business, first, last, [customer.id]))


def ahead(customer: Customer, near: date, far: date, *, today: date) -> list[Visit]:
    """The visits from today through `near`; when nobody comes by then, through `far`. Two statements, or three.

    Most customers are served within weeks; only for the others is a year worth looking through.
    """
    moves = question.shifts(customer.business, today, far, [customer.id])
    soon = _between(customer, today, near, today, moves)
    return soon if any(visit.coming for visit in soon) else _between(customer, today, far, today, moves)


def _between(customer: Customer, first: date, last: date, today: date, moves: Sequence[Shift]) -> list[Visit]:
    due_from = min([first, *(m.due_on for m in moves if m.planned_on and m.due_on < first <= m.planned_on)])
    asked = question.parameters(moves, due_from, last, [customer.id])
    with connection.cursor() as cursor:
        cursor.execute(question.sql("timeline"), {**asked, "customer": customer.id, "first": first, "last": last})
        rows = [_Row(*row) for row in cursor.fetchall()]
    through = customer.business.generated_through
    visits = [visit for row in rows if first <= row.day <= last if (visit := _visit(row, today, through))]
    return _with_resumption(visits)


def find(customer: Customer, subscription: Subscription, due_on: date, *, today: date) -> Visit | None:
    """The visit of a subscription due on a day, if somebody is still to come for it. Blackouts may have moved it."""
    for visit in between(customer, max(today, due_on), due_on + question.REACH, today=today):
        if visit.subscription_id == subscription.id and visit.due_on == due_on and visit.coming:
            return visit
    return None


def _visit(row: _Row, today: date, through: date | None) -> Visit | None:
    """What a row means to the customer; none when there is nothing to tell."""
    state, reason = _state(row, today, through)
    if state is None:
        return None
    off = state is State.OFF
    return Visit(
        day=row.day,
        due_on=row.due_on,
        state=state,
        reason=reason,
        plan=row.plan,
        address=short_address(row.address1, row.address2),
        bins=row.bins,
        property_id=row.property_id,
        subscription_id=row.subscription_id,
        extra_id=row.extra_id,
        note=row.note or "",
        moved_from=row.due_on if row.due_on != row.day and not off else None,
        window=(row.arrives_from, row.arrives_to) if row.arrives_from and row.arrives_to else None,
        bin_location=row.bin_location,
        hold=(row.hold_first, row.hold_last) if row.hold_first and row.hold_last else None,
        hold_id=row.hold_id,
        skip_id=row.skip_id,
        stop_id=row.stop_id,
        attempt=row.attempt or 1,
    )


def _state(row: _Row, today: date, through: date | None) -> tuple[State | None, Reason | None]:
    if row.status and not row.removed_by:
        pending = row.status == Stop.Status.PENDING
        return State.UNCONFIRMED if pending and row.day < today else _SHOWN[Stop.Status(row.status)], None
    if row.reason:
        return State.OFF, Reason(row.reason)
    if row.removed_by == Stop.RemovedBy.OFFICE:
        return State.OFF, Reason.OFFICE
    if row.planned_on is None:
        return None, None  # removed because no rule gives this visit any more
    if through and row.planned_on <= through:
        return State.OFF, Reason.OFFICE  # due, its routes made, and no place on them
    return State.EXPECTED, None


def _with_resumption(visits: Sequence[Visit]) -> list[Visit]:
    """Tell each visit that is off when its property is served next."""
    next_day: dict[UUID, date] = {}
    told: list[Visit] = []
    for visit in reversed(visits):
        if visit.coming:
            next_day[visit.property_id] = visit.day
        off = visit.state is State.OFF
        told.append(replace(visit, resumes_on=next_day.get(visit.property_id)) if off else visit)
    return told[::-1]
