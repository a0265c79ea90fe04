"""Money that came in by hand: whose, how much, and what for."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nextroute.billing import ledger, payments, receipts
from nextroute.billing.invoices import Invoice
from nextroute.billing.payments import Method, Payment
from nextroute.core.words import money
from nextroute.customers import searching
from nextroute.customers.customers import Customer
from nextroute.dashboard import listing, sure
from nextroute.dashboard.askers import member_of
from nextroute.dashboard.doors import staff_page
from nextroute.dashboard.money_forms import MOST_LISTED, PaymentForm
from nextroute.dashboard.requests import StaffRequest
from nextroute.dashboard.sure import Deed
from nextroute.ui.pages import page
from nextroute.web.errands import Answer


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page()
def new_payment(request: StaffRequest) -> Answer:
    """Of the customer that `customer` names; without one, whose it is, is asked first."""
    if not request.GET.get("customer"):
        return page(request, "dashboard/whose_payment.html", search=listing.search(request))
    customer = _customer(request)
    open_ = _open(customer, request.POST.get("invoice", ""))
    chosen = request.GET.get("invoice", "")
    data = request.POST if request.method == "POST" else None
    form = PaymentForm(data, open_=open_, chosen=chosen, today=request.today, currency=request.business.currency)

    def act() -> Payment:
        said = form.cleaned_data
        return payments.record_manual(
            customer=customer,
            cents=form.cents,
            method=Method(said["method"]),
            received_on=said["received_on"],
            reference=said["reference"],
            invoices=[one for one in open_ if one.number == said["invoice"]],
            key=form.once,
            actor=member_of(request),
            now=request.now,
        )

    deed = Deed(
        "dashboard/new_payment.html",
        _("Record this payment?"),
        _("Record the payment"),
        act,
        _worked_out,
        lambda made: request.link("dashboard_payment", key=str(made.pk), query={"done": "recorded"}),
    )
    return sure.answer(request, form, customer, deed, books=ledger.of(customer), currency=request.business.currency)


def _open(customer: Customer, posted: str) -> list[Invoice]:
    """What a payment may be for; also the invoice it was for when the form was sent the first time."""
    found = list(customer.invoices.with_money().due()[:MOST_LISTED])
    if posted and posted.isprintable() and posted not in [one.number for one in found]:
        found += customer.invoices.with_money().filter(state="sent", number=posted)
    return found


def _customer(request: StaffRequest) -> Customer:
    try:
        found = searching.find(UUID(request.GET["customer"]))
    except (ValueError, ValidationError, Customer.DoesNotExist):
        raise Http404("This business has no such customer.") from None
    found.business = request.business
    return found


def _worked_out(made: Payment) -> list[str]:
    """What a payment pays."""
    receipt, said = receipts.of(made, made.customer), []
    for invoice, cents in receipt.paid:
        said.append(
            _("%(amount)s pays %(invoice)s.") % {"amount": money(cents, made.currency), "invoice": str(invoice)}
        )
    if receipt.credit_cents:
        amount = money(receipt.credit_cents, made.currency)
        said.append(_("%(amount)s is to their credit, and pays what comes next.") % {"amount": amount})
    return [*said, _("The customer is told by e-mail.")]
