"""An invoice on paper: what it charges, what pays it, what is open of it and how that is paid."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Prefetch
from django.db.models import Sum as SumOf
from django.utils.translation import gettext as _

from nextroute.billing import tax, words
from nextroute.billing.billed import BilledStop
from nextroute.billing.documents import movements
from nextroute.billing.documents.letterhead import BAD, GOOD, Letterhead, on, speaking_to
from nextroute.billing.documents.paper import Cell, Column, Mark, Paper, Part, Sum
from nextroute.billing.invoices import Invoice, State
from nextroute.billing.lines import InvoiceLine
from nextroute.billing.payments import Payment
from nextroute.core.words import capital, money, month_year, percent, sentence
from nextroute.tenancy.businesses import Business


def paper(invoice: Invoice, *, business: Business) -> Paper:
    """Of one that was sent, `with_money`, its customer at hand. A fixed number of statements, in either scope.

    It says nothing that changes with the day it is printed on, such as how late it is.
    """
    with speaking_to(invoice.customer, business):
        letterhead = Letterhead(business, invoice.customer)
        lines = _lines(invoice)
        assert invoice.invoice_date
        return letterhead.paper(
            heading=_("Invoice %(number)s") % {"number": invoice},
            day=invoice.invoice_date,
            mark=_mark(invoice, letterhead),
            facts=_facts(invoice),
            columns=[Column(_("What we did"), wide=True), Column(_("Amount"), amount=True)],
            rows=[_row(line, invoice.currency) for line in lines],
            sums=_sums(invoice, lines),
            total=Sum(_("Total"), money(invoice.total_cents, invoice.currency)),
            parts=list(_parts(invoice, business)),
        )


def _lines(invoice: Invoice) -> list[InvoiceLine]:
    billed = Prefetch("billed", BilledStop.objects.select_related("stop").order_by("stop__service_date"))
    return list(invoice.lines.in_order().select_related("property").prefetch_related(billed))


def _row(line: InvoiceLine, currency: str) -> Sequence[Cell]:
    """In the page's own words, and where."""
    visits = [one.stop.service_date for one in line.billed.all()]
    detail = words.detail(line, visits, currency, date.min)
    where = _("%(place)s. %(what)s") % {"place": line.property, "what": detail} if detail else str(line.property)
    return [Cell(words.title(line), where, strong=True), Cell(money(line.amount_cents, currency))]


def _mark(invoice: Invoice, letterhead: Letterhead) -> Mark:
    if invoice.state == State.VOID:
        return Mark(_("VOID"), BAD, loud=True)
    if not invoice.open_cents:
        return Mark(_("Paid"), GOOD)
    if invoice.processing_cents:
        return letterhead.mark(_("Payment on its way"))
    return letterhead.mark(_("Due %(day)s") % {"day": on(_due(invoice))})


def _due(invoice: Invoice) -> date:
    assert invoice.due_date
    return invoice.due_date


def _facts(invoice: Invoice) -> Sequence[Sum]:
    assert invoice.invoice_date
    return [
        Sum(_("Date"), on(invoice.invoice_date)),
        Sum(_("Due"), on(_due(invoice))),
        Sum(_("Service"), capital(month_year(invoice.period_first, date.min))),
    ]


def _sums(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Sequence[Sum]:
    """None where nothing is taxed: the lines are the total then."""
    groups = [group for group in tax.groups((line.amount_cents, line.tax_rate) for line in lines) if group.rate]
    if not groups:
        return []
    name, currency = _("Sales tax, %(rate)s"), invoice.currency
    taxes = [Sum(name % {"rate": percent(group.rate)}, money(group.tax_cents, currency)) for group in groups]
    return [Sum(_("Subtotal"), money(invoice.subtotal_cents, invoice.currency)), *taxes]


def _parts(invoice: Invoice, business: Business) -> Iterator[Part]:
    if invoice.state == State.VOID:
        said = [_("This invoice is void. Nothing is owed for it."), sentence(invoice.void_reason)]
        yield Part("", words=" ".join(said if invoice.void_reason else said[:1]))
        return
    if paying := [*_paying(invoice, business), *_on_its_way(invoice)]:
        open_ = Sum(_("Still to pay"), money(invoice.open_cents - invoice.processing_cents, invoice.currency))
        yield Part(_("What pays it"), [*paying, open_])
    if invoice.open_cents > invoice.processing_cents and business.payment_instructions:
        yield Part(_("How to pay"), words=business.payment_instructions)


def _paying(invoice: Invoice, business: Business) -> Iterator[Sum]:
    spent = invoice.allocations.values("payment", "credit_note").annotate(total=SumOf("cents")).exclude(total=0)
    sources = {row["payment"] or row["credit_note"]: row["total"] for row in spent}
    for payment in Payment.objects.filter(id__in=sources).order_by("settled_at", "id"):
        yield Sum(movements.paid(payment, business), _less(sources[payment.pk], invoice))
    for note in invoice.customer.credit_notes.filter(id__in=sources).order_by("issued_at", "id"):
        words = _("Credit note %(number)s, %(day)s") % {"number": note, "day": on(note.issued_on)}
        yield Sum(words, _less(sources[note.pk], invoice))


def _on_its_way(invoice: Invoice) -> Iterator[Sum]:
    if invoice.processing_cents:
        yield Sum(_("On its way"), _less(min(invoice.processing_cents, invoice.open_cents), invoice))


def _less(cents: int, invoice: Invoice) -> str:
    return money(-cents, invoice.currency)
