"""The forms of money. Each carries a key, so that what is sent twice is done once."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nextroute.billing.invoices import Invoice
from nextroute.billing.payments import BY_HAND
from nextroute.core import amounts
from nextroute.core.words import day_short, money
from nextroute.dashboard.money_words import METHODS
from nextroute.ui.fields import MoneyField, day_field, one_of, words_field

OLDEST = ""
MOST_LISTED = 50  # open invoices that a payment may be for; beyond them it pays the oldest
_AGAIN = gettext_lazy("This form was open too long. Please fill it in again.")


class MoneyForm(forms.Form):
    """With an `amount` in cents of the business's currency, and the `key` of this one deed."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": _AGAIN, "invalid": _AGAIN})
    amount = MoneyField(label=gettext_lazy("Amount"), missing=gettext_lazy("Enter an amount."))

    def __init__(self, data: Mapping[str, Any] | None, *, currency: str, cents: int = 0, **more: Any) -> None:
        initial = {"key": uuid4(), "amount": amounts.typed(cents, currency) if cents > 0 else ""}
        super().__init__(data, initial=initial | more.pop("initial", {}), **more)
        field = self.fields["amount"]
        assert isinstance(field, MoneyField)
        field.currency = currency

    @property
    def cents(self) -> int:
        return int(self.cleaned_data["amount"])

    @property
    def once(self) -> str:
        """The key of the deed, apart from those that payments online have."""
        return f"office {self.cleaned_data['key']}"


class PaymentForm(MoneyForm):
    """Money that came in by hand. `invoice`: which one it pays first."""

    method = one_of(
        [(one.value, METHODS[one]) for one in BY_HAND],
        label=gettext_lazy("How it was paid"),
        missing=gettext_lazy("Choose how it was paid."),
    )
    received_on = day_field(label=gettext_lazy("Received on"), missing=gettext_lazy("Choose the day it came in."))
    reference = forms.CharField(
        label=gettext_lazy("Check number, or another reference"),
        required=False,
        max_length=60,
        error_messages={"max_length": gettext_lazy("That’s more than we can note. Please shorten it.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    invoice = forms.ChoiceField(
        label=gettext_lazy("For"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the open invoices.")},
    )

    def __init__(
        self, data: Mapping[str, Any] | None, *, open_: Sequence[Invoice], chosen: str, today: date, **more: Any
    ) -> None:
        first = next((one for one in open_ if one.number == chosen), None)
        cents = first.open_cents if first else sum(one.open_cents for one in open_)
        starts = {"method": "check", "received_on": today, "invoice": first.number if first else OLDEST}
        super().__init__(data, cents=cents, initial=starts, **more)
        self.fields["received_on"].widget.attrs["max"] = today.isoformat()
        listed = [(one.number, _said(one, today)) for one in open_]
        self.fields["invoice"].choices = [(OLDEST, _("The oldest first")), *listed]  # type: ignore[attr-defined]


class CreditForm(MoneyForm):
    """What is charged less of an invoice, and why."""

    reason = words_field(label=gettext_lazy("Why"), most=500, help_text=gettext_lazy("The customer reads this."))


class RefundForm(MoneyForm):
    """What goes back of a payment."""

    reason = words_field(label=gettext_lazy("Why"), most=500, help_text=gettext_lazy("The customer reads this."))
    credit = forms.BooleanField(
        label=gettext_lazy("Credit the invoices too: what it takes back from them is charged less, and not owed again"),
        required=False,
        initial=True,
    )


class VoidForm(forms.Form):
    reason = words_field(label=gettext_lazy("Why"), most=500, help_text=gettext_lazy("The customer reads this."))


def _said(invoice: Invoice, today: date) -> str:
    assert invoice.due_date
    words = {"amount": money(invoice.open_cents, invoice.currency), "day": day_short(invoice.due_date, today)}
    return f"{invoice.number}: " + _("%(amount)s open, due %(day)s") % words
