"""The drafts of a month, sent together."""

from datetime import date

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from nextroute.billing import invoices, office
from nextroute.billing.office import Month
from nextroute.billing.terms import due_date
from nextroute.dashboard.askers import member_of
from nextroute.dashboard.doors import staff_page
from nextroute.dashboard.requests import StaffRequest
from nextroute.ui.pages import page


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page()
def send_drafts(request: StaffRequest, month: str) -> HttpResponse:
    """How many they are and what they come to; what is sent is what was seen."""
    first = _first(month)
    found = next((one for one in office.months() if one.first == first), None)
    if found is None:
        if request.method == "POST":  # pressed twice
            return _to_list(request)
        raise Http404("This month has no drafts.")
    seen = request.POST.get("seen", "")
    if request.method == "POST" and seen == _mark(found):
        invoices.send_all(business=request.business, period_first=first, actor=member_of(request), now=request.now)
        return _to_list(request)
    return page(
        request,
        "dashboard/send_drafts.html",
        status=422 if seen else 200,
        month=found,
        seen=_mark(found),
        changed=bool(seen),
        due=due_date(request.today, request.business.payment_terms_days),
        currency=request.business.currency,
    )


def _mark(month: Month) -> str:
    return f"{month.drafts} {month.cents}"


def _first(month: str) -> date:
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Http404("There is no such month.") from None


def _to_list(request: StaffRequest) -> HttpResponse:
    return HttpResponseRedirect(request.link("dashboard_invoices", query={"done": "sent"}))
