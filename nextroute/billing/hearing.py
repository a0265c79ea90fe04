"""Hearing: what Stripe told is looked at there and booked, in any order, any number of times, to the same end."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from nextroute.billing import accounts, following
from nextroute.billing.autopay import customers, methods, setups
from nextroute.billing.autopay.methods import SavedMethod
from nextroute.billing.events import HEAR, PATIENT, Outcome, StripeEvent
from nextroute.billing.payments import Payment
from nextroute.billing.stripe import gateway
from nextroute.billing.stripe.client import NoAnswer, Refused
from nextroute.core import jobs, scope
from nextroute.customers.customers import Customer
from nextroute.tenancy.businesses import Business

_TRIED_FOR = timedelta(days=4)  # what is unfinished, the sweep asks about as well
_LEASE = timedelta(minutes=2)
_LONGEST = timedelta(hours=1)
_BATCH = 1_000
_PAYMENTS = ("checkout.session.", "payment_intent.", "charge.", "refund.")
_ACCOUNTS = ("account.", "capability.", "v2.core.account")
_SAVED = ("setup_intent.", "payment_method.", "customer.")
_GONE = "account.application.deauthorized"


def act(key: UUID, *, now: datetime) -> Outcome:
    """Look at what an event is about. Where Stripe does not answer, or does not show it, it stays, and is looked at
    again later; for some days.

    Whatever else was told of the same thing before now is done with it.
    """
    event = _claim(key, now)
    if event is None:
        return Outcome.DONE
    try:
        outcome = _look(event, now)
    except (NoAnswer, Refused):
        if now < event.heard_at + _TRIED_FOR:
            return Outcome.WAITING
        outcome = Outcome.IGNORED
    same = Q(id=event.pk)
    if outcome is Outcome.DONE:
        same |= Q(account=event.account, subject=event.subject, live=event.live, heard_at__lte=now)
    with transaction.atomic():
        StripeEvent.objects.filter(same, outcome=Outcome.WAITING).update(outcome=outcome)
    return outcome


def sweep(*, now: datetime) -> int:
    """Have what waits looked at again; how many there are."""
    with transaction.atomic():
        due = StripeEvent.objects.filter(outcome=Outcome.WAITING, due_at__lte=now).order_by("due_at")
        keys = list(due.values_list("id", flat=True)[:_BATCH])
    for key in keys:
        jobs.defer(HEAR, key, priority=PATIENT)
    return len(keys)


def _claim(key: UUID, now: datetime) -> StripeEvent | None:
    """Ours to look at, unless somebody does or has; each time it comes to nothing we wait longer."""
    with transaction.atomic():
        rows = StripeEvent.objects.select_for_update(skip_locked=True).filter(outcome=Outcome.WAITING)
        event = rows.filter(id=key, due_at__lte=now).first()
        if event:
            event.tries += 1
            event.due_at = now + min(_LEASE * 2 ** min(event.tries - 1, 10), _LONGEST)
            event.save(update_fields=["tries", "due_at"])
        return event


def _look(event: StripeEvent, now: datetime) -> Outcome:
    live = "_live_" in settings.STRIPE_KEY
    business = accounts.business_of(event.account) if event.account and event.live is live else None
    if business is None:
        return Outcome.IGNORED
    if event.type == _GONE:
        accounts.closed(business.pk, now=now)
    elif event.type.startswith(_ACCOUNTS):
        accounts.look(business.pk, now=now)
    elif event.type.startswith(_PAYMENTS):
        return _look_at_payment(business, event, now)
    elif event.type.startswith(_SAVED):
        return _look_at_saved(business, event, now)
    else:
        return Outcome.IGNORED
    return Outcome.DONE


def _look_at_payment(business: Business, event: StripeEvent, now: datetime) -> Outcome:
    if payment := _payment(business, event):
        following.follow(payment, now=now)
    elif setup := setups.read(business.pk, stripe_session=event.subject):
        setups.follow(setup, now=now)
    else:
        return Outcome.FOREIGN
    return Outcome.DONE


def _look_at_saved(business: Business, event: StripeEvent, now: datetime) -> Outcome:
    """Whatever it was: what the customer has saved is read anew, and what became of the page it was left on."""
    if event.subject.startswith("seti_") and (setup := setups.read(business.pk, stripe_setup=event.subject)):
        setups.follow(setup, now=now)
        return Outcome.DONE
    customer = _customer(business, event)
    if customer is None:
        return Outcome.FOREIGN
    methods.look(customer, now=now)
    return Outcome.DONE


def _customer(business: Business, event: StripeEvent) -> Customer | None:
    """Whose it is: by their name at Stripe, by a card of theirs that we know, or as Stripe says."""
    with transaction.atomic(), scope.business(business.pk):
        known = SavedMethod.objects.select_related("customer__business").filter(stripe_id=event.subject).first()
        if known:
            return known.customer
    name = event.subject if event.subject.startswith("cus_") else _owner(event)
    with transaction.atomic(), scope.business(business.pk):
        return customers.find(business.pk, name) if name else None


def _owner(event: StripeEvent) -> str:
    try:
        if event.subject.startswith("pm_"):
            return gateway.customer_of(event.account, event.subject)
        if event.subject.startswith("seti_"):
            return gateway.retrieve_setup(event.account, event.subject).customer
    except Refused:  # it is gone, or another account's
        return ""
    return ""


def _payment(business: Business, event: StripeEvent) -> Payment | None:
    """Which of the business's payments is meant: one we know by that name, or one that names ours."""
    with transaction.atomic(), scope.business(business.pk):
        named = Q(stripe_session=event.subject) | Q(stripe_intent=event.subject)
        found = Payment.objects.filter(named, stripe_account=event.account).values_list("id", flat=True).first()
    return _find(business, found or _reference(event))


def _reference(event: StripeEvent) -> UUID | None:
    try:
        if event.subject.startswith("cs_"):
            return UUID(gateway.retrieve_checkout(event.account, event.subject).reference)
        if event.subject.startswith("pi_"):
            return UUID(gateway.retrieve_payment(event.account, event.subject).reference)
    except (Refused, ValueError):  # another account's, or no payment of ours
        return None
    return None


def _find(business: Business, key: UUID | None) -> Payment | None:
    try:
        return following.read(business.pk, key) if key else None
    except Payment.DoesNotExist:
        return None
