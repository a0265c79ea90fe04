"""What all requests share when they are asked: the row, and whether it takes effect at once or waits for the office."""

from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core.actors import Actor, ActorKind
from nextroute.customers.customers import Customer
from nextroute.service_requests import messages, words
from nextroute.service_requests.kinds import Kind, State
from nextroute.service_requests.requests import RequestRefused, ServiceRequest
from nextroute.tenancy import permissions
from nextroute.tenancy.businesses import Business
from nextroute.tenancy.permissions import Action, Mode, NotPermitted


class Effect(Protocol):
    """What comes of a request: done through scheduling's verbs, noted on its row. In the business's scope, under the
    customer's lock; raises Refused as those verbs do."""

    def __call__(self, request: ServiceRequest, *, actor: Actor, now: datetime) -> None: ...


def put(customer: Customer, kind: Kind, *, now: datetime, **about: Any) -> ServiceRequest:
    """The row of what a customer asks. Under the customer's lock: the same once more is not taken while one waits."""
    same = customer.service_requests.filter(kind=kind, answer_state=State.PENDING)
    if kind is not Kind.CANCELLATION and same.filter(**_named(about)).exists():
        raise RequestRefused(_("You’ve asked for this already. We’ll answer soon."))
    request = customer.service_requests.create(business_id=customer.business_id, kind=kind, asked_at=now, **about)
    request.customer, request.business = customer, customer.business
    return request


def settle(request: ServiceRequest, action: Action, effect: Effect, *, actor: Actor, now: datetime) -> ServiceRequest:
    """Take effect at once where the business lets its customers, and for staff; else wait for its answer."""
    if actor.kind is ActorKind.CUSTOMER and permissions.mode(request.business, action) is Mode.APPROVAL:
        return wait(request, actor=actor, now=now)
    effect(request, actor=actor, now=now)
    return decide(request, State.APPROVED, Verb.REQUEST_APPROVED, actor=actor, now=now)


def wait(request: ServiceRequest, *, actor: Actor, now: datetime) -> ServiceRequest:
    note(Verb.REQUEST_ASKED, request, actor)
    messages.received(request, actor=actor, now=now)
    return request


def decide(
    request: ServiceRequest, state: State, verb: Verb, *, actor: Actor, now: datetime, answer: str = ""
) -> ServiceRequest:
    """What was decided, by whom and in which words: kept, recorded and told."""
    request.answer_state, request.answer = state, answer
    request.answered_at, request.answered_by = now, str(actor)
    request.save()
    note(verb, request, actor)
    messages.decided(verb, request, actor=actor, now=now)
    return request


def note(verb: Verb, request: ServiceRequest, actor: Actor) -> None:
    record(
        verb,
        actor=actor,
        business_id=request.business_id,
        subject=request,
        label=request.kind,
        customer_id=request.customer_id,
        detail=words.facts(request),
    )


_NAMES = ("property", "subscription", "plan", "stop", "day", "last_day")


def _named(about: dict[str, Any]) -> dict[str, Any]:
    """What tells one request of a kind from another."""
    named = {name: about.get(name) for name in _NAMES}
    return {name if value else f"{name}__isnull": value or True for name, value in named.items()}


def guard_approval(business: Business, action: Action) -> None:
    """Guard of what is only asked for where the business says so. Raises NotPermitted."""
    found = permissions.mode(business, action)
    if found is Mode.OFF:
        raise NotPermitted(_("Please call us: we arrange this with you ourselves."))
    if found is Mode.INSTANT:
        raise NotPermitted(_("There’s no need to ask: you can arrange this yourself."))
