"""Who is told of money. The words are letters.py's, when the message is sent."""

from collections.abc import Sequence
from datetime import datetime
from itertools import batched
from typing import TYPE_CHECKING
from uuid import UUID

from nextroute.notifications.telling import Notice, tell
from nextroute.notifications.triggers import Trigger
from nextroute.scheduling.messages import office
from nextroute.tenancy.businesses import Business

if TYPE_CHECKING:
    from nextroute.billing.autopay.announcements import Announcement
    from nextroute.billing.autopay.methods import SavedMethod
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


def autopay_ahead(announced: "Sequence[Announcement]", *, now: datetime) -> None:
    """Each before it is charged; all of one business."""
    _announced(Trigger.AUTOPAY_AHEAD, announced, now)


def autopay_above(announced: "Sequence[Announcement]", *, now: datetime) -> None:
    """That nothing is charged, because it is above the ceiling; all of one business."""
    _announced(Trigger.AUTOPAY_ABOVE, announced, now)


def _announced(trigger: Trigger, announced: "Sequence[Announcement]", now: datetime) -> None:
    notices = [
        Notice(one.customer.recipient, {"invoice": str(one.invoice_id), "mandate": str(one.mandate_id)}, key=one.key)
        for one in announced
    ]
    if notices:
        tell(trigger, announced[0].business_id, notices, now=now)


def autopay_failed(payment: "Payment", announcement_id: UUID, *, now: datetime) -> None:
    facts = {"payment": str(payment.pk), "announcement": str(announcement_id)}
    notice = Notice(payment.customer.recipient, facts, key=str(payment.pk))
    tell(Trigger.AUTOPAY_FAILED, payment.business_id, [notice], now=now)


def autopay_no_method(announcement: "Announcement", *, now: datetime) -> None:
    facts = {"payment": "", "announcement": str(announcement.pk)}
    notice = Notice(announcement.customer.recipient, facts, key=str(announcement.pk))
    tell(Trigger.AUTOPAY_FAILED, announcement.business_id, [notice], now=now)


def office_autopay_ended(payment: "Payment", *, now: datetime) -> None:
    _office(payment, "autopay_ended", payment.amount_cents, now)


def card_expiring(cards: "Sequence[SavedMethod]", *, now: datetime) -> int:
    """Each once, for the month it expires in; all of one business."""
    notices = [
        Notice(one.customer.recipient, {"method": str(one.pk)}, key=f"{one.pk}:{one.good_through}") for one in cards
    ]
    return tell(Trigger.CARD_EXPIRING, cards[0].business_id, notices, now=now)
