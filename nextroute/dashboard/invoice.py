"""One invoice, sent or a draft: what is on it, what became of it, and what may be done with it."""

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from nextroute.billing import credit_notes, discarding, invoices, ledger, reading
from nextroute.billing.invoices import Invoice, State
from nextroute.core.errors import Refused
from nextroute.dashboard.askers import member_of
from nextroute.dashboard.doors import staff_page
from nextroute.dashboard.requests import StaffRequest
from nextroute.ui.pages import page


def found(request: StaffRequest, **key: object) -> Invoice:
    """`with_money`, its customer and their business at hand. Raises Http404."""
    sane = str(key.get("number", "")).isprintable()
    one = Invoice.objects.with_money().select_related("customer").filter(**key).first() if sane else None
    if one is None:
        raise Http404("This business has no such invoice.")
    one.customer.business = request.business
    return one


@require_safe
@staff_page()
def invoice(request: StaffRequest, number: str) -> HttpResponse:
    one = found(request, number=number)
    return page(
        request,
        "dashboard/invoice.html",
        invoice=one,
        standing=one.standing(request.today),
        reading=reading.of(one, request.business, request.today),
        notes=list(one.credit_notes.order_by("number")),
        books=ledger.of(one.customer),
        left=credit_notes.left(one) if one.state == State.SENT else 0,
        done=request.GET.get("done", ""),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page()
def draft(request: StaffRequest, key: UUID) -> HttpResponse:
    """A draft, and sending or discarding it. One that was sent meanwhile is shown as what it is now."""
    one = found(request, id=key)
    if one.number:
        return _to(request, one, done=_late(request))
    refusal = ""
    if request.method == "POST":
        try:
            return _done(request, one)
        except Refused as refused:
            if became := _became(request, one):
                return became
            refusal = refused.sentence
    return page(
        request,
        "dashboard/draft.html",
        status=422 if refusal else 200,
        invoice=one,
        standing=one.standing(request.today),
        reading=reading.of(one, request.business, request.today),
        why_not=discarding.why_not(one),
        refusal=refusal,
    )


def _done(request: StaffRequest, one: Invoice) -> HttpResponse:
    match request.POST.get("do"):
        case "send":
            invoices.send(invoice=one, actor=member_of(request), now=request.now)
            sent = Invoice.objects.filter(id=one.pk).first()
            return _to(request, sent, done="sent") if sent else _to_list(request, "credited")
        case "discard":
            discarding.discard(invoice=one, actor=member_of(request))
            return _to_list(request, "discarded")
    raise Refused(_("Choose what to do with this draft."))


def _became(request: StaffRequest, one: Invoice) -> HttpResponse | None:
    """Where somebody is led who was a moment late: it is sent or gone. None while it is a draft."""
    now = Invoice.objects.filter(id=one.pk).first()
    if now is None:
        return _to_list(request, "discarded")
    return _to(request, now, done=_late(request)) if now.number else None


def _late(request: StaffRequest) -> str:
    """What is to be said of an invoice that was sent before it could be discarded."""
    return "late" if request.POST.get("do") == "discard" else ""


def _to(request: StaffRequest, one: Invoice, done: str = "") -> HttpResponse:
    query = {"done": done} if done else None
    return HttpResponseRedirect(request.link("dashboard_invoice", number=str(one), query=query))


def _to_list(request: StaffRequest, done: str) -> HttpResponse:
    return HttpResponseRedirect(request.link("dashboard_invoices", query={"show": "draft", "done": done}))
