"""What became of an invoice since it was sent: what paid it, and what of that was taken back.

The parts add up to what is open of it. The rule: docs/rules/payments.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from nextroute.billing import returns
from nextroute.billing.allocations import Allocation
from nextroute.billing.credit_notes import CreditNote
from nextroute.billing.disputes import Kind
from nextroute.billing.invoices import Invoice
from nextroute.billing.payments import Payment
from nextroute.billing.returns import Back
from nextroute.billing.words import paid_by
from nextroute.tenancy.businesses import Business


class How(StrEnum):
    PAID = "paid"
    CREDITED = "credited"
    REFUNDED = "refunded"
    RETURNED = "returned"
    DISPUTED = "disputed"
    CAME_BACK = "came back"


TAKEN_BACK = (How.REFUNDED, How.RETURNED, How.DISPUTED)


@dataclass(frozen=True, slots=True)
class Part:
    """`cents` less are open of the invoice, or more when negative. `day` is local."""

    how: How
    cents: int
    day: date
    payment: Payment | None
    credit_note: CreditNote | None

    @property
    def by(self) -> str:
        """By card, as a part of a sentence."""
        return paid_by(self.payment) if self.payment else ""


def to(invoice: Invoice, business: Business) -> list[Part]:
    """In the order it happened; nothing for one that is void. At most two statements, in the caller's scope."""
    if invoice.state != "sent":
        return []
    rows = list(invoice.allocations.select_related("payment", "credit_note").order_by("made_at", "id"))
    back = returns.of(row.payment for row in rows if row.payment) if rows else {}
    parts: list[Part] = []
    for row in rows:
        gone = {part.payment.pk: part.how for part in parts if part.payment and part.how in TAKEN_BACK}
        how = _how(row, gone, back)
        parts.append(Part(how, row.cents, _day(row, how, business), row.payment, row.credit_note))
    return parts


def _how(row: Allocation, gone: Mapping[UUID, How], back: Mapping[UUID, Sequence[Back]]) -> How:
    """`gone`: how payments were taken back before; `back`: what went of them."""
    if not row.payment:
        return How.CREDITED
    if row.cents > 0:
        came_back = gone.get(row.payment.pk) in _undone(row, back.get(row.payment.pk, ()))
        return How.CAME_BACK if came_back else How.PAID
    # A refund takes back in its own moment; whatever else takes money back is a bank.
    of_payment = back.get(row.payment.pk, ())
    if any(one.kind == returns.REFUND and one.at == row.made_at for one in of_payment):
        return How.REFUNDED
    return How.RETURNED if any(one.kind == Kind.BANK_RETURN for one in of_payment) else How.DISPUTED


def _undone(row: Allocation, back: Sequence[Back]) -> tuple[How, ...]:
    """What this may be the other half of. A refund's failure pays again in its own moment, or in that of its news."""
    failed = any(one.kind == returns.REFUND and one.undone_at and one.undone_at <= row.made_at for one in back)
    return TAKEN_BACK if failed else (How.RETURNED, How.DISPUTED)


def _day(row: Allocation, how: How, business: Business) -> date:
    if row.credit_note:
        return row.credit_note.issued_on
    if row.payment and how is How.PAID:
        return row.payment.day(business)
    return business.here(row.made_at).date()
