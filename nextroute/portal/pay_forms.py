"""The form of a payment: which invoices, or how much."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nextroute.billing.invoices import Invoice
from nextroute.core.words import capital, day_short, money
from nextroute.portal.looking import Looked
from nextroute.portal.requests import CustomerRequest
from nextroute.ui.choices import Choice
from nextroute.ui.fields import MoneyField, some_of


class PayForm(Looked):
    """Some of the invoices that can be paid, or another amount, which pays the oldest of them first."""

    amount = MoneyField(label=gettext_lazy("Or another amount"), required=False, missing="")

    def __init__(self, data: Mapping[str, Any], payable: Sequence[Invoice], request: CustomerRequest) -> None:
        super().__init__(data)
        self.payable = payable
        amount = self.fields["amount"]
        assert isinstance(amount, MoneyField)
        amount.currency = request.business.currency
        choices = [(str(one.number), Choice(_line(one), _due(one, request))) for one in payable]
        missing = _("Choose an invoice, or write an amount.")
        gone = _("One of these invoices can’t be paid any more. Please look again.")
        self.fields["invoices"] = some_of(choices, missing=missing, gone=gone, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not (cleaned.get("invoices") or cleaned.get("amount")):
            self.add_error("invoices", ValidationError(_("Choose an invoice, or write an amount.")))
        return cleaned

    def chosen(self) -> list[Invoice]:
        """The invoices to pay, the oldest first: those ticked, else as many as the amount reaches."""
        return _reached(self._ticked() or self.payable, self.cents())

    def cents(self) -> int:
        """How much, in cents."""
        return self.cleaned_data.get("amount") or sum(one.open_cents for one in self._ticked())

    def _ticked(self) -> list[Invoice]:
        return [one for one in self.payable if one.number in self.cleaned_data.get("invoices", [])]


def _reached(invoices: Sequence[Invoice], cents: int) -> list[Invoice]:
    found, left = [], cents
    for one in invoices:
        if left <= 0:
            break
        found.append(one)
        left -= one.open_cents
    return found


def _line(invoice: Invoice) -> str:
    return f"{invoice.number}, {money(invoice.open_cents, invoice.currency)}"


def _due(invoice: Invoice, request: CustomerRequest) -> str:
    assert invoice.due_date
    day = day_short(invoice.due_date, request.today)
    return capital(
        _("was due %(day)s") % {"day": day} if invoice.due_date < request.today else _("due %(day)s") % {"day": day}
    )
