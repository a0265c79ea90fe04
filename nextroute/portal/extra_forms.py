"""The form of an extra visit: what, where, when; and the words for what the business asks for."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nextroute.core.words import capital, day_long, money
from nextroute.customers.properties import Property
from nextroute.portal.hold_forms import notice_in_words
from nextroute.portal.looking import Looked
from nextroute.scheduling import prices
from nextroute.scheduling.plans import Plan
from nextroute.ui.choices import Choice
from nextroute.ui.fields import one_of, words_field


class ExtraForm(Looked):
    """A plan, one of the customer's places where they have several, one of the days (local) we can come, and a note."""

    note = words_field(label=gettext_lazy("Anything we should know?"))

    def __init__(
        self,
        data: Mapping[str, str],
        *,
        plans: Sequence[tuple[str, Choice]],
        places: Sequence[Property],
        days: Sequence[tuple[str, Choice]],
    ) -> None:
        super().__init__(data)
        self.fields["plan"] = one_of(
            plans, missing=_("Choose what we should do."), gone=_("This isn’t on offer any more. Choose another.")
        )
        if len(places) > 1:
            chosen = [(str(place.pk), str(place)) for place in places]
            self.fields["place"] = one_of(chosen, missing=_("Choose one of your addresses."))
        self.fields["day"] = one_of(
            days, missing=_("Choose a day."), gone=_("We can’t come on this day. Please choose another.")
        )


def plan_choices(plans: Sequence[Plan], place: Property | None, currency: str) -> list[tuple[str, Choice]]:
    """What each costs with all the bins of the place, and what it is."""
    bins = place.bin_count if place else 1
    return [
        (str(plan.pk), Choice(plan.name, _detail(money(prices.in_all(plan, bins), currency), plan.description)))
        for plan in plans
    ]


def _detail(price: str, description: str) -> str:
    return f"{price}. {description}" if description else price


def day_choices(days: Sequence[date], today: date) -> list[tuple[str, Choice]]:
    return [(day.isoformat(), Choice(capital(day_long(day, today)))) for day in days]


def day_hint(days: Sequence[date], hours: int, today: date) -> str:
    """The first day, and why it is no earlier one."""
    if not days:
        return ""
    words = {"day": day_long(days[0], today), "notice": notice_in_words(hours)}
    if not hours:
        return _("The first day our route comes by is %(day)s.") % words
    return _("We need %(notice)s, so the first day our route comes by is %(day)s.") % words
