"""Refunding: money goes back the way it came, in the three steps of paying.py. The rule: docs/rules/payments.md.

Nothing here may be called inside a transaction.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from nextroute.billing import refunds
from nextroute.billing.following import follow
from nextroute.billing.payments import Payment
from nextroute.billing.refunds import Refund
from nextroute.billing.stripe import client, gateway
from nextroute.core import scope
from nextroute.core.actors import STRIPE, Actor
from nextroute.core.errors import Refused


def give_back(
    *,
    payment: Payment,
    cents: int,
    key: str,
    actor: Actor,
    now: datetime,
    reason: str = "",
    with_credit_note: bool = True,
) -> Refund:
    """Refund a payment the way it came: through Stripe, or, for money by hand, as the office says it did.

    Raises Refused as `refunds.record` does, and with Stripe's words when it will not; NoAnswer when it does not answer:
    then the refund stays `requested`, and is asked for again.
    """
    refund = refunds.record(
        payment=payment,
        cents=cents,
        key=key,
        actor=actor,
        now=now,
        reason=reason,
        with_credit_note=with_credit_note,
        state=refunds.State.REQUESTED if payment.stripe_account else refunds.State.SUCCEEDED,
    )
    return ask_back(refund, now=now) if refund.state == refunds.State.REQUESTED else refund


def ask_back(refund: Refund, *, now: datetime) -> Refund:
    """Ask Stripe for a refund we have written down; again is the same one. Raises Refused and NoAnswer."""
    payment = refund.payment
    try:
        gateway.create_refund(
            payment.stripe_account or "",
            payment=payment.stripe_intent or "",
            amount=refund.cents,
            reference=str(refund.pk),
            key=f"refund {refund.pk}",
            give_back_fee=payment.fee_cents > 0,
        )
    except client.Refused as no:
        refunds.move(refund=refund, to=refunds.State.CANCELED, actor=STRIPE, now=now)
        raise Refused(_("Stripe doesn’t do it: %(why)s") % {"why": no}) from no
    follow(payment, now=now)
    with transaction.atomic(), scope.business(refund.business_id):
        return Refund.objects.select_related("payment", "customer__business").get(id=refund.pk)


def forget(refund: Refund, *, now: datetime) -> None:
    """Give up a refund that Stripe has never heard of."""
    with transaction.atomic(), scope.business(refund.business_id):
        still = Refund.objects.filter(id=refund.pk, state=refunds.State.REQUESTED).exists()
    if still:
        refunds.move(refund=refund, to=refunds.State.CANCELED, actor=STRIPE, now=now)
