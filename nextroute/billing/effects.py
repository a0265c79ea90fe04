"""What something would do to a customer's books: it is done, looked at and taken back."""

from collections.abc import Callable
from dataclasses import dataclass

from nextroute.billing import ledger
from nextroute.billing.ledger import Ledger
from nextroute.core.rehearsals import taken_back
from nextroute.customers.customers import Customer


@dataclass(frozen=True, slots=True)
class Effect[R]:
    """The books before and after, and what was read of what was done."""

    before: Ledger
    after: Ledger
    seen: R


def of[T, R](customer: Customer, act: Callable[[], T], look: Callable[[T], R]) -> Effect[R]:
    """`act` is a verb of this customer's money; `look` reads what it made. Then no row, number, message or entry
    of it remains, and its locks are let go. Raises what the verb raises."""
    before = ledger.of(customer)
    with taken_back():
        made = act()
        return Effect(before, ledger.of(customer), look(made))
