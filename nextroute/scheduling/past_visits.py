"""A customer's visits of days that are over: the record, whatever the rules have become since."""

from datetime import date

from nextroute.customers.customers import Customer
from nextroute.scheduling.calendar import Reason
from nextroute.scheduling.stops import WITH_PLAN, Stop
from nextroute.scheduling.visits import State, Visit

_SERVED = {Stop.Status.COMPLETED: State.DONE, Stop.Status.SKIPPED: State.SKIPPED}


def between(customer: Customer, first: date, last: date) -> list[Visit]:
    """What became of the visits from `first` through `last`, days before today. One statement, in the caller's scope.

    A stop that only reconcile removed stood for nothing any more: it is no part of the record. Nor is an extra that was
    called off.
    """
    stops = customer.stops.filter(service_date__range=(first, last)).exclude(removed_by=Stop.RemovedBy.RECONCILE)
    told = stops.exclude(extra__isnull=False, removed_reason=Reason.SKIP)
    return [_visit(stop) for stop in told.select_related("property", *WITH_PLAN)]


def _visit(stop: Stop) -> Visit:
    place, off = stop.property, stop.removed_at is not None
    state = State.OFF if off else _SERVED.get(Stop.Status(stop.status), State.UNCONFIRMED)
    return Visit(
        day=stop.service_date,
        due_on=stop.due_on,
        state=state,
        reason=Reason(stop.removed_reason) if stop.removed_reason else None,
        note=stop.removed_note or stop.skip_reason,
        plan=stop.plan_told(),
        address=str(place),
        bins=place.bin_count if stop.bins is None else stop.bins,
        bin_location=place.bin_location,
        property_id=stop.property_id,
        subscription_id=stop.subscription_id,
        extra_id=stop.extra_id,
        moved_from=stop.due_on if stop.due_on != stop.service_date and not off else None,
        stop_id=stop.pk,
        attempt=stop.attempt,
    )
