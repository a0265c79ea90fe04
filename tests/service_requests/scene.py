"""Short words for what customers ask: Ada is served on Tuesdays at Bright Bins, and it is noon of Monday, June 1."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

from nextroute.core.actors import Actor, ActorKind
from nextroute.customers.models import Customer
from nextroute.notifications.models import Delivery
from nextroute.scheduling.models import Plan, Stop, Subscription
from nextroute.service_requests import cancellations, extras, holds, plan_changes, problems, skips
from nextroute.service_requests.kinds import Kind
from nextroute.service_requests.models import ServiceRequest
from tests import cast
from tests.cast import NOON, D

TODAY, TUESDAY, LAST = D("2026-06-01"), D("2026-06-09"), D("2026-06-16")
ADA, BO = Actor(ActorKind.CUSTOMER, uuid4()), Actor(ActorKind.STAFF, uuid4())


def modes(customer: Customer, *, mode: str) -> None:
    """Of everything."""
    for action in ("hold", "skip", "extra", "plan_change", "cancellation"):
        setattr(customer.business, f"{action}_mode", mode)
    customer.business.save()


def subscription(customer: Customer) -> Subscription:
    """The customer's first."""
    found = (
        Subscription.objects.select_related("plan", "property").filter(customer=customer).earliest("starts_on", "id")
    )
    found.customer = found.property.customer = customer
    return found


def every_two_weeks(customer: Customer) -> Plan:
    return cast.a_plan(customer.business, "biweekly", price_cents=1500)


def extra(customer: Customer, actor: Actor = ADA, day: date = TUESDAY, **more: Any) -> ServiceRequest:
    given: dict[str, Any] = {"plan": cast.a_wash(customer.business), "now": NOON} | more
    return extras.ask(customer=customer, property=subscription(customer).property, day=day, actor=actor, **given)


def plan_change(customer: Customer, actor: Actor = ADA, **more: Any) -> ServiceRequest:
    given: dict[str, Any] = {"plan": every_two_weeks(customer), "now": NOON} | more
    return plan_changes.ask(subscription=subscription(customer), actor=actor, **given)


def cancellation(customer: Customer, actor: Actor = ADA, last_day: date = LAST, **more: Any) -> ServiceRequest:
    given: dict[str, Any] = {"subscriptions": [subscription(customer)], "topic": "moving", "now": NOON} | more
    return cancellations.ask(customer=customer, last_day=last_day, actor=actor, **given)


def hold(customer: Customer, actor: Actor = ADA, **more: Any) -> ServiceRequest:
    given: dict[str, Any] = {"start_date": D("2026-06-08"), "end_date": D("2026-06-17"), "now": NOON} | more
    return holds.ask(customer=customer, actor=actor, **given)


def skip(customer: Customer, actor: Actor = ADA, due_on: date = TUESDAY, **more: Any) -> ServiceRequest:
    given: dict[str, Any] = {"now": NOON} | more
    return skips.ask(subscription=subscription(customer), due_on=due_on, actor=actor, **given)


def a_made_stop(customer: Customer, day: str = "2026-05-26", **changes: Any) -> Stop:
    of = subscription(customer)
    return customer.stops.filter(due_on=D(day)).first() or cast.a_stop(of, day, **changes)


def problem(customer: Customer, actor: Actor = ADA, **more: Any) -> ServiceRequest:
    given: dict[str, Any] = {"topic": "missed", "note": "Nobody came.", "now": NOON} | more
    stop = given.pop("stop", None) or a_made_stop(customer)
    return problems.ask(customer=customer, stop=stop, actor=actor, **given)


ASKS: dict[Kind, Callable[..., ServiceRequest]] = {
    Kind.EXTRA: extra,
    Kind.PLAN_CHANGE: plan_change,
    Kind.CANCELLATION: cancellation,
    Kind.HOLD: hold,
    Kind.SKIP: skip,
    Kind.PROBLEM: problem,
}


def told() -> list[tuple[str, str]]:
    """Who was told what, by the name of the trigger."""
    return sorted(Delivery.objects.values_list("trigger", "address"))


def now_is(request: ServiceRequest) -> ServiceRequest:
    """As it stands in the database."""
    return ServiceRequest.objects.in_words().get(id=request.id)
