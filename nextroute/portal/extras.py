"""Asking for an extra visit: what, where and on which day; its price is shown before anything happens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from nextroute.core.errors import Refused
from nextroute.customers.properties import Property
from nextroute.portal import extra_forms
from nextroute.portal.askers import login_of
from nextroute.portal.doors import customer_page
from nextroute.portal.extra_forms import ExtraForm
from nextroute.portal.requests import CustomerRequest
from nextroute.portal.service_requests import to_asked
from nextroute.scheduling import extras, notice, prices
from nextroute.scheduling.plans import Plan
from nextroute.service_requests import extras as asking
from nextroute.service_requests.requests import ServiceRequest
from nextroute.tenancy import permissions
from nextroute.tenancy.permissions import Action, Mode
from nextroute.ui.pages import fragment, page, wants_fragment

PAGE = "portal/extra.html"
AHEAD = timedelta(weeks=13)
NAMES = ("plan", "place", "day", "note")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is on offer, and what of it is chosen so far; `days` (local) are those on which we can come for it."""

    offers: Sequence[Plan]
    places: Sequence[Property]
    plan: Plan | None
    place: Property | None
    days: Sequence[date] = field(default_factory=list)


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def new_extra(request: CustomerRequest) -> HttpResponse:
    """Days are offered once it is known for what and where; nothing happens before the button is pressed."""
    if permissions.mode(request.business, Action.EXTRA) is Mode.OFF:
        raise Http404("This business arranges extra visits itself.")
    asked = request.POST if request.method == "POST" else request.GET
    wish = _wish(request, asked)
    form = _form(request, wish, asked)
    if request.method == "POST" and "preview" not in asked:
        if placed := _tried(form, request, wish):
            return to_asked(request, placed)
    else:
        form.overlook()
    return _answer(request, form, wish)


def _wish(request: CustomerRequest, asked: Mapping[str, str]) -> Wish:
    offers, places = asking.offers(request.customer), list(request.customer.properties.order_by("id"))
    plan, place = _chosen(offers, asked.get("plan", "")), _chosen(places, asked.get("place", ""))
    if plan is None or place is None:
        return Wish(offers, places, plan, place)
    first = notice.first_day(request.business, Action.EXTRA, login_of(request), request.now)
    days = extras.days(request.customer, place, plan, first=first, last=first + AHEAD)
    return Wish(offers, places, plan, place, days)


def _chosen[T: (Plan, Property)](of: Sequence[T], key: str) -> T | None:
    """The one that is meant; where there is but one, it needs no choosing."""
    if len(of) == 1 and not key:
        return of[0]
    return next((one for one in of if str(one.pk) == key), None)


def _form(request: CustomerRequest, wish: Wish, asked: Mapping[str, str]) -> ExtraForm:
    data = {name: asked.get(name, "") for name in NAMES}
    if wish.plan:
        data["plan"] = str(wish.plan.pk)
    of = wish.place or (wish.places[0] if wish.places else None)
    form = ExtraForm(
        data,
        plans=extra_forms.plan_choices(wish.offers, of, request.business.currency),
        places=wish.places,
        days=extra_forms.day_choices(wish.days, request.today),
    )
    form.fields["day"].help_text = extra_forms.day_hint(wish.days, request.business.extra_notice_hours, request.today)
    return form


def _tried(form: ExtraForm, request: CustomerRequest, wish: Wish) -> ServiceRequest | None:
    """What was asked for; none, with the reason in the form, when it cannot be."""
    if not form.is_valid() or wish.plan is None or wish.place is None:
        return None
    try:
        return asking.ask(
            customer=request.customer,
            property=wish.place,
            plan=wish.plan,
            day=date.fromisoformat(form.cleaned_data["day"]),
            note=form.cleaned_data["note"],
            actor=login_of(request),
            now=request.now,
        )
    except Refused as refused:
        form.refuse(refused)
        return None


def _answer(request: CustomerRequest, form: ExtraForm, wish: Wish) -> HttpResponse:
    day = next((day for day in wish.days if day.isoformat() == form.data["day"]), None)
    context: dict[str, Any] = {
        "form": form,
        "wish": wish,
        "day": day,
        "price": prices.in_all(wish.plan, wish.place.bin_count) if day and wish.plan and wish.place else None,
        "by_approval": permissions.mode(request.business, Action.EXTRA) is Mode.APPROVAL,
        "currency": request.business.currency,
    }
    if wants_fragment(request) and request.method == "GET":
        return fragment(request, PAGE, "stage", **context)
    return page(request, PAGE, status=422 if request.method == "POST" and form.errors else 200, **context)
