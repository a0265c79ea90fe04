"""Words for money that came and went, in the active language."""

from datetime import date

from django.utils.translation import gettext as _

from nextroute.billing.documents.letterhead import on
from nextroute.billing.payments import Method, Payment
from nextroute.core.words import capital
from nextroute.tenancy.businesses import Business


def how(method: str) -> str:
    """By card; nothing where there is no word for it."""
    words = {
        Method.CARD: _("by card"),
        Method.US_BANK_ACCOUNT: _("by bank transfer"),
        Method.ONLINE: _("online"),
        Method.CASH: _("in cash"),
        Method.CHECK: _("by check"),
    }
    return words.get(Method(method), "")


def day(payment: Payment, business: Business) -> date:
    """The local day on which money came in."""
    assert payment.settled_at
    return payment.received_on or business.today(payment.settled_at)


def paid(payment: Payment, business: Business) -> str:
    """Paid in cash, July 2, 2026."""
    said = {"how": how(payment.method), "day": on(day(payment, business))}
    return _("Paid %(how)s, %(day)s") % said if said["how"] else _("Paid, %(day)s") % said


def with_method(words: str, method: str) -> str:
    """Payment, by card."""
    return f"{words}, {how(method)}" if how(method) else words


def method(payment: Payment) -> str:
    """By check, 1042."""
    return ", ".join(filter(None, (capital(how(payment.method)), payment.reference)))
