"""Refund: money given back. The rule: docs/rules/payments.md."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _

from nextroute.audit import recording
from nextroute.audit.verbs import Verb
from nextroute.billing import allocations, booking, credit_notes, locks, messages, payments
from nextroute.billing.invoices import Invoice
from nextroute.billing.payments import Payment
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow, same_business
from nextroute.core.verbs import verb


class State(models.TextChoices):
    REQUESTED = "requested"  # of Stripe, which has not answered yet
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


COUNTS = (State.PENDING, State.SUCCEEDED)  # the money is gone, or on its way
ENDED = (State.FAILED, State.CANCELED)
_NEXT: dict[State, frozenset[State]] = {
    State.REQUESTED: frozenset({State.PENDING, State.SUCCEEDED, State.FAILED, State.CANCELED}),
    State.PENDING: frozenset({State.SUCCEEDED, State.FAILED, State.CANCELED}),
    State.SUCCEEDED: frozenset({State.FAILED, State.CANCELED}),  # the bank gave it back
    State.FAILED: frozenset(),
    State.CANCELED: frozenset(),
}


class Refund(BusinessRow):
    """`cents` of a payment go back to the customer; `reason` is the office's. `credits`: what it takes back from
    invoices is credited to them. What Stripe was asked for counts once it says so.

    `made_at`: asked for; `went_at`: the money left; `failed_at`: it came to nothing, and what had left is back.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="refunds"
    )
    payment = models.ForeignKey(
        "billing.Payment", models.PROTECT, db_constraint=False, db_index=False, related_name="refunds"
    )
    state = models.TextField(choices=State)
    cents = models.BigIntegerField()
    reason = models.TextField(default="")
    idempotency_key = models.TextField()
    made_at = models.DateTimeField()
    went_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    credits = models.BooleanField(default=True)
    stripe_refund = models.TextField(null=True)

    class Meta:
        constraints = [
            same_business("customer", name="refund_of_customer"),
            models.UniqueConstraint(fields=["business", "idempotency_key"], name="refund_once"),
            models.UniqueConstraint(fields=["business", "stripe_refund"], name="refund_at_stripe"),
            models.CheckConstraint(condition=models.Q(cents__gt=0), name="refund_cents"),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="refund_state"),
            models.CheckConstraint(
                condition=models.Q(state=State.REQUESTED, went_at=None, failed_at=None)
                | models.Q(state__in=COUNTS, went_at__isnull=False, failed_at=None)
                | models.Q(state__in=ENDED, failed_at__isnull=False),
                name="refund_instants",
            ),
            models.CheckConstraint(
                condition=models.Q(went_at=None)
                | models.Q(failed_at=None)
                | models.Q(failed_at__gte=models.F("went_at")),
                name="refund_went_before",
            ),
        ]
        indexes = [
            models.Index(fields=["payment"], name="refund_of_payment"),
            models.Index(fields=["customer"], name="refund_of_person"),
            models.Index(
                fields=["business", "made_at"], condition=models.Q(state="requested"), name="refund_requested"
            ),
        ]


@verb
def record(
    *,
    payment: Payment,
    cents: int,
    key: str,
    actor: Actor,
    now: datetime,
    reason: str = "",
    with_credit_note: bool = True,
    state: State = State.SUCCEEDED,
    stripe_refund: str | None = None,
) -> Refund:
    """Money goes back: what of the payment is unspent first, then what invoices were paid with, the latest first. These
    are credited by as much, so that the customer does not owe it again, unless told otherwise. One that is `requested`
    waits for Stripe: nothing goes back before it says so. `key`: said twice, it is one refund. Raises Refused for no
    amount, and for more than is left of the payment.
    """
    customer = payment.customer
    locks.books_of(customer)
    with scope.business(customer.business_id):
        if found := _again(payment, cents, key):
            return found
        standing = customer.payments.get(id=payment.pk)
        if cents <= 0:
            raise Refused(_("Enter an amount above zero."), field="cents")
        if standing.state != "succeeded" or cents > payments.left(standing) - (
            0 if stripe_refund else _requested(standing)
        ):
            raise Refused(_("This is more than is left of the payment."), field="cents")
        refund = Refund.objects.create(
            business_id=customer.business_id,
            customer=customer,
            payment=standing,
            state=state,
            cents=cents,
            reason=reason,
            idempotency_key=key,
            made_at=now,
            went_at=now if state in COUNTS else None,
            credits=with_credit_note,
            stripe_refund=stripe_refund,
        )
        if state is State.REQUESTED:
            _record(Verb.REFUND_REQUESTED, refund, actor)
        else:
            _goes(refund, actor, now)
        return refund


@verb
def move(
    *,
    refund: Refund,
    to: State,
    actor: Actor,
    now: datetime,
    stripe_refund: str | None = None,
    failed_at: datetime | None = None,
) -> Refund:
    """How a requested or pending refund went on, as Stripe says. One that failed after it went leaves the money here:
    the customer's credit, until it is paid out another way. A credit note that came with it stays.

    `failed_at`: when the money was back, where that is known (booking.py).
    """
    customer = refund.customer
    locks.books_of(customer)
    with scope.business(customer.business_id):
        found = customer.refunds.select_related("payment", "customer__business").get(id=refund.pk)
        went = found.state in COUNTS
        if to not in _NEXT[State(found.state)]:
            return found
        found.state, found.stripe_refund = to, stripe_refund or found.stripe_refund
        if to in COUNTS:
            found.went_at = found.went_at or now
        else:
            found.failed_at = booking.at(failed_at, customer.business, now=now, after=found.went_at)
        found.save(update_fields=["state", "stripe_refund", "went_at", "failed_at"])
        if to in COUNTS and not went:
            _goes(found, actor, now)
        if to not in COUNTS:
            allocations.settle(customer.business, [customer.pk], now=now)
            _record(Verb.REFUND_FAILED, found, actor)
            if went:
                messages.office_refund_failed(found, now=now)
        return found


def _again(payment: Payment, cents: int, key: str) -> Refund | None:
    """The refund of this key, when it was asked for before."""
    rows = Refund.objects.filter(business_id=payment.business_id, idempotency_key=key)
    found = rows.select_related("payment__customer__business", "customer__business").first()
    if found and (found.payment_id, found.cents) != (payment.pk, cents):
        raise Refused(_("This form was used already. Please open it again."))
    return found


def _goes(refund: Refund, actor: Actor, now: datetime) -> None:
    """The money has left."""
    _take_back(refund, now)
    allocations.settle(refund.customer.business, [refund.customer_id], now=now)
    _record(Verb.REFUND_MADE, refund, actor)
    messages.payment_refunded(refund, now=now)


def _requested(payment: Payment) -> int:
    """What Stripe was asked to give back of it, and has not answered."""
    asked = payment.refunds.filter(state=State.REQUESTED).aggregate(cents=models.Sum("cents"))
    return asked["cents"] or 0


def _take_back(refund: Refund, now: datetime) -> None:
    customer = refund.customer
    worth = payments.left(refund.payment)
    taken = allocations.release(customer.business, customer, payment=refund.payment_id, worth_cents=worth, now=now)
    if not refund.credits:
        return
    for part in taken:
        invoice = Invoice.objects.get(id=part.invoice)
        if cents := min(-part.cents, credit_notes.left(invoice)):
            credit_notes.write(
                customer=customer, invoice=invoice, cents=cents, reason=refund.reason, now=now, refund=refund
            )


def _record(verb: Verb, refund: Refund, actor: Actor) -> None:
    recording.record(
        verb,
        actor=actor,
        business_id=refund.business_id,
        subject=refund,
        customer_id=refund.customer_id,
        detail={"cents": refund.cents, "reason": refund.reason},
    )
