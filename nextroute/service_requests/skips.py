"""Asking for a skip, where the office wants to be asked; elsewhere scheduling's own verb places it."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from nextroute.core import scope
from nextroute.core.actors import SYSTEM, Actor
from nextroute.core.verbs import verb
from nextroute.scheduling import locks, notice, skips, visits
from nextroute.scheduling.outlook import Outlook, rehearse
from nextroute.scheduling.skips import SkipRefused
from nextroute.scheduling.subscriptions import Subscription
from nextroute.service_requests import asking
from nextroute.service_requests.kinds import Kind
from nextroute.service_requests.requests import ServiceRequest
from nextroute.tenancy.permissions import Action


def preview(*, subscription: Subscription, due_on: date, actor: Actor, now: datetime) -> Outlook:
    """What `ask` would lead to, were it approved now. Raises as `ask` does."""
    asking.guard_approval(subscription.customer.business, Action.SKIP)
    _guard_notice(subscription, due_on, actor, now)
    return rehearse(skips.place, subscription=subscription, due_on=due_on, actor=SYSTEM, now=now)


@verb
def ask(*, subscription: Subscription, due_on: date, actor: Actor, now: datetime, note: str = "") -> ServiceRequest:
    """Ask to do without the visit due on `due_on` (local).

    Raises SkipRefused as `scheduling.skips.place` does, and NotPermitted unless the business wants to be asked.
    """
    customer = subscription.customer
    asking.guard_approval(customer.business, Action.SKIP)
    locks.schedule_of(customer)
    with scope.business(customer.business_id):
        driven_on = _guard_notice(subscription, due_on, actor, now)
        rehearse(skips.place, subscription=subscription, due_on=due_on, actor=SYSTEM, now=now)
        request = asking.put(
            customer,
            Kind.SKIP,
            now=now,
            property=subscription.property,
            subscription=subscription,
            day=due_on,
            note=note,
            expires_after=driven_on,
        )
        return asking.wait(request, actor=actor, now=now)


def take_effect(request: ServiceRequest, *, actor: Actor, now: datetime) -> None:
    assert request.subscription
    assert request.day
    request.subscription.customer = request.customer
    skips.place(subscription=request.subscription, due_on=request.day, actor=actor, now=now, notes=request.note)


def _guard_notice(subscription: Subscription, due_on: date, actor: Actor, now: datetime) -> date:
    """The day on which the visit is driven."""
    customer = subscription.customer
    coming = visits.find(customer, subscription, due_on, today=customer.business.today(now))
    if coming is None:
        raise SkipRefused(_("There is no visit on this day to skip."), field="due_on")
    if coming.day < notice.first_day(customer.business, Action.SKIP, actor, now):
        raise SkipRefused(_("It’s too late to change this visit here."), field="due_on")
    return coming.day
