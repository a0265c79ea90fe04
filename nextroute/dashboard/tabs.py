"""The dashboard's places, as its head lists them."""

from collections.abc import Sequence

from django.utils.translation import gettext

from nextroute.dashboard.requests import StaffRequest
from nextroute.service_requests import queue
from nextroute.staff.members import OFFICE
from nextroute.ui.pages import Tab


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
    ]
