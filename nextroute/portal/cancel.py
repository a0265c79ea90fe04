"""Ending a service: on one screen, with what that changes, and what would help instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from nextroute.core.errors import Refused
from nextroute.portal import cancel_forms, services
from nextroute.portal.askers import login_of
from nextroute.portal.cancel_forms import CancelForm
from nextroute.portal.doors import customer_page
from nextroute.portal.requests import CustomerRequest
from nextroute.portal.service_requests import to_asked
from nextroute.scheduling import endings, outlook, visits
from nextroute.scheduling.outlook import Outlook
from nextroute.scheduling.plans import Plan
from nextroute.scheduling.subscriptions import Subscription
from nextroute.service_requests import alternatives
from nextroute.service_requests import cancellations as asking
from nextroute.service_requests.kinds import Kind, State
from nextroute.service_requests.requests import ServiceRequest
from nextroute.tenancy import permissions
from nextroute.tenancy.permissions import Action, Mode
from nextroute.ui.pages import fragment, page, wants_fragment

PAGE = "portal/cancel.html"


@dataclass(frozen=True, slots=True)
class End:
    """What ends: the visits that fall away in the first weeks after, the day of the last one before (none: there is
    none), and how it is paid."""

    outlook: Outlook
    last_visit: date | None
    by_visit: bool
    by_month: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """Another plan in words, and where."""

    subscription: UUID
    plan: UUID
    words: str
    place: str


@dataclass(frozen=True, slots=True)
class Help:
    """What could help for one reason: a hold, or other plans."""

    hold: bool
    offers: Sequence[Offer]


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def cancel(request: CustomerRequest) -> HttpResponse:
    if permissions.mode(request.business, Action.CANCELLATION) is Mode.OFF:
        raise Http404("This business ends services itself.")
    earliest = endings.earliest(request.business, login_of(request), request.today)
    waiting = _waiting(request)
    running = _to_end(request, waiting, earliest)
    form = _form(request, running, earliest)
    if request.method == "POST" and "preview" not in request.POST:
        if asked := _tried(form, request, running):
            return to_asked(request, asked)
    else:
        form.overlook()
    return _answer(request, form, running, waiting, _end(form, request, running))


def _waiting(request: CustomerRequest) -> Sequence[ServiceRequest]:
    """The ends that are asked for already."""
    found = request.customer.service_requests.filter(kind=Kind.CANCELLATION, answer_state=State.PENDING)
    return list(found.prefetch_related("endings__subscription__plan"))


def _to_end(request: CustomerRequest, waiting: Sequence[ServiceRequest], earliest: date) -> Sequence[Subscription]:
    """Those that go on after the earliest last day, and are not asked to end."""
    asked = {ending.subscription_id for one in waiting for ending in one.endings.all()}
    found = services.running(request.customer, request.today)
    return [one for one in found if one.pk not in asked and (one.ends_on is None or one.ends_on > earliest)]


def _form(request: CustomerRequest, running: Sequence[Subscription], earliest: date) -> CancelForm:
    asked = request.POST if request.method == "POST" else request.GET
    data: dict[str, Any] = {name: asked.get(name, "") for name in ("last_day", "topic", "comment")}
    data["services"] = [str(running[0].pk)] if len(running) == 1 else asked.getlist("services")
    if not asked:
        data["last_day"] = earliest.isoformat()
    return CancelForm(
        data,
        services=[services.service_choice(one, request.business.currency) for one in running],
        earliest=earliest,
        days=request.business.cancellation_notice_days,
        today=request.today,
    )


def _meant(form: CancelForm, running: Sequence[Subscription]) -> Sequence[Subscription]:
    """Those that are chosen so far; all, while none is."""
    return [one for one in running if str(one.pk) in form.data["services"]] or running


def _instead(request: CustomerRequest, meant: Sequence[Subscription]) -> Mapping[str, Help]:
    by_reason = alternatives.by_reason(request.customer, meant)
    return {topic: Help(one.hold, [_offer(plan, request) for plan in one.offers]) for topic, one in by_reason.items()}


def _offer(one: alternatives.Offer, request: CustomerRequest) -> Offer:
    place = one.subscription.property
    rate = services.rate(one.plan, place.bin_count, request.business.currency)
    return Offer(one.subscription.pk, one.plan.pk, f"{one.plan}, {rate}", str(place))


def _chosen(form: CancelForm, running: Sequence[Subscription]) -> Sequence[Subscription]:
    return [one for one in running if str(one.pk) in form.cleaned_data["services"]]


def _tried(form: CancelForm, request: CustomerRequest, running: Sequence[Subscription]) -> ServiceRequest | None:
    if not form.is_valid():
        return None
    try:
        return asking.ask(
            topic=form.cleaned_data["topic"], note=form.cleaned_data["comment"], **_about(form, request, running)
        )
    except Refused as refused:
        form.refuse(refused, cancel_forms.FIELDS)
        return None


def _end(form: CancelForm, request: CustomerRequest, running: Sequence[Subscription]) -> End | None:
    if not form.fine("services", "last_day"):
        return None
    about = _about(form, request, running)
    try:
        found = asking.preview(**about)
    except Refused as refused:
        form.refuse(refused, cancel_forms.FIELDS)
        return None
    last_day: date = about["last_day"]
    flat = [one.plan.billing_mode == Plan.BillingMode.FLAT for one in about["subscriptions"]]
    soon = tuple(line for line in found.away if line.visit.day <= last_day + outlook.BEYOND)
    last_visit = _last_visit(request, about["subscriptions"], last_day)
    return End(replace(found, away=soon), last_visit, by_visit=not all(flat), by_month=any(flat))


def _last_visit(request: CustomerRequest, chosen: Sequence[Subscription], last_day: date) -> date | None:
    keys, first = {one.pk for one in chosen}, max(request.today, last_day - outlook.YEAR)
    found = visits.between(request.customer, first, last_day, today=request.today)
    return max((one.day for one in found if one.coming and one.subscription_id in keys), default=None)


def _about(form: CancelForm, request: CustomerRequest, running: Sequence[Subscription]) -> dict[str, Any]:
    return {
        "customer": request.customer,
        "subscriptions": _chosen(form, running),
        "last_day": form.cleaned_data["last_day"],
        "actor": login_of(request),
        "now": request.now,
    }


def _answer(
    request: CustomerRequest,
    form: CancelForm,
    running: Sequence[Subscription],
    waiting: Sequence[ServiceRequest],
    end: End | None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "running": running,
        "waiting": waiting,
        "end": end,
        "last_day": form.cleaned_data["last_day"] if end else None,
        "instead": _instead(request, _meant(form, running)),
        "by_approval": permissions.mode(request.business, Action.CANCELLATION) is Mode.APPROVAL,
        "currency": request.business.currency,
    }
    if wants_fragment(request) and request.method == "GET":
        return fragment(request, PAGE, "stage", **context)
    return page(request, PAGE, status=422 if request.method == "POST" and form.errors else 200, **context)
