"""Today: where the staff's day begins."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from nextroute.billing import office
from nextroute.dashboard.doors import staff_page
from nextroute.dashboard.requests import StaffRequest
from nextroute.ui.pages import page


@require_safe
@staff_page()
def today(request: StaffRequest) -> HttpResponse:
    return page(
        request,
        "dashboard/today.html",
        at=request.business.here(request.now).time(),
        member=request.member,
        failed=office.failed_lately(request.now),
        totals=office.totals(request.business, request.today),
        currency=request.business.currency,
    )
