"""Money in the office's words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from nextroute.billing.office import Show, ShowPayments

METHODS: Mapping[str, Any] = {
    "cash": _("Cash"),
    "check": _("Check"),
    "card": _("Card"),
    "us_bank_account": _("Bank transfer"),
    "online": _("Online"),
    "other": _("Another way"),
}
SHOWN: Mapping[Show, Any] = {
    Show.OPEN: _("Open"),
    Show.OVERDUE: _("Overdue"),
    Show.PROCESSING: _("On its way"),
    Show.DRAFT: _("Drafts"),
    Show.PAID: _("Paid"),
    Show.VOID: _("Void"),
    Show.ALL: _("All"),
}
PAYMENTS_SHOWN: Mapping[ShowPayments, Any] = {
    ShowPayments.ALL: _("All"),
    ShowPayments.RECEIVED: _("Received"),
    ShowPayments.PROCESSING: _("On its way"),
    ShowPayments.FAILED: _("Failed"),
    ShowPayments.REFUNDED: _("Given back"),
    ShowPayments.DISPUTED: _("Disputed"),
}
