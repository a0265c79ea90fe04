"""Who is told of what happens to visits. The words are letters.py's, when the message is sent."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from nextroute.core.actors import Actor, ActorKind
from nextroute.core.days import ONE_DAY, midnight_in
from nextroute.notifications.telling import Notice, Recipient, tell
from nextroute.notifications.triggers import Trigger
from nextroute.tenancy.businesses import Business

if TYPE_CHECKING:
    from nextroute.customers.customers import Customer
    from nextroute.scheduling.holds import Hold
    from nextroute.scheduling.routes import Route
    from nextroute.scheduling.skips import Skip
    from nextroute.scheduling.stops import Stop

STALE = timedelta(days=2)  # after which news of a visit that is over, or of what one did oneself, is none


def hold_placed(hold: "Hold", *, actor: Actor, now: datetime) -> None:
    _arranged(Trigger.HOLD_PLACED, hold.customer, {"hold": str(hold.pk)}, actor, now)


def hold_changed(hold: "Hold", *, actor: Actor, now: datetime) -> None:
    _arranged(Trigger.HOLD_CHANGED, hold.customer, {"hold": str(hold.pk)}, actor, now)


def hold_lifted(hold: "Hold", last: date, *, actor: Actor, now: datetime) -> None:
    """`last`: the day through which they would have been away."""
    _arranged(Trigger.HOLD_LIFTED, hold.customer, {"hold": str(hold.pk), "last": last.isoformat()}, actor, now)


def skip_placed(skip: "Skip", day: date, *, actor: Actor, now: datetime) -> None:
    """`day`: the one the visit would have been driven on."""
    _arranged(Trigger.SKIP_PLACED, skip.customer, {"skip": str(skip.pk), "day": day.isoformat()}, actor, now)


def skip_undone(skip: "Skip", day: date, *, actor: Actor, now: datetime) -> None:
    _arranged(Trigger.SKIP_UNDONE, skip.customer, {"skip": str(skip.pk), "day": day.isoformat()}, actor, now)


def _arranged(trigger: Trigger, customer: "Customer", facts: dict[str, object], actor: Actor, now: datetime) -> None:
    """Confirmed to the customer; the office is told of what it did not do itself."""
    business = customer.business
    tell(trigger, business.id, [Notice(customer.recipient, facts)], now=now, not_after=now + STALE)
    if actor.kind is ActorKind.CUSTOMER:
        news = {"about": trigger, "customer": str(customer.pk), **facts}
        tell(Trigger.OFFICE_SCHEDULE, business.id, [Notice(office(business), news)], now=now)


def office(business: Business) -> Recipient:
    """The business's own mailbox, in its own language."""
    return Recipient(None, business.email, language=business.locale.partition("-")[0])


def route_dispatched(route: "Route", *, now: datetime) -> None:
    """Everybody on it is told once that day, whatever becomes of the route in the meantime."""
    stops = route.stops.filter(removed_at=None, status="pending").select_related("customer").order_by("customer_id")
    notices = [
        Notice(customer.recipient, {"day": route.date.isoformat()}, key=f"{route.date}:{customer.id}")
        for customer in {stop.customer_id: stop.customer for stop in stops}.values()
    ]
    over = midnight_in(route.business.timezone, route.date + ONE_DAY)
    tell(Trigger.ROUTE_DISPATCHED, route.business_id, notices, now=now, not_after=over)


def visit_done(stop: "Stop", *, now: datetime) -> None:
    """It was made, or could not be."""
    trigger = Trigger.SERVICE_COMPLETED if stop.status == "completed" else Trigger.SERVICE_SKIPPED
    notice = Notice(stop.customer.recipient, {"stop": str(stop.id)}, key=str(stop.id))
    tell(trigger, stop.business_id, [notice], now=now, not_after=now + STALE)


def visits_dropped(stops: "QuerySet[Stop]", business: Business, reason: str, *, now: datetime) -> None:
    """The business will not come after all: a route was canceled, a day taken off. `reason`: as customers read it."""
    notices = [
        # Without a key: the same visit may come back and fall away once more.
        Notice(stop.customer.recipient, {"stop": str(stop.id), "reason": reason})
        for stop in stops.select_related("customer")
    ]
    tell(Trigger.SERVICE_SKIPPED, business.id, notices, now=now, not_after=now + STALE)


def extras_dropped(stops: Iterable["Stop"], business: Business, reason: str, *, now: datetime) -> None:
    """The business lost the day of these extras; it will find another. Each with its customer at hand."""
    notices = [Notice(stop.customer.recipient, {"stop": str(stop.pk), "reason": reason}) for stop in stops]
    tell(Trigger.EXTRA_DROPPED, business.id, notices, now=now, not_after=now + STALE)


def visits_moved(moved: Iterable[tuple["Stop", date]], business: Business, reason: str, *, now: datetime) -> None:
    """Each stop with the day it was on before; one message for a customer's visits that moved together."""
    by_customer = sorted(moved, key=lambda pair: (pair[0].customer_id, pair[1], pair[0].service_date))
    for last, notices in _by_new_day(by_customer, reason).items():
        over = midnight_in(business.timezone, last + ONE_DAY)
        tell(Trigger.VISIT_MOVED, business.id, notices, now=now, not_after=over)


def _by_new_day(moved: Iterable[tuple["Stop", date]], reason: str) -> Mapping[date, list[Notice]]:
    notices: dict[date, list[Notice]] = {}
    for (_customer, was, day), pairs in groupby(
        moved, key=lambda pair: (pair[0].customer_id, pair[1], pair[0].service_date)
    ):
        stops = [stop for stop, _ in pairs]
        facts = {
            "stops": [str(stop.id) for stop in stops],
            "from": was.isoformat(),
            "to": day.isoformat(),
            "reason": reason,
        }
        notices.setdefault(day, []).append(Notice(stops[0].customer.recipient, facts))
    return notices
