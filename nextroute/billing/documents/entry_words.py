"""What a line of a customer's account says, in the active language."""

from django.utils.translation import gettext as _

from nextroute.billing.account import Entry, Kind
from nextroute.billing.documents.movements import with_method


def said(entry: Entry) -> str:
    """Invoice INV-1001; Payment, by check 1042."""
    words = _said(entry.kind) % {"number": entry.number}
    if entry.kind is Kind.PAYMENT:
        return " ".join(filter(None, (with_method(words, entry.method), entry.number)))
    return with_method(words, entry.method) if entry.kind is Kind.REFUND else words


def _said(kind: Kind) -> str:
    return {
        Kind.INVOICE: _("Invoice %(number)s"),
        Kind.VOIDED: _("Invoice %(number)s, void"),
        Kind.CREDIT_NOTE: _("Credit note %(number)s"),
        Kind.PAYMENT: _("Payment"),
        Kind.REFUND: _("Given back to you"),
        Kind.REFUND_FAILED: _("Refund that didn’t reach you, back with us"),
        Kind.DISPUTE: _("Payment you disputed"),
        Kind.BANK_RETURN: _("Payment your bank returned"),
        Kind.GIVEN_BACK: _("Disputed payment, back with us"),
    }[kind]
