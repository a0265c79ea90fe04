"""What a payment did: which invoices it pays now, and what of it is the customer's credit."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum

from nextroute.billing import payments
from nextroute.billing.invoices import Invoice
from nextroute.billing.payments import Payment
from nextroute.customers.customers import Customer


@dataclass(frozen=True, slots=True)
class Receipt:
    """`paid`: invoices, the oldest first, and how many cents of each. `credit_cents`: what pays none of them."""

    paid: Sequence[tuple[Invoice, int]]
    credit_cents: int


def of(payment: Payment, customer: Customer) -> Receipt:
    """At most four statements, in the caller's scope. Nothing for money that has not arrived."""
    if payment.state != payments.State.SUCCEEDED:
        return Receipt([], 0)
    spent = payment.allocations.order_by().values_list("invoice").annotate(cents=Sum("cents")).exclude(cents=0)
    cents = dict(spent)
    invoices = customer.invoices.filter(id__in=cents).order_by("sequence")
    paid = [(invoice, cents[invoice.pk]) for invoice in invoices]
    return Receipt(paid, payments.left(payment) - sum(cents.values()))
