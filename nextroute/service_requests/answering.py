"""What becomes of a request: the office approves, declines or answers it, the customer takes it back.

Every verb holds the customer's lock and reads the request again, so that of two at once one wins and the other one is
told. The rule and its table: docs/rules/requests.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.utils.translation import gettext as _

from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor, ActorKind
from nextroute.core.verbs import verb
from nextroute.scheduling import locks
from nextroute.service_requests import asking, cancellations, extras, holds, plan_changes, skips
from nextroute.service_requests.asking import Effect
from nextroute.service_requests.kinds import Kind, State
from nextroute.service_requests.requests import RequestRefused, ServiceRequest
from nextroute.tenancy.permissions import NotPermitted

_EFFECTS: dict[Kind, Effect] = {
    Kind.HOLD: holds.take_effect,
    Kind.SKIP: skips.take_effect,
    Kind.EXTRA: extras.take_effect,
    Kind.PLAN_CHANGE: plan_changes.take_effect,
    Kind.CANCELLATION: cancellations.take_effect,
}
# A hold and a skip are taken back where they are shown, by scheduling's own verbs.
_UNDOING: dict[Kind, Effect] = {
    Kind.EXTRA: extras.undo,
    Kind.PLAN_CHANGE: plan_changes.undo,
    Kind.CANCELLATION: cancellations.undo,
}
_ON_ANOTHER_DAY = (Kind.EXTRA, Kind.CANCELLATION)


@verb
def approve(
    *, request: ServiceRequest, actor: Actor, now: datetime, day: date | None = None, answer: str = ""
) -> ServiceRequest:
    """Staff: do it, on another `day` (local) if one is given: an extra's, or the last one of a service. `answer`: words
    for the customer. An extra that lost its day gets `day`.

    Raises RequestRefused when it is answered already, too late, or a problem; whatever the verb raises that does it,
    such as a full route; NotPermitted for a customer.
    """
    _by_staff(actor)
    with _locked(request) as found:
        _guard_waiting(found, found.business.today(now))
        if found.kind == Kind.PROBLEM:
            raise RequestRefused(_("Please answer this in words."), field="answer")
        if day and found.kind not in _ON_ANOTHER_DAY:
            raise RequestRefused(_("This can only be arranged for the day that was asked for."), field="day")
        found.day = day or found.day
        _EFFECTS[Kind(found.kind)](found, actor=actor, now=now)
        verb = Verb.REQUEST_APPROVED
        return asking.decide(found, State.APPROVED, verb, actor=actor, now=now, answer=answer.strip())


@verb
def decline(*, request: ServiceRequest, answer: str, actor: Actor, now: datetime) -> ServiceRequest:
    """Staff: it is not possible, and why (words that the customer reads). An extra that lost its day is called off.

    Raises RequestRefused without words (`field` answer), when it is answered already, or a problem; NotPermitted for a
    customer.
    """
    _by_staff(actor)
    words = _words(answer)
    with _locked(request) as found:
        _guard_waiting(found, found.business.today(now))
        if found.kind == Kind.PROBLEM:
            raise RequestRefused(_("Please answer this in words."), field="answer")
        if found.extra:
            extras.undo(found, actor=actor, now=now)
        return asking.decide(found, State.DECLINED, Verb.REQUEST_DECLINED, actor=actor, now=now, answer=words)


@verb
def answer(*, request: ServiceRequest, words: str, actor: Actor, now: datetime) -> ServiceRequest:
    """Staff: answer a problem, which is done then.

    Raises RequestRefused without words (`field` answer), when it is answered already, or no problem; NotPermitted for a
    customer.
    """
    _by_staff(actor)
    said = _words(words)
    with _locked(request) as found:
        _guard_waiting(found, found.business.today(now))
        if found.kind != Kind.PROBLEM:
            raise RequestRefused(_("This is a request. Approve it, or say why not."))
        return asking.decide(found, State.DONE, Verb.REQUEST_ANSWERED, actor=actor, now=now, answer=said)


@verb
def withdraw(*, request: ServiceRequest, actor: Actor, now: datetime) -> ServiceRequest:
    """Take it back: while it waits; and once it is arranged, another plan before its first day, an end of service until
    the last day, an extra until its notice is over.

    Raises RequestRefused when it is too late, and whatever the verb raises that undoes it.
    """
    with _locked(request) as found:
        state = found.state(found.business.today(now))
        if found.answer_state == State.APPROVED and state in (State.APPROVED, State.PENDING):
            _undo(found, actor, now)
        else:
            _guard_waiting(found, found.business.today(now))
        return asking.decide(found, State.WITHDRAWN, Verb.REQUEST_WITHDRAWN, actor=actor, now=now)


@contextmanager
def _locked(request: ServiceRequest) -> Iterator[ServiceRequest]:
    """The request as it is now, in the business's scope."""
    locks.schedule_of(request.customer)
    with scope.business(request.business_id):
        found = ServiceRequest.objects.in_words().select_related("new_subscription").get(id=request.pk)
        found.customer.business = found.business
        yield found


def _by_staff(actor: Actor) -> None:
    if actor.kind is ActorKind.CUSTOMER:
        raise NotPermitted(_("Only the office answers requests."))


def _words(answer: str) -> str:
    if not answer.strip():
        raise RequestRefused(_("Please say it in a few words."), field="answer")
    return answer.strip()


def _undo(request: ServiceRequest, actor: Actor, now: datetime) -> None:
    undo = _UNDOING.get(Kind(request.kind))
    if undo is None:
        raise RequestRefused(_("This is arranged already. You can change it with your visits."))
    undo(request, actor=actor, now=now)


def _guard_waiting(request: ServiceRequest, today: date) -> None:
    """Raises RequestRefused unless it waits for an answer."""
    stale = {
        State.APPROVED: _("This is arranged already."),
        State.DONE: _("This is done already."),
        State.DECLINED: _("This was declined already."),
        State.WITHDRAWN: _("This was taken back already."),
        State.EXPIRED: _("It’s too late for this: its day is over."),
    }
    if sentence := stale.get(request.state(today)):
        raise RequestRefused(sentence)
