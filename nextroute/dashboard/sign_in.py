"""The staff's way in, by e-mail and password, and the way out."""

from django.contrib.auth import authenticate, login
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from nextroute.core import scope
from nextroute.dashboard import askers, cookies
from nextroute.dashboard.doors import onward
from nextroute.dashboard.sign_in_form import SignInForm
from nextroute.identity import passwords, throttling
from nextroute.staff import presence, sessions
from nextroute.staff.sessions import Store
from nextroute.staff.users import User
from nextroute.ui.pages import page
from nextroute.ui.requests import PageRequest
from nextroute.web.askers import address_of
from nextroute.web.doors import public


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@public(because="the way in: nobody knows yet who is asking")
def sign_in(request: PageRequest) -> HttpResponse:
    if request.method == "POST":
        return _tried(request, SignInForm(request.POST))
    if cookies.token(request):
        return HttpResponseRedirect(onward(request))  # which comes back here if that session is over
    return _shown(request, SignInForm())


@require_POST
@public(because="a session that is over, or not there at all, may be ended too")
def sign_out(request: PageRequest) -> HttpResponse:
    _end(request)
    response = HttpResponseRedirect(request.link("dashboard_sign_in"))
    cookies.forget_token(response)
    return response


def _tried(request: PageRequest, form: SignInForm) -> HttpResponse:
    if not form.is_valid():
        return _shown(request, form, status=422)
    email, password = form.cleaned_data["email"], form.cleaned_data["password"]
    known = cookies.knows(request, email)
    if wait := throttling.staff_sign_in(email, address_of(request), known=known, now=request.now):
        return _shown(request, form, status=429, wait=wait)
    try:
        user = authenticate(request, email=email, password=password)
    except passwords.Busy:
        form.add_error(None, gettext("Many people are signing in right now. Please try again in a few seconds."))
        return _shown(request, form, status=503, wait=5)
    if isinstance(user, User) and (token := _begun(request, user)):
        response = HttpResponseRedirect(onward(request))
        cookies.keep_token(response, token)
        cookies.remember(request, response, email)
        return response
    form.add_error("password", gettext("That e-mail and password don’t go together."))
    return _shown(request, form, status=422)


def _begun(request: PageRequest, user: User) -> str:
    """The token of a new session; "" when they work nowhere any more. The one this browser had is over."""
    _end(request)
    session = Store(now=request.now)
    with scope.transaction_of() as become:
        if not presence.arrive(session, user.pk, actor=askers.anybody(request), become=become):
            return ""
        request.session = session
        login(request, user)
        session.save()
        sessions.sweep(request.now)
    return session.session_key or ""


def _end(request: PageRequest) -> None:
    session = Store(cookies.token(request), now=request.now)
    if session.session_key:
        with scope.transaction_of() as become:
            presence.leave(session, actor=askers.anybody(request), become=become)


def _shown(request: PageRequest, form: SignInForm, *, status: int = 200, wait: int = 0) -> HttpResponse:
    response = page(
        request,
        "dashboard/sign_in.html",
        status=status,
        form=form,
        throttled_seconds=wait if status == 429 else None,
        notice=_notice(request),
        link=None,  # there is nowhere to go from here but in
    )
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _notice(request: PageRequest) -> str:
    """Why somebody who was signed in is here again."""
    if request.method == "POST":
        return ""
    return {
        "expired": gettext("You were signed out after a while, to keep your customers’ data safe."),
        "unsent": gettext("You were signed out, so nothing was changed. Sign in, then do it once more."),
    }.get(request.GET.get("why", ""), "")
