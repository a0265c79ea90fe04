"""Payments: what a customer paid, what came back of it, and the receipt of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from nextroute.billing import listing, receipts, returns
from nextroute.billing.payments import SHOWN, Payment
from nextroute.billing.returns import Back
from nextroute.billing.words import paid_by
from nextroute.core.words import capital
from nextroute.portal.doors import customer_page
from nextroute.portal.requests import CustomerRequest
from nextroute.ui.pages import page

ROWS = 25


@dataclass(frozen=True, slots=True)
class Line:
    """A payment in words: on which local day, how, and what of it went back on which, and was undone on which."""

    payment: Payment
    day: date
    method: str
    back: Sequence[tuple[Back, date, date | None]]


@require_safe
@customer_page
def all_payments(request: CustomerRequest) -> HttpResponse:
    after = _after(request)
    found = listing.payments_of(request.customer, rows=ROWS, after=after)
    if after and not found.payments:
        raise Http404("There is nothing before that payment.")
    more = {"before": str(found.further)} if found.further else None
    return page(
        request,
        "portal/payments.html",
        payments=[_line(one, found.back.get(one.pk, ()), request) for one in found.payments],
        more_link=request.link("portal_payments", query=more) if more else None,
        first_link=request.link("portal_payments") if after else None,
    )


@require_safe
@customer_page
def payment(request: CustomerRequest, key: UUID) -> HttpResponse:
    """What it paid, and what became of it."""
    found: Payment | None = request.customer.payments.filter(state__in=SHOWN, pk=key).first()
    if found is None:
        raise Http404("This customer made no such payment.")
    return page(
        request,
        "portal/payment.html",
        line=_line(found, returns.of([found]).get(key, ()), request),
        receipt=receipts.of(found, request.customer),
    )


def _line(one: Payment, back: Sequence[Back], request: CustomerRequest) -> Line:
    today = request.business.today
    went = [(gone, today(gone.at), today(gone.undone_at) if gone.undone_at else None) for gone in back]
    return Line(one, one.day(request.business), capital(paid_by(one)), went)


def _after(request: CustomerRequest) -> UUID | None:
    """The payment that `before=` says a page begins after; none: the newest. Raises Http404 for nonsense."""
    asked = request.GET.get("before", "")
    try:
        return UUID(asked) if asked else None
    except ValueError:
        raise Http404("There is no such page of payments.") from None
