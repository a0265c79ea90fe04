"""The one definition of what somebody owes. Cents; read from rows each time. The rule: docs/rules/payments.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Sum

from nextroute.billing import statements
from nextroute.customers.customers import Customer

if TYPE_CHECKING:
    from nextroute.billing.invoices import Invoice


@dataclass(frozen=True, slots=True)
class Ledger:
    """A customer's books. `money`: settled payments, less refunds and what disputes and banks withdrew. `open`: of sent
    invoices, what nothing pays yet. `credit`: money and credit notes beyond them. `processing`: on its way."""

    invoiced: int
    credited: int
    money: int
    open: int
    credit: int
    processing: int

    @property
    def balance(self) -> int:
        """Sent invoices - credit notes - money: what the customer owes; negative, what they have to their credit."""
        return self.invoiced - self.credited - self.money

    @property
    def you_owe(self) -> int:
        """What is open, less the money on its way. Negative when more is on its way than is open."""
        return self.open - self.processing


def of(customer: Customer) -> Ledger:
    """One statement, in the customer's scope or the business's."""
    [row] = statements.rows("ledger", {"business": customer.business_id, "customers": [customer.pk]})
    return Ledger(*row)


@dataclass(frozen=True, slots=True)
class Due:
    """An invoice that waits to be paid: the first day of its month, the last day to pay it (local), what is open."""

    number: str
    period_first: date
    due_date: date
    open_cents: int


@dataclass(frozen=True, slots=True)
class Owed:
    """The books, whether the business's account can be paid online, whether autopay is on, and some invoices to pay,
    the first due first: not those that money is on its way to."""

    books: Ledger
    online: bool
    autopay: bool
    due: Sequence[Due]


def owed(customer: Customer, *, most: int) -> Owed:
    """With up to `most` invoices. One statement, as `of`."""
    asked = {"business": customer.business_id, "customers": [customer.pk], "most": most}
    rows = statements.rows("owed", asked)
    return Owed(Ledger(*rows[0][:6]), rows[0][6], rows[0][7], [Due(*row[8:]) for row in rows if row[8]])


def balance(customer: Customer) -> int:
    """Cents; see `Ledger.balance`."""
    return of(customer).balance


def you_owe(customer: Customer) -> int:
    """Cents; see `Ledger.you_owe`."""
    return of(customer).you_owe


def open_amount(invoice: "Invoice") -> int:
    """What nothing pays yet of an invoice that stands, in cents; of a draft or a void one, nothing. One statement."""
    if invoice.state != "sent":
        return 0
    paid: int = invoice.allocations.aggregate(cents=Sum("cents"))["cents"] or 0
    return invoice.total_cents - paid
