"""One payment: what it paid, what went back of it, and giving money back."""

from datetime import date
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from nextroute.billing import payments, receipts, refunding, refunds
from nextroute.billing.disputes import CAME_BACK_AT, Dispute
from nextroute.billing.payments import Payment, State
from nextroute.billing.refunds import COUNTS, Refund
from nextroute.billing.stripe.client import NoAnswer
from nextroute.core.words import money
from nextroute.dashboard import sure
from nextroute.dashboard.askers import member_of
from nextroute.dashboard.doors import staff_page
from nextroute.dashboard.money_forms import RefundForm
from nextroute.dashboard.money_words import METHODS
from nextroute.dashboard.requests import StaffRequest
from nextroute.dashboard.sure import Deed
from nextroute.ui.pages import page
from nextroute.web.errands import Answer


def _found(request: StaffRequest, key: UUID) -> Payment:
    one = Payment.objects.select_related("customer").filter(id=key).first()
    if one is None:
        raise Http404("This business has no such payment.")
    one.customer.business = request.business
    return one


def _left(one: Payment) -> int:
    """What can still be given back."""
    return payments.left(one) if one.state == State.SUCCEEDED else 0


@require_safe
@staff_page()
def payment(request: StaffRequest, key: UUID) -> HttpResponse:
    one = _found(request, key)
    return page(
        request,
        "dashboard/payment.html",
        payment=one,
        day=one.day(request.business),
        method=METHODS.get(one.method, ""),
        receipt=receipts.of(one, one.customer),
        refunds=_refunds(request, one),
        disputes=_disputes(request, one),
        left=_left(one),
        done=request.GET.get("done", ""),
    )


def _refunds(request: StaffRequest, one: Payment) -> list[tuple[Refund, date, date | None]]:
    """Each with the local day it left, or else was asked for, and the one on which what had left came back."""
    today = request.business.today
    return [
        (row, today(row.went_at or row.made_at), today(row.failed_at) if row.went_at and row.failed_at else None)
        for row in one.refunds.order_by("id")
    ]


def _disputes(request: StaffRequest, one: Payment) -> list[tuple[Dispute, date, date | None]]:
    """Each with the local day it began, and the one on which money last came back."""
    today = request.business.today
    rows = one.disputes.annotate(back=CAME_BACK_AT).order_by("id")
    return [(row, today(row.opened_at), today(row.back) if row.back else None) for row in rows]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page()
def refund(request: StaffRequest, key: UUID) -> Answer:
    one = _found(request, key)
    left = _left(one)
    if one.state != State.SUCCEEDED:
        raise Http404("This is not given back here.")
    form = RefundForm(request.POST if request.method == "POST" else None, currency=one.currency, cents=left)
    form.fields["amount"].help_text = _("%(amount)s at most.") % {"amount": money(left, one.currency)}
    deed = Deed(
        "dashboard/refund.html",
        _("Give money back?"),
        _("Give it back") if one.stripe_account else _("It is given back"),
        lambda: _give_back(request, one, form),
        _worked_out,
        lambda made: request.link("dashboard_payment", key=str(one.pk), query={"done": _done(made)}),
        ask=lambda: _ask_back(request, one, form),
    )
    return sure.answer(request, form, one.customer, deed, payment=one, left=left)


def _give_back(request: StaffRequest, one: Payment, form: RefundForm) -> Refund:
    return refunds.record(
        payment=one,
        cents=form.cents,
        reason=form.cleaned_data["reason"],
        with_credit_note=form.cleaned_data["credit"],
        key=form.once,
        actor=member_of(request),
        now=request.now,
    )


def _ask_back(request: StaffRequest, one: Payment, form: RefundForm) -> Refund | None:
    """None when Stripe does not answer: it is asked again by itself."""
    try:
        return refunding.give_back(
            payment=one,
            cents=form.cents,
            reason=form.cleaned_data["reason"],
            with_credit_note=form.cleaned_data["credit"],
            key=form.once,
            actor=member_of(request),
            now=request.now,
        )
    except NoAnswer:
        return None


def _done(made: Refund | None) -> str:
    return "refunded" if made and made.state in COUNTS else "asked"


def _worked_out(made: Refund | None) -> list[str]:
    """What a refund comes with."""
    assert made
    currency, notes = made.payment.currency, list(made.credit_notes.select_related("invoice"))
    way = _("%(amount)s goes back to the customer, from your own hands.")
    if made.payment.stripe_account:
        way = _("%(amount)s goes back to the customer the way it was paid, through Stripe.")
    said = [way % {"amount": money(made.cents, currency)}]
    for note in notes:
        words = {"amount": money(note.total_cents, currency), "invoice": str(note.invoice)}
        said.append(_("%(amount)s less is charged of %(invoice)s.") % words)
    taken_back = made.payment.allocations.filter(made_at=made.made_at, cents__lt=0).values("invoice").distinct()
    reopened = 0 if notes else taken_back.count()
    if reopened:
        said.append(
            ngettext("%(count)s invoice is open again.", "%(count)s invoices are open again.", reopened)
            % {"count": reopened}
        )
    return [*said, _("The customer is told by e-mail.")]
