"""Paying: choosing what, going to the page at Stripe, and the truth on coming back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from nextroute.billing import accounts, following, ledger, paying
from nextroute.billing.invoices import Invoice
from nextroute.billing.payments import Payment, State
from nextroute.billing.stripe.client import NoAnswer
from nextroute.core.errors import Refused
from nextroute.portal.askers import login_of
from nextroute.portal.doors import customer_page
from nextroute.portal.pay_forms import PayForm
from nextroute.portal.requests import CustomerRequest
from nextroute.ui.pages import fragment, page, wants_fragment
from nextroute.web.errands import Answer, Errand

PAGE = "portal/pay.html"
_UNFINISHED = (State.CREATED, State.ACTION_REQUIRED, State.PROCESSING)
_FRESH = timedelta(seconds=5)  # what a bank does is not asked again so soon


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def pay(request: CustomerRequest) -> Answer:
    """What is to be paid; then off to Stripe."""
    payable = list(request.customer.invoices.payable())
    form = PayForm(_asked(request, payable), payable, request)
    if request.method != "POST":
        form.overlook()
        return _answer(request, form)
    if not form.is_valid() or not accounts.ways(request.business):
        return _answer(request, form)
    cents, chosen, actor = form.cents(), form.chosen(), login_of(request)
    if request.POST.get("said", str(cents)) != str(cents):
        return _answer(request, form, changed=True)

    def begin() -> Payment:
        try:
            return paying.page(
                customer=request.customer, cents=cents, invoices=chosen, actor=actor, now=request.now, link=request.link
            )
        except NoAnswer as fault:
            raise Refused(
                _("We can’t reach our payment service at the moment. Nothing was charged. Please try again.")
            ) from fault

    def refused(no: Refused) -> HttpResponse:
        form.refuse(no, {"cents": "amount"})
        return _answer(request, form)

    return Errand(begin, lambda payment: HttpResponseRedirect(payment.page_url), refused)


@require_safe
@customer_page
def paid(request: CustomerRequest, payment: UUID) -> Answer:
    """What became of a payment, as Stripe says it is now; whoever opens the address, and whenever."""
    found = _payment(request, payment)
    slow = found.state != State.CREATED  # a page may be paid the moment after we looked
    fresh = slow and found.looked_at and request.now < found.looked_at + _FRESH
    if found.state not in _UNFINISHED or fresh or found.stripe_account is None:
        return _told(request, found)

    def look() -> Payment | None:
        try:
            return following.follow(found, now=request.now)
        except NoAnswer:
            return None

    return Errand(look, lambda seen: _told(request, _payment(request, payment), known=seen is not None), _never)


def _asked(request: CustomerRequest, payable: list[Invoice]) -> dict[str, Any]:
    """What is ticked, and what is written; at first the invoice in the address, else all."""
    if request.method == "POST" or "look" in request.GET:
        data = request.POST if request.method == "POST" else request.GET
        return {"invoices": data.getlist("invoices"), "amount": data.get("amount", "")}
    named = request.GET.get("invoice")
    wanted = [one.number for one in payable if one.number == named] or [one.number for one in payable]
    return {"invoices": wanted, "amount": ""}


def _answer(request: CustomerRequest, form: PayForm, *, changed: bool = False) -> HttpResponse:
    """`changed`: the button that was pressed said another amount; it says the right one now, to be pressed again."""
    books = ledger.of(request.customer)
    cents = 0 if form.errors else form.cents()
    payable = cents if cents <= books.you_owe else 0  # the button promises nothing that is refused
    context: dict[str, Any] = {
        "form": form,
        "changed": changed,
        "cents": payable,
        "count": len(form.chosen()) if payable else 0,
        "can_pay": bool(accounts.ways(request.business)),
        "owed": books.you_owe,
        "processing": books.processing,
        "currency": request.business.currency,
        "instructions": request.business.payment_instructions,
    }
    if wants_fragment(request) and request.method == "GET":
        return fragment(request, PAGE, "sum", **context)
    return page(request, PAGE, status=422 if request.method == "POST" else 200, **context)


def _payment(request: CustomerRequest, key: UUID) -> Payment:
    found: Payment | None = request.customer.payments.filter(id=key).first()
    if found is None:
        raise Http404("This customer made no such payment.")
    return found


def _told(request: CustomerRequest, payment: Payment, *, known: bool = True) -> HttpResponse:
    payment.customer = request.customer
    invoices = request.customer.invoices.filter(id__in=payment.chosen).order_by("sequence")
    return page(
        request,
        "portal/paid.html",
        payment=payment,
        known=known,
        numbers=[str(one) for one in invoices],
        email=request.presence.login.email,
        still_owed=ledger.of(request.customer).you_owe,
    )


def _never(no: Refused) -> HttpResponse:
    raise no
