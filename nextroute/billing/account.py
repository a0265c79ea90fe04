"""A customer's account: everything that changed what they owe, in order, with the balance after each.

The rule: docs/rules/statements.md. The balance after everything is the ledger's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from nextroute.billing import statements
from nextroute.customers.customers import Customer
from nextroute.tenancy.businesses import Business


class Kind(StrEnum):
    INVOICE = "invoice"
    VOIDED = "voided"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    BANK_RETURN = "bank_return"
    GIVEN_BACK = "given_back"


@dataclass(frozen=True, slots=True)
class Entry:
    """On a local day the customer owed `cents` more, or less where they are negative; `balance` is what they owed then.

    `id`: of its row. `number`: of its paper, or a check's. `method`: how money moved. `words`: the office's.
    """

    on: date
    kind: Kind
    id: UUID
    number: str
    method: str
    words: str
    cents: int
    balance: int


@dataclass(frozen=True, slots=True)
class Account:
    """From `first` through `last` (local days): what was owed before, and what changed it. Cents of `currency`."""

    first: date
    last: date
    currency: str
    opening: int
    entries: Sequence[Entry]

    @property
    def closing(self) -> int:
        """What was owed after it all; negative: the customer's credit."""
        return self.entries[-1].balance if self.entries else self.opening


def between(first: date, last: date, *, customer: Customer, business: Business) -> Account:
    """One statement, in the customer's scope or the business's."""
    rows = statements.rows(
        "account",
        {"business": business.id, "customer": customer.pk, "zone": business.timezone, "first": first, "last": last},
    )
    [before], during = [row for row in rows if row[0] is None], [row for row in rows if row[0] is not None]
    opening = int(before[6])
    return Account(first, last, business.currency, opening, _with_balance(during, opening))


def _with_balance(rows: Sequence[tuple[Any, ...]], opening: int) -> list[Entry]:
    entries: list[Entry] = []
    balance = opening
    for on, kind, key, number, method, words, cents in rows:
        balance += cents
        entries.append(Entry(on, Kind(kind), key, number, method, words, cents, balance))
    return entries
