"""Skipping one visit, and having it after all."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from nextroute.core.errors import Refused
from nextroute.portal.askers import login_of
from nextroute.portal.doors import customer_page
from nextroute.portal.requests import CustomerRequest
from nextroute.portal.service_requests import to_asked
from nextroute.scheduling import notice, outlook, question, skips, visits
from nextroute.scheduling.calendar import Reason
from nextroute.scheduling.models import Skip, Subscription
from nextroute.scheduling.outlook import Outlook
from nextroute.scheduling.visits import Visit
from nextroute.service_requests import skips as asking
from nextroute.service_requests.kinds import Kind
from nextroute.service_requests.kinds import State as RequestState
from nextroute.service_requests.requests import ServiceRequest
from nextroute.tenancy import permissions
from nextroute.tenancy.permissions import Action, Mode
from nextroute.ui.pages import page


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def skip(request: CustomerRequest, subscription: UUID, due_on: date) -> HttpResponse:
    """The visit of a subscription that is due on a day: what happens without it, then without it, or with it again."""
    if permissions.mode(request.business, Action.SKIP) is Mode.OFF:
        raise Http404("This business skips visits itself.")
    of = request.customer.subscriptions.filter(id=subscription).first()
    visit = _visit(request, of, due_on) if of else None
    if of is None or visit is None:
        raise Http404("This customer has no such visit.")
    of.customer = request.customer
    if asked := _asked(request, of, visit):
        return HttpResponseRedirect(request.link("portal_request", key=str(asked.pk)))
    try:
        if request.method == "POST":
            return _do(request, of, visit)
        preview, refusal = _preview(request, of, visit), ""
    except Refused as refused:
        preview, refusal = None, refused.sentence
    return _answer(request, visit, preview, refusal)


def _visit(request: CustomerRequest, of: Subscription, due_on: date) -> Visit | None:
    """As it stands, wherever blackouts moved it; none when it is over or there is none."""
    today = request.today
    if not today - question.REACH <= due_on <= today + 2 * outlook.YEAR:
        return None
    from_ = max(today, due_on)
    found = visits.between(request.customer, from_, from_ + question.REACH, today=today)
    known = (one for one in found if (one.subscription_id, one.due_on) == (of.pk, due_on))
    return next((one for one in known if one.coming or one.reason is Reason.SKIP), None)


def _asked(request: CustomerRequest, of: Subscription, visit: Visit) -> ServiceRequest | None:
    """What was asked about this visit and waits for an answer; where the business wants to be asked."""
    if not _by_approval(request) or visit.skip_id:
        return None
    same = request.customer.service_requests.filter(kind=Kind.SKIP, subscription=of, day=visit.due_on)
    found: ServiceRequest | None = same.filter(answer_state=RequestState.PENDING).first()
    return found


def _by_approval(request: CustomerRequest) -> bool:
    return permissions.mode(request.business, Action.SKIP) is Mode.APPROVAL


def _do(request: CustomerRequest, of: Subscription, visit: Visit) -> HttpResponse:
    """Skip it, or take that back. Pressed twice, it is done once."""
    by: dict[str, Any] = {"actor": login_of(request), "now": request.now}
    undo = request.POST.get("do") == "undo"
    if undo and visit.skip_id:
        skips.undo(skip=_skip(request, visit.skip_id), **by)
    elif not undo and not visit.skip_id and _by_approval(request):
        return to_asked(request, asking.ask(subscription=of, due_on=visit.due_on, **by))
    elif not undo and not visit.skip_id:
        skips.place(subscription=of, due_on=visit.due_on, **by)
    query = {"done": "back" if undo else "skipped"}
    return HttpResponseRedirect(
        request.link("portal_skip", subscription=str(of.pk), due_on=visit.due_on.isoformat(), query=query)
    )


def _preview(request: CustomerRequest, of: Subscription, visit: Visit) -> Outlook | None:
    if visit.skip_id or not _in_time(request, visit):
        return None
    wish: dict[str, Any] = {"subscription": of, "due_on": visit.due_on, "actor": login_of(request), "now": request.now}
    return asking.preview(**wish) if _by_approval(request) else outlook.rehearse(skips.place, **wish)


def _skip(request: CustomerRequest, key: UUID) -> Skip:
    found: Skip = request.customer.skips.get(id=key)
    found.customer = request.customer
    return found


def _in_time(request: CustomerRequest, visit: Visit) -> bool:
    return visit.day >= notice.first_day(request.business, Action.SKIP, login_of(request), request.now)


def _answer(request: CustomerRequest, visit: Visit, preview: Outlook | None, refusal: str) -> HttpResponse:
    return page(
        request,
        "portal/skip.html",
        status=422 if request.method == "POST" else 200,
        visit=visit,
        state="skipped" if visit.skip_id else "can" if preview else "late",
        can_undo=visit.skip_id is not None and _in_time(request, visit),
        preview=preview,
        refusal=refusal,
        done=request.GET.get("done", ""),
        by_approval=_by_approval(request),
        email=request.presence.login.email,
        currency=request.business.currency,
    )
