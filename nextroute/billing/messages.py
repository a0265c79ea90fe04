"""Who is told of money. The words are letters.py's, when the message is sent."""

from datetime import datetime
from itertools import batched
from typing import TYPE_CHECKING

from nextroute.notifications.telling import Notice, tell
from nextroute.notifications.triggers import Trigger
from nextroute.scheduling.messages import office
from nextroute.tenancy.businesses import Business

if TYPE_CHECKING:
    from nextroute.billing.credit_notes import CreditNote
    from nextroute.billing.disputes import Dispute
    from nextroute.billing.invoices import InvoiceQuerySet
    from nextroute.billing.payments import Payment
    from nextroute.billing.refunds import Refund

BATCH = 1_000


def invoices_sent(invoices: "InvoiceQuerySet", business: Business, *, now: datetime) -> None:
    """Each to its customer; however many, a thousand at a time are held."""
    found = invoices.select_related("customer").iterator(chunk_size=BATCH)
    for batch in batched(found, BATCH):
        notices = [Notice(one.customer.recipient, {"invoice": str(one.pk)}, key=str(one.pk)) for one in batch]
        tell(Trigger.INVOICE_SENT, business.id, notices, now=now)


def payment_received(payment: "Payment", *, now: datetime) -> None:
    _of_payment(Trigger.PAYMENT_RECEIVED, payment, now, once=True)


def payment_failed(payment: "Payment", *, now: datetime) -> None:
    """Each time: it may be tried again, and fail again."""
    _of_payment(Trigger.PAYMENT_FAILED, payment, now, once=False)


def _of_payment(trigger: Trigger, payment: "Payment", now: datetime, *, once: bool) -> None:
    notice = Notice(payment.customer.recipient, {"payment": str(payment.pk)}, key=str(payment.pk) if once else "")
    tell(trigger, payment.business_id, [notice], now=now)


def disputed(dispute: "Dispute", *, made: bool, now: datetime) -> None:
    """The office each time it changes; the customer, when their bank took a payment back, for they owe it again."""
    if made and dispute.kind == "bank_return":
        notice = Notice(dispute.customer.recipient, {"dispute": str(dispute.pk)}, key=str(dispute.pk))
        tell(Trigger.PAYMENT_RETURNED, dispute.business_id, [notice], now=now)
    _office(dispute.payment, f"{dispute.kind} {dispute.state}", dispute.withdrawn_cents, now)


def office_paid_twice(payment: "Payment", *, now: datetime) -> None:
    _office(payment, "paid_twice", payment.amount_cents, now)


def office_refund_failed(refund: "Refund", *, now: datetime) -> None:
    _office(refund.payment, "refund_failed", refund.cents, now)


def _office(payment: "Payment", what: str, cents: int, now: datetime) -> None:
    facts: dict[str, object] = {"what": what, "cents": cents, "payment": str(payment.pk)}
    to = office(payment.customer.business)
    tell(Trigger.OFFICE_MONEY, payment.business_id, [Notice(to, facts)], now=now)


def payment_refunded(refund: "Refund", *, now: datetime) -> None:
    notice = Notice(refund.customer.recipient, {"refund": str(refund.pk)}, key=str(refund.pk))
    tell(Trigger.PAYMENT_REFUNDED, refund.business_id, [notice], now=now)


def credit_note_issued(note: "CreditNote", *, now: datetime) -> None:
    """Not of one that comes with a refund: that is told of already."""
    notice = Notice(note.customer.recipient, {"credit_note": str(note.pk)}, key=str(note.pk))
    tell(Trigger.CREDIT_NOTE_ISSUED, note.business_id, [notice], now=now)
