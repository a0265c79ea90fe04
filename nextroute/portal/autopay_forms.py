"""The form with which somebody lets us charge them by ourselves."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nextroute.billing.autopay.methods import SavedMethod
from nextroute.core.words import money
from nextroute.portal.looking import Looked
from nextroute.portal.requests import CustomerRequest
from nextroute.ui.fields import MoneyField


class AutopayForm(Looked):
    """Up to how much, and that they agree, in the very words that are kept."""

    ceiling = MoneyField(
        label=gettext_lazy("Never charge more than, for one invoice"),
        help_text=gettext_lazy("Choose somewhat more than you usually pay. What is above it, you pay yourself."),
        missing=gettext_lazy("Write up to how much we may charge."),
    )

    def __init__(self, data: Mapping[str, Any], method: SavedMethod, request: CustomerRequest) -> None:
        super().__init__(data)
        self.method, self.currency = method, request.business.currency
        ceiling = self.fields["ceiling"]
        assert isinstance(ceiling, MoneyField)
        ceiling.currency = self.currency
        sentence = _(
            "I let %(business)s charge each invoice it sends me on the day it is due, up to the amount above, "
            "from the card or bank account I have chosen here, until I turn this off."
        )
        missing = _("Tick this if you agree. Without it nothing is charged by itself.")
        said = {"business": request.business.name}
        self.fields["agreed"] = forms.BooleanField(label=sentence % said, error_messages={"required": missing})

    def words(self) -> str:
        """What they agreed to."""
        known = {"amount": money(self.cleaned_data["ceiling"], self.currency), "method": self.method}
        return f"{self.fields['agreed'].label}\n{_('The amount: %(amount)s. Chosen now: %(method)s.') % known}"
