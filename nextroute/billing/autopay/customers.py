"""StripeCustomer: a customer of the business, as the one who leaves cards with its account at Stripe."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction

from nextroute.billing import accounts, locks
from nextroute.billing.following import KEY_HOLDS
from nextroute.billing.stripe import gateway
from nextroute.core import scope
from nextroute.core.rows import BusinessRow
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer

_CLOCKS = timedelta(hours=1)


class StripeCustomer(BusinessRow):
    """`stripe_id`: null until Stripe has answered. `asked_at`: when the key was written. `looked_at`: what Stripe had
    of theirs at this time has been read.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    stripe_id = models.TextField(null=True)
    idempotency_key = models.TextField()
    asked_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "stripe_id"], name="stripecustomer_of_one"),
            models.UniqueConstraint(
                fields=["customer"], condition=models.Q(stripe_id__isnull=False), name="stripecustomer_one_name"
            ),
        ]
        indexes = [models.Index(fields=["customer"], name="stripecustomer_of_customer")]


def named(customer: Customer, account: str, *, now: datetime) -> str:
    """Their name at Stripe; they get one if they have none. Outside of any transaction; may raise NoAnswer, and then
    the same again is safe.
    """
    row = _begun(customer, now)
    if row.stripe_id:
        return row.stripe_id
    made = gateway.create_customer(
        account, name=str(customer), email=customer.email, reference=str(customer.pk), key=row.idempotency_key
    )
    return _named(customer, made)


def known(customer: Customer) -> tuple[str, str] | None:
    """The business's account and the customer's name there, outside of any transaction; none if they have none."""
    with transaction.atomic(), scope.business(customer.business_id):
        account = accounts.of(customer.business)
        row = StripeCustomer.objects.filter(customer=customer).exclude(stripe_id=None).first()
    return (account.stripe_id, row.stripe_id) if account and account.stripe_id and row and row.stripe_id else None


def find(business_id: UUID, stripe_id: str) -> Customer | None:
    """Whose name at Stripe it is, in the business's scope."""
    row = StripeCustomer.objects.filter(business_id=business_id, stripe_id=stripe_id)
    found = row.select_related("customer__business").first()
    return found.customer if found else None


@verb
def _begun(customer: Customer, now: datetime) -> StripeCustomer:
    """The first step. A key Stripe has forgotten is not said again: at worst a name nobody uses is left there."""
    locks.books_of(customer)
    with scope.business(customer.business_id):
        fresh: dict[str, Any] = {
            "business_id": customer.business_id,
            "idempotency_key": f"customer {uuid4()}",
            "asked_at": now,
        }
        row, _made = StripeCustomer.objects.get_or_create(customer=customer, defaults=fresh)
        if row.stripe_id is None and row.asked_at <= now - KEY_HOLDS + _CLOCKS:
            row.idempotency_key, row.asked_at = fresh["idempotency_key"], now
            row.save(update_fields=["idempotency_key", "asked_at"])
        return row


@verb
def _named(customer: Customer, stripe_id: str) -> str:
    """The third. Where somebody was quicker, theirs holds."""
    with scope.business(customer.business_id):
        StripeCustomer.objects.filter(customer=customer, stripe_id=None).update(stripe_id=stripe_id)
        return str(StripeCustomer.objects.get(customer=customer).stripe_id)
