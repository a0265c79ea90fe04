"""Where an extra can ride: the days on which a property's zone is served, and a route of them has room; and putting it
there.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from nextroute.core.errors import Refused
from nextroute.customers.properties import Property
from nextroute.scheduling import question
from nextroute.scheduling.calendar import Reason
from nextroute.scheduling.master_routes import MasterRoute
from nextroute.scheduling.plans import Plan
from nextroute.scheduling.stops import Stop
from nextroute.tenancy.businesses import Business

if TYPE_CHECKING:
    from nextroute.scheduling.extras import Extra


class Place(NamedTuple):
    """Room for an extra on `day` (local): on the open part `route_id`, or, with none, on one to be made after `parts`.

    `sequence`: where on its way the property lies.
    """

    day: date
    master_route_id: UUID
    route_id: UUID | None
    parts: int
    sequence: int


def of(business: Business, property: Property, plan: Plan, first: date, last: date) -> list[Place]:
    """One place for each day of [`first`, `last`] that has one, in order. Two statements, in the business's scope: a
    customer may not see how full a route is.
    """
    taken = question.shifts(business, first, last)
    asked: dict[str, Any] = {
        "property": property.id,
        "plan": plan.id,
        "first": first,
        "last": last,
        "zones": [shift.zone_id for shift in taken],
        "due_days": [shift.due_on for shift in taken],
    }
    with connection.cursor() as cursor:
        cursor.execute(question.sql("extra_places"), asked)
        return [Place(*row) for row in cursor.fetchall()]


def on(business: Business, property: Property, plan: Plan, day: date) -> Place:
    """The place on one day, read when the locks are held. Raises Refused (`field` day) when there is none."""
    if found := of(business, property, plan, day, day):
        return found[0]
    raise Refused(_("We can’t come on this day. Please choose another."), field="day")


def put(extra: "Extra", place: Place, attempt: int) -> None:
    """Onto the open part with room, or onto a new one."""
    route_id = place.route_id
    if route_id is None:
        parts = MasterRoute.objects.get(id=place.master_route_id).routes
        part = {"part": place.parts + 1, "date": place.day, "original_date": place.day}
        route_id = parts.create(business_id=extra.business_id, **part).pk
    extra.stops.create(
        business_id=extra.business_id,
        customer_id=extra.customer_id,
        property_id=extra.property_id,
        route_id=route_id,
        sequence=place.sequence,
        origin=Stop.Origin.OFFICE,
        attempt=attempt,
        due_on=place.day,
        service_date=place.day,
    )


def take_off(stop: Stop, now: datetime) -> None:
    """Off its open route, which is locked: nobody wants the visit on that day any more."""
    stop.removed_at, stop.removed_by, stop.removed_reason = now, Stop.RemovedBy.OFFICE, Reason.SKIP
    stop.save(update_fields=["removed_at", "removed_by", "removed_reason"])
