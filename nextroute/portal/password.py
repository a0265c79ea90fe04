"""Setting a password, or another one."""

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from nextroute.core.errors import Refused
from nextroute.identity import logins, passwords, throttling
from nextroute.portal import askers, asking, onward
from nextroute.portal.doors import login_action
from nextroute.portal.requests import LoginRequest
from nextroute.portal.sign_in_forms import LINK
from nextroute.ui.pages import page
from nextroute.web.askers import address_of


class PasswordForm(forms.Form):
    """`current` is asked for where the mailbox was not proven a moment ago."""

    current = forms.CharField(
        label=_("Present password"),
        max_length=passwords.LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=_("New password"),
        max_length=passwords.LONGEST,
        strip=False,
        help_text=_("At least 10 characters. Three or four unrelated words make a good one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: object, asks_current: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not asks_current:
            del self.fields["current"]


@require_http_methods(["GET", "HEAD", "POST"])
@login_action
def password(request: LoginRequest) -> HttpResponse:
    asks_current = not request.presence.session.holds_the_mailbox(request.now)
    if request.method != "POST":
        return _shown(request, PasswordForm(asks_current=asks_current))
    if request.POST.get("way") == LINK:
        return _by_mail(request, PasswordForm(asks_current=asks_current))
    form = PasswordForm(request.POST, asks_current=asks_current)
    return _set(request, form) if form.is_valid() else _shown(request, form, status=422)


def _by_mail(request: LoginRequest, form: PasswordForm) -> HttpResponse:
    """Proving the mailbox once more stands for the present password."""
    slug, email = request.business.slug, request.presence.login.email
    asked = asking.ask(request, slug, email, then=onward.asked(request), wants_password=True)
    return _shown(request, form, status=429, wait=asked) if isinstance(asked, int) else asked


def _set(request: LoginRequest, form: PasswordForm) -> HttpResponse:
    current, new = form.cleaned_data.get("current"), form.cleaned_data["password"]
    if wait := _wait(request):
        return _shown(request, form, status=429, wait=wait)
    login, session, actor = request.presence.login, request.presence.session, askers.login_of(request)
    try:
        if current is None:
            logins.set_password(login, new, actor=actor, now=request.now, keep=session)
        else:
            logins.change_password(login, current, new, actor=actor, now=request.now, keep=session)
    except Refused as refused:
        form.add_error(refused.field, refused.sentence)
        return _shown(request, form, status=422)
    except passwords.Busy:
        form.add_error(None, gettext("Many people are signing in right now. Please try again in a few seconds."))
        return _shown(request, form, status=503, wait=5)
    return HttpResponseRedirect(request.link("portal_password", query=onward.query(onward.asked(request), set="1")))


def _wait(request: LoginRequest) -> int:
    """A browser that is signed in is one that is known: nobody else's tries count against it."""
    business, login = request.business, request.presence.login
    return throttling.sign_in(business.slug, login.email, address_of(request), known=True, now=request.now)


def _shown(request: LoginRequest, form: PasswordForm, *, status: int = 200, wait: int = 0) -> HttpResponse:
    login = request.presence.login
    response = page(
        request,
        "portal/password.html",
        status=status,
        form=form,
        email=login.email,
        has_one=bool(login.password),
        must_prove="current" in form.fields and not login.password,
        is_set=request.method != "POST" and "set" in request.GET,
        onward_link=onward.asked(request),
        throttled_seconds=wait if status == 429 else None,
    )
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
