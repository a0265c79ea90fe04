"""When the business loses a day: the extras on it fall away, and wait for another day.

The rule: docs/rules/extras.md.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core.actors import Actor
from nextroute.core.days import sunday_of
from nextroute.scheduling import messages, question
from nextroute.scheduling.calendar import Reason
from nextroute.scheduling.extras import Extra
from nextroute.scheduling.stops import Stop
from nextroute.tenancy.businesses import Business


def on_days_off(business: Business, first: date, name: str, *, actor: Actor, now: datetime) -> int:
    """Drop the extras of open routes whose day a blackout of this week takes from their zone, from `first` (local) on.

    One the office moved to another day stays, as any visit does. In the business's scope, under the exclusive lock; a
    fixed number of statements, one when there are no extras.
    """
    last = sunday_of(first)  # as far as a week shift reaches
    standing = Stop.objects.filter(business=business, due_on__range=(first, last), extra__isnull=False, moved_by=None)
    pending = standing.filter(removed_at=None, status=Stop.Status.PENDING, route__status__in=["draft", "optimized"])
    found = list(pending.select_related("customer", "route__master_route"))
    taken = {(shift.zone_id, shift.due_on) for shift in question.shifts(business, first, last)} if found else set()
    return _drop([stop for stop in found if _day_of(stop) in taken], Reason.HOLIDAY, name, business, actor, now)


def _day_of(stop: Stop) -> tuple[UUID, date]:
    assert stop.route is not None
    return stop.route.master_route.zone_id, stop.due_on


def with_route(stops: QuerySet[Stop], business: Business, reason: str, *, actor: Actor, now: datetime) -> int:
    """Drop the extras among the pending stops of a route that is canceled. In the business's scope, the route locked;
    one statement when there are none."""
    lost = list(stops.filter(extra__isnull=False).select_related("customer"))
    return _drop(lost, Reason.OFFICE, reason, business, actor, now)


def _drop(lost: Sequence[Stop], why: Reason, note: str, business: Business, actor: Actor, now: datetime) -> int:
    if not lost:
        return 0
    gone = {"removed_at": now, "removed_by": Stop.RemovedBy.OFFICE, "removed_reason": why, "removed_note": note}
    Stop.objects.filter(id__in=[stop.id for stop in lost]).update(**gone)
    waiting = Extra.objects.filter(id__in=[stop.extra_id for stop in lost if stop.extra_id])
    waiting.update(dropped_at=now, dropped_note=note)
    record(
        Verb.EXTRAS_DROPPED,
        actor=actor,
        business_id=business.id,
        subject="extra",
        label=min(stop.service_date for stop in lost).isoformat(),
        counts={"dropped": len(lost)},
    )
    messages.extras_dropped(lost, business, note, now=now)
    return len(lost)
