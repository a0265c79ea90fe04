"""What an invoice is to its reader, in plain Python: computed when it is shown, so it is never late or early."""

from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    PROCESSING = "processing"
    PAID = "paid"
    OVERDUE = "overdue"
    VOID = "void"


def standing(state: str, *, open_cents: int, processing_cents: int, due_date: date | None, today: date) -> Standing:
    """Of an invoice with this much open, and this much money on its way to it. `due_date`, `today`: local days.

    A payment that failed does not make it overdue: the calendar does.
    """
    if state != "sent":
        return Standing(state)
    if open_cents <= 0:
        return Standing.PAID
    if processing_cents > 0:
        return Standing.PROCESSING
    return Standing.OVERDUE if due_date and due_date < today else Standing.SENT
