"""“Check your e-mail”: the six digits, and asking once more. It says the same whether the address is anybody's."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from nextroute.identity import asks, presence, redeeming, throttling
from nextroute.identity.asks import Ask
from nextroute.identity.redeeming import Refusal, SignedIn, Undecided
from nextroute.portal import askers, asking, cookies, onward
from nextroute.portal.doors import public
from nextroute.portal.requests import BusinessRequest
from nextroute.portal.sign_in_forms import CodeForm
from nextroute.portal.welcome import welcome
from nextroute.ui import brands
from nextroute.ui.pages import page
from nextroute.web.askers import address_of


@require_http_methods(["GET", "HEAD", "POST"])
@public(because="whoever asked for a link is told that it may be on its way")
def sign_in_sent(request: BusinessRequest) -> HttpResponse:
    ask = _asked(request)
    if ask is None:
        return HttpResponseRedirect(request.link("portal_home"))
    if request.method != "POST":
        return _shown(request, ask, CodeForm())
    return _tried(request, ask, CodeForm(request.POST))


@require_POST
@public(because="a mail may get lost; who asked may ask again")
def sign_in_again(request: BusinessRequest) -> HttpResponse:
    ask = _asked(request)
    if ask is None:
        return HttpResponseRedirect(request.link("portal_home"))
    again = asking.ask(request, _slug(request), ask.email, then=ask.onward, wants_password=ask.wants_password)
    return _shown(request, ask, CodeForm(), status=429, wait=again) if isinstance(again, int) else again


def _asked(request: BusinessRequest) -> Ask | None:
    """What this browser asked for at last; the request is at that business from here on, if it was at one."""
    ask = asks.latest_of(cookies.asking(request))
    if ask and ask.business_id:
        _be_at(request, ask.business_id)
    return ask


def _be_at(request: BusinessRequest, business_id: UUID) -> None:
    if business := presence.at_key(business_id):
        brands.introduce(request, business)


def _slug(request: BusinessRequest) -> str:
    return request.business.slug if "business" in vars(request) else ""


def _tried(request: BusinessRequest, ask: Ask, form: CodeForm) -> HttpResponse:
    if not form.is_valid():
        return _shown(request, ask, form, status=422)
    slug = _slug(request)
    known = cookies.knows(request, slug, ask.email)
    if wait := throttling.code(slug, ask.email, address_of(request), known=known, now=request.now):
        return _shown(request, ask, form, status=429, wait=wait)
    typed, browser = form.cleaned_data["code"], cookies.asking(request)
    match redeeming.by_code(browser, typed, asker=askers.arriving(request), now=request.now):
        case SignedIn() as who:
            return welcome(request, who)
        case Undecided():
            return HttpResponseRedirect(request.link("portal_sign_in_choose"))
        case refusal:
            form.add_error("code", _sentence(refusal))
            return _shown(request, ask, form, status=422)


def _sentence(refusal: Refusal) -> str:
    if refusal is Refusal.SPENT:
        return gettext("This code’s tries or time are used up. Use the link in the e-mail, or have a new one sent.")
    return gettext("Those aren’t the digits we sent. Look at the newest e-mail and try again.")


def _shown(request: BusinessRequest, ask: Ask, form: CodeForm, *, status: int = 200, wait: int = 0) -> HttpResponse:
    way_in = "portal_sign_in" if _slug(request) else "portal_shared_sign_in"
    response = page(
        request,
        "portal/sign_in_sent.html",
        status=status,
        form=form,
        email=ask.email,
        minutes=asks.LIFETIME.seconds // 60,
        back_link=request.link(way_in, query=onward.query(ask.onward)),
        again_link=request.link("portal_sign_in_again"),
        throttled_seconds=wait or None,
        link=None,
    )
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
