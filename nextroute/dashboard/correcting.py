"""Correcting an invoice that was sent: void it, or charge less of it."""

from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nextroute.billing import credit_notes, invoices
from nextroute.billing.credit_notes import CreditNote
from nextroute.billing.invoices import Invoice, State
from nextroute.core.words import money
from nextroute.dashboard import sure
from nextroute.dashboard.askers import member_of
from nextroute.dashboard.doors import staff_page
from nextroute.dashboard.invoice import found
from nextroute.dashboard.money_forms import CreditForm, VoidForm
from nextroute.dashboard.requests import StaffRequest
from nextroute.dashboard.sure import Deed
from nextroute.web.errands import Answer


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page()
def void(request: StaffRequest, number: str) -> Answer:
    one = found(request, number=number)
    back = request.link("dashboard_invoice", number=number)
    if one.state == State.VOID:  # pressed twice
        return HttpResponseRedirect(back)
    form = VoidForm(request.POST if request.method == "POST" else None)

    def act() -> Invoice:
        reason = form.cleaned_data["reason"]
        return invoices.void(invoice=one, reason=reason, actor=member_of(request), now=request.now)

    deed = Deed(
        "dashboard/void.html",
        _("Void %(number)s?") % {"number": number},
        _("Void it"),
        act,
        lambda _void: [
            _("%(number)s is owed no more. Its number stays.") % {"number": number},
            _("What paid it is the customer’s credit, and pays what else is open. Its visits are not billed again."),
        ],
        lambda _void: request.link("dashboard_invoice", number=number, query={"done": "void"}),
    )
    return sure.answer(request, form, one.customer, deed, invoice=one)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page()
def credit(request: StaffRequest, number: str) -> Answer:
    one = found(request, number=number)
    left, currency = credit_notes.left(one), request.business.currency
    form = CreditForm(request.POST if request.method == "POST" else None, currency=currency)
    form.fields["amount"].help_text = _("Tax included. %(amount)s at most.") % {"amount": money(left, currency)}

    def act() -> CreditNote:
        return credit_notes.issue(
            customer=one.customer,
            invoice=one,
            cents=form.cents,
            reason=form.cleaned_data["reason"],
            key=form.once,
            actor=member_of(request),
            now=request.now,
        )

    deed = Deed(
        "dashboard/credit.html",
        _("Charge less of %(number)s?") % {"number": number},
        _("Issue the credit note"),
        act,
        _worked_out,
        lambda note: request.link("dashboard_invoice", number=number, query={"done": note.number}),
    )
    return sure.answer(request, form, one.customer, deed, invoice=one, left=left)


def _worked_out(note: CreditNote) -> list[str]:
    """What a credit note is made of."""
    parts = {"total": note.total_cents, "net": note.subtotal_cents, "tax": note.tax_cents}
    words = {name: money(cents, note.currency) for name, cents in parts.items()} | {"invoice": str(note.invoice)}
    said = _("%(total)s less of %(invoice)s.") % words
    if note.tax_cents:
        said = _("%(total)s less of %(invoice)s: %(net)s, and %(tax)s tax.") % words
    return [said, _("The customer is told by e-mail.")]
