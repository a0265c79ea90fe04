"""Past visits: what was made, what was not and why, a page at a time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from nextroute.core.days import first_of_month
from nextroute.portal.calendar_month import FOLDED
from nextroute.portal.doors import customer_page
from nextroute.portal.requests import CustomerRequest
from nextroute.portal.schedule import Place
from nextroute.scheduling import history as past
from nextroute.scheduling.history import After, Past, PastVisit
from nextroute.service_requests import problems
from nextroute.ui.pages import page

ROWS = 25
# The day and the key of a row, as a page's address names it: 2026-06-09.0197…
_ROW = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9a-f-]{36})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """One visit, or neighbouring days off for one reason; newest first."""

    visits: Sequence[PastVisit]

    @property
    def newest(self) -> PastVisit:
        return self.visits[0]

    @property
    def days(self) -> list[date]:
        """Each of its days once, in their order."""
        return sorted({visit.day for visit in self.visits})


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    lines: Sequence[Line]


@require_safe
@customer_page
def history(request: CustomerRequest) -> HttpResponse:
    after, chosen = _after(request), _property(request)
    found = past.of(request.customer, today=request.today, rows=ROWS, after=after, property_id=chosen)
    if chosen and chosen not in found.places:
        raise Http404("This customer has no such property.")
    if after and not found.visits:
        raise Http404("There is nothing before that visit.")
    return page(
        request,
        "portal/history.html",
        came=found.came,
        missed=found.missed,
        months=months(found.visits),
        report_from=request.today - problems.FOR,
        earlier_link=_earlier(request, found, chosen),
        newest_link=_link(request, None, chosen) if after else None,
        properties=[Place(key, address) for key, address in found.places.items()],
        chosen=chosen,
    )


def months(visits: Sequence[PastVisit]) -> list[Month]:
    """The visits, newest first, by month."""
    by_month = groupby(visits, key=lambda visit: first_of_month(visit.day))
    return [Month(first, _lines(list(of_month))) for first, of_month in by_month]


def _lines(visits: Sequence[PastVisit]) -> list[Line]:
    def together(visit: PastVisit) -> object:
        return visit.reason if visit.reason in FOLDED else visit.id

    return [Line(list(group)) for _, group in groupby(visits, key=together)]


def _after(request: CustomerRequest) -> After | None:
    """The row that `before=` says a page begins after; none: the newest. Raises Http404 for nonsense."""
    asked = request.GET.get("before", "")
    if not asked:
        return None
    found = _ROW.fullmatch(asked)
    try:
        if found:
            return After(date.fromisoformat(found[1]), UUID(found[2]))
    except ValueError:
        pass
    raise Http404("There is no such page of the past.")


def _property(request: CustomerRequest) -> UUID | None:
    """The property that `property=` asks for; none: all. Whose it is, is not known yet. Raises Http404 for nonsense."""
    asked = request.GET.get("property", "")
    try:
        return UUID(asked) if asked else None
    except ValueError as fault:
        raise Http404("There is no such property.") from fault


def _earlier(request: CustomerRequest, found: Past, chosen: UUID | None) -> str | None:
    return _link(request, found.further, chosen) if found.further else None


def _link(request: CustomerRequest, after: After | None, chosen: UUID | None) -> str:
    query = {"before": f"{after.day.isoformat()}.{after.id}"} if after else {}
    return request.link("portal_history", query=query | ({"property": str(chosen)} if chosen else {}))
