"""Payments of all customers: what came in, what is on its way, what failed, and what went back."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from nextroute.billing import accounts, office
from nextroute.billing.office import ShowPayments
from nextroute.billing.payments import Method
from nextroute.dashboard import listing
from nextroute.dashboard.doors import staff_page
from nextroute.dashboard.listing import ROWS
from nextroute.dashboard.money_words import METHODS, PAYMENTS_SHOWN
from nextroute.dashboard.requests import StaffRequest
from nextroute.staff.members import Role
from nextroute.ui.pages import page

HERE = "dashboard_payments"


@require_safe
@staff_page()
def all_payments(request: StaffRequest) -> HttpResponse:
    show = listing.one_of(request, "show", ShowPayments, ShowPayments.ALL)
    method, search = _method(request), listing.search(request)
    found = office.payments(
        show,
        rows=ROWS,
        method=method,
        customers=search.keys if search else None,
        after=listing.key_after(request),
    )
    return page(
        request,
        "dashboard/payments.html",
        business=request.business,
        payments=found.rows,
        show=show.value,
        choices=listing.choices(request, HERE, "show", PAYMENTS_SHOWN, show, ShowPayments.ALL),
        methods=METHODS,
        online=request.member.role == Role.OWNER and accounts.configured(),
        method=method.value if method else "",
        search=search,
        more_link=listing.onward(request, HERE, found.further),
        first_link=listing.first(request, HERE),
    )


def _method(request: StaffRequest) -> Method | None:
    """The way of paying that `method` names; none: any. Raises Http404 for one there is not."""
    asked = request.GET.get("method", "")
    try:
        return Method(asked) if asked else None
    except ValueError:
        raise Http404("There is no such way of paying.") from None
