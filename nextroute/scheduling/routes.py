"""Route: one day's run of a master route."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow, same_business
from nextroute.core.verbs import verb
from nextroute.scheduling import extra_drops, locks, messages
from nextroute.scheduling.calendar import Reason
from nextroute.scheduling.reconcile import Change, reconcile
from nextroute.scheduling.stops import Stop


class Route(BusinessRow):
    """A numbered part of a master route's run on `date` (local). `original_date` is the day it was generated for."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        OPTIMIZED = "optimized"
        DISPATCHED = "dispatched"
        IN_PROGRESS = "in_progress"
        COMPLETED = "completed"
        CANCELED = "canceled"

    OPEN = (Status.DRAFT, Status.OPTIMIZED)

    master_route = models.ForeignKey(
        "scheduling.MasterRoute", models.PROTECT, db_constraint=False, db_index=False, related_name="routes"
    )
    date = models.DateField()
    original_date = models.DateField()
    part = models.SmallIntegerField(default=1)
    status = models.TextField(choices=Status, default=Status.DRAFT)
    reason = models.TextField(blank=True, default="", help_text="why the office canceled or moved it")
    dispatched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            same_business(name="route_in_business"),
            models.UniqueConstraint(fields=["master_route", "date", "part"], name="route_part"),
            models.CheckConstraint(condition=models.Q(part__gte=1), name="route_part_number"),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["draft", "optimized", "dispatched", "in_progress", "completed", "canceled"]
                ),
                name="route_status",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "date"], name="route_of_day"),
            models.Index(fields=["master_route", "original_date"], name="route_of_original_day"),
        ]

    def settle(self) -> None:
        """In progress with its first stop touched, completed with its last. The caller has it locked."""
        stops = self.stops.filter(removed_at=None)
        done = not stops.exclude(status__in=Stop.DONE).exists()
        _set(self, status=Route.Status.COMPLETED if done else Route.Status.IN_PROGRESS)


@verb
def dispatch(*, route: Route, actor: Actor, now: datetime) -> Route:
    """Send an open route out: from now on no rule touches it. Raises Refused when it is not open."""
    with scope.business(route.business_id):
        locked = _locked(route)
        if locked.status not in Route.OPEN:
            raise Refused(_("Only a draft or optimized route can be dispatched."))
        _set(locked, status=Route.Status.DISPATCHED, dispatched_at=now)
        _record(Verb.ROUTE_DISPATCHED, locked, actor)
        messages.route_dispatched(locked, now=now)
        return locked


@verb
def recall(*, route: Route, actor: Actor, today: date) -> Route:
    """Bring a dispatched route back while nothing on it has started; what has become due or not since, it takes in.

    Raises Refused otherwise.
    """
    with scope.business(route.business_id):
        locks.schedule_exclusively(route.business)
        locked = _locked(route)
        if locked.status != Route.Status.DISPATCHED:
            raise Refused(_("Only a dispatched route on which nothing has started can be recalled."))
        if locked.stops.filter(removed_at=None).exclude(status=Stop.Status.PENDING).exists():
            raise Refused(_("A stop of this route has started."))
        _set(locked, status=Route.Status.OPTIMIZED, dispatched_at=None)
        _record(Verb.ROUTE_RECALLED, locked, actor, _reconcile_day(locked, today).counts)
        return locked


@verb
def cancel(*, route: Route, reason: str, actor: Actor, now: datetime) -> int:
    """Drop a route for a reason customers read; its pending stops are removed by the office, and the extras among them
    wait for another day. Returns how many stops.

    Raises Refused when it is completed or canceled already.
    """
    with scope.business(route.business_id):
        locked = _locked(route)
        if locked.status in (Route.Status.COMPLETED, Route.Status.CANCELED):
            raise Refused(_("This route is finished."))
        _set(locked, status=Route.Status.CANCELED, reason=reason)
        pending = locked.stops.filter(removed_at=None, status=Stop.Status.PENDING)
        extras = extra_drops.with_route(pending, route.business, reason, actor=actor, now=now)
        messages.visits_dropped(pending, route.business, reason, now=now)
        removed = extras + pending.update(
            removed_at=now,
            removed_by=Stop.RemovedBy.OFFICE,
            removed_reason=Reason.OFFICE,
            removed_note=reason,
        )
        _record(Verb.ROUTE_CANCELED, locked, actor, {"removed": removed})
        return removed


@verb
def move(*, route: Route, to: date, reason: str, actor: Actor, now: datetime) -> Route:
    """Drive an open or dispatched route on another day, as that day's next part; its pending stops go along.

    `due_on` stays, so customers read from which day they were moved. Raises Refused for a day before today, the same
    day, or a route on which something has started.
    """
    with scope.business(route.business_id):
        today = route.business.today(now)
        locks.schedule_exclusively(route.business)
        locked = _locked(route)
        was = locked.date
        if to < today or to == was:
            raise Refused(_("Choose another day, today or later."), field="to")
        started = locked.stops.filter(removed_at=None).exclude(status=Stop.Status.PENDING)
        if locked.status not in (*Route.OPEN, Route.Status.DISPATCHED) or started.exists():
            raise Refused(_("A route that has started cannot be moved."))
        part = Route.objects.filter(master_route=locked.master_route_id, date=to).aggregate(n=models.Max("part"))["n"]
        _set(locked, date=to, part=(part or 0) + 1, status=Route.Status.DRAFT, dispatched_at=None, reason=reason)
        going = locked.stops.filter(removed_at=None)
        moved = going.update(service_date=to, moved_by=str(actor))
        change = _reconcile_day(locked, today)  # it may bring room to that day
        _record(Verb.ROUTE_MOVED, locked, actor, change.counts | {"moved": moved}, was)
        moved_with = [(stop, was) for stop in going.select_related("customer")]
        messages.visits_moved(moved_with, route.business, reason, now=now)
        return locked


def _locked(route: Route) -> Route:
    """The route as it is now, nobody else changing it. Order of locks: docs/rules/locks.md."""
    locks.route(route.business_id, route.master_route_id, route.id)
    return Route.objects.get(id=route.id)


def _reconcile_day(route: Route, today: date) -> Change:
    """The day's open parts have changed for everybody on the master route. Under the exclusive lock."""
    through = route.business.generated_through
    if through and today <= route.date <= through:
        return reconcile(route.business, route.date, route.date, today=today)
    return Change()


def _record(
    verb: Verb, route: Route, actor: Actor, counts: Mapping[str, int] | None = None, was: date | None = None
) -> None:
    label = f"{was or route.date} part {route.part}" + (f" to {route.date}" if was else "")
    record(verb, actor=actor, business_id=route.business_id, subject=route, label=label, counts=counts)


def _set(route: Route, **fields: Any) -> Route:
    for name, value in fields.items():
        setattr(route, name, value)
    route.save(update_fields=fields)
    return route
