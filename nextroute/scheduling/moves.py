"""What a reconciliation did to visits people were already counting on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID

from nextroute.scheduling import messages
from nextroute.scheduling.stops import Stop
from nextroute.tenancy.businesses import Business


@contextmanager
def told(business: Business, first: date, last: date, reason: str, *, now: datetime) -> Iterator[None]:
    """Tell the customers whose visits of [`first`, `last`] (local days) move or fall away within the block.

    In the business's scope; four statements at most, however many visits.
    """
    before = _standing(first, last)
    yield
    after = _standing(first, last, before)
    changed = [key for key, day in before.items() if after.get(key) != day]
    if not changed:
        return
    stops = Stop.objects.filter(id__in=changed)
    messages.visits_dropped(stops.exclude(removed_at=None), business, reason, now=now)
    moved = [(stop, before[stop.id]) for stop in stops.filter(removed_at=None).select_related("customer")]
    messages.visits_moved(moved, business, reason, now=now)


def _standing(first: date, last: date, among: dict[UUID, date] | None = None) -> dict[UUID, date]:
    """The days of the pending visits that stand, by their keys; later, of those `among` which it is asked again."""
    stops = Stop.objects.filter(removed_at=None, status=Stop.Status.PENDING)
    asked = stops.filter(service_date__range=(first, last)) if among is None else stops.filter(id__in=list(among))
    return dict(asked.values_list("id", "service_date"))
