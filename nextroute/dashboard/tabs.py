"""The dashboard's places, as its head lists them."""

from collections.abc import Sequence

from django.utils.translation import gettext

from nextroute.dashboard.requests import StaffRequest
from nextroute.staff.members import OFFICE
from nextroute.ui.pages import Tab


def of(request: StaffRequest) -> Sequence[Tab]:
    """Those this member may see, the current one marked."""
    if request.member.role not in OFFICE:
        return []
    here = request.resolver_match.url_name if request.resolver_match else ""
    places = [("dashboard_home", "sun", gettext("Today"))]
    return [Tab(label, icon, request.link(name), current=name == here) for name, icon, label in places]
