"""What messages about money say, read from the books as they are when they are sent (notifications/composing.py)."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from nextroute.billing import ledger
from nextroute.billing.credit_notes import CreditNote
from nextroute.billing.disputes import Dispute
from nextroute.billing.invoices import Invoice
from nextroute.billing.payments import Payment
from nextroute.billing.refunds import Refund
from nextroute.billing.words import paid_by
from nextroute.core.words import day_short, money
from nextroute.customers.customers import Customer
from nextroute.notifications.composing import Variables, composes
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.triggers import Trigger
from nextroute.tenancy.links import Link, by_the_door


@composes(Trigger.INVOICE_SENT)
def _invoice(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    """What is open of it now; nothing when it is void, or paid by the customer's credit already and owes nothing."""
    found = Invoice.objects.with_money().filter(id=delivery.facts["invoice"], state="sent").first()
    if found is None:
        return None
    assert found.due_date
    today = delivery.business.today(now)
    open_cents = found.open_cents
    return {
        "invoice_number": str(found),
        "amount": money(found.total_cents, found.currency),
        "due_date": day_short(found.due_date, today) if open_cents else "",
        "amount_paid": money(found.paid_cents, found.currency) if found.paid_cents else "",
        "amount_open": money(open_cents, found.currency) if found.paid_cents else "",
        "pay_by": delivery.business.payment_instructions if open_cents else "",
        **_see(delivery, link, "portal_invoice", number=str(found)),
    }


@composes(Trigger.PAYMENT_RECEIVED)
def _received(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    payment = Payment.objects.get(id=delivery.facts["payment"])
    numbers = Invoice.objects.filter(allocations__payment=payment, allocations__cents__gt=0).distinct()
    of_customer = ledger.of(_customer(delivery))
    return {
        "amount": money(payment.amount_cents, payment.currency),
        "method": paid_by(payment),
        "paid_on": day_short(
            payment.received_on or delivery.business.today(payment.settled_at or now), delivery.business.today(now)
        ),
        "invoices": ", ".join(str(one) for one in numbers.order_by("sequence")),
        "amount_open": money(of_customer.open, payment.currency) if of_customer.open else "",
        "credit": money(of_customer.credit, payment.currency) if of_customer.credit else "",
        **_see(delivery, link, "portal_payments"),
    }


@composes(Trigger.PAYMENT_FAILED)
def _failed(delivery: Delivery, link: Link, _now: datetime) -> Variables | None:
    payment = Payment.objects.get(id=delivery.facts["payment"])
    if payment.state != "failed":
        return None  # it was tried again since
    return {
        "amount": money(payment.amount_cents, payment.currency),
        "method": paid_by(payment),
        **_see(delivery, link, "portal_pay", _to_pay(payment)),
    }


@composes(Trigger.PAYMENT_REFUNDED)
def _refunded(delivery: Delivery, link: Link, _now: datetime) -> Variables | None:
    refund = Refund.objects.select_related("payment").get(id=delivery.facts["refund"])
    if refund.state in ("failed", "canceled"):
        return None
    return {
        "amount": money(refund.cents, refund.payment.currency),
        "method": paid_by(refund.payment),
        "reason": refund.reason,
        **_see(delivery, link, "portal_payments"),
    }


@composes(Trigger.PAYMENT_RETURNED)
def _returned(delivery: Delivery, link: Link, _now: datetime) -> Variables | None:
    """Nothing when it came back since."""
    dispute = Dispute.objects.select_related("payment").get(id=delivery.facts["dispute"])
    gone = dispute.withdrawn_cents - dispute.returned_cents
    if not gone:
        return None
    currency, owed = dispute.payment.currency, ledger.of(_customer(delivery)).open
    return {
        "amount": money(gone, currency),
        "amount_open": money(owed, currency) if owed else "",
        **_see(delivery, link, "portal_pay"),
    }


@composes(Trigger.CREDIT_NOTE_ISSUED)
def _credited(delivery: Delivery, link: Link, _now: datetime) -> Variables:
    note = CreditNote.objects.select_related("invoice").get(id=delivery.facts["credit_note"])
    of_customer = ledger.of(_customer(delivery))
    return {
        "credit_note_number": note.number,
        "amount": money(note.total_cents, note.currency),
        "invoice_number": str(note.invoice) if note.invoice else "",
        "reason": note.reason,
        "amount_open": money(of_customer.open, note.currency) if of_customer.open else "",
        "credit": money(of_customer.credit, note.currency) if of_customer.credit else "",
        **_see(delivery, link, "portal_invoices"),
    }


@composes(Trigger.OFFICE_MONEY)
def _to_the_office(delivery: Delivery, link: Link, _now: datetime) -> Variables | None:
    payment = Payment.objects.select_related("customer").get(id=delivery.facts["payment"])
    what, todo = _news()[delivery.facts["what"]]
    return {
        "customer_name": str(payment.customer),
        "amount": money(delivery.facts["cents"], payment.currency),
        "what": what,
        "todo": todo,
        "action_url": link("dashboard_home", absolute=True),
    }


def _news() -> dict[str, tuple[str, str]]:
    """What the office is told, and what there is to do."""
    answer = _("Answer it in your Stripe dashboard, before the day it names there.")
    return {
        "paid_twice": (
            _("An invoice was paid twice"),
            _("What is too much is the customer’s credit. Give it back, or leave it for the next invoice."),
        ),
        "refund_failed": (
            _("A refund didn’t arrive"),
            _("The money is back with you, and the customer’s credit. Pay it out another way."),
        ),
        "autopay_ended": (
            _("Autopay gave up on an invoice"),
            _("The customer was told after each try, and asked to pay. Talk with them if they don’t."),
        ),
        "dispute open": (_("A customer disputes a payment"), answer),
        "dispute won": (_("A dispute ended in your favor"), _("The money is back, and pays what is open.")),
        "dispute lost": (_("A dispute was lost"), _("The invoice is open again. Talk with the customer.")),
        "bank_return open": (_("A bank took a payment back"), _("The invoice is open again.")),
        "bank_return won": (_("A bank payment came back"), _("The money pays what is open.")),
        "bank_return lost": (_("A bank took a payment back"), _("The invoice is open again. The customer was told.")),
    }


def _see(delivery: Delivery, link: Link, name: str, query: Mapping[str, str] | None = None, **where: str) -> Variables:
    return {"action_url": by_the_door(link, delivery.business, name, query=query, **where)}


def _to_pay(payment: Payment) -> Mapping[str, str] | None:
    """The invoice it was to pay, when it was one; else the page begins with everything that is open."""
    open_still = list(Invoice.objects.payable().filter(id__in=payment.chosen)[:2])
    return {"invoice": str(open_still[0])} if len(open_still) == 1 else None


def _customer(delivery: Delivery) -> Customer:
    customer = delivery.customer
    assert isinstance(customer, Customer)
    return customer
