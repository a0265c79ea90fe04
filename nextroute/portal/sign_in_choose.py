"""A mailbox that several businesses know is proven: which of them is it to be?"""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from nextroute.identity import choosing
from nextroute.identity.redeeming import SignedIn
from nextroute.portal import askers, cookies
from nextroute.portal.doors import public
from nextroute.portal.requests import BusinessRequest
from nextroute.portal.welcome import welcome
from nextroute.ui.pages import page


@require_http_methods(["GET", "HEAD", "POST"])
@public(because="who has just proven their mailbox is in no business yet")
def sign_in_choose(request: BusinessRequest) -> HttpResponse:
    browser = cookies.asking(request)
    if request.method == "POST":
        return _chosen(request, browser)
    businesses = choosing.choices(browser, now=request.now)
    if not businesses:
        return HttpResponseRedirect(request.link("portal_home"))
    return page(request, "portal/choose_business.html", businesses=businesses, link=None)


def _chosen(request: BusinessRequest, browser: str) -> HttpResponse:
    key = request.POST.get("business", "")
    outcome = choosing.choose(browser, key, asker=askers.arriving(request), now=request.now)
    if isinstance(outcome, SignedIn):
        return welcome(request, outcome)
    if choosing.choices(browser, now=request.now):
        raise Http404("This mailbox opens no such business.")
    return HttpResponseRedirect(request.link("portal_home"))  # it took too long, or was done in another tab
