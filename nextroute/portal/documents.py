"""A customer's papers as PDF: an invoice, and the receipt of a payment."""

from functools import partial
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from nextroute.billing.documents import invoice as invoices
from nextroute.billing.documents import receipt
from nextroute.billing.documents.keeping import Sheet
from nextroute.billing.documents.paper import Paper
from nextroute.portal.doors import customer_page
from nextroute.portal.requests import CustomerRequest
from nextroute.ui.papers import paper


@require_safe
@customer_page
def invoice_pdf(request: CustomerRequest, number: str) -> HttpResponse:
    """One that was sent; a draft has no number yet, and no paper."""
    found = request.customer.invoices.with_money().filter(number=number).first()
    if found is None:
        raise Http404("This customer has no such invoice.")
    found.customer = request.customer
    return _kept(request, invoices.paper(found, business=request.business), f"{number}.pdf")


@require_safe
@customer_page
def receipt_pdf(request: CustomerRequest, payment: UUID) -> HttpResponse:
    """Of money that arrived."""
    found = request.customer.payments.filter(pk=payment, state="succeeded").first()
    if found is None:
        raise Http404("This customer has no such receipt.")
    found.customer = request.customer
    made = receipt.paper(found, business=request.business)
    return _kept(request, made, f"receipt-{made.day.isoformat()}.pdf")


def _kept(request: CustomerRequest, made: Paper, name: str) -> HttpResponse:
    sheet = Sheet(made)
    written = partial(sheet.pdf, customer=request.customer, now=request.now)
    return paper(request, key=sheet.key, name=name, written=written)
