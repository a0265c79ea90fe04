"""Time away: the list, planning one with its preview, changing it, and being back."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from nextroute.core.days import ONE_DAY
from nextroute.core.errors import Refused
from nextroute.portal import hold_forms
from nextroute.portal.askers import login_of
from nextroute.portal.doors import customer_page
from nextroute.portal.hold_forms import HoldForm
from nextroute.portal.requests import CustomerRequest
from nextroute.portal.schedule import places_of
from nextroute.portal.service_requests import to_asked
from nextroute.scheduling import holds, notice, outlook, times_away
from nextroute.scheduling.holds import Hold
from nextroute.scheduling.outlook import Outlook
from nextroute.scheduling.times_away import TimeAway
from nextroute.service_requests import holds as asking
from nextroute.tenancy import permissions
from nextroute.tenancy.permissions import Action, Mode
from nextroute.ui.pages import fragment, page, wants_fragment

GOING = "portal/going_away.html"
either = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@customer_page
def all_holds(request: CustomerRequest) -> HttpResponse:
    """Every time away that is planned or under way."""
    return page(
        request,
        "portal/holds.html",
        away=times_away.coming(request.customer, request.today),
        can_plan=permissions.mode(request.business, Action.HOLD) is not Mode.OFF,
    )


@either
@customer_page
def new_hold(request: CustomerRequest) -> HttpResponse:
    """Plan one: the days are previewed as they are chosen, and nothing happens before the button is pressed."""
    _hidden_when_off(request)
    form, wish, notes = _form(request, {}), {"customer": request.customer}, _notes(request)
    by_approval = permissions.mode(request.business, Action.HOLD) is Mode.APPROVAL
    if _acts(request) and by_approval:
        if asked := _tried(form, request, wish | {"note": notes}, asking.ask):
            return to_asked(request, asked)
    elif _acts(request) and (placed := _tried(form, request, wish | {"notes": notes}, holds.place)):
        return _to(request, placed[0], "placed")
    look = asking.preview if by_approval else partial(outlook.rehearse, holds.place)
    return _answer(request, form, _tried(form, request, wish, look), away=None)


@either
@customer_page
def change_hold(request: CustomerRequest, hold: UUID) -> HttpResponse:
    """Other days for one that is planned, or another end for one that is under way."""
    away = _found(request, hold)
    _hidden_when_off(request)
    form = _form(request, {"first": away.first.isoformat(), "back": (away.last + ONE_DAY).isoformat()}, of=away)
    wish = {"hold": away.hold}
    if _acts(request) and (changed := _tried(form, request, wish, holds.change)):
        return _to(request, changed[0], "changed")
    same = form.is_valid() and form.days == {"start_date": away.first, "end_date": away.last}
    preview = None if same else _tried(form, request, wish, partial(outlook.rehearse, holds.change))
    return _answer(request, form, preview, away=away)


@either
@customer_page
def lift_hold(request: CustomerRequest, hold: UUID) -> HttpResponse:
    """Be back, or stay after all: what comes again is shown first."""
    away, refusal = _found(request, hold), ""
    wish: dict[str, Any] = {"hold": away.hold, **_by(request)}
    try:
        if request.method == "POST":
            lifted, _ = holds.lift(**wish)
            was = {"first": max(away.first, request.today).isoformat(), "back": (away.last + ONE_DAY).isoformat()}
            return _to(request, lifted, "lifted", was)
        preview = outlook.rehearse(holds.lift, **wish)
    except Refused as refused:
        preview, refusal = None, refused.sentence
    return page(
        request,
        "portal/hold_lift.html",
        status=422 if refusal and request.method == "POST" else 200,
        away=away,
        begun=away.begun(request.today),
        preview=preview,
        refusal=refusal,
        currency=request.business.currency,
    )


@require_safe
@customer_page
def hold(request: CustomerRequest, hold: UUID) -> HttpResponse:
    """One of them: what it takes away, and, just after it was arranged, that it is."""
    away = _found(request, hold)
    over = away.over(request.today)
    return page(
        request,
        "portal/hold.html",
        away=away,
        over=over,
        begun=away.begun(request.today),
        effect=None if over else times_away.effect(away, today=request.today),
        done=request.GET.get("done", ""),
        again=_again(request) if over else None,
        email=request.presence.login.email,
        can_change=permissions.mode(request.business, Action.HOLD) is not Mode.OFF,
        currency=request.business.currency,
    )


def _acts(request: CustomerRequest) -> bool:
    """Whether the days are to be taken; a note that is written already is sent along with a look at other days, too."""
    return request.method == "POST" and "preview" not in request.POST


def _form(request: CustomerRequest, saved: Mapping[str, str], of: TimeAway | None = None) -> HoldForm:
    """Filled in with what was asked, else with what is saved; empty forms find no fault."""
    asked = request.POST if request.method == "POST" else request.GET
    first_free = notice.first_day(request.business, Action.HOLD, login_of(request), request.now)
    chosen = request.method == "POST" or asked.keys() & {"first", "back", "for"}
    data = hold_forms.with_preset(asked, first_free) if chosen else dict(saved)
    places = places_of(request) if of is None else []
    hint = hold_forms.hint(first_free, request.business.hold_notice_hours, request.today)
    return HoldForm(data or None, places=places, today=request.today, hint=hint)


def _by(request: CustomerRequest) -> dict[str, Any]:
    return {"actor": login_of(request), "now": request.now}


def _arguments(form: HoldForm, request: CustomerRequest, wish: Mapping[str, Any]) -> dict[str, Any]:
    place = {"property": request.customer.properties.get(id=form.chosen_place) if form.chosen_place else None}
    return {**wish, **form.days, **({} if "hold" in wish else place), **_by(request)}


def _notes(request: CustomerRequest) -> str:
    """What was written along; the one letter that no database takes is left out."""
    return request.POST.get("notes", "").replace("\x00", "")[:500]


def _tried[T](form: HoldForm, request: CustomerRequest, wish: Mapping[str, Any], verb: Callable[..., T]) -> T | None:
    """What a verb, or a look at it, returns; none, with the reason in the form, when it cannot be."""
    if not form.is_valid():
        return None
    try:
        return verb(**_arguments(form, request, wish))
    except Refused as refused:
        form.add_error(hold_forms.FIELDS.get(refused.field), refused.sentence)
        return None


def _answer(
    request: CustomerRequest, form: HoldForm, preview: Outlook | None, *, away: TimeAway | None
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "away": away,
        "preview": preview,
        "notes": request.POST.get("notes", ""),
        "noted": request.method == "POST" and preview is None,
        "by_approval": permissions.mode(request.business, Action.HOLD) is Mode.APPROVAL,
        "currency": request.business.currency,
    }
    if wants_fragment(request) and request.method == "GET":
        return fragment(request, GOING, "stage", **context)
    return page(request, GOING, status=422 if request.method == "POST" and form.errors else 200, **context)


def _found(request: CustomerRequest, key: UUID) -> TimeAway:
    found = times_away.find(request.customer, key)
    if found is None:
        raise Http404("This customer has no such hold.")
    return found


def _hidden_when_off(request: CustomerRequest) -> None:
    if permissions.mode(request.business, Action.HOLD) is Mode.OFF:
        raise Http404("This business arranges time away itself.")


def _to(request: CustomerRequest, hold: Hold, done: str, was: Mapping[str, str] | None = None) -> HttpResponse:
    query = {"done": done, **(was or {})}
    return HttpResponseRedirect(request.link("portal_hold", hold=str(hold.pk), query=query))


def _again(request: CustomerRequest) -> dict[str, str] | None:
    """The days of one that was just lifted, to have it back."""
    days = {name: request.GET.get(name, "") for name in ("first", "back")}
    try:
        return days if all(date.fromisoformat(day) for day in days.values()) else None
    except ValueError:
        return None
