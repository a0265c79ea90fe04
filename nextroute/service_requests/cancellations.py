"""Cancellation: an end to some subscriptions, or to all of them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from nextroute.core import scope
from nextroute.core.actors import SYSTEM, Actor
from nextroute.core.rows import BusinessRow
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer
from nextroute.scheduling import endings, locks
from nextroute.scheduling.outlook import Outlook, rehearse
from nextroute.scheduling.subscriptions import Subscription
from nextroute.service_requests import asking
from nextroute.service_requests.kinds import Kind, Leaving, State
from nextroute.service_requests.requests import RequestRefused, ServiceRequest
from nextroute.tenancy import permissions
from nextroute.tenancy.permissions import Action


class Ending(BusinessRow):
    """A subscription that a cancellation is about; `former_ends_on` is the end it had before, for an undo."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    request = models.ForeignKey(
        "service_requests.ServiceRequest", models.PROTECT, db_constraint=False, db_index=False, related_name="endings"
    )
    subscription = models.ForeignKey(
        "scheduling.Subscription", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    former_ends_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "subscription"], name="ending_once")]


def preview(
    *, customer: Customer, subscriptions: Collection[Subscription], last_day: date, actor: Actor, now: datetime
) -> Outlook:
    """What `ask` would lead to, were it approved now. Raises as `ask` does, but for what has been asked already."""
    permissions.asked(customer.business, Action.CANCELLATION, actor)
    with scope.business(customer.business_id):
        endings.guard(customer, subscriptions, last_day, actor=actor, today=customer.business.today(now))
    about = {"customer": customer, "subscriptions": subscriptions, "last_day": last_day}
    return rehearse(endings.end, **about, actor=SYSTEM, now=now)


@verb
def ask(
    *,
    customer: Customer,
    subscriptions: Collection[Subscription],
    last_day: date,
    topic: str,
    actor: Actor,
    now: datetime,
    note: str = "",
) -> ServiceRequest:
    """Ask for an end of these subscriptions after `last_day` (local), for a reason (a Leaving); where the mode is
    instant, they end.

    Raises EndRefused (`field` subscriptions or last_day), RequestRefused (topic, or while an end of one of them is
    asked for), and NotPermitted where the business wants to be called.
    """
    business, today = customer.business, customer.business.today(now)
    permissions.asked(business, Action.CANCELLATION, actor)
    if topic not in Leaving.values:
        raise RequestRefused(_("Choose why you’d like to cancel."), field="topic")
    locks.schedule_of(customer)
    with scope.business(business.id):
        concerned = endings.guard(customer, subscriptions, last_day, actor=actor, today=today)
        _guard_one(concerned)
        one = concerned[0] if len(concerned) == 1 else None
        about = {"property_id": one and one.property_id, "subscription": one, "day": last_day}
        request = asking.put(customer, Kind.CANCELLATION, now=now, topic=topic, note=note, **about)
        _list(request, concerned)
        return asking.settle(request, Action.CANCELLATION, take_effect, actor=actor, now=now)


def take_effect(request: ServiceRequest, *, actor: Actor, now: datetime) -> None:
    """They end, as the list of the request says; what has come to follow them since, too."""
    assert request.day
    chosen = Subscription.objects.filter(id__in=request.endings.values("subscription"))
    former, _found = endings.end(
        customer=request.customer, subscriptions=list(chosen), last_day=request.day, actor=actor, now=now
    )
    request.endings.all().delete()
    _list(request, Subscription.objects.filter(id__in=former), former)


def undo(request: ServiceRequest, *, actor: Actor, now: datetime) -> None:
    """They go on as they would have, until the last day."""
    assert request.day
    former = dict(request.endings.values_list("subscription_id", "former_ends_on"))
    endings.resume(customer=request.customer, former=former, last_day=request.day, actor=actor, now=now)


def _guard_one(subscriptions: Collection[Subscription]) -> None:
    """One end of a subscription is asked for at a time."""
    waiting = Ending.objects.filter(subscription__in=subscriptions, request__answer_state=State.PENDING)
    if waiting.exists():
        raise RequestRefused(_("You’ve asked to cancel this already. Take that back first, or wait for our answer."))


def _list(
    request: ServiceRequest,
    subscriptions: Iterable[Subscription],
    former: Mapping[UUID, date | None] | None = None,
) -> None:
    """The subscriptions that the request is about, with the ends they had."""
    of_request = {"business_id": request.business_id, "customer_id": request.customer_id, "request": request}
    Ending.objects.bulk_create(
        Ending(**of_request, subscription=one, former_ends_on=(former or {}).get(one.pk)) for one in subscriptions
    )
