"""A customer's papers, as the office sees them: the same ones."""

from functools import partial

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from nextroute.billing import invoices
from nextroute.billing.documents import invoice as on_paper
from nextroute.billing.documents.keeping import Sheet
from nextroute.dashboard.doors import staff_page
from nextroute.dashboard.requests import StaffRequest
from nextroute.ui.papers import paper


@require_safe
@staff_page()
def invoice_pdf(request: StaffRequest, number: str) -> HttpResponse:
    """In the customer's language, to the letter what they get."""
    found = invoices.numbered(number)
    if found is None:
        raise Http404("This business has no such invoice.")
    sheet, customer = Sheet(on_paper.paper(found, business=request.business)), found.customer
    written = partial(sheet.pdf, customer=customer, now=request.now)
    return paper(request, key=sheet.key, name=f"{number}.pdf", written=written)
