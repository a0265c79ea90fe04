"""Fields every form draws the same way."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from nextroute.core import amounts


class DayInput(forms.DateInput):
    """The browser's own calendar; what it sends, and what is sent back to it, is 2026-07-03."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _within_reason(day: date) -> None:
    """Calendars end somewhere, and sums of days with them."""
    if not 2000 <= day.year <= 2100:
        raise ValidationError(gettext_lazy("Is the year right? Choose a day we can plan for."))


def day_field(*, missing: Any, **more: Any) -> forms.DateField:
    """A day, with `missing` said when there is none."""
    return forms.DateField(
        widget=DayInput(),
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": missing,
            "invalid": gettext_lazy("Write the day as year, month and day, such as 2026-07-03."),
        },
        validators=[_within_reason],
        **more,
    )


class MoneyField(forms.CharField):
    """An amount above zero, as whole cents of `currency`; what was typed comes back as it was typed."""

    def __init__(self, *, missing: Any, **more: Any) -> None:
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        said = {"required": missing, "max_length": _AMOUNT}
        super().__init__(widget=widget, error_messages=said, max_length=30, **more)
        self.currency = "USD"

    def clean(self, value: Any) -> int | None:
        text = super().clean(value.replace("\x00", "?") if isinstance(value, str) else value)
        if not text:
            return None
        try:
            cents = amounts.cents(text, self.currency)
        except ValueError:
            raise ValidationError(_AMOUNT) from None
        if cents <= 0:
            raise ValidationError(gettext_lazy("Enter an amount above zero."))
        if cents >= amounts.LARGEST * 100:
            raise ValidationError(gettext_lazy("Is the amount right? It is more than we can write down at once."))
        return cents


_AMOUNT = gettext_lazy("Write the amount in figures, such as 12.50.")


type Choices = Sequence[tuple[str, Any]]


def one_of(choices: Choices, *, missing: Any, gone: Any = None, **more: Any) -> forms.ChoiceField:
    """One of several, all in sight. `missing`: said when none is chosen; `gone`: when it is none of them."""
    said = {"required": missing, "invalid_choice": gone or missing}
    return forms.ChoiceField(widget=forms.RadioSelect, choices=choices, error_messages=said, **more)


def some_of(choices: Choices, *, missing: Any, gone: Any, **more: Any) -> forms.MultipleChoiceField:
    """Some of several, or all of them."""
    said = {"required": missing, "invalid_choice": gone, "invalid_list": gone}
    return forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, choices=choices, error_messages=said, **more)


class _Words(forms.CharField):
    """What somebody wrote. The one letter that no database takes, and nobody types, is left out."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value.replace("\x00", "") if isinstance(value, str) else value) or ""


def words_field(*, most: int = 1000, **more: Any) -> forms.CharField:
    """A few sentences, at most so many characters; nobody has to write any."""
    long = gettext_lazy("That’s more than we can read at once. Please say it in fewer words.")
    widget = forms.Textarea({"maxlength": most})
    return _Words(required=False, max_length=most, widget=widget, error_messages={"max_length": long}, **more)
