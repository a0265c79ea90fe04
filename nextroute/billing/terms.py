"""When an invoice is due, in plain Python."""

from datetime import date, timedelta


def due_date(invoice_date: date, terms_days: int) -> date:
    """The last day (local) on which it is paid in time: terms of 0 days are the invoice's own day."""
    return invoice_date + timedelta(days=terms_days)
