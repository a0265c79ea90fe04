"""Who is told of what becomes of a request. The words are letters.py's, when the message is sent."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from nextroute.audit.verbs import Verb
from nextroute.core.actors import Actor, ActorKind
from nextroute.notifications.telling import Notice, tell
from nextroute.notifications.triggers import Trigger
from nextroute.scheduling.messages import office
from nextroute.service_requests.kinds import Kind
from nextroute.service_requests.requests import ServiceRequest
from nextroute.tenancy.businesses import Business

STALE = timedelta(days=7)  # after which an answer that could not be delivered is read in the portal

_TOLD = {
    Verb.REQUEST_APPROVED: Trigger.REQUEST_APPROVED,
    Verb.REQUEST_DECLINED: Trigger.REQUEST_DECLINED,
    Verb.REQUEST_WITHDRAWN: Trigger.REQUEST_WITHDRAWN,
    Verb.REQUEST_ANSWERED: Trigger.REQUEST_ANSWERED,
}
# These are confirmed by the hold and the skip themselves, with the visits that fall away.
_TOLD_OTHERWISE = (Kind.HOLD, Kind.SKIP)


def received(request: ServiceRequest, *, actor: Actor, now: datetime) -> None:
    _tell(Trigger.REQUEST_RECEIVED, request, actor, now)


def decided(verb: Verb, request: ServiceRequest, *, actor: Actor, now: datetime) -> None:
    if verb is Verb.REQUEST_APPROVED and request.kind in _TOLD_OTHERWISE and not request.answer:
        return
    _tell(_TOLD[verb], request, actor, now)


def expired(requests: Iterable[ServiceRequest], business: Business, *, now: datetime) -> int:
    """Those that nobody answered in time, each told once. With their customers at hand."""
    notices = [Notice(one.customer.recipient, {"request": str(one.pk)}, key=str(one.pk)) for one in requests]
    return tell(Trigger.REQUEST_EXPIRED, business.id, notices, now=now, not_after=now + STALE)


def _tell(trigger: Trigger, request: ServiceRequest, actor: Actor, now: datetime) -> None:
    """To the customer; and to the office, of what it did not do itself."""
    business, facts = request.business, {"request": str(request.pk)}
    tell(trigger, business.id, [Notice(request.customer.recipient, facts)], now=now, not_after=now + STALE)
    if actor.kind is ActorKind.CUSTOMER:
        tell(Trigger.OFFICE_REQUEST, business.id, [Notice(office(business), {"about": trigger, **facts})], now=now)
