"""Payment: money from a customer, and how far it has come. The rule: docs/rules/payments.md."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.billing import allocations, ledger, locks, messages
from nextroute.billing.autopay import announcements
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow, same_business
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer
from nextroute.tenancy.businesses import Business

if TYPE_CHECKING:
    from nextroute.billing.invoices import Invoice


class Method(models.TextChoices):
    ONLINE = "online"  # through Stripe, which has not said yet whether by card or bank
    CARD = "card"
    US_BANK_ACCOUNT = "us_bank_account"
    CASH = "cash"
    CHECK = "check"
    OTHER = "other"


class StillOpen(Exception):
    """The customer has a page at Stripe already, on which money may be paid."""


BY_HAND = (Method.CASH, Method.CHECK, Method.OTHER)


class State(models.TextChoices):
    CREATED = "created"
    ACTION_REQUIRED = "action_required"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


# What customers read of. One that was only begun, or left off, is nobody's news.
SHOWN = (State.ACTION_REQUIRED, State.PROCESSING, State.SUCCEEDED, State.FAILED)

# A failed attempt may be tried again under the same payment. Money that arrives counts, whatever was thought before.
NEXT: dict[State, frozenset[State]] = {
    State.CREATED: frozenset(State) - {State.CREATED},
    State.ACTION_REQUIRED: frozenset({State.PROCESSING, State.SUCCEEDED, State.FAILED, State.CANCELED}),
    State.PROCESSING: frozenset({State.SUCCEEDED, State.FAILED}),
    State.FAILED: frozenset({State.ACTION_REQUIRED, State.PROCESSING, State.SUCCEEDED, State.CANCELED}),
    State.CANCELED: frozenset({State.SUCCEEDED}),
    State.SUCCEEDED: frozenset(),
}
# What each leaves in the trail; the rest of the way is not worth an entry.
_RECORDED = {
    State.PROCESSING: Verb.PAYMENT_PROCESSING,
    State.SUCCEEDED: Verb.PAYMENT_RECEIVED,
    State.FAILED: Verb.PAYMENT_FAILED,
    State.CANCELED: Verb.PAYMENT_CANCELED,
}


class Payment(BusinessRow):
    """`amount_cents` of `currency`. `chosen`: the invoices it is for, in order (none: the oldest first). Only what has
    `succeeded` is money; `settled_at` is when. `received_on`: the local day cash or a check came in, `reference` the
    check's number. `failure`: a code, as Stripe names it. What Stripe's are called there is null for money by hand.
    `page_url`: where it is paid while it is `created`, until `page_until`; where the bank account is confirmed while an
    `action_required`. `looked_at`: when Stripe was last asked about it. `fee_cents`: the platform's share.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="payments"
    )
    method = models.TextField(choices=Method)
    state = models.TextField(choices=State, default=State.CREATED)
    amount_cents = models.BigIntegerField()
    currency = models.TextField()
    chosen = ArrayField(models.UUIDField(), default=list)
    idempotency_key = models.TextField()
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    received_on = models.DateField(null=True)
    reference = models.TextField(default="")
    failure = models.TextField(default="")
    stripe_account = models.TextField(null=True)
    stripe_session = models.TextField(null=True)
    stripe_intent = models.TextField(null=True)
    stripe_charge = models.TextField(null=True)
    page_url = models.TextField(default="")
    page_until = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    fee_cents = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            same_business("customer", name="payment_of_customer"),
            models.UniqueConstraint(fields=["business", "idempotency_key"], name="payment_once"),
            models.UniqueConstraint(fields=["business", "stripe_session"], name="payment_of_session"),
            models.UniqueConstraint(fields=["business", "stripe_intent"], name="payment_of_intent"),
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(state="created", stripe_account__isnull=False),
                name="payment_one_open_page",
            ),
            models.CheckConstraint(condition=models.Q(amount_cents__gt=0), name="payment_cents"),
            models.CheckConstraint(condition=models.Q(method__in=Method.values), name="payment_method"),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="payment_state"),
            models.CheckConstraint(
                condition=models.Q(settled_at=None) ^ models.Q(state="succeeded"), name="payment_settled"
            ),
            models.CheckConstraint(
                condition=~models.Q(method__in=[m.value for m in BY_HAND]) | models.Q(received_on__isnull=False),
                name="payment_by_hand",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-created_at"], name="payment_latest"),
            models.Index(
                fields=["business", "created_at"],
                condition=models.Q(state__in=["created", "action_required", "processing"]),
                name="payment_unfinished",
            ),
            # The office's list is by key, which is by time.
            models.Index(fields=["business", "state", "id"], name="payment_by_state"),
            models.Index(fields=["business", "method", "id"], name="payment_by_method"),
        ]

    def day(self, business: Business) -> date:
        """The local day it came in; while it has not, the day it was begun."""
        return self.received_on or business.here(self.settled_at or self.created_at).date()

    @property
    def charged(self) -> bool:
        """Whether a saved card or bank account is charged, while nobody is there: it has no page."""
        return self.stripe_account is not None and self.page_until is None


@verb
def record_manual(
    *,
    customer: Customer,
    cents: int,
    method: Method,
    key: str,
    actor: Actor,
    now: datetime,
    received_on: date | None = None,
    reference: str = "",
    invoices: Sequence["Invoice"] = (),
) -> Payment:
    """The office has the money: it pays `invoices`, then the oldest open ones; what is beyond them is credit.

    `key`: said twice, it is one payment. Raises Refused for no amount, a day to come, or another's invoice.
    """
    locks.books_of(customer)
    with scope.business(customer.business_id):
        if found := _again(customer, key, cents):
            return found
        today = customer.business.today(now)
        if (received_on or today) > today:
            raise Refused(_("This day is still to come."), field="received_on")
        if method not in BY_HAND:
            raise Refused(_("Only cash, checks and the like are entered by hand."), field="method")
        by_hand = {"method": method, "received_on": received_on or today, "reference": reference}
        payment = _create(customer, cents, key, invoices, now, **by_hand)
        _settle(payment, actor, now)
        return payment


@verb
def start(
    *,
    customer: Customer,
    cents: int,
    method: Method,
    key: str,
    invoices: Sequence["Invoice"],
    actor: Actor,
    now: datetime,
    account: str | None = None,
    until: datetime | None = None,
    fee_cents: int = 0,
) -> Payment:
    """Begin to take money for these invoices; nothing is booked yet. `key`: said twice, it is one payment. `account`:
    the business's at Stripe; `until`: how long the page there is open.

    Raises Refused for no amount or more than is owed, for an invoice that is not open, and for one that money is on its
    way to already; StillOpen where another page is.
    """
    locks.books_of(customer)
    with scope.business(customer.business_id):
        if found := _again(customer, key, cents):
            return found
        if account and customer.payments.filter(state=State.CREATED, stripe_account__isnull=False).exists():
            raise StillOpen
        for invoice in customer.invoices.with_money().filter(id__in=[one.pk for one in invoices]):
            if invoice.processing_cents:
                raise Refused(_("A payment for this invoice is on its way already."), field="invoices")
            if not invoice.open_cents:
                raise Refused(_("There is nothing to pay on this invoice."), field="invoices")
        if cents > ledger.you_owe(customer):
            raise Refused(_("This is more than you owe."), field="cents")
        at_stripe = {"stripe_account": account, "page_until": until, "method": method, "fee_cents": fee_cents}
        payment = _create(customer, cents, key, invoices, now, **at_stripe)
        _record(Verb.PAYMENT_STARTED, payment, actor)
        return payment


@verb
def move(
    *, payment: Payment, to: State, actor: Actor, now: datetime, failure: str = "", **known: str | Method
) -> Payment:
    """It has come so far, as Stripe says; hearing it again changes nothing, and news from before what is known neither.
    `known`: what else was learned, by the names of columns.

    Succeeded money pays what it is for, then the oldest open invoices; the customer is told when it arrived or failed.
    """
    customer = payment.customer
    locks.books_of(customer)
    with scope.business(customer.business_id):
        found = customer.payments.get(id=payment.pk)
        if to not in NEXT[State(found.state)]:
            return found
        found.state, found.failure = to, failure
        for name, value in known.items():
            setattr(found, name, value)
        if to is State.SUCCEEDED:
            _settle(found, actor, now, known)
            return found
        found.save(update_fields=["state", "failure", *known])
        if to in _RECORDED:
            _record(_RECORDED[to], found, actor)
        if to is State.FAILED:
            (announcements.failed if found.charged else messages.payment_failed)(found, now=now)
        return found


def left(payment: Payment) -> int:
    """How many cents of a settled payment are still here: not given back, nor withdrawn by a dispute or a bank."""
    back = payment.refunds.filter(state__in=["pending", "succeeded"]).aggregate(cents=models.Sum("cents"))["cents"]
    net = models.Sum(models.F("withdrawn_cents") - models.F("returned_cents"))
    gone = payment.disputes.aggregate(cents=net)["cents"]
    return payment.amount_cents - (back or 0) - (gone or 0)


def _settle(payment: Payment, actor: Actor, now: datetime, known: Iterable[str] = ()) -> None:
    """It is money now. The office is told where an invoice was paid twice, for what it pays nothing is credit."""
    payment.state, payment.settled_at = State.SUCCEEDED, now
    payment.save(update_fields=["state", "settled_at", "failure", *known])
    allocations.settle(payment.customer.business, [payment.customer_id], now=now)
    _record(Verb.PAYMENT_RECEIVED, payment, actor)
    messages.payment_received(payment, now=now)
    if payment.charged:
        announcements.charged(payment)
    if payment.stripe_account and allocations.of_payment(payment) < payment.amount_cents:
        messages.office_paid_twice(payment, now=now)


def _again(customer: Customer, key: str, cents: int) -> Payment | None:
    """The payment of this key, when it was asked for before."""
    if cents <= 0:
        raise Refused(_("Enter an amount above zero."), field="cents")
    found = Payment.objects.filter(business_id=customer.business_id, idempotency_key=key).first()
    if found and (found.customer_id, found.amount_cents) != (customer.pk, cents):
        raise Refused(_("This form was used already. Please open it again."))
    return found


def _create(
    customer: Customer,
    cents: int,
    key: str,
    invoices: Sequence["Invoice"],
    now: datetime,
    **known: Any,
) -> Payment:
    keys = [invoice.pk for invoice in invoices]
    if customer.invoices.filter(id__in=keys, state="sent").count() != len(set(keys)):
        raise Refused(_("One of these invoices cannot be paid."), field="invoices")
    return Payment.objects.create(
        business_id=customer.business_id,
        customer=customer,
        amount_cents=cents,
        currency=customer.business.currency,
        chosen=keys,
        idempotency_key=key,
        created_at=now,
        **known,
    )


def _record(verb: Verb, payment: Payment, actor: Actor) -> None:
    record(
        verb,
        actor=actor,
        business_id=payment.business_id,
        subject=payment,
        label=payment.method,
        customer_id=payment.customer_id,
        detail={"cents": payment.amount_cents, "failure": payment.failure},
    )
