"""What follows when somebody has proven who they are: this browser is theirs, and is led to where they wanted to go."""

from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token

from nextroute.identity import sessions
from nextroute.identity.redeeming import SignedIn
from nextroute.portal import askers, cookies, onward
from nextroute.portal.requests import PortalRequest


def welcome(request: PortalRequest, who: SignedIn) -> HttpResponse:
    """Lead to the page they wanted, or home; or to the new password they came for."""
    sessions.end(
        cookies.token(request), actor=askers.anybody(request), now=request.now
    )  # who was signed in here before
    response = HttpResponseRedirect(_next(request, who))
    cookies.keep_token(response, who.token)
    cookies.remember(response, who.slug, who.email, besides=cookies.remembered_all(request))
    cookies.forget_asking(response)
    rotate_token(request)
    return response


def _next(request: PortalRequest, who: SignedIn) -> str:
    wanted = onward.page(who.onward, request.link)
    if who.wants_password:
        return request.link("portal_password", query=onward.query(wanted))
    return wanted or request.link("portal_home")
