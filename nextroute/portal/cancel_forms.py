"""The form with which somebody ends their service: which, when, and why."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from nextroute.core.words import day_long
from nextroute.portal.looking import Looked
from nextroute.scheduling.hold_limits import FURTHEST
from nextroute.service_requests import words
from nextroute.service_requests.kinds import Leaving
from nextroute.ui.choices import Choice
from nextroute.ui.fields import day_field, one_of, some_of, words_field

# Which of the form's fields the verb's sentence belongs to.
FIELDS = {"subscriptions": "services"}


class CancelForm(Looked):
    """Some of the customer's services, the last day (local), a reason, and what else there is to say."""

    last_day = day_field(label=gettext_lazy("Last day"), missing=gettext_lazy("Choose the last day."))
    comment = words_field(label=gettext_lazy("Is there anything you’d like to tell us?"))

    def __init__(
        self, data: Mapping[str, Any], *, services: Sequence[tuple[str, Choice]], earliest: date, days: int, today: date
    ) -> None:
        super().__init__(data)
        self._today = today
        gone = _("One of these has changed since. Please choose again.")
        self.fields["services"] = some_of(services, missing=_("Choose what should end."), gone=gone)
        reasons = [(one.value, words.leaving(one)) for one in Leaving]
        self.fields["topic"] = one_of(reasons, missing=_("Choose why you’d like to cancel."))
        self.fields["last_day"].help_text = _hint(earliest, days, today)
        self.fields["last_day"].widget.attrs.update(min=earliest.isoformat())

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if day > self._today + FURTHEST:
            self.add_error("last_day", _("That is too far ahead. Choose a day within the next two years."))
        return day


def _hint(earliest: date, days: int, today: date) -> str:
    """The earliest last day, and why it is no earlier one."""
    said = day_long(earliest, today)
    if not days:
        return _("Any day from today.")
    asked = ngettext("We need %(n)s day’s notice", "We need %(n)s days’ notice", days) % {"n": days}
    return _("%(notice)s, so the earliest is %(day)s.") % {"notice": asked, "day": said}
