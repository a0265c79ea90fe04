"""Fields every form draws the same way."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy


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
