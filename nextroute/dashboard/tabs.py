"""The dashboard's places, as its head lists them."""

from collections.abc import Sequence

from django.utils.translation import gettext

from nextroute.dashboard.requests import StaffRequest
from nextroute.service_requests import queue
from nextroute.staff.members import OFFICE
from nextroute.ui.pages import Tab

_OF_INVOICES = {
    "dashboard_invoices",
    "dashboard_send_drafts",
    "dashboard_draft",
    "dashboard_invoice",
    "dashboard_void",
    "dashboard_credit",
}
_OF_PAYMENTS = {"dashboard_payments", "dashboard_new_payment", "dashboard_payment", "dashboard_refund"}


def of(request: StaffRequest) -> Sequence[Tab]:
    """Those this member may see, the current one marked."""
    if request.member.role not in OFFICE:
        return []
    here = request.resolver_match.url_name if request.resolver_match else ""
    return [
        Tab(gettext("Today"), "sun", request.link("dashboard_home"), here == "dashboard_home"),
        Tab(
            gettext("Requests"),
            "inbox",
            request.link("dashboard_requests"),
            here in ("dashboard_requests", "dashboard_request"),
            count=queue.count(request.today),
        ),
        Tab(gettext("Invoices"), "receipt-text", request.link("dashboard_invoices"), here in _OF_INVOICES),
        Tab(gettext("Payments"), "wallet", request.link("dashboard_payments"), here in _OF_PAYMENTS),
    ]
