"""Asking for a link, from whichever page: slow down, write it down, lead on. Nobody is looked up."""

from functools import partial

from django.http import HttpResponse, HttpResponseRedirect

from nextroute.core import scope
from nextroute.identity import asks, throttling
from nextroute.portal import askers, cookies
from nextroute.portal.doors import enter
from nextroute.portal.requests import BusinessRequest
from nextroute.web.askers import address_of


def ask(
    request: BusinessRequest, slug: str, email: str, *, then: str, wants_password: bool = False
) -> HttpResponse | int:
    """Have a link mailed to this address (normalised), at a business or, with slug "", at the shared address.

    `then`: the page that signing in by it leads on to, "" for home.

    Leads to the page that says so; or, for who asks too often, the seconds to wait. Raises Http404 for an unknown slug.
    """
    known = cookies.knows(request, slug, email)
    if wait := throttling.link(slug, email, address_of(request), known=known, now=request.now):
        return wait
    browser = cookies.asking(request) or asks.new_secret()
    wish = partial(
        asks.ask,
        email=email,
        browser=browser,
        known=known,
        wants_password=wants_password,
        onward=then,
        asker=askers.anybody(request),
        now=request.now,
    )
    if slug:
        enter(request, slug, lambda: wish(business_id=request.business.pk))
    else:
        with scope.transaction_of():
            wish(business_id=None)
    response = HttpResponseRedirect(request.link("portal_sign_in_sent"))
    cookies.keep_asking(response, browser)
    return response
