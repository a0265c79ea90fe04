"""What a customer owes and how to pay it, as home and the invoices say it."""

from collections.abc import Sequence
from dataclasses import dataclass

from nextroute.billing import accounts, ledger
from nextroute.billing.ledger import Due, Ledger
from nextroute.portal.requests import CustomerRequest


@dataclass(frozen=True, slots=True)
class Owing:
    """`books`, in cents of `currency`. Paid online, or as the business's `instructions` say ("": ask it); `autopay`:
    whether what is due is charged by itself."""

    books: Ledger
    currency: str
    can_pay: bool
    instructions: str
    autopay: bool

    @property
    def known(self) -> bool:
        """Whether there ever was anything to owe, or to have."""
        return bool(self.books.invoiced or self.books.credited or self.books.money or self.books.processing)


def of(request: CustomerRequest) -> Owing:
    """One statement."""
    return and_due(request, most=0)[0]


def and_due(request: CustomerRequest, *, most: int) -> tuple[Owing, Sequence[Due]]:
    """With up to `most` invoices that wait to be paid, the first due first. One statement."""
    found, business = ledger.owed(request.customer, most=most), request.business
    can_pay = found.online and accounts.configured()
    said = Owing(found.books, business.currency, can_pay, business.payment_instructions, found.autopay and can_pay)
    return said, found.due
