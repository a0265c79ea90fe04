"""What messages about autopay say, read from the books as they are when they are sent (notifications/composing.py)."""

from datetime import datetime

from django.utils.translation import gettext as _

from nextroute.billing.autopay import methods
from nextroute.billing.autopay.announcements import Announcement, Stopped
from nextroute.billing.autopay.methods import SavedMethod
from nextroute.billing.invoices import Invoice
from nextroute.core.words import day_long, day_short, money, month_year
from nextroute.customers.customers import Customer
from nextroute.notifications.composing import Variables, composes
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.triggers import Trigger
from nextroute.tenancy.links import Link, by_the_door


@composes(Trigger.AUTOPAY_AHEAD)
def _ahead(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    """What is charged, as things stand; nothing when autopay was turned off, or nothing is open any more."""
    found = _announcement(delivery)
    invoice = Invoice.objects.payable().filter(id=found.invoice_id).first() if found else None
    method = methods.default_of(_customer(delivery))
    if found is None or found.stopped or found.mandate.ended_at or invoice is None or method is None:
        return None
    return {
        "amount": money(min(invoice.open_cents, found.cents), invoice.currency),
        "invoice_number": str(invoice),
        "charge_date": day_long(found.next_on, delivery.business.today(now)),
        "saved_method": str(method),
        **_autopay(delivery, link),
    }


@composes(Trigger.AUTOPAY_ABOVE)
def _above(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    found = _announcement(delivery)
    invoice = Invoice.objects.payable().filter(id=found.invoice_id).first() if found else None
    if found is None or found.mandate.ended_at or invoice is None or invoice.due_date is None:
        return None
    today = delivery.business.today(now)
    return {
        "amount": money(invoice.open_cents, invoice.currency),
        "invoice_number": str(invoice),
        "due_date": day_short(invoice.due_date, today) if invoice.due_date >= today else "",
        "ceiling": money(found.mandate.ceiling_cents, invoice.currency),
        **_pay(delivery, link, invoice),
    }


@composes(Trigger.AUTOPAY_FAILED)
def _not_charged(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    """Nothing when it was paid since."""
    found = Announcement.objects.select_related("mandate").get(id=delivery.facts["announcement"])
    invoice = Invoice.objects.payable().filter(id=found.invoice_id).first()
    if invoice is None:
        return None
    tries = found.tries.select_related("payment", "method")
    tried = tries.filter(payment=delivery.facts["payment"]).first() if delivery.facts["payment"] else None
    again = not found.stopped and found.mandate.ended_at is None
    return {
        "amount": money(tried.payment.amount_cents if tried else invoice.open_cents, invoice.currency),
        "invoice_number": str(invoice),
        "saved_method": str(tried.method) if tried else "",
        "reason": _why(tried.payment.failure if tried else ""),
        "next_try": day_long(found.next_on, delivery.business.today(now)) if again else "",
        "todo": "" if again else _todo(found),
        **(_pay(delivery, link, invoice) if found.stopped == Stopped.CONFIRM else _autopay(delivery, link)),
    }


@composes(Trigger.CARD_EXPIRING)
def _expiring(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    """Nothing when another is charged by now."""
    method = SavedMethod.objects.usable().filter(id=delivery.facts["method"], is_default=True).first()
    if method is None or method.good_through is None:
        return None
    return {
        "saved_method": str(method),
        "month": month_year(method.good_through, delivery.business.today(now)),
        **_autopay(delivery, link),
    }


def _announcement(delivery: Delivery) -> Announcement | None:
    rows = Announcement.objects.select_related("mandate")
    return rows.filter(invoice=delivery.facts["invoice"], mandate=delivery.facts["mandate"]).first()


def _autopay(delivery: Delivery, link: Link) -> Variables:
    return {"action_url": by_the_door(link, delivery.business, "portal_autopay")}


def _pay(delivery: Delivery, link: Link, invoice: Invoice) -> Variables:
    return {"action_url": by_the_door(link, delivery.business, "portal_pay", query={"invoice": str(invoice)})}


def _why(failure: str) -> str:
    """Stripe's code, as far as there is something to say of it."""
    words = {
        "insufficient_funds": _("There isn’t enough money on it."),
        "expired_card": _("The card has expired."),
        "authentication_required": _("Your bank wants you to confirm it yourself."),
        "amount_too_small": _("This is too little to be charged by card."),
        "account_closed": _("The account is closed."),
        "no_account": _("The bank doesn’t know this account."),
        "debit_not_authorized": _("The bank doesn’t allow it."),
        "": _("There’s no card or account saved any more that we could charge."),
    }
    return words.get(failure, _("The bank said no, and didn’t say why."))


def _todo(announcement: Announcement) -> str:
    if announcement.stopped == Stopped.CONFIRM:
        return _("So please pay this invoice on our page, where your bank can ask you. Nothing more is charged for it.")
    return _("We won’t try again. Please pay this invoice yourself. Autopay goes on with the next one.")


def _customer(delivery: Delivery) -> Customer:
    customer = delivery.customer
    assert isinstance(customer, Customer)
    return customer
