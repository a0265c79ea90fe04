"""Requests as people say them, in the active language: in letters, in the customer's list and in the office's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from nextroute.core.words import capital, day_long, money, span
from nextroute.scheduling.plans import Plan
from nextroute.service_requests.kinds import Kind, Leaving, Trouble
from nextroute.service_requests.requests import ServiceRequest


@dataclass(frozen=True, slots=True)
class Description:
    """Driveway Wash, $65.00; and below it a line each: 8447 W 51st Ave, Friday, July 24."""

    title: str
    details: tuple[str, ...]


def describe(request: ServiceRequest, today: date) -> Description:
    """What is asked for. Asks the database nothing when it was read `in_words`."""
    lines = _DETAILS[Kind(request.kind)](request, today)
    return Description(_TITLES[Kind(request.kind)](request, today), tuple(capital(line) for line in lines if line))


def leaving(topic: str) -> str:
    """Why somebody cancels, as they choose it."""
    words = {
        Leaving.AWAY: _("I’m away for a while"),
        Leaving.TOO_OFTEN: _("It’s too often for me"),
        Leaving.PRICE: _("It costs too much"),
        Leaving.MOVING: _("I’m moving"),
        Leaving.UNHAPPY: _("I’m not happy with the service"),
        Leaving.OTHER: _("Something else"),
    }
    return words[Leaving(topic)]


def trouble(topic: str) -> str:
    """What was wrong with a visit, as people choose it."""
    words = {
        Trouble.MISSED: _("We were missed"),
        Trouble.BINS_NOT_PUT_BACK: _("The bins weren’t put back"),
        Trouble.DAMAGE: _("Something was damaged"),
        Trouble.OTHER: _("Something else"),
    }
    return words[Trouble(topic)]


def facts(request: ServiceRequest) -> dict[str, object]:
    """What the trail keeps of it, to say it later in any language."""
    plan = request.plan or (request.subscription and request.subscription.plan)
    return {"kind": request.kind, "plan": plan.name if plan else "", "day": _day(request), "last_day": request.last_day}


def said(values: Mapping[str, Any], today: date) -> str:
    """In one line, of what `facts` kept; "" when retention has deleted it."""
    if "kind" not in values:
        return ""
    first, last = (date.fromisoformat(values[end]) if values.get(end) else None for end in ("day", "last_day"))
    return _line(Kind(values["kind"]), values.get("plan", ""), first, last, today)


def in_short(request: ServiceRequest, today: date) -> str:
    """In one line, as `said` has it. Asks the database nothing when its plan, its subscription's and its extra are at
    hand."""
    plan = request.plan or (request.subscription and request.subscription.plan)
    return _line(Kind(request.kind), plan.name if plan else "", _day(request), request.last_day, today)


def _line(kind: Kind, plan: str, first: date | None, last: date | None, today: date) -> str:
    words = {
        Kind.EXTRA: plan,
        Kind.PLAN_CHANGE: plan,
        Kind.CANCELLATION: _("Cancel service"),
        Kind.HOLD: _("Time away"),
        Kind.SKIP: _("No visit"),
        Kind.PROBLEM: _("A problem with a visit"),
    }
    days = span(first, last, today) if first and last else day_long(first, today) if first else ""
    return ", ".join(filter(None, (words[kind], days)))


def _day(request: ServiceRequest) -> date | None:
    """The day it is about now: an extra may have been given another than was asked for."""
    return request.extra.day if request.extra else request.day


def _day_said(request: ServiceRequest, today: date) -> str:
    day = _day(request)
    return day_long(day, today) if day else ""


def _priced(request: ServiceRequest) -> str:
    return "" if request.price_cents is None else money(request.price_cents, request.business.currency)


def _extra_title(request: ServiceRequest, _today: date) -> str:
    return ", ".join(filter(None, (str(request.plan), _priced(request))))


def _plan_title(request: ServiceRequest, _today: date) -> str:
    assert request.subscription
    return _("%(plan)s instead of %(was)s") % {"plan": request.plan, "was": request.subscription.plan}


def _hold_title(request: ServiceRequest, today: date) -> str:
    assert request.day
    assert request.last_day
    return _("Time away, %(days)s") % {"days": span(request.day, request.last_day, today)}


def _skip_title(request: ServiceRequest, today: date) -> str:
    driven_on = request.expires_after or request.day  # the day it is due is not the one people know, when it was moved
    return _("No visit on %(day)s") % {"day": day_long(driven_on, today) if driven_on else ""}


def _place(request: ServiceRequest) -> str:
    return str(request.property) if request.property else ""


def _extra_details(request: ServiceRequest, today: date) -> tuple[str, ...]:
    return _place(request), _day_said(request, today)


def _plan_details(request: ServiceRequest, today: date) -> tuple[str, ...]:
    assert request.plan
    flat = request.plan.billing_mode == Plan.BillingMode.FLAT
    price = (_("%(price)s a month") if flat else _("%(price)s a visit")) % {"price": _priced(request)}
    return price, _place(request), _("From %(day)s") % {"day": _day_said(request, today)}


def _end_details(request: ServiceRequest, today: date) -> tuple[str, ...]:
    ended = (ending.subscription for ending in request.endings.all())
    what = sorted(f"{one.plan}, {one.property}" for one in ended)
    last = _("Last day: %(day)s") % {"day": _day_said(request, today)}
    return *what, last, leaving(request.topic) if request.topic else ""


def _hold_details(request: ServiceRequest, _today: date) -> tuple[str, ...]:
    return (_place(request),)


def _skip_details(request: ServiceRequest, _today: date) -> tuple[str, ...]:
    assert request.subscription
    return str(request.subscription.plan), _place(request)


def _problem_details(request: ServiceRequest, today: date) -> tuple[str, ...]:
    assert request.stop
    return request.stop.plan_told(), _place(request), _day_said(request, today)


_TITLES: dict[Kind, Callable[[ServiceRequest, date], str]] = {
    Kind.EXTRA: _extra_title,
    Kind.PLAN_CHANGE: _plan_title,
    Kind.CANCELLATION: lambda _request, _today: _("Cancel service"),
    Kind.HOLD: _hold_title,
    Kind.SKIP: _skip_title,
    Kind.PROBLEM: lambda request, _today: trouble(request.topic),
}
_DETAILS: dict[Kind, Callable[[ServiceRequest, date], tuple[str, ...]]] = {
    Kind.EXTRA: _extra_details,
    Kind.PLAN_CHANGE: _plan_details,
    Kind.CANCELLATION: _end_details,
    Kind.HOLD: _hold_details,
    Kind.SKIP: _skip_details,
    Kind.PROBLEM: _problem_details,
}
