"""The plans a customer has, and asking for another one: what it costs and which days change is shown first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from nextroute.core.errors import Refused
from nextroute.portal import may, services, turning
from nextroute.portal.askers import login_of
from nextroute.portal.doors import customer_page
from nextroute.portal.looking import Looked
from nextroute.portal.requests import CustomerRequest
from nextroute.portal.service_requests import to_asked
from nextroute.portal.turning import Turn
from nextroute.scheduling import plan_changes
from nextroute.scheduling.plans import Plan
from nextroute.scheduling.subscriptions import Subscription
from nextroute.service_requests import plan_changes as asking
from nextroute.service_requests.kinds import Kind, State
from nextroute.service_requests.requests import ServiceRequest
from nextroute.tenancy import permissions
from nextroute.tenancy.permissions import Action, Mode
from nextroute.ui.choices import Choice
from nextroute.ui.fields import one_of, words_field
from nextroute.ui.pages import fragment, page, wants_fragment

PAGE = "portal/change_plan.html"


@dataclass(frozen=True, slots=True)
class Service:
    """A subscription in words; `asked`: the request for another plan that waits, if there is one."""

    of: Subscription
    rate: str
    can_change: bool
    asked: ServiceRequest | None


class PlanForm(Looked):
    """One of the plans on offer, and a note."""

    note = words_field(label=gettext_lazy("Anything we should know?"))

    def __init__(self, data: Mapping[str, str], *, plans: Sequence[tuple[str, Choice]]) -> None:
        super().__init__(data)
        gone = _("This plan isn’t on offer any more. Choose another.")
        self.fields["plan"] = one_of(plans, missing=_("Choose the plan you’d like."), gone=gone)


@require_safe
@customer_page
def all_plans(request: CustomerRequest) -> HttpResponse:
    found, waiting = services.running(request.customer, request.today), _waiting(request)
    offered = may.of(request)
    return page(
        request,
        "portal/plans.html",
        services=[_service(request, one, waiting, change=offered.change_plan) for one in found],
        may=offered,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def change_plan(request: CustomerRequest, subscription: UUID) -> HttpResponse:
    """Another plan for one subscription; while one is asked for already, that is shown instead."""
    of = services.find(request.customer, subscription, request.today)
    if of is None or permissions.mode(request.business, Action.PLAN_CHANGE) is Mode.OFF:
        raise Http404("This customer has no such plan to change.")
    if waiting := _waiting(request).get(of.pk):
        return HttpResponseRedirect(request.link("portal_request", key=str(waiting.pk)))
    asked = request.POST if request.method == "POST" else request.GET
    offers = plan_changes.offers(request.customer, of)
    form = _form(request, of, offers, asked)
    plan = next((one for one in offers if str(one.pk) == form.data["plan"]), None)
    if request.method == "POST" and "preview" not in asked:
        if placed := _tried(form, request, of, plan):
            return to_asked(request, placed)
    else:
        form.overlook()
    return _answer(request, form, of, plan, _turn(form, request, of, plan) if plan else None)


def _waiting(request: CustomerRequest) -> dict[UUID | None, ServiceRequest]:
    """What is asked for already, by subscription."""
    found = request.customer.service_requests.filter(
        kind=Kind.PLAN_CHANGE, answer_state=State.PENDING, expires_after__gte=request.today
    )
    return {one.subscription_id: one for one in found.select_related("plan")}


def _service(
    request: CustomerRequest, one: Subscription, waiting: Mapping[UUID | None, ServiceRequest], *, change: bool
) -> Service:
    first_day = plan_changes.first_day(one, request.today)
    return Service(
        of=one,
        rate=services.rate(one.plan, one.property.bin_count, request.business.currency),
        can_change=change and (one.ends_on is None or one.ends_on >= first_day),
        asked=waiting.get(one.pk),
    )


def _form(request: CustomerRequest, of: Subscription, offers: Sequence[Plan], asked: Mapping[str, str]) -> PlanForm:
    bins, currency = of.property.bin_count, request.business.currency
    data = {name: asked.get(name, "") for name in ("plan", "note")}
    return PlanForm(data, plans=[services.plan_choice(plan, bins, currency) for plan in offers])


def _tried(form: PlanForm, request: CustomerRequest, of: Subscription, plan: Plan | None) -> ServiceRequest | None:
    if not form.is_valid() or plan is None:
        return None
    try:
        return asking.ask(subscription=of, plan=plan, note=form.cleaned_data["note"], **_by(request))
    except Refused as refused:
        form.refuse(refused)
        return None


def _turn(form: PlanForm, request: CustomerRequest, of: Subscription, plan: Plan) -> Turn | None:
    if not form.fine("plan"):
        return None
    try:
        found = asking.preview(subscription=of, plan=plan, **_by(request))
    except Refused as refused:
        form.refuse(refused)
        return None
    return turning.of(found, plan_changes.first_day(of, request.today))


def _by(request: CustomerRequest) -> dict[str, Any]:
    return {"actor": login_of(request), "now": request.now}


def _answer(
    request: CustomerRequest, form: PlanForm, of: Subscription, plan: Plan | None, turn: Turn | None
) -> HttpResponse:
    bins, currency = of.property.bin_count, request.business.currency
    context: dict[str, Any] = {
        "form": form,
        "of": of,
        "rate": services.rate(of.plan, bins, currency),
        "plan": plan,
        "new_rate": services.rate(plan, bins, currency) if plan else "",
        "first_day": plan_changes.first_day(of, request.today),
        "turn": turn,
        "by_approval": permissions.mode(request.business, Action.PLAN_CHANGE) is Mode.APPROVAL,
        "currency": currency,
    }
    if wants_fragment(request) and request.method == "GET":
        return fragment(request, PAGE, "stage", **context)
    return page(request, PAGE, status=422 if request.method == "POST" and form.errors else 200, **context)
