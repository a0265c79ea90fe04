"""Asking for another plan, from the next billing period on."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from nextroute.core import scope
from nextroute.core.actors import SYSTEM, Actor
from nextroute.core.days import ONE_DAY
from nextroute.core.verbs import verb
from nextroute.scheduling import locks, plan_changes, prices
from nextroute.scheduling.outlook import Outlook, rehearse
from nextroute.scheduling.plans import Plan
from nextroute.scheduling.subscriptions import Subscription
from nextroute.service_requests import asking
from nextroute.service_requests.kinds import Kind, State
from nextroute.service_requests.requests import RequestRefused, ServiceRequest
from nextroute.tenancy import permissions
from nextroute.tenancy.permissions import Action


def preview(*, subscription: Subscription, plan: Plan, actor: Actor, now: datetime) -> Outlook:
    """What `ask` would lead to, were it approved now. Raises as `ask` does, but for what has been asked already."""
    business = subscription.customer.business
    permissions.asked(business, Action.PLAN_CHANGE, actor)
    first_day = plan_changes.first_day(subscription, today := business.today(now))
    plan_changes.guard(subscription, plan, first_day, actor=actor, today=today)
    return rehearse(
        plan_changes.change, subscription=subscription, plan=plan, first_day=first_day, actor=SYSTEM, now=now
    )


@verb
def ask(*, subscription: Subscription, plan: Plan, actor: Actor, now: datetime, note: str = "") -> ServiceRequest:
    """Ask for `plan` instead, from `scheduling.plan_changes.first_day` on, for the price it has now; where the mode is
    instant, it is arranged.

    Raises PlanChangeRefused (`field` plan), RequestRefused while another plan is asked for, and NotPermitted where the
    business wants to be called.
    """
    customer = subscription.customer
    business, today = customer.business, customer.business.today(now)
    permissions.asked(business, Action.PLAN_CHANGE, actor)
    locks.schedule_of(customer)
    with scope.business(business.id):
        now_is = Subscription.objects.select_related("plan", "property").get(id=subscription.pk)
        first_day = plan_changes.first_day(now_is, today)
        plan_changes.guard(now_is, plan, first_day, actor=actor, today=today)
        _guard_one(now_is, today)
        request = asking.put(
            customer,
            Kind.PLAN_CHANGE,
            now=now,
            property=now_is.property,
            subscription=now_is,
            plan=plan,
            day=first_day,
            price_cents=prices.in_all(plan, now_is.property.bin_count),
            note=note,
            expires_after=first_day - ONE_DAY,
        )
        return asking.settle(request, Action.PLAN_CHANGE, take_effect, actor=actor, now=now)


def take_effect(request: ServiceRequest, *, actor: Actor, now: datetime) -> None:
    assert request.subscription
    assert request.plan
    assert request.day
    request.subscription.customer = request.customer
    request.new_subscription, _found = plan_changes.change(
        subscription=request.subscription, plan=request.plan, first_day=request.day, actor=actor, now=now
    )


def undo(request: ServiceRequest, *, actor: Actor, now: datetime) -> None:
    """The old plan is kept, until the day before the new one begins."""
    assert request.new_subscription
    request.new_subscription.customer = request.customer
    plan_changes.undo(subscription=request.new_subscription, actor=actor, now=now)


def _guard_one(subscription: Subscription, today: date) -> None:
    """One plan is asked for at a time."""
    waiting = ServiceRequest.objects.filter(
        kind=Kind.PLAN_CHANGE, subscription=subscription, answer_state=State.PENDING, expires_after__gte=today
    )
    if waiting.exists():
        raise RequestRefused(_("You’ve asked for another plan already. Take that back first, or wait for our answer."))
