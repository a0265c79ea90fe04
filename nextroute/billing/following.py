"""Following: a payment of ours becomes what Stripe says it is, however often and in whatever order that is heard.

What is heard says only where to look. Everything about the payment is read at Stripe first, outside of any transaction,
then booked in one. The rule: docs/rules/payments.md.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from nextroute.billing import disputes, payments, refunds
from nextroute.billing.disputes import Kind
from nextroute.billing.payments import Method, Payment, State
from nextroute.billing.refunds import Refund
from nextroute.billing.stripe import gateway, looking
from nextroute.billing.stripe.client import NoAnswer, Refused
from nextroute.billing.stripe.states import Checkout, DisputeState, PaymentState, RefundState
from nextroute.core import scope
from nextroute.core.actors import STRIPE
from nextroute.core.verbs import verb

KEY_HOLDS = timedelta(hours=23)  # after which a key is not said again: Stripe forgets it in 24
CLOCKS = timedelta(minutes=5)  # ours and Stripe's may differ
_DISPUTES = {"won": disputes.State.WON, "warning_closed": disputes.State.WON, "lost": disputes.State.LOST}
_REFUNDS = {
    "succeeded": refunds.State.SUCCEEDED,
    "failed": refunds.State.FAILED,
    "canceled": refunds.State.CANCELED,
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """What Stripe knows of a payment: its page, if it had one, and what came of it."""

    page: Checkout | None
    intent: PaymentState | None
    refunds: tuple[RefundState, ...] = ()
    disputes: tuple[DisputeState, ...] = ()

    @property
    def state(self) -> State | None:
        """How far it has come; none where somebody may still pay, and nothing is to be booked."""
        status = self.intent.status if self.intent else ""
        if status in ("succeeded", "processing"):
            return State.SUCCEEDED if status == "succeeded" else State.PROCESSING
        if self.page and self.page.status == "open":
            return None  # a card was declined there, perhaps; the next one may not be
        if self.intent is None or status == "canceled" or (self.page and self.page.status == "expired"):
            return State.CANCELED
        if status == "requires_action":
            return State.ACTION_REQUIRED
        return State.FAILED if self.intent.failure else None


def read(business_id: UUID, payment_id: UUID) -> Payment:
    """Our payment, its customer and business at hand. Raises Payment.DoesNotExist."""
    with transaction.atomic(), scope.business(business_id):
        return Payment.objects.select_related("customer__business").get(id=payment_id)


def follow(payment: Payment, *, now: datetime) -> Payment:
    """Book what Stripe knows of it. Outside of any transaction; raises NoAnswer, and then nothing is booked: also where
    we may not look any more, for the business has taken our access away.
    """
    if payment.stripe_account is None:
        return payment
    try:
        seen = _look(payment, payment.stripe_account)
    except Refused as no:
        raise NoAnswer(f"it is not shown: {no.code}") from no
    if payment.charged and seen.intent is None and now < payment.created_at + KEY_HOLDS:
        return payment  # it may still be on its way there
    return _book(payment, seen, now)


def _look(payment: Payment, account: str) -> Seen:
    page, intent = None, None
    if payment.page_until and payment.state == State.CREATED:
        page = _page(payment, account)
    if key := payment.stripe_intent or (page.payment if page else ""):
        intent = gateway.retrieve_payment(account, key)
    elif payment.charged:
        intent = looking.find_payment(account, reference=str(payment.pk), since=payment.created_at - CLOCKS)
    if intent is None or not intent.charge:
        return Seen(page, intent)
    return Seen(
        page, intent, tuple(gateway.refunds_of(account, intent.id)), tuple(gateway.disputes_of(account, intent.id))
    )


def _page(payment: Payment, account: str) -> Checkout | None:
    """Its page; looked for where the answer that named it was lost."""
    if payment.stripe_session:
        return gateway.retrieve_checkout(account, payment.stripe_session)
    return looking.find_checkout(account, reference=str(payment.pk), since=payment.created_at - CLOCKS)


@verb
def _book(payment: Payment, seen: Seen, now: datetime) -> Payment:
    with scope.business(payment.business_id):
        if seen.intent and not _is_ours(payment, seen.intent):
            log.warning("payment %s is another one at Stripe: %s", payment.pk, seen.intent.id)
            return payment
        if seen.page and not payment.stripe_session:
            Payment.objects.filter(id=payment.pk, state=State.CREATED).update(
                stripe_session=seen.page.id, page_url=seen.page.url
            )
        if to := seen.state:
            failure = seen.intent.failure if seen.intent else ""
            payments.move(payment=payment, to=to, actor=STRIPE, now=now, failure=failure, **_known(seen))
        declined = seen.intent.failure if seen.intent and not seen.state else ""
        unfinished = Payment.objects.filter(id=payment.pk).exclude(state=State.SUCCEEDED)
        unfinished.update(looked_at=now, **({"failure": declined} if declined else {}))
        for refund in reversed(seen.refunds):
            _book_refund(payment, refund, now)
        for dispute in reversed(seen.disputes):
            _book_dispute(payment, dispute, now)
        return Payment.objects.select_related("customer__business").get(id=payment.pk)


def _is_ours(payment: Payment, intent: PaymentState) -> bool:
    asked = (str(payment.pk), payment.amount_cents, payment.currency.lower())
    return asked == (intent.reference, intent.amount, intent.currency.lower())


def _known(seen: Seen) -> dict[str, str | Method]:
    """What else is known of a payment by now, as columns."""
    if seen.intent is None:
        return {"page_url": ""}
    known: dict[str, str | Method] = {"page_url": seen.intent.action_url, "stripe_intent": seen.intent.id}
    if seen.intent.charge:
        known["stripe_charge"] = seen.intent.charge
    if seen.intent.way in Method.values:
        known["method"] = Method(seen.intent.way)
    return known


def _book_refund(payment: Payment, refund: RefundState, now: datetime) -> None:
    """One of ours, or one that the business made at Stripe."""
    to = _REFUNDS.get(refund.status, refunds.State.PENDING)
    ours = _ours(payment, refund)
    if ours:
        known = {"stripe_refund": refund.id, "failed_at": refund.failed_at}
        refunds.move(refund=ours, to=to, actor=STRIPE, now=now, **known)  # type: ignore[arg-type]
    elif to in refunds.COUNTS:
        key = f"stripe {refund.id}"
        refunds.record(
            payment=payment, cents=refund.amount, key=key, actor=STRIPE, now=now, state=to, stripe_refund=refund.id
        )


def _ours(payment: Payment, refund: RefundState) -> Refund | None:
    rows = payment.refunds.select_related("customer__business")
    return rows.filter(stripe_refund=refund.id).first() or (
        rows.filter(id=refund.reference, cents=refund.amount).first() if _is_key(refund.reference) else None
    )


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _book_dispute(payment: Payment, dispute: DisputeState, now: datetime) -> None:
    """What never moved money is no matter of the books."""
    if dispute.withdrawn:
        disputes.note(
            payment=payment,
            key=dispute.id,
            kind=Kind.BANK_RETURN if payment.method == Method.US_BANK_ACCOUNT else Kind.DISPUTE,
            state=_DISPUTES.get(dispute.status, disputes.State.OPEN),
            withdrawn_cents=dispute.withdrawn,
            returned_cents=dispute.returned,
            withdrawn_at=dispute.withdrawn_at,
            returned_at=dispute.returned_at,
            reason=dispute.reason,
            actor=STRIPE,
            now=now,
        )
