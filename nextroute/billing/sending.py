"""Issuing drafts, one or a month's: numbers without gap, in the order of customers' names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from nextroute.billing import allocations, counters, statements
from nextroute.billing.counters import DIGITS, Series
from nextroute.billing.terms import due_date
from nextroute.tenancy.businesses import Business


@dataclass(frozen=True, slots=True)
class Sent:
    """How many invoices were sent and drafts became credit notes, and the sequence before the first of each."""

    invoices: int = 0
    credit_notes: int = 0
    after: int = 0
    notes_after: int = 0

    def __bool__(self) -> bool:
        return bool(self.invoices or self.credit_notes)

    @property
    def first_number(self) -> str:
        """Of the first invoice; of the first credit note, if there is none."""
        if self.invoices:
            return counters.number(Series.INVOICE, self.after + 1)
        return self.note_numbers[0]

    @property
    def note_numbers(self) -> list[str]:
        """Of the credit notes."""
        numbers = range(self.notes_after + 1, self.notes_after + 1 + self.credit_notes)
        return [counters.number(Series.CREDIT_NOTE, number) for number in numbers]


def issue(
    business: Business, *, now: datetime, drafts: Sequence[UUID] | None = None, period_first: date | None = None
) -> Sent:
    """Send these drafts, or all of a month, and spend the credit of their customers on them. In the business's scope,
    under the lock of their customer, or of the books. A fixed number of statements, and the rows of what is spent.
    """
    today = business.today(now)
    asked: dict[str, Any] = {
        "business": business.id,
        "drafts": None if drafts is None else list(drafts),
        "period": period_first,
        "today": today,
        "due": due_date(today, business.payment_terms_days),
        "now": now,
        "digits": DIGITS,
    }
    invoices, notes, customers = _counted(asked)
    after = counters.take(business, Series.INVOICE, invoices) if invoices else 0
    notes_after = counters.take(business, Series.CREDIT_NOTE, notes) if notes else 0
    if invoices:
        statements.change("send", asked | {"after": after, "negative": False})
    if notes:
        statements.change("credit", asked | {"after": notes_after, "negative": True})
    if invoices or notes:
        allocations.settle(business, None if drafts is None else customers, now=now)
    return Sent(invoices, notes, after, notes_after)


def _counted(asked: dict[str, Any]) -> tuple[int, int, list[UUID]]:
    """How many will be invoices and credit notes; of named drafts, their customers."""
    [(invoices, notes, customers)] = statements.rows("waiting", asked)
    return invoices, notes, customers or []
