"""The mailed link. Opening it changes nothing, so a mail scanner burns nothing; the click on its page signs in."""

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from nextroute.identity import asks, redeeming, throttling
from nextroute.identity.redeeming import Refusal, Sight, SignedIn, Undecided
from nextroute.portal import askers, cookies, onward
from nextroute.portal.doors import public
from nextroute.portal.requests import BusinessRequest
from nextroute.portal.welcome import welcome
from nextroute.ui import brands
from nextroute.ui.pages import page
from nextroute.web.askers import address_of


@require_http_methods(["GET", "HEAD", "POST"])
@public(because="whoever has the mail may open its link; the click on its page proves the mailbox")
def sign_in_link(request: BusinessRequest, token: str) -> HttpResponse:
    if request.method == "POST":
        return _redeemed(request, token)
    sight = redeeming.look(token, now=request.now)
    if sight.refusal:
        return _closed(request, sight)
    _be_there(request, sight)
    email = sight.ask.masked_email if sight.ask else ""
    return page(request, "portal/sign_in_link.html", email=email, link=None)


def _redeemed(request: BusinessRequest, token: str) -> HttpResponse:
    browser = cookies.asking(request) or asks.new_secret()
    match redeeming.by_link(token, browser=browser, asker=askers.arriving(request), now=request.now):
        case SignedIn() as who:
            return welcome(request, who)
        case Undecided():
            response = HttpResponseRedirect(request.link("portal_sign_in_choose"))
            cookies.keep_asking(response, browser)
            return response
    return _closed(request, redeeming.look(token, now=request.now))


def _closed(request: BusinessRequest, sight: Sight) -> HttpResponse:
    """One calm page for every link that opens nothing, with the way to a new one; guessing at them is slowed down."""
    wait = throttling.unknown_token(address_of(request), now=request.now) if sight.ask is None else 0
    _be_there(request, sight)
    business = sight.businesses[0] if len(sight.businesses) == 1 else None
    way_in = "portal_sign_in" if business else "portal_shared_sign_in"
    wanted = onward.page(sight.ask.onward, request.link) if sight.ask else ""
    response = page(
        request,
        "portal/sign_in_closed.html",
        status=429 if wait else 404 if sight.refusal is Refusal.UNKNOWN else 410,
        why=sight.refusal,
        is_in=bool(business and cookies.token(request) and cookies.remembered(request) == business.slug),
        home_link=request.link("portal_home"),
        onward_link=wanted,
        again_link=request.link(way_in, business, query=onward.query(wanted)),
        link=None,
    )
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _be_there(request: BusinessRequest, sight: Sight) -> None:
    """At the business the link is for, if it is for one."""
    if len(sight.businesses) == 1:
        brands.introduce(request, sight.businesses[0])
