"""Comparing: our books and Stripe's, payment by payment. `nextroute stripe reconcile`; docs/rules/payments.md."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum

from nextroute.billing import accounts, following
from nextroute.billing.payments import Payment, State
from nextroute.billing.refunds import COUNTS
from nextroute.billing.stripe import gateway, looking
from nextroute.billing.stripe.states import PaymentState
from nextroute.core import scope
from nextroute.tenancy.businesses import Business


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one payment, in cents: what came, what went back, and what disputes and banks hold of it."""

    received: int = 0
    refunded: int = 0
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """A payment of which the books say different things. `name`: Stripe's, or ours where Stripe has none."""

    payment: UUID | None
    name: str
    here: Sums
    there: Sums

    def __str__(self) -> str:
        return f"{self.name}: here {_in_words(self.here)}; at Stripe {_in_words(self.there)}"


def differences(business: Business, *, since: datetime) -> Iterator[Difference]:
    """Between the books, for payments begun at or after `since`. Outside of any transaction; may raise NoAnswer."""
    with transaction.atomic(), scope.business(business.id):
        account = accounts.of(business)
        ours = {one.pk: one for one in _ours(since)}
        here = {key: _here(one) for key, one in ours.items()}
    if account is None or not account.stripe_id:
        return
    seen = set[UUID]()
    for intent in looking.payments_since(account.stripe_id, since):
        key = _key(intent.reference)
        if key is None:
            continue  # none of the portal's: the business takes money elsewhere, too
        seen.add(key)
        there = _there(account.stripe_id, intent)
        if there != here.get(key, Sums()):
            yield Difference(key if key in ours else None, intent.id, here.get(key, Sums()), there)
    for key in here.keys() - seen:
        if here[key] != Sums():
            yield Difference(key, ours[key].stripe_intent or str(key), here[key], Sums())


def mend(business: Business, found: Difference, *, now: datetime) -> bool:
    """Book what Stripe knows of a payment that is ours; whether there was one."""
    if found.payment is None:
        return False
    following.follow(following.read(business.id, found.payment), now=now)
    return True


def _ours(since: datetime) -> Iterator[Payment]:
    back = Sum("refunds__cents", filter=Q(refunds__state__in=COUNTS), distinct=False)
    rows = Payment.objects.filter(stripe_account__isnull=False, created_at__gte=since)
    return rows.annotate(back=back).iterator()


def _here(payment: Payment) -> Sums:
    gone = payment.disputes.aggregate(out=Sum("withdrawn_cents"), back=Sum("returned_cents"))
    received = payment.amount_cents if payment.state == State.SUCCEEDED else 0
    return Sums(received, int(vars(payment)["back"] or 0), (gone["out"] or 0) - (gone["back"] or 0))


def _there(account: str, intent: PaymentState) -> Sums:
    if intent.status != "succeeded":
        return Sums()
    disputes = gateway.disputes_of(account, intent.id) if intent.disputed else []
    return Sums(intent.received, intent.refunded, sum(one.withdrawn - one.returned for one in disputes))


def _key(reference: str) -> UUID | None:
    try:
        return UUID(reference)
    except ValueError:
        return None


def _in_words(sums: Sums) -> str:
    return f"received {sums.received}, refunded {sums.refunded}, withdrawn {sums.withdrawn} cents"
