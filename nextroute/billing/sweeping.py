"""The sweep: what is unfinished with Stripe is asked about, so that nothing hangs on an answer or event that was lost.

The rule: docs/rules/payments.md.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from nextroute.billing import accounts, events, following, refunding
from nextroute.billing.accounts import StripeAccount
from nextroute.billing.autopay import charging
from nextroute.billing.payments import Payment, State
from nextroute.billing.refunds import Refund
from nextroute.billing.refunds import State as RefundState
from nextroute.billing.stripe import client, looking
from nextroute.billing.stripe.client import NoAnswer
from nextroute.core import scope
from nextroute.core.errors import Refused
from nextroute.tenancy.businesses import Business

SWEEP = "sweep"
IN_FLIGHT = timedelta(minutes=2)  # an answer of Stripe's may still be coming
EVERY = timedelta(hours=1)  # is a payment on its way asked about, and what was told us in vain
DAILY = timedelta(days=1)  # is an account asked about
_OVERLAP = timedelta(minutes=10)
_STRIPE_KEEPS = timedelta(days=30)
_BATCH = 500


def due(business: Business, *, now: datetime) -> bool:
    """Whether there is anything to ask Stripe about. A few short statements, none of them HTTP."""
    if not settings.STRIPE_URL:
        return False
    with transaction.atomic(), scope.business(business.id):
        account = StripeAccount.objects.exclude(stripe_id=None).first()
        if account is None:
            return False
        return bool(_news(account, now) or _stale(account, now) or _payments(now).exists() or _refunds(now).exists())


def sweep(business_id: UUID, *, now: datetime) -> None:
    """Outside of any transaction. What Stripe does not answer waits for the next time."""
    for payment in _rows(business_id, _payments(now)):
        _follow(payment, now)
    for refund in _rows(business_id, _refunds(now)):
        _ask_back(refund, now)
    with transaction.atomic(), scope.business(business_id):
        account = StripeAccount.objects.exclude(stripe_id=None).first()
    if account:
        _ask_about(account, now)


def _ask_about(account: StripeAccount, now: datetime) -> None:
    try:
        if _stale(account, now):
            accounts.look(account.business_id, now=now)
        if _news(account, now):
            _read_news(account, now)
    except (NoAnswer, client.Refused):  # the latter where we may not ask, for the account is gone
        return


def _payments(now: datetime) -> QuerySet[Payment]:
    """Unfinished: a page nobody was shown, or that is over; a charge whose answer was lost; money on its way."""
    asked = Q(looked_at=None) | Q(looked_at__lte=now - EVERY)
    unnamed = Q(state=State.CREATED, stripe_session=None, created_at__lte=now - IN_FLIGHT)
    over = Q(state=State.CREATED, page_until__lte=now)
    on_its_way = Q(state__in=[State.PROCESSING, State.ACTION_REQUIRED]) & asked
    unfinished = [State.CREATED, State.ACTION_REQUIRED, State.PROCESSING]  # as the index has it
    at_stripe = Payment.objects.filter(stripe_account__isnull=False, state__in=unfinished)
    return at_stripe.filter(unnamed | over | on_its_way).select_related("customer__business").order_by("created_at")


def _refunds(now: datetime) -> QuerySet[Refund]:
    rows = Refund.objects.filter(state=RefundState.REQUESTED, made_at__lte=now - IN_FLIGHT)
    return rows.select_related("payment__customer__business", "customer__business").order_by("made_at")


def _rows[R: (Payment, Refund)](business_id: UUID, rows: "QuerySet[R]") -> Iterator[R]:
    with transaction.atomic(), scope.business(business_id):
        found = list(rows[:_BATCH])
    yield from found


def _follow(payment: Payment, now: datetime) -> None:
    try:
        (charging.send if payment.charged else following.follow)(payment, now=now)
    except (NoAnswer, client.Refused):  # the latter where we may not ask, for the account is gone
        return


def _ask_back(refund: Refund, now: datetime) -> None:
    """With the same key while it holds; later only what Stripe knows of it counts: it was refused, or never heard."""
    try:
        if now < refund.made_at + following.KEY_HOLDS:
            refunding.ask_back(refund, now=now)
        else:
            following.follow(refund.payment, now=now)
            refunding.forget(refund, now=now)
    except (NoAnswer, Refused):
        return


def _stale(account: StripeAccount, now: datetime) -> bool:
    return account.looked_at is None or account.looked_at <= now - DAILY


def _news(account: StripeAccount, now: datetime) -> bool:
    return not account.closed and account.heard_through <= now - EVERY


def _read_news(account: StripeAccount, now: datetime) -> None:
    """What Stripe has told since we last asked, noted as if it had reached us."""
    since = max(account.heard_through - _OVERLAP, now - _STRIPE_KEEPS)
    for told in looking.events_since(account.stripe_id or "", since):
        events.hear(told, now=now)
    with transaction.atomic(), scope.business(account.business_id):
        StripeAccount.objects.filter(id=account.pk).update(heard_through=now)
