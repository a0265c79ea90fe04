"""Autopay: what is saved, what is charged by itself and what never is, and turning it on and off."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nextroute.billing import accounts
from nextroute.billing.autopay import mandates, methods, setups, upcoming
from nextroute.billing.autopay.methods import SavedMethod
from nextroute.billing.autopay.setups import Setup, State
from nextroute.billing.stripe.client import NoAnswer
from nextroute.core.errors import Refused
from nextroute.portal.askers import login_of
from nextroute.portal.autopay_forms import AutopayForm
from nextroute.portal.doors import customer_page
from nextroute.portal.requests import CustomerRequest
from nextroute.ui.pages import page
from nextroute.web.errands import Answer, Errand


@require_safe
@customer_page
def autopay(request: CustomerRequest) -> HttpResponse:
    """How things stand."""
    return _standing(request)


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def autopay_on(request: CustomerRequest) -> HttpResponse:
    """Agree to it, or to another amount; what that means is said first."""
    method = methods.default_of(request.customer)
    if method is None or not _can_charge(request, method):
        return _to(request)
    mandate = mandates.standing(request.customer)
    form = AutopayForm(request.POST if request.method == "POST" else _before(mandate), method, request)
    if request.method != "POST":
        form.overlook()
    elif form.is_valid() and _agreed(request, form, method):
        return _to(request, "on")
    return page(
        request,
        "portal/autopay_on.html",
        status=422 if request.method == "POST" else 200,
        form=form,
        on=mandate is not None,
        method=method,
        coming=upcoming.of(request.customer, None, now=request.now),
        email=request.customer.email,
        currency=request.business.currency,
    )


@require_POST
@customer_page
def autopay_off(request: CustomerRequest) -> HttpResponse:
    mandates.end(customer=request.customer, actor=login_of(request), now=request.now)
    return _to(request, "off")


@require_POST
@customer_page
def autopay_add(request: CustomerRequest) -> Answer:
    """Off to Stripe, to leave a card or bank account there."""

    def begin() -> Setup:
        try:
            return setups.page(customer=request.customer, now=request.now, link=request.link)
        except NoAnswer as fault:
            raise Refused(
                _("We can’t reach our payment service at the moment. Nothing was changed. Please try again.")
            ) from fault

    return Errand(begin, lambda setup: HttpResponseRedirect(setup.page_url), lambda no: _standing(request, no))


@require_safe
@customer_page
def autopay_added(request: CustomerRequest, setup: UUID) -> Answer:
    """What became of it, as Stripe says it is now; whoever opens the address, and whenever."""
    found = _setup(request, setup)
    if found.state not in (State.OPEN, State.CONFIRMING):
        return _told(request, found)

    def look() -> Setup | None:
        try:
            return setups.follow(found, now=request.now)
        except NoAnswer:
            return None

    def told(seen: Setup | None) -> HttpResponse:
        return _told(request, _setup(request, setup), known=seen is not None)

    return Errand(look, told, _never)


@require_POST
@customer_page
def autopay_method(request: CustomerRequest, method: UUID) -> Answer:
    """Charge this one, or let go of it."""
    found = request.customer.saved_methods.usable().filter(id=method).first()
    if found is None:
        raise Http404("This customer has no such card.")
    found.customer = request.customer
    actor, now = login_of(request), request.now
    match request.POST.get("do"):
        case "choose":
            methods.choose(method=found, actor=actor)
            return _to(request, "chosen")
        case "remove":
            return Errand(
                lambda: methods.let_go(method=found, actor=actor, now=now),
                lambda _done: _to(request, "removed"),
                lambda no: _standing(request, no),
            )
    raise Http404("There is nothing of that name to do.")


def _standing(request: CustomerRequest, no: Refused | None = None) -> HttpResponse:
    customer = request.customer
    saved = list(customer.saved_methods.usable())
    chosen = next((method for method in saved if method.is_default), None)
    mandate = mandates.standing(customer)
    ways = accounts.ways(request.business)
    return page(
        request,
        "portal/autopay.html",
        status=422 if no else 200,
        refusal=no.sentence if no else "",
        methods=saved,
        chosen=chosen,
        mandate=mandate,
        agreed_on=request.business.here(mandate.agreed_at).date() if mandate else None,
        online=bool(ways),
        can_charge=bool(ways) and (chosen is None or chosen.kind in ways),
        under_way=upcoming.under_way(customer) if mandate else 0,
        coming=upcoming.of(customer, mandate, now=request.now) if mandate else [],
        email=customer.email,
        currency=request.business.currency,
        instructions=request.business.payment_instructions,
        done=request.GET.get("done", ""),
    )


def _can_charge(request: CustomerRequest, method: SavedMethod) -> bool:
    return method.kind in accounts.ways(request.business)


def _before(mandate: mandates.Mandate | None) -> dict[str, str]:
    return {"ceiling": f"{mandate.ceiling_cents / 100:.2f}"} if mandate else {}


def _agreed(request: CustomerRequest, form: AutopayForm, method: SavedMethod) -> bool:
    """Whether it is on now; else the form says why not."""
    known: dict[str, Any] = {"customer": request.customer, "actor": login_of(request), "now": request.now}
    try:
        if request.POST.get("method") != str(method.pk):
            raise Refused(_("Your saved cards have changed meanwhile. Please look again."))
        mandates.agree(ceiling_cents=form.cleaned_data["ceiling"], words=form.words(), method=method, **known)
    except Refused as no:
        form.refuse(no)
        return False
    return True


def _setup(request: CustomerRequest, key: UUID) -> Setup:
    found = setups.of(request.customer, key)
    if found is None:
        raise Http404("This customer left no card there.")
    found.customer = request.customer
    return found


def _told(request: CustomerRequest, setup: Setup, *, known: bool = True) -> HttpResponse:
    return page(
        request,
        "portal/autopay_added.html",
        setup=setup,
        known=known,
        newest=request.customer.saved_methods.usable().order_by("-saved_at").first(),
        on=mandates.standing(request.customer) is not None,
        email=request.customer.email,
    )


def _to(request: CustomerRequest, done: str = "") -> HttpResponse:
    return HttpResponseRedirect(request.link("portal_autopay", query={"done": done} if done else None))


def _never(no: Refused) -> HttpResponse:
    raise no
