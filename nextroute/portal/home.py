"""Home: when we come next, what is owed, and what is arranged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from nextroute.core.days import add_months
from nextroute.portal import may, owing
from nextroute.portal.doors import customer_page
from nextroute.portal.requests import CustomerRequest
from nextroute.scheduling import times_away, visits
from nextroute.scheduling.calendar import Reason
from nextroute.scheduling.visits import State, Visit
from nextroute.service_requests import listing, words
from nextroute.ui.pages import page

SOON = timedelta(weeks=8)
AHEAD = 13  # months
LEAVES = 5
NOTICE = timedelta(days=28)
DUE = 3  # invoices named


@dataclass(frozen=True, slots=True)
class Away:
    """A hold in words: its days, both included, and how many visits it takes off; `property` "": all of them."""

    id: UUID
    first_day: date
    last_day: date
    visits: int
    property: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A day the business is off, and what it calls it."""

    day: date
    name: str


@require_safe
@customer_page
def home(request: CustomerRequest) -> HttpResponse:
    today = request.today
    holds = _holds(request)
    near = max([today + SOON, *(hold.last_day for hold in holds)])
    ahead = visits.ahead(request.customer, near, add_months(today, AHEAD), today=today)
    next_visits = _next(ahead, today)
    owes, due = owing.and_due(request, most=DUE)
    return page(
        request,
        "portal/home.html",
        next_visits=next_visits,
        expected=all(visit.state is State.EXPECTED for visit in next_visits),
        coming=_leaves(ahead, after=next_visits[0].day if next_visits else today),
        may=may.of(request),
        standing=None if next_visits else request.customer.billing_status(today),
        arranged=[replace(hold, visits=sum(_held(visit, hold) for visit in ahead)) for hold in holds],
        asked=[(one.pk, words.in_short(one, today)) for one in listing.waiting(request.customer, today=today)],
        owing=owes if owes.known else None,
        due=due,
        notices=_notices(ahead, until=today + NOTICE),
    )


def _next(ahead: Sequence[Visit], today: date) -> list[Visit]:
    """Those of the next day somebody comes; of today also when they have been."""
    for visit in ahead:
        if visit.coming or (visit.state is State.DONE and visit.day == today):
            return [one for one in ahead if one.day == visit.day and (one.coming or one.state is State.DONE)]
    return []


def _leaves(ahead: Iterable[Visit], *, after: date) -> list[Visit]:
    """The next days, each once: a visit before one that is off."""
    by_day: dict[date, Visit] = {}
    for visit in ahead:
        if visit.day > after and not (visit.day in by_day and by_day[visit.day].coming):
            by_day[visit.day] = visit
    return list(by_day.values())[:LEAVES]


def _holds(request: CustomerRequest) -> list[Away]:
    return [
        Away(one.hold.pk, one.first, one.last, visits=0, property=one.place)
        for one in times_away.coming(request.customer, request.today)
    ]


def _held(visit: Visit, hold: Away) -> bool:
    return visit.reason is Reason.HOLD and visit.hold_id == hold.id


def _notices(ahead: Iterable[Visit], *, until: date) -> list[Notice]:
    off = {visit.day: visit.note for visit in ahead if visit.reason is Reason.HOLIDAY and visit.day <= until}
    return [Notice(day, name or gettext("a holiday")) for day, name in off.items()]
