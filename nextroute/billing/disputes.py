"""Dispute: money that a customer's bank took back, and perhaps gave again. The rule: docs/rules/payments.md."""

from datetime import datetime

from django.db import models

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.billing import allocations, booking, locks, messages, payments
from nextroute.billing.dispute_moves import DisputeMove
from nextroute.billing.payments import Payment
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.rows import BusinessRow, same_business
from nextroute.core.verbs import verb


class Kind(models.TextChoices):
    DISPUTE = "dispute"
    BANK_RETURN = "bank_return"


class State(models.TextChoices):
    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Dispute(BusinessRow):
    """Of a payment, `withdrawn_cents` went and `returned_cents` came back: what counts is the difference. The database
    adds them up from the moves, which say when.

    A returned bank payment is one that was lost the day it began. `key` is Stripe's name for it, or the office's.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="disputes"
    )
    payment = models.ForeignKey(
        "billing.Payment", models.PROTECT, db_constraint=False, db_index=False, related_name="disputes"
    )
    kind = models.TextField(choices=Kind)
    state = models.TextField(choices=State)
    withdrawn_cents = models.BigIntegerField(default=0)
    returned_cents = models.BigIntegerField(default=0)
    reason = models.TextField(default="", help_text="a code, as Stripe names it")
    key = models.TextField()
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            same_business("customer", name="dispute_of_its_customer"),
            models.UniqueConstraint(fields=["business", "key"], name="dispute_once"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_cents__gte=0, returned_cents__gte=0)
                & models.Q(returned_cents__lte=models.F("withdrawn_cents")),
                name="dispute_cents",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="dispute_kind"),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="dispute_state"),
        ]
        indexes = [
            models.Index(fields=["payment"], name="dispute_of_payment"),
            models.Index(fields=["customer"], name="dispute_of_customer"),
        ]


# Of a dispute: when money last came back.
CAME_BACK_AT = models.Max("moves__at", filter=models.Q(moves__cents__lt=0))


@verb
def note(
    *,
    payment: Payment,
    key: str,
    kind: Kind,
    state: State,
    withdrawn_cents: int,
    returned_cents: int,
    actor: Actor,
    now: datetime,
    reason: str = "",
    withdrawn_at: datetime | None = None,
    returned_at: datetime | None = None,
) -> Dispute:
    """How it stands now, in all: said again it changes nothing, and news from before what is known neither: both sums
    only ever grow. What went reopens the invoices it paid, the latest first; what comes back pays the oldest open ones.

    `withdrawn_at`, `returned_at`: when the bank last did, where that is known (booking.py).
    """
    customer = payment.customer
    locks.books_of(customer)
    with scope.business(customer.business_id):
        went_at = booking.at(withdrawn_at, customer.business, now=now)
        found, made = Dispute.objects.get_or_create(
            business_id=customer.business_id,
            key=key,
            defaults={
                "customer": customer,
                "payment": payment,
                "kind": kind,
                "state": state,
                "reason": reason,
                "opened_at": went_at,
            },
        )
        went, came = withdrawn_cents - found.withdrawn_cents, returned_cents - found.returned_cents
        reopened = state is State.OPEN and found.state != State.OPEN
        if not made and (went < 0 or came < 0 or reopened or not (went or came or state != found.state)):
            return found
        came_at = booking.at(returned_at, customer.business, now=now, after=found.opened_at)
        _move(found, state, (went, went_at), (-came, came_at))
        worth = payments.left(payment)
        allocations.release(customer.business, customer, payment=payment.pk, worth_cents=worth, now=now)
        allocations.settle(customer.business, [customer.pk], now=now)
        record(
            Verb.PAYMENT_DISPUTED,
            actor=actor,
            business_id=customer.business_id,
            subject=found,
            label=state,
            customer_id=customer.pk,
            detail={"withdrawn_cents": withdrawn_cents, "returned_cents": returned_cents},
        )
        messages.disputed(found, made=made, now=now)
        return found


def _move(dispute: Dispute, state: State, *moves: tuple[int, datetime]) -> None:
    """It stands so now, and this is what moved."""
    Dispute.objects.filter(id=dispute.pk).update(state=state)
    of = {"business_id": dispute.business_id, "customer_id": dispute.customer_id, "dispute": dispute}
    DisputeMove.objects.bulk_create(DisputeMove(**of, cents=cents, at=at) for cents, at in moves if cents)
    dispute.refresh_from_db()
