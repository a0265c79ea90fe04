"""Asking for a hold, where the office wants to be asked; elsewhere scheduling's own verb places it."""

from datetime import date, datetime

from nextroute.core import scope
from nextroute.core.actors import SYSTEM, Actor
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer
from nextroute.customers.properties import Property
from nextroute.scheduling import hold_limits, holds, locks, notice
from nextroute.scheduling.outlook import Outlook, rehearse
from nextroute.service_requests import asking
from nextroute.service_requests.kinds import Kind
from nextroute.service_requests.requests import ServiceRequest
from nextroute.tenancy.permissions import Action


def preview(
    *,
    customer: Customer,
    start_date: date,
    end_date: date,
    actor: Actor,
    now: datetime,
    property: Property | None = None,
) -> Outlook:
    """What `ask` would lead to, were it approved now: the office acts without notice. Raises as `ask` does."""
    _guard(customer, start_date, end_date, property, actor, now)
    days = {"start_date": start_date, "end_date": end_date}
    return rehearse(holds.place, customer=customer, property=property, actor=SYSTEM, now=now, **days)


@verb
def ask(
    *,
    customer: Customer,
    start_date: date,
    end_date: date,
    actor: Actor,
    now: datetime,
    property: Property | None = None,
    note: str = "",
) -> ServiceRequest:
    """Ask for a hold from `start_date` through `end_date` (local), of one property or all.

    Raises HoldRefused as `scheduling.holds.place` does, and NotPermitted unless the business wants to be asked.
    """
    locks.schedule_of(customer)
    with scope.business(customer.business_id):
        _guard(customer, start_date, end_date, property, actor, now)
        days = {"day": start_date, "last_day": end_date, "expires_after": end_date}
        request = asking.put(customer, Kind.HOLD, now=now, property=property, note=note, **days)
        return asking.wait(request, actor=actor, now=now)


def take_effect(request: ServiceRequest, *, actor: Actor, now: datetime) -> None:
    """Placed by the office, so without notice; of days that are over by now, no more than is left."""
    assert request.day
    assert request.last_day
    holds.place(
        customer=request.customer,
        start_date=max(request.day, request.business.today(now)),
        end_date=request.last_day,
        actor=actor,
        now=now,
        property=request.property,
        notes=request.note,
    )


def _guard(
    customer: Customer, start_date: date, end_date: date, property: Property | None, actor: Actor, now: datetime
) -> None:
    business = customer.business
    asking.guard_approval(business, Action.HOLD)
    first_free = notice.first_day(business, Action.HOLD, actor, now)
    place = property.pk if property else None
    hold_limits.guard(customer, start_date, end_date, place, today=business.today(now), first_free=first_free)
