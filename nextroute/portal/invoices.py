"""Invoices: what a customer owes, and every invoice, a page at a time."""

import re
from datetime import date

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from nextroute.billing import listing
from nextroute.billing.listing import Show
from nextroute.portal import owing
from nextroute.portal.doors import customer_page
from nextroute.portal.requests import CustomerRequest
from nextroute.ui.pages import page

ROWS = 25
# The place of a row, as a page's address names it: a number's sequence, or a draft's month.
_SEQUENCE = re.compile(r"[0-9]{1,18}", re.ASCII)
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@require_safe
@customer_page
def all_invoices(request: CustomerRequest) -> HttpResponse:
    show, after = _show(request), _after(request)
    found = listing.invoices_of(request.customer, rows=ROWS, show=show, after=after)
    if after is not None and not found.invoices:
        raise Http404("There is nothing before that invoice.")
    return page(
        request,
        "portal/invoices.html",
        owing=owing.of(request),
        invoices=found.invoices,
        show=show.value,
        more_link=_link(request, show, found.further) if found.further else None,
        first_link=_link(request, show) if after is not None else None,
    )


def _show(request: CustomerRequest) -> Show:
    """Raises Http404 for what cannot be shown."""
    try:
        return Show(request.GET.get("show", Show.ALL))
    except ValueError:
        raise Http404("There are no such invoices.") from None


def _after(request: CustomerRequest) -> date | int | None:
    """The place that `before=` says a page begins after; none: the newest. Raises Http404 for nonsense."""
    asked = request.GET.get("before", "")
    if not asked:
        return None
    if _SEQUENCE.fullmatch(asked):
        return int(asked)
    try:
        if _MONTH.fullmatch(asked):
            return date.fromisoformat(asked)
    except ValueError:
        pass
    raise Http404("There is no such page of invoices.")


def _link(request: CustomerRequest, show: Show, after: date | int | None = None) -> str:
    query = {} if show is Show.ALL else {"show": show.value}
    return request.link("portal_invoices", query=query | ({"before": str(after)} if after else {}))
