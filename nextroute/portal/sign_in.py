"""Signing in with e-mail and password, and signing out."""

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from nextroute.customers.contacts import normalised_email
from nextroute.identity import passwords, sessions, throttling
from nextroute.identity import sign_in as proving
from nextroute.portal import cookies
from nextroute.portal.doors import enter, public
from nextroute.portal.requests import BusinessRequest, PortalRequest
from nextroute.ui.pages import page
from nextroute.web.askers import address_of


class SignInForm(forms.Form):
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=passwords.LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_email(self) -> str:
        try:
            return normalised_email(self.cleaned_data["email"])
        except ValueError:
            raise forms.ValidationError(_("Write an e-mail address, such as ada@example.com.")) from None


@require_http_methods(["GET", "HEAD", "POST"])
@public(because="the way in: nobody knows yet who is asking")
def sign_in(request: BusinessRequest, slug: str) -> HttpResponse:
    if request.method == "POST":
        return _tried(request, slug)
    if cookies.token(request) and cookies.remembered(request) == slug:
        return HttpResponseRedirect(request.link("portal_home"))  # which comes back here if that session is over
    enter(request, slug)
    return _shown(request, SignInForm())


@require_POST
@public(because="a session that is over, or not there at all, may be ended too")
def sign_out(request: PortalRequest) -> HttpResponse:
    sessions.end(cookies.token(request), now=request.now)
    slug = cookies.remembered(request)
    response = HttpResponseRedirect(request.link("portal_sign_in", slug=slug) if slug else request.link("portal_home"))
    cookies.forget_token(response)
    return response


def _tried(request: BusinessRequest, slug: str) -> HttpResponse:
    form = SignInForm(request.POST)
    if not form.is_valid():
        enter(request, slug)
        return _shown(request, form, status=422)
    email, password = form.cleaned_data["email"], form.cleaned_data["password"]
    known = cookies.knows(request, slug, email)
    if wait := throttling.sign_in(slug, email, address_of(request), known=known, now=request.now):
        enter(request, slug)
        return _shown(request, form, status=429, wait=wait)
    login = enter(request, slug, lambda: proving.who(email))
    agent = request.headers.get("User-Agent", "")
    try:
        token = proving.prove(login, password, user_agent=agent, now=request.now)
    except passwords.Busy:
        form.add_error(None, gettext("Many people are signing in right now. Please try again in a few seconds."))
        return _shown(request, form, status=503, wait=5)
    if token is None:
        form.add_error(None, gettext("That e-mail and password don’t go together."))
        return _shown(request, form, status=422)
    return _welcomed(request, slug, email, token)


def _welcomed(request: BusinessRequest, slug: str, email: str, token: str) -> HttpResponse:
    sessions.end(cookies.token(request), now=request.now)  # whoever was signed in here before
    response = HttpResponseRedirect(request.link("portal_home"))
    cookies.keep_token(response, token)
    cookies.remember(response, slug, email)
    rotate_token(request)
    return response


def _shown(request: BusinessRequest, form: SignInForm, *, status: int = 200, wait: int = 0) -> HttpResponse:
    response = page(
        request,
        "portal/sign_in.html",
        status=status,
        form=form,
        throttled_seconds=wait if status == 429 else None,
        notice=_notice(request),
        link=None,  # there is nowhere to go from here but in
    )
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _notice(request: BusinessRequest) -> str:
    """Why somebody who was signed in is here again."""
    if request.method == "POST":
        return ""
    return {
        "expired": gettext("You were signed out after a while, to keep your account safe."),
        "unsent": gettext("You were signed out, so nothing was changed. Sign in, then do it once more."),
    }.get(request.GET.get("why", ""), "")
