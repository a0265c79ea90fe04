"""Words for money that came and went, in the active language."""

from datetime import date

from django.utils.translation import gettext as _

from nextroute.billing.documents.letterhead import on
from nextroute.billing.payments import Payment
from nextroute.billing.words import way
from nextroute.core.words import capital
from nextroute.tenancy.businesses import Business


def day(payment: Payment, business: Business) -> date:
    """The local day on which money came in."""
    assert payment.settled_at
    return payment.received_on or business.today(payment.settled_at)


def paid(payment: Payment, business: Business) -> str:
    """Paid in cash, July 2, 2026."""
    said = {"how": way(payment.method), "day": on(day(payment, business))}
    return _("Paid %(how)s, %(day)s") % said if said["how"] else _("Paid, %(day)s") % said


def with_method(words: str, method: str) -> str:
    """Payment, by card."""
    return f"{words}, {way(method)}" if way(method) else words


def method(payment: Payment) -> str:
    """By check, 1042."""
    return ", ".join(filter(None, (capital(way(payment.method)), payment.reference)))
