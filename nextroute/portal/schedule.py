"""Schedule: every visit from today on, three months at a time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from nextroute.core.days import add_months, first_of_month, last_of_month
from nextroute.core.words import first_weekday
from nextroute.customers.customers import BillingStatus
from nextroute.customers.properties import short_address
from nextroute.portal import calendar_month, may
from nextroute.portal import rhythms as rhythms_in_words
from nextroute.portal.doors import customer_page
from nextroute.portal.requests import CustomerRequest
from nextroute.scheduling import rhythms, visits
from nextroute.scheduling.visits import Visit
from nextroute.ui.pages import page

MONTHS = 3
FURTHEST = 12  # months ahead a page may begin
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    id: UUID
    address: str


@require_safe
@customer_page
def schedule(request: CustomerRequest) -> HttpResponse:
    today = request.today
    first = _first_month(request)
    places = places_of(request)
    chosen = _chosen(request, places)
    last = last_of_month(add_months(first, MONTHS - 1))
    found = visits.between(request.customer, max(first, today), last, today=today)
    shown = [visit for visit in found if chosen in (None, visit.property_id)]
    return page(
        request,
        "portal/schedule.html",
        standing=_standing(request, found),
        sentences=[rhythms_in_words.sentence(one) for one in rhythms.of(request.customer, today)],
        months=calendar_month.months(shown, today=today, count=MONTHS, first_weekday=first_weekday(), since=first),
        may=may.of(request),
        more_link=_more(request, add_months(first, MONTHS), chosen),
        properties=places,
        chosen=chosen,
    )


def places_of(request: CustomerRequest) -> list[Place]:
    rows = request.customer.properties.order_by("id").values_list("id", "address1", "address2")
    return [Place(key, short_address(*lines)) for key, *lines in rows]


def _standing(request: CustomerRequest, found: Sequence[Visit]) -> BillingStatus | None:
    """Why there is no schedule at all, for somebody not served yet or any more."""
    standing = None if found else request.customer.billing_status(request.today)
    return standing if standing in (BillingStatus.PENDING, BillingStatus.CANCELED) else None


def _first_month(request: CustomerRequest) -> date:
    """What `from=2026-09` asks for; this month when it is over or not said. Raises Http404 for nonsense."""
    this, asked = first_of_month(request.today), request.GET.get("from", "")
    if not asked:
        return this
    try:
        first = date.fromisoformat(f"{asked}-01") if _MONTH.fullmatch(asked) else None
    except ValueError:
        first = None
    if first is None or first > add_months(this, FURTHEST):
        raise Http404("There is no schedule for that month.")
    return max(first, this)


def _chosen(request: CustomerRequest, places: Sequence[Place]) -> UUID | None:
    """Which of the customer's properties `property=` asks for; none: all. Raises Http404 for another's."""
    asked = request.GET.get("property", "")
    if not asked:
        return None
    for place in places:
        if str(place.id) == asked:
            return place.id
    raise Http404("This customer has no such property.")


def _more(request: CustomerRequest, first: date, chosen: UUID | None) -> str | None:
    if first > add_months(first_of_month(request.today), FURTHEST):
        return None
    query = {"from": f"{first:%Y-%m}"} | ({"property": str(chosen)} if chosen else {})
    return request.link("portal_schedule", query=query)
