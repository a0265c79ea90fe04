"""A receipt: money that came, what it paid, and what of it went back. Its rows add up to what came."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Sum as SumOf
from django.utils.translation import gettext as _

from nextroute.billing.documents import movements
from nextroute.billing.documents.letterhead import BAD, GOOD, Letterhead, on, speaking_to
from nextroute.billing.documents.paper import Cell, Column, Mark, Paper, Sum
from nextroute.billing.invoices import Invoice
from nextroute.billing.payments import Payment
from nextroute.billing.refunds import COUNTS
from nextroute.core.words import capital, money, month_year
from nextroute.tenancy.businesses import Business


def paper(payment: Payment, *, business: Business) -> Paper:
    """Of a payment that has succeeded, its customer at hand. A fixed number of statements, in either scope."""
    customer = payment.customer
    with speaking_to(customer, business):
        letterhead = Letterhead(business, customer)
        paid_on = movements.day(payment, business)
        went = [*_refunded(payment, business), *_withdrawn(payment, business)]
        total = money(payment.amount_cents, payment.currency)
        return letterhead.paper(
            heading=_("Receipt of %(day)s") % {"day": on(paid_on)},
            day=paid_on,
            mark=Mark(_("Money went back"), BAD) if went else Mark(_("Paid"), GOOD),
            facts=list(_facts(payment, paid_on)),
            columns=[Column(_("What it paid"), wide=True), Column(_("Amount"), amount=True)],
            rows=_rows(payment, went),
            sums=[],
            total=Sum(_("Paid"), total),
            parts=[],
        )


def _facts(payment: Payment, paid_on: date) -> Iterator[Sum]:
    yield Sum(_("Paid on"), on(paid_on))
    if how := movements.method(payment):
        yield Sum(_("How"), how)


type _Part = tuple[Cell, int]


def _rows(payment: Payment, went: Sequence[_Part]) -> Sequence[Sequence[Cell]]:
    parts = [*_invoices(payment), *went]
    if kept := payment.amount_cents - sum(cents for _cell, cents in parts):
        parts.append((Cell(_("Your credit"), _("It is used on your next invoice."), strong=True), kept))
    return [[cell, Cell(money(cents, payment.currency))] for cell, cents in parts]


def _invoices(payment: Payment) -> Iterator[_Part]:
    paid = payment.allocations.order_by().values("invoice").annotate(total=SumOf("cents")).exclude(total=0)
    sums = {row["invoice"]: row["total"] for row in paid}
    for invoice in Invoice.objects.filter(id__in=sums).order_by("sequence"):
        service = capital(month_year(invoice.period_first, date.min))
        yield Cell(_("Invoice %(number)s") % {"number": invoice}, service, strong=True), sums[invoice.pk]


def _refunded(payment: Payment, business: Business) -> Iterator[_Part]:
    for refund in payment.refunds.filter(state__in=COUNTS).order_by("went_at", "id"):
        assert refund.went_at
        words = _("Given back to you on %(day)s") % {"day": on(business.today(refund.went_at))}
        yield Cell(words, refund.reason, strong=True), refund.cents


def _withdrawn(payment: Payment, business: Business) -> Iterator[_Part]:
    for dispute in payment.disputes.order_by("opened_at", "id"):
        if cents := dispute.withdrawn_cents - dispute.returned_cents:
            day = on(business.today(dispute.opened_at))
            yield Cell(_("Taken back by your bank on %(day)s") % {"day": day}, strong=True), cents
