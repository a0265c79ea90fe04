"""One invoice, as it looks on paper, and what became of it."""

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from nextroute.billing import accounts, reading
from nextroute.billing.invoices import Invoice
from nextroute.portal.doors import customer_page
from nextroute.portal.requests import CustomerRequest
from nextroute.ui.pages import page


@require_safe
@customer_page
def invoice(request: CustomerRequest, number: str) -> HttpResponse:
    return _paper(request, _found(request, number=number))


@require_safe
@customer_page
def draft(request: CustomerRequest, key: UUID) -> HttpResponse:
    """What will be on the next invoice; once it is sent, it stands under its number."""
    found = _found(request, id=key)
    if found.number:
        return HttpResponseRedirect(request.link("portal_invoice", number=found.number))
    return _paper(request, found)


def _found(request: CustomerRequest, **which: object) -> Invoice:
    invoices = request.customer.invoices.with_money().for_customers(request.business)
    found: Invoice | None = invoices.filter(**which).first()
    if found is None:
        raise Http404("This customer has no such invoice.")
    return found


def _paper(request: CustomerRequest, found: Invoice) -> HttpResponse:
    return page(
        request,
        "portal/invoice.html",
        invoice=found,
        standing=found.standing(request.today),
        reading=reading.of(found, request.business, request.today),
        customer=request.customer,
        can_pay=bool(accounts.ways(request.business)),
        instructions=request.business.payment_instructions,
    )
