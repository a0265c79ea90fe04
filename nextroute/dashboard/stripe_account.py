"""Being paid online: the business's account at Stripe, how it stands, and the way to Stripe's own pages about it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from nextroute.billing import accounts
from nextroute.billing.accounts import COUNTRIES, StripeAccount
from nextroute.billing.stripe.client import NoAnswer
from nextroute.billing.stripe.client import Refused as StripeRefused
from nextroute.core.errors import Refused
from nextroute.dashboard.askers import member_of
from nextroute.dashboard.doors import staff_page
from nextroute.dashboard.requests import StaffRequest
from nextroute.staff.members import Role
from nextroute.ui.pages import page
from nextroute.web.errands import Answer, Errand


def _countries() -> list[tuple[str, str]]:
    names = {
        "US": _("United States"), "CA": _("Canada"), "GB": _("United Kingdom"), "ES": _("Spain"), "MX": _("Mexico")
    }  # fmt: skip
    return [(code, names[code]) for code in COUNTRIES]


class CountryForm(forms.Form):
    """Where the business is at home; Stripe asks for everything else itself."""

    country = forms.ChoiceField(
        label=gettext_lazy("Where is the business registered?"),
        choices=_countries,
        error_messages={"invalid_choice": gettext_lazy("Choose a country from the list.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.OWNER)
def stripe_account(request: StaffRequest) -> Answer:
    """How the account stands; the button leads to Stripe, which asks what it wants to know."""
    _configured()
    form = CountryForm(request.POST if request.method == "POST" else None, initial={"country": "US"})
    if request.method == "POST" and (form.is_valid() or _account(request)):
        return _to_stripe(request, form.cleaned_data.get("country", "US"))
    return _standing(request, form)


@require_safe
@staff_page(Role.OWNER)
def back(request: StaffRequest) -> Answer:
    """From Stripe's pages, finished or not: what Stripe says is shown, not what the address claims."""
    _configured()

    def look() -> None:
        accounts.look(request.business.pk, now=request.now)

    return Errand(_asked(look), lambda _nothing: _standing(request, CountryForm()), _refused(request))


@require_safe
@staff_page(Role.OWNER)
def again(request: StaffRequest) -> Answer:
    """Stripe's page was too old, or opened twice: here is a fresh one."""
    _configured()
    account = _account(request)
    if account is None:
        return HttpResponseRedirect(request.link("dashboard_stripe"))
    return _to_stripe(request, account.country)


def _to_stripe(request: StaffRequest, country: str) -> Errand[Any]:
    business, actor, now, link = request.business, member_of(request), request.now, request.link

    def connect() -> str:
        return accounts.connect(business, country=country, actor=actor, now=now, link=link)

    return Errand(_asked(connect), HttpResponseRedirect, _refused(request))


def _asked[T](ask: Callable[[], T]) -> Callable[[], T]:
    """What Stripe answers; when it does not, in words."""

    def run() -> T:
        try:
            return ask()
        except NoAnswer as fault:
            raise Refused(_("Stripe doesn’t answer at the moment. Please try again in a few minutes.")) from fault
        except StripeRefused as no:
            raise Refused(_("Stripe doesn’t do it: %(why)s") % {"why": no}) from no

    return run


def _refused(request: StaffRequest) -> Callable[[Refused], HttpResponse]:
    def answer(no: Refused) -> HttpResponse:
        return _standing(request, CountryForm(), refusal=no.sentence, status=422)

    return answer


def _standing(request: StaffRequest, form: CountryForm, *, refusal: str = "", status: int = 0) -> HttpResponse:
    account = _account(request)
    return page(
        request,
        "dashboard/stripe.html",
        status=status or (422 if form.errors else 200),
        form=form,
        account=account,
        ways=account.ways(request.business.currency) if account else (),
        refusal=refusal,
    )


def _account(request: StaffRequest) -> StripeAccount | None:
    return StripeAccount.objects.filter(business=request.business).first()


def _configured() -> None:
    if not settings.STRIPE_URL:
        raise Http404("This portal takes no payments by Stripe.")
