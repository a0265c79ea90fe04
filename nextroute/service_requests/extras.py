"""Asking for an extra: one visit more, of a one-time or add-on plan."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from nextroute.core import scope
from nextroute.core.actors import Actor, ActorKind
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer
from nextroute.customers.properties import Property
from nextroute.scheduling import extras, locks, notice, prices
from nextroute.scheduling.plans import Plan
from nextroute.service_requests import asking
from nextroute.service_requests.kinds import Kind
from nextroute.service_requests.requests import RequestRefused, ServiceRequest
from nextroute.tenancy import permissions
from nextroute.tenancy.permissions import Action


def offers(customer: Customer) -> list[Plan]:
    """What a customer may have once, as the business sorts it. One statement, in the caller's scope."""
    once = Plan.objects.filter(business_id=customer.business_id).exclude(plan_type=Plan.Type.RECURRING)
    return list(once.exclude(visibility=Plan.Visibility.INTERNAL).order_by("sort_order", "name"))


@verb
def ask(
    *, customer: Customer, property: Property, plan: Plan, day: date, actor: Actor, now: datetime, note: str = ""
) -> ServiceRequest:
    """Ask for `plan` at `property` on `day` (local), for the price it has now; where the mode is instant, it is
    ordered.

    Raises RequestRefused (`field` plan or day), what `scheduling.extras.order` raises, and NotPermitted where the
    business wants to be called.
    """
    business = customer.business
    permissions.asked(business, Action.EXTRA, actor)
    locks.schedule_of(customer)
    with scope.business(business.id):
        _guard(customer, property, plan, day, actor, now)
        request = asking.put(
            customer,
            Kind.EXTRA,
            now=now,
            property=property,
            plan=plan,
            day=day,
            price_cents=prices.in_all(plan, property.bin_count),
            note=note,
            expires_after=day,
        )
        return asking.settle(request, Action.EXTRA, take_effect, actor=actor, now=now)


def take_effect(request: ServiceRequest, *, actor: Actor, now: datetime) -> None:
    """It is ordered; or, when the business lost its day, it has the request's day instead."""
    assert request.property
    assert request.plan
    assert request.day
    if request.extra:
        request.extra = extras.reschedule(extra=request.extra, day=request.day, actor=actor, now=now)
        return
    request.extra = extras.order(
        customer=request.customer,
        property=request.property,
        plan=request.plan,
        day=request.day,
        price_cents=request.price_cents or 0,
        actor=actor,
        now=now,
        notes=request.note,
    )


def undo(request: ServiceRequest, *, actor: Actor, now: datetime) -> None:
    """It is called off, until its notice is over."""
    assert request.extra
    extras.call_off(extra=request.extra, actor=actor, now=now)


def _guard(customer: Customer, property: Property, plan: Plan, day: date, actor: Actor, now: datetime) -> None:
    hidden = actor.kind is ActorKind.CUSTOMER and plan.visibility == Plan.Visibility.INTERNAL
    if plan.plan_type == Plan.Type.RECURRING or hidden:
        raise RequestRefused(_("This service cannot be ordered for a single day."), field="plan")
    if day < notice.first_day(customer.business, Action.EXTRA, actor, now):
        raise RequestRefused(_("It is too late for this day here. Please call us."), field="day")
    if not extras.days(customer, property, plan, first=day, last=day):
        raise RequestRefused(_("We can’t come on this day. Please choose another."), field="day")
