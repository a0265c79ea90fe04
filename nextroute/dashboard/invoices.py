"""Invoices of all customers: what is open, what is overdue, and the drafts of each month."""

import re

from django.db.models import Q
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from nextroute.billing import office
from nextroute.billing.office import Show
from nextroute.dashboard import listing
from nextroute.dashboard.doors import staff_page
from nextroute.dashboard.listing import ROWS, Search
from nextroute.dashboard.money_words import SHOWN
from nextroute.dashboard.requests import StaffRequest
from nextroute.ui.pages import page

HERE = "dashboard_invoices"
_NUMBER = re.compile(r"(?:INV-?)?0*([0-9]{1,18})", re.ASCII | re.IGNORECASE)


@require_safe
@staff_page()
def all_invoices(request: StaffRequest) -> HttpResponse:
    show = listing.one_of(request, "show", Show, Show.OPEN)
    after = listing.key_after(request) if show is Show.DRAFT else listing.sequence_after(request)
    search = listing.search(request)
    matching = _matching(search) if search else None
    found = office.invoices(show, today=request.today, rows=ROWS, matching=matching, after=after)
    return page(
        request,
        "dashboard/invoices.html",
        invoices=found.rows,
        show=show.value,
        totals=office.totals(request.business, request.today),
        months=office.months(),
        choices=listing.choices(request, HERE, "show", SHOWN, show, Show.OPEN),
        search=search,
        more_link=listing.onward(request, HERE, found.further),
        first_link=listing.first(request, HERE),
        currency=request.business.currency,
        done=request.GET.get("done", ""),
    )


def _matching(search: Search) -> Q:
    """The customers' invoices, and the one with the number."""
    theirs = Q(customer__in=search.keys)
    number = _NUMBER.fullmatch(search.text)
    return theirs | Q(sequence=int(number[1])) if number else theirs
