"""The form of a time away: its days and its place, and the words for what the business asks for."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from nextroute.core.days import ONE_DAY, add_months
from nextroute.core.words import day_short
from nextroute.portal.schedule import Place
from nextroute.scheduling.hold_limits import BEFORE_YOU_LEAVE, OVER
from nextroute.ui.fields import day_field

EVERYWHERE = ""
# What the buttons of the form put into `for`.
WEEK, TWO_WEEKS, MONTH = "week", "two-weeks", "month"
# Which of the form's fields the verb's sentence belongs to.
FIELDS = {"start_date": "first", "end_date": "back"}


class HoldForm(forms.Form):
    """First day away and first day back (local), and one of the customer's places or all of them."""

    first = day_field(
        label=gettext_lazy("First day away"), missing=gettext_lazy("Choose the day from which you’re away.")
    )
    back = day_field(
        label=gettext_lazy("First day back"),
        missing=gettext_lazy("Choose the day visits should start again."),
        help_text=gettext_lazy("Visits start again from this day."),
    )
    place = forms.ChoiceField(
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose one of your addresses.")},
    )

    def __init__(self, data: Mapping[str, str] | None, *, places: Sequence[Place], today: date, hint: str) -> None:
        super().__init__(data)
        self.today = today
        self.fields["first"].help_text = hint
        for name in ("first", "back"):
            self.fields[name].widget.attrs.update(min=today.isoformat())
        if len(places) > 1:
            everywhere = _("Both addresses") if len(places) == 2 else _("Every address")
            one = [(str(place.id), _("Only %(address)s") % {"address": place.address}) for place in places]
            self.fields["place"].choices = [(EVERYWHERE, everywhere), *one]  # type: ignore[attr-defined]
        else:
            del self.fields["place"]

    def clean(self) -> None:
        """Whatever is wrong with either day is said at once; the verbs would say it one by one."""
        first, back = (self.cleaned_data.get(name) for name in ("first", "back"))
        if first and back and back <= first:
            self.add_error("back", BEFORE_YOU_LEAVE)
            if first < self.today:
                self.add_error("first", OVER)

    @property
    def days(self) -> dict[str, date]:
        """The first and the last day away, as the verbs want them."""
        return {"start_date": self.cleaned_data["first"], "end_date": self.cleaned_data["back"] - ONE_DAY}

    @property
    def chosen_place(self) -> UUID | None:
        chosen = self.cleaned_data.get("place")
        return UUID(chosen) if chosen else None


def with_preset(asked: Mapping[str, str], default: date) -> dict[str, Any]:
    """What was asked, its end filled in by the button that names a length; where no first day is said, `default` is."""
    data = {name: asked.get(name, "") for name in ("first", "back", "place")}
    length = asked.get("for")
    if length in (WEEK, TWO_WEEKS, MONTH):
        first = _day(data["first"]) or default
        data["first"], data["back"] = first.isoformat(), _end(first, length).isoformat()
    return data


def _day(text: str) -> date | None:
    try:
        first = date.fromisoformat(text)
    except ValueError:
        return None
    return first if first.year < date.max.year else None


def _end(first: date, length: str) -> date:
    if length == MONTH:
        return add_months(first, 1)
    return first + timedelta(weeks=1 if length == WEEK else 2)


def hint(first_free: date, hours: int, today: date) -> str:
    """From when on visits can be stopped, and why."""
    words = {"notice": notice_in_words(hours), "day": day_short(first_free, today)}
    return _("Any day from today. We need %(notice)s, so visits before %(day)s still happen.") % words


def notice_in_words(hours: int) -> str:
    """A day’s notice, 2 days’ notice, 36 hours’ notice."""
    days, rest = divmod(hours, 24)
    if rest or not days:
        return ngettext("%(n)s hour’s notice", "%(n)s hours’ notice", hours) % {"n": hours}
    if days == 1:
        return _("a day’s notice")
    return ngettext("%(n)s day’s notice", "%(n)s days’ notice", days) % {"n": days}
