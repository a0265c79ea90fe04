"""Somebody who works for several businesses says at which one they are now."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from nextroute.dashboard import askers
from nextroute.dashboard.doors import staff_page
from nextroute.dashboard.requests import StaffRequest
from nextroute.staff.members import Role
from nextroute.ui.pages import page


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(*Role)
def businesses(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        if not request.presence.switch(request.POST.get("business", ""), actor=askers.member_of(request)):
            raise Http404("They do not work for that business.")
        return HttpResponseRedirect(request.link("dashboard_home"))
    if not request.others:
        return HttpResponseRedirect(request.link("dashboard_home"))
    return page(request, "dashboard/businesses.html", businesses=request.presence.businesses())
