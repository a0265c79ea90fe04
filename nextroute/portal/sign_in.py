"""A business's own door: a link by mail or a password. The shared door: a link by mail. And the way out."""

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from nextroute.identity import passwords, sessions, throttling
from nextroute.identity import sign_in as proving
from nextroute.identity.redeeming import SignedIn
from nextroute.portal import askers, asking, cookies, onward
from nextroute.portal.doors import enter, public, shared_door
from nextroute.portal.requests import BusinessRequest, PortalRequest
from nextroute.portal.sign_in_forms import LONGEST_EMAIL, NEW_PASSWORD, PASSWORD, EmailForm, SignInForm
from nextroute.portal.welcome import welcome
from nextroute.ui.pages import page
from nextroute.web.askers import address_of


@require_http_methods(["GET", "HEAD", "POST"])
@public(because="the way in: nobody knows yet who is asking")
def sign_in(request: BusinessRequest, slug: str) -> HttpResponse:
    if request.method == "POST":
        return _tried(request, slug)
    # Who comes to say "that wasn't me" is let in although they are signed in: they want a new password.
    if cookies.token(request) and cookies.remembered(request) == slug and "forgot" not in request.GET:
        # Which comes back here if that session is over.
        return HttpResponseRedirect(onward.asked(request) or request.link("portal_home"))
    enter(request, slug)
    return _shown(request, SignInForm(initial={"email": request.GET.get("email", "")[:LONGEST_EMAIL]}))


@require_http_methods(["GET", "HEAD", "POST"])
@public(because="the way in for who does not know their company's own address")
def shared_sign_in(request: BusinessRequest) -> HttpResponse:
    if request.method != "POST":
        return shared_door(request, EmailForm())
    form = EmailForm(request.POST)
    if not form.is_valid():
        return shared_door(request, form, status=422)
    asked = asking.ask(request, "", form.cleaned_data["email"], then=onward.asked(request))
    return shared_door(request, form, status=429, wait=asked) if isinstance(asked, int) else asked


@require_POST
@public(because="a session that is over, or not there at all, may be ended too")
def sign_out(request: PortalRequest) -> HttpResponse:
    sessions.end(cookies.token(request), actor=askers.anybody(request), now=request.now)
    slug = cookies.remembered(request)
    response = HttpResponseRedirect(request.link("portal_sign_in", slug=slug) if slug else request.link("portal_home"))
    cookies.forget_token(response)
    return response


def _tried(request: BusinessRequest, slug: str) -> HttpResponse:
    form = SignInForm(request.POST)
    if not form.is_valid():
        enter(request, slug)
        return _shown(request, form, status=422)
    if form.way == PASSWORD:
        return _by_password(request, slug, form)
    email, wants_password = form.cleaned_data["email"], form.way == NEW_PASSWORD
    asked = asking.ask(request, slug, email, then=onward.asked(request), wants_password=wants_password)
    return _slowed(request, slug, form, asked) if isinstance(asked, int) else asked


def _by_password(request: BusinessRequest, slug: str, form: forms.Form) -> HttpResponse:
    email, password = form.cleaned_data["email"], form.cleaned_data["password"]
    known = cookies.knows(request, slug, email)
    if wait := throttling.sign_in(slug, email, address_of(request), known=known, now=request.now):
        return _slowed(request, slug, form, wait)
    login = enter(request, slug, lambda: proving.who(email))
    try:
        token = proving.prove(login, password, asker=askers.arriving(request), now=request.now)
    except passwords.Busy:
        form.add_error(None, gettext("Many people are signing in right now. Please try again in a few seconds."))
        return _shown(request, form, status=503, wait=5)
    if token is None:
        form.add_error(None, gettext("That e-mail and password don’t go together."))
        return _shown(request, form, status=422)
    return welcome(request, SignedIn(token, slug, email, onward=onward.asked(request)))


def _slowed(request: BusinessRequest, slug: str, form: forms.Form, wait: int) -> HttpResponse:
    enter(request, slug)
    return _shown(request, form, status=429, wait=wait)


def _shown(request: BusinessRequest, form: forms.Form, *, status: int = 200, wait: int = 0) -> HttpResponse:
    response = page(
        request,
        "portal/sign_in.html",
        status=status,
        form=form,
        by_password=_prefers_password(request),
        throttled_seconds=wait if status == 429 else None,
        notice=_notice(request),
        link=None,  # there is nowhere to go from here but in
    )
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _prefers_password(request: BusinessRequest) -> bool:
    """Whether the password's part of the page stands open: it was just used, or is to be replaced."""
    return (request.method == "POST" and SignInForm(request.POST).way == PASSWORD) or "forgot" in request.GET


def _notice(request: BusinessRequest) -> str:
    """Why somebody who was signed in is here again."""
    if request.method == "POST":
        return ""
    if "forgot" in request.GET:
        return gettext("To be safe, set a new password. That signs out every other browser.")
    return {
        "expired": gettext("You were signed out after a while, to keep your account safe."),
        "unsent": gettext("You were signed out, so nothing was changed. Sign in, then do it once more."),
    }.get(request.GET.get("why", ""), "")
